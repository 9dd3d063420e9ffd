package account_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc/account"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

// verona is romeo's server, played by the test: sessions that can be gone on with, an
// archive, copies of what his other devices do. Nothing moves by itself: the test lets it
// read, speak and confirm.
type verona struct {
	tb testing.TB

	mu       sync.Mutex
	sessions map[string]*session // that can be gone on with
	session  *session            // the newest one, nil when it is gone
	graves   map[string]uint32   // the h of sessions that are gone
	tombs    bool                // a refusal says that h
	held     []archived
	offline  []string // messages that wait for the presence, where there is no archive
	expired  int      // so many of the oldest are not in the archive any more
	limit    int      // messages a page at most

	announced string                      // features of romeo's account
	noArchive bool                        // it refuses the archive's questions
	noIDs     bool                        // what comes by itself has no stanza-id
	noResume  bool                        // sessions end with their connection
	noSM      bool                        // nothing is confirmed
	down      error                       // nobody gets in
	twist     func([]archived) []archived // of the results of a page
	unasked   error                       // it ends the connection with this when asked to go on
	gate      chan bool                   // if set, who comes in waits for it
	friends   map[string]bool             // bare addresses on the roster

	took     map[string]int // how often a message of ours was taken, by its id
	order    []string       // their ids, as they were taken first
	said     []string       // presences of ours as the server has them: show/status
	receipts []string       // ids that we sent receipts for
	shown    []string       // ids that we sent displayed-markers for
	lines    int
	ids      int
	steady   func() time.Time
}

// archived is one message of the archive.
type archived struct {
	id     string
	with   jid.JID
	own    bool
	body   string
	origin string
	wire   string
	at     time.Time

	// What a result says that should not be so.
	to, inside, stamp string
}

// session is the server's end of one.
type session struct {
	id   string
	full jid.JID
	h    uint32            // stanzas of the client that were read
	out  []stream.Numbered // said and not confirmed
	sent uint32
	line *line // nil while it waits to be gone on with
	here bool  // it has said its presence, so messages are for it
}

// line is one connection; the client's end is a Stream.
type line struct {
	v    *verona
	s    *session
	in   chan stream.Inbound
	once sync.Once

	// Guarded by v.mu.
	up      []stream.Numbered // written and not read by the server
	queue   []stream.Numbered // sent and not confirmed
	coming  []*stanza.Element // said and not delivered
	sent    uint32
	acked   uint32
	handled uint32
	over    bool // takes nothing any more
	ended   bool
	goodbye bool
	err     error
	sm      bool
}

func newVerona(tb testing.TB) *verona {
	return &verona{
		tb: tb, sessions: map[string]*session{}, graves: map[string]uint32{}, limit: 10,
		announced: "<feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:sid:0'/>",
		friends:   map[string]bool{juliet.String(): true, nurse.String(): true},
		took:      map[string]int{},
	}
}

var nurse = jid.MustParse("nurse@capulet.example")

// connect is account.Config.Connect.
func (v *verona) connect(ctx context.Context, c stream.Config) (account.Stream, stream.Established, error) {
	v.mu.Lock()
	gate := v.gate
	v.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return nil, stream.Established{}, model.Errorf(model.ErrCancelled, "given up")
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.down != nil {
		return nil, stream.Established{}, v.down
	}
	v.lines++
	if v.unasked != nil && c.Resume != nil {
		return nil, stream.Established{}, v.unasked
	}
	if os.Getenv("DBG") != "" {
		if c.Resume != nil {
			fmt.Print("  CONNECT ", c.Resume.ID, " h ", c.Resume.Handled, " acked ", c.Resume.Acked, " sent ", c.Resume.Sent, ":")
			for _, q := range c.Resume.Queue {
				fmt.Print(" ", q.N, "=", q.Tag)
			}
			if s := v.sessions[c.Resume.ID]; s != nil {
				fmt.Print(" server h ", s.h)
			}
			fmt.Println()
		} else {
			fmt.Println("  CONNECT new")
		}
	}
	l := &line{v: v, in: make(chan stream.Inbound, 4096), sm: !v.noSM}
	est := stream.Established{SM: l.sm}
	if r := c.Resume; r != nil {
		if s := v.sessions[r.ID]; s != nil {
			return l, v.goOn(l, s, r), nil
		}
		est.Refused = true
		if h, known := v.graves[r.ID]; known && v.tombs {
			est.Acked, _ = split(r.Queue, h)
		}
	}
	full, err := c.JID.WithResource(c.Resource)
	if err != nil {
		return nil, est, err
	}
	s := &session{id: fmt.Sprintf("session-%d", v.lines), full: full, line: l}
	l.s, v.session = s, s
	if l.sm && !v.noResume {
		v.sessions[s.id] = s
		est.SMID = s.id
	}
	l.push(c.First)
	est.Sent = l.sent
	est.Login = model.Login{JID: full, Mechanism: "fake"}
	return l, est, nil
}

// goOn resumes s over l.
func (v *verona) goOn(l *line, s *session, r *stream.Resume) stream.Established {
	if s.line != nil {
		s.line.close(model.Errorf(model.ErrConflict, "replaced"))
	}
	s.line, l.s, v.session = l, s, s
	s.confirm(r.Handled)
	for _, o := range s.out {
		l.coming = append(l.coming, o.Element)
	}
	acked, again := split(r.Queue, s.h)
	l.sent, l.acked, l.handled = s.h, s.h, r.Handled
	l.push(again)
	return stream.Established{
		SM: true, SMID: s.id, H: s.h, Sent: l.sent, Acked: acked,
		Login: model.Login{JID: r.JID, Mechanism: "fake", Resumed: true},
	}
}

func split(queue []stream.Numbered, h uint32) (acked []string, again []stream.Outgoing) {
	for _, q := range queue {
		switch {
		case int32(q.N-h) > 0:
			again = append(again, q.Outgoing)
		case q.Tag != "":
			acked = append(acked, q.Tag)
		}
	}
	return acked, again
}

// confirm takes the client's h.
func (s *session) confirm(h uint32) {
	s.out = slices.DeleteFunc(s.out, func(o stream.Numbered) bool { return int32(o.N-h) <= 0 })
}

func (l *line) push(out []stream.Outgoing) {
	for _, o := range out {
		l.sent++
		n := stream.Numbered{Outgoing: o, N: l.sent}
		l.up, l.queue = append(l.up, n), append(l.queue, n)
	}
}

func (l *line) Inbound() <-chan stream.Inbound { return l.in }

func (l *line) Send(out ...stream.Outgoing) error {
	l.v.mu.Lock()
	defer l.v.mu.Unlock()
	if l.over || l.ended {
		return model.Errorf(model.ErrNotOnline, "the connection has ended")
	}
	l.push(out)
	return nil
}

func (l *line) Handled(n int) { l.v.mu.Lock(); l.handled += uint32(n); l.v.mu.Unlock() }
func (l *line) Ack()          {}

// Probe says that the line can be asked; its answer is as good as there.
func (l *line) Probe() func() bool { return func() bool { return true } }

// Heard is now: the line is good until it is cut.
func (l *line) Heard() time.Time { return l.v.steady() }

func (l *line) Err() error {
	l.v.mu.Lock()
	defer l.v.mu.Unlock()
	return l.err
}

func (l *line) Unacked() []stream.Unacked {
	l.v.mu.Lock()
	defer l.v.mu.Unlock()
	var out []stream.Unacked
	for _, q := range l.queue {
		out = append(out, stream.Unacked{Outgoing: q.Outgoing, N: q.N, Written: true})
	}
	return out
}

func (l *line) Session() (stream.Resume, bool) {
	l.v.mu.Lock()
	defer l.v.mu.Unlock()
	if !l.sm || l.goodbye || l.v.noResume {
		return stream.Resume{}, false
	}
	return stream.Resume{
		ID: l.s.id, JID: l.s.full, Handled: l.handled, Acked: l.acked, Sent: l.sent, Queue: slices.Clone(l.queue),
	}, true
}

// Close signs out: the server reads what was written before.
func (l *line) Close(context.Context) error {
	l.v.mu.Lock()
	defer l.v.mu.Unlock()
	if !l.ended {
		l.v.read(l, len(l.up))
		l.goodbye = true
		delete(l.v.sessions, l.s.id)
	}
	l.close(nil)
	return nil
}

func (l *line) Abort() {
	l.v.mu.Lock()
	defer l.v.mu.Unlock()
	l.close(nil)
}

// close ends the connection; the session waits.
func (l *line) close(err error) {
	l.once.Do(func() {
		l.err, l.ended = err, true
		if l.s.line == l {
			l.s.line = nil
		}
		if v := l.v; v.session == l.s && v.sessions[l.s.id] == nil {
			v.session = nil
		}
		close(l.in)
	})
}

// The test's side. All of it is for the newest connection.

// forget drops all sessions; what they had not delivered is only in the archive.
func (v *verona) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for id, s := range v.sessions {
		v.graves[id] = s.h
		delete(v.sessions, id)
		if s.line != nil {
			s.line.close(errCut)
		}
	}
	v.session = nil
}

var errCut = model.Errorf(model.ErrUnreachable, "cut")

// say sends a stanza to the session, or to nobody.
func (v *verona) say(s *session, format string, args ...any) {
	el, err := stanza.Parse(fmt.Appendf(nil, format, args...))
	if err != nil {
		v.tb.Errorf("the test's stanza: %v", err)
		return
	}
	if s == nil {
		return
	}
	s.sent++
	s.out = append(s.out, stream.Numbered{Outgoing: stream.Outgoing{Element: el}, N: s.sent})
	if s.line != nil {
		s.line.coming = append(s.line.coming, el)
	}
}

// keep puts a message into the archive.
func (v *verona) keep(a archived) archived {
	v.ids++
	a.id = fmt.Sprintf("a%06d", v.ids)
	a.at = time.Now().UTC()
	v.held = append(v.held, a)
	return a
}

func (v *verona) stanzaID(a archived) string {
	if v.noIDs {
		return ""
	}
	return fmt.Sprintf("<stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='%s'/>", romeo, a.id)
}

// wrote is a message of a peer to romeo; copied says that another device of his got it.
func (v *verona) wrote(peer jid.JID, body string, copied bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	a := v.keep(archived{with: peer, body: body, wire: "w-" + body})
	msg := fmt.Sprintf(`<message xmlns='jabber:client' from='%s/b' to='%s' type='chat' id='%s'><body>%s</body>%s
		<request xmlns='urn:xmpp:receipts'/></message>`, peer, romeo, a.wire, body, v.stanzaID(a))
	if copied && v.here() != nil {
		msg = fmt.Sprintf(`<message from='%s'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>%s</forwarded></received></message>`, romeo, msg)
	}
	if s := v.here(); s != nil || !v.noArchive {
		v.say(s, "%s", msg)
	} else {
		v.offline = append(v.offline, msg)
	}
}

// elsewhere is a message that another device of romeo's wrote.
func (v *verona) elsewhere(peer jid.JID, body string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.noArchive && v.here() == nil {
		return // nobody would ever know
	}
	a := v.keep(archived{with: peer, own: true, body: body, origin: "o-" + body, wire: "o-" + body})
	v.say(v.here(), `<message from='%s'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
		<message xmlns='jabber:client' from='%s/phone' to='%s' type='chat' id='%s'><body>%s</body><origin-id xmlns='urn:xmpp:sid:0' id='%s'/></message>
		</forwarded></sent></message>`, romeo, romeo, peer, a.wire, body, a.origin)
}

// here is the session that gets messages, or nil.
func (v *verona) here() *session {
	if v.session != nil && v.session.here {
		return v.session
	}
	return nil
}

// line is the newest connection while it stands.
func (v *verona) line() *line {
	if v.session != nil {
		return v.session.line
	}
	return nil
}

// hear lets the server read at most n stanzas; it answers how many it did.
func (v *verona) hear(n int) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	if l := v.line(); l != nil {
		return v.read(l, n)
	}
	return 0
}

// deliver lets at most n stanzas reach the client.
func (v *verona) deliver(n int) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	l := v.line()
	if l == nil {
		return 0
	}
	n = min(n, len(l.coming))
	for _, el := range l.coming[:n] {
		l.in <- stream.Inbound{Element: el, Counts: l.sm}
	}
	l.coming = l.coming[n:]
	return n
}

// ack confirms what was read.
func (v *verona) ack() {
	v.mu.Lock()
	defer v.mu.Unlock()
	l := v.line()
	if l == nil || !l.sm {
		return
	}
	var tags []string
	for len(l.queue) > 0 && int32(l.queue[0].N-l.s.h) <= 0 {
		if l.queue[0].Tag != "" {
			tags = append(tags, l.queue[0].Tag)
		}
		l.queue = l.queue[1:]
	}
	l.acked = l.s.h
	if len(tags) > 0 {
		l.in <- stream.Inbound{Acked: tags}
	}
}

// hearAck takes the client's h.
func (v *verona) hearAck() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if l := v.line(); l != nil {
		l.s.confirm(l.handled)
	}
}

// cut ends the connection. Of what was written the server reads n stanzas more.
func (v *verona) cut(n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if l := v.line(); l != nil {
		v.read(l, n)
		l.close(errCut)
	}
}

// lastKept is the text of the newest message that the server took.
func (v *verona) lastKept() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.held) == 0 {
		return ""
	}
	return v.held[len(v.held)-1].body
}
