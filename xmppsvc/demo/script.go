package demo

import (
	"fmt"
	"time"

	"dovekie/xmppsvc/jid"
)

// The steps of the script, as they are remembered.
const (
	stepWelcome = "welcome"
	stepArrival = "arrival"
	stepRequest = "request"
	stepStatus  = "status"
	stepAway    = "away"
	stepAdded   = "added"
	stepNever   = "never" // of contacts that no step changes
)

// backTime is how long after a cut the guide waits for what comes in.
const backTime = 2 * time.Second

// step is something that happens once in the life of a demo, at a time after the
// owner's first sign-in of this start.
type step struct {
	name string
	at   time.Duration
	run  func(s *Server)
}

// steps is the first minute.
func steps() []step {
	return []step{
		{stepWelcome, 3 * time.Second, func(s *Server) {
			l := s.script.lang
			s.bot(localGuide).say(s.owner, suggest(sayWelcome.in(l), l), 1500*time.Millisecond, nil)
		}},
		{stepArrival, 10 * time.Second, func(s *Server) {
			b := s.bot(localArrival)
			b.arrive()
			b.say(s.owner, sayArrival.in(s.script.lang), 1500*time.Millisecond, nil)
		}},
		{stepRequest, 25 * time.Second, func(s *Server) {
			s.bot(localAsker).ask(s.owner, sayRequest.in(s.script.lang))
		}},
		{stepStatus, 40 * time.Second, func(s *Server) { s.bot(localBuilder).arrive() }},
		{stepAway, 55 * time.Second, func(s *Server) { s.bot(localReader).arrive() }},
	}
}

// script is where the play stands, guarded by the server's mutex. What was played is
// in the state.
type script struct {
	srv     *Server
	lang    lang
	began   time.Time // first sign-in of this start
	planned map[string]bool
	cut     bool // a cut has not been spoken of yet
	heard   int  // messages from the owner since the last sign-in
}

func newScript(s *Server) *script {
	return &script{srv: s, lang: language(s.opt.Lang), planned: map[string]bool{}}
}

// bot is a contact by its local part. A name that somebody had registered before has
// none; then a silent one plays its part.
func (s *Server) bot(local string) *bot {
	if b := s.bots[jid.MustParse(local+"@"+Domain)]; b != nil {
		return b
	}
	return &bot{contact: &contacts[0], srv: s, acct: &account{}}
}

// done remembers a step.
func (s *Server) done(name string) {
	s.st.Done[name] = true
	s.changed()
}

// signedIn plans what has not happened yet, whenever a session of the owner appears.
func (sc *script) signedIn(acct *account) {
	s := sc.srv
	if acct.jid != s.owner {
		return
	}
	now := time.Now()
	if sc.began.IsZero() {
		sc.began = now
	}
	for _, st := range steps() {
		if s.st.Done[st.name] || sc.planned[st.name] {
			continue
		}
		sc.planned[st.name] = true
		s.after(max(st.at-now.Sub(sc.began), 2*time.Second), func() {
			sc.planned[st.name] = false
			if !sc.present() {
				return // planned again with the next sign-in
			}
			s.done(st.name)
			st.run(s)
		})
	}
	for _, b := range s.bots {
		if len(b.acct.Offline) > 0 {
			b.missed()
		}
	}
	sc.returned(acct)
}

// returned has the guide speak a while after the owner is back from a cut, by a new
// session or by the old one.
func (sc *script) returned(acct *account) {
	if acct.jid == sc.srv.owner && sc.cut {
		sc.cut, sc.heard = false, 0
		sc.srv.after(backTime, sc.back)
	}
}

// present reports whether the owner is there to see something.
func (sc *script) present() bool {
	return len(sc.srv.st.Accounts[sc.srv.owner].available()) > 0
}

// announceCut has the guide speak before somebody else cuts the network; false if
// nobody would hear it.
func (sc *script) announceCut(d time.Duration) bool {
	if !sc.present() {
		return false
	}
	sc.srv.bot(localGuide).tell(sc.srv.owner, cutText(d, sc.lang))
	return true
}

// back has the guide speak after a cut.
func (sc *script) back() {
	text := sayBackNone.in(sc.lang)
	switch {
	case sc.heard == 1:
		text = sayBackOne.in(sc.lang)
	case sc.heard > 1:
		text = fmt.Sprintf(sayBackMany.in(sc.lang), sc.heard)
	}
	sc.srv.bot(localGuide).say(sc.srv.owner, text, typing(text), nil)
}
