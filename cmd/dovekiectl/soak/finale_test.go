//go:build soak

package soak_test

import (
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// reading is an account's history, as history.page gives it.
type reading struct {
	texts []message
	gaps  int // places where something is missing that the program knows of
	err   error
}

func read(p *process, chat string) reading {
	var r reading
	all, err := p.history(chat)
	r.err = err
	for _, m := range all {
		if isText(m) {
			r.texts = append(r.texts, m)
		}
		if m.GapBefore {
			r.gaps++
		}
	}
	return r
}

// final are the deliveries that say that the server has the message.
func final(delivery string) bool {
	return delivery == "acked" || delivery == "delivered" || delivery == "displayed"
}

// lack is what an account still waits for.
type lack struct {
	unsent int
	absent []int // messages of its peer
	gaps   int
	err    error
}

func (l lack) nothing() bool {
	return l.unsent == 0 && len(l.absent) == 0 && l.gaps == 0 && l.err == nil
}

// missing compares a history with what both sides were promised.
func (a *account) missing(r reading) lack {
	l := lack{gaps: r.gaps, err: r.err}
	unsent := map[string]bool{}
	for _, id := range a.answered() {
		unsent[id] = true
	}
	have := map[int]bool{}
	for _, m := range r.texts {
		if m.Outgoing && final(m.Delivery) {
			delete(unsent, m.ID)
		}
		if s, n, ok := a.shown.place(m); ok && s == peers {
			have[n] = true
		}
	}
	l.unsent = len(unsent)
	for n := 1; n <= len(a.peer.answered()); n++ {
		if !have[n] && !a.excused[n] {
			l.absent = append(l.absent, n)
		}
	}
	return l
}

// rest waits until every outbox is empty and every message is there. What is still
// missing after the limit is a failure of its own, unless the server does not have it
// either: that is for the verdict to judge, and not to be waited for.
func (r *run) rest() (unsettled []string) {
	begun, still := time.Now(), time.Now()
	last := ""
	for {
		unsettled = nil
		for _, a := range r.accounts {
			if l := a.missing(read(a.process(), a.peer.user.JID())); !l.nothing() {
				unsettled = append(unsettled, fmt.Sprintf("%s (%s): %d of its own unsent, %d of its peer's not here, %d gaps, error %v",
					a.name, a.connection(), l.unsent, len(l.absent), l.gaps, l.err))
			}
		}
		r.settled = time.Since(begun)
		if len(unsettled) == 0 || r.settled > r.settle {
			return unsettled
		}
		now := strings.Join(unsettled, "; ")
		if now != last {
			last, still = now, time.Now()
		}
		if time.Since(still) > 9*time.Second && r.archive {
			r.excuse()
			still = time.Now()
		}
		say("%5.0f s  settling: %d accounts wait; %s", time.Since(r.begun).Seconds(), len(unsettled), unsettled[0])
		time.Sleep(3 * time.Second)
	}
}

// excuse asks the archives for what does not come. What is not there cannot come.
func (r *run) excuse() {
	for _, a := range r.accounts {
		l := a.missing(read(a.process(), a.peer.user.JID()))
		if len(l.absent) == 0 {
			continue
		}
		h := &harvest{account: a}
		if h.ask(); h.archiveErr != nil {
			continue
		}
		for _, n := range l.absent {
			if _, copies := kept(h.archive, bodyOf(r.seed, a.peer.name, n)); copies == 0 {
				a.excused[n] = true
			}
		}
	}
}

// quiet is how long a run waits for what comes too often or too late.
func (r *run) quiet() { time.Sleep(either(r.brief(), 3*time.Second, 20*time.Second)) }

// harvest is what the verdict on an account is made of.
type harvest struct {
	*account
	before, after reading    // before and after the last restart of the program
	archive       []archived // what the server keeps
	archiveErr    error
	unarchived    bool // it keeps nothing
}

// reap reads the histories, restarts every program in good order, lets it catch up, reads
// the histories again, and asks the server what it keeps.
func (r *run) reap() []*harvest {
	r.quiet()
	var all []*harvest
	for _, a := range r.accounts {
		all = append(all, &harvest{account: a, unarchived: !r.archive, before: read(a.process(), a.peer.user.JID())})
	}
	r.finish()
	var again sync.WaitGroup
	for _, h := range all {
		again.Go(h.readAgain)
	}
	again.Wait()
	for _, h := range all {
		if r.archive {
			h.ask()
		}
		h.record.flush()
		h.dump()
	}
	return all
}

func (h *harvest) readAgain() {
	a := h.account
	p, err := startProcess(a.run.binary, a.folder, a.stderr, a.heard, a.record.line)
	if err != nil {
		h.after.err = err
		return
	}
	a.born(p)
	for try := 0; ; try++ {
		if err = p.call(2*time.Minute, "account.connect", a.login, nil); err == nil || try == 5 {
			break
		}
		time.Sleep(time.Second)
	}
	if err != nil {
		a.run.problem("%s cannot sign in at the end: %v", a.name, err)
	}
	a.run.quiet()
	h.after = read(p, a.peer.user.JID())
	if err := p.end(45 * time.Second); err != nil {
		a.run.problem("%s at its very end: %v", a.name, err)
	}
}

// dump leaves beside the traces what the verdict was made of: a line a message.
func (h *harvest) dump() {
	list := func(name string, lines iter.Seq[string]) {
		h.run.save(filepath.Join(h.name, name), strings.Join(slices.Collect(lines), ""))
	}
	texts := func(r reading) iter.Seq[string] {
		return func(yield func(string) bool) {
			for _, m := range r.texts {
				if !yield(fmt.Sprintf("%s\t%s\t%s\t%s\t%q\n", m.ID, m.StanzaID, either(m.Outgoing, "out", "in"), m.Delivery, clip(m.Body))) {
					return
				}
			}
		}
	}
	list("history-before.txt", texts(h.before))
	list("history-after.txt", texts(h.after))
	list("archive.txt", func(yield func(string) bool) {
		for _, m := range h.archive {
			if !yield(fmt.Sprintf("%s\t%s\t%s\t%s\t%q\n", m.id, m.stamp, either(m.outgoing, "out", "in"), m.wireID, clip(m.body))) {
				return
			}
		}
	})
}

// ask reads the archive as somebody else.
func (h *harvest) ask() {
	w, err := newWitness(h.run.server, h.user)
	if err != nil {
		h.archiveErr = err
		return
	}
	defer w.close()
	h.archive, h.archiveErr = w.archive(h.user)
}
