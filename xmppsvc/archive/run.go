package archive

import (
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// run is one reading of the archive, page by page: backwards at the first login, forward
// from the cursor ever after.
type run struct {
	backward bool
	left     int          // of a backward run: how many messages are still wanted
	end      model.Cursor // of a backward run: where reading forward will begin
	before   int64        // of a backward run: the newest row that was here when it began
	at       string       // the id that the next page lies behind, or before
	max      int          // of the next page

	// early: the next page is asked before the server knows that we are here, so what comes
	// between that page and our presence is in neither. A run ends only with a page that was
	// asked later.
	early bool
	// start and lost: the cursor had expired, so it reads from a time on.
	start time.Time
	lost  map[model.ChatID]bool

	// recent are, of a forward run, the messages that passed last, oldest first, beginning with
	// the one that the cursor is (see overlap); passed is the last one of each chat.
	recent []sight
	passed map[model.ChatID]model.MessageID

	pages, stale int
}

// sight is a message that a page showed.
type sight struct {
	model.Cursor
	fresh bool // it was sent but a moment before
}

func (a *Archive) newRun() *run {
	r := a.forward()
	if !a.cursor.Begun {
		r.backward, r.left = true, firstMessages
	}
	return r
}

// forward is a run from the cursor on.
func (a *Archive) forward() *run {
	return &run{max: pageSize, at: a.cursor.ID, recent: []sight{{Cursor: a.cursor}}, passed: map[model.ChatID]model.MessageID{}}
}

// next asks for the run's next page.
func (a *Archive) next(r *run) {
	page := xep.Page{Max: r.max, After: r.at}
	if r.backward {
		page = xep.Page{Max: min(r.max, r.left), Before: r.at, Last: r.at == ""}
	}
	// What came so far, this page and those behind it will show; what comes from now on, perhaps not.
	a.came, a.late = 0, time.Time{}
	early := r.early
	r.early = false
	a.ask(r, xep.ArchiveQuery{Start: r.start, Page: page}, func(q *query, fin xep.ArchiveFin, err error) {
		switch {
		case a.opened == r:
			a.opened = nil // nobody answers before we are there
		case a.run != r:
		case err != nil:
			a.failed(r, err)
		case r.backward:
			a.wentBack(r, q, fin)
		default:
			a.wentOn(r, q, fin, early)
		}
	})
}

// wentOn takes a page of a run forward.
func (a *Archive) wentOn(r *run, q *query, fin xep.ArchiveFin, early bool) {
	a.failures = 0
	placed := a.enter(q, model.ArchivePage{Lost: r.lost, Passed: r.passed})
	last := r.at
	if n := len(q.results); n > 0 {
		last = q.results[n-1].ID
	} else if fin.Last != "" {
		last = fin.Last
		r.recent = append(r.recent, sight{Cursor: model.Cursor{ID: last, Time: a.cursor.Time}})
	}
	r.recent = a.latest(r.recent, q.results)
	if len(r.recent) > 0 {
		a.moveTo(r.recent[0].Cursor)
	}
	moved := last != r.at
	r.at = last
	ended := fin.Complete && !q.full
	switch {
	case !ended && moved && a.bounded(r, placed):
		a.next(r)
	case early:
		a.next(r)
	default:
		a.complete()
	}
}

// latest is what of recent and the results the next reading has to see again: the first of
// it is the cursor.
func (a *Archive) latest(recent []sight, results []xep.ArchiveResult) []sight {
	for _, r := range results {
		at := a.stamp(r)
		recent = append(recent, sight{model.Cursor{ID: r.ID, Time: at}, a.s.Now().Sub(at) < unsure})
	}
	for len(recent) > 1 {
		newest, next := recent[len(recent)-1].Time, recent[1]
		if len(recent) <= overlap && (next.fresh || newest.Sub(next.Time) < unsure) {
			break
		}
		recent = recent[1:]
	}
	if len(recent) > 0 {
		recent[0].Begun = true
	}
	return recent
}

// bounded counts pages: a run has an end even where the archive has none.
func (a *Archive) bounded(r *run, placed model.Placed) bool {
	r.pages++
	r.stale++
	if len(placed.Added) > 0 {
		r.stale = 0
	}
	return r.pages < maxPages && r.stale < maxStale
}

// wentBack takes a page of the first login.
func (a *Archive) wentBack(r *run, q *query, fin xep.ArchiveFin) {
	if q.full && r.max > 1 { // too much at once, or more than was asked for
		r.max = max(1, r.max/4)
		a.next(r)
		return
	}
	a.failures = 0
	if r.at == "" {
		a.unsettle(r)
	}
	placed := a.enter(q, model.ArchivePage{Backward: true})
	n := len(q.results)
	if r.at == "" { // the first page ends where reading forward will begin
		r.end = model.Cursor{Begun: true, ID: fin.Last}
		if n > 0 {
			r.end = a.latest(nil, q.results)[0].Cursor
		}
	}
	before := fin.First
	if n > 0 {
		before = q.results[0].ID
	}
	moved := before != "" && before != r.at
	r.at = before
	r.left -= n
	if moved && !fin.Complete && !q.full && r.left > 0 && a.bounded(r, placed) {
		a.next(r)
		return
	}
	if !fin.Complete || q.full {
		a.splitOff(r)
	}
	// Only now there is a cursor: a first reading that is cut begins anew. What came meanwhile
	// lies behind the first page.
	a.moveTo(r.end)
	a.settle()
	*r = *a.forward()
	a.next(r)
}

// unsettle makes room for a first reading: what an earlier try has brought may lie anywhere
// in this one.
func (a *Archive) unsettle(r *run) {
	var err error
	if r.before, err = a.store().Unsettle(a.self()); err != nil {
		a.s.Fail(err)
	}
}

// splitOff shows where the newest messages do not reach down to what an earlier try has
// brought: whoever scrolls there fetches what is between.
func (a *Archive) splitOff(r *run) {
	gaps, err := a.store().SplitOff(a.self(), r.before)
	if err != nil {
		a.s.Fail(err)
		return
	}
	for _, g := range gaps {
		a.s.Emit(event.MessageAdded{Message: g})
	}
}

// stamp is when the archive got the message; one that says nothing believable says now.
func (a *Archive) stamp(r xep.ArchiveResult) time.Time {
	if at := r.Delay.Stamp; !at.IsZero() && at.Before(a.s.Now()) {
		return at.UTC()
	}
	return a.s.Now()
}

func (a *Archive) moveTo(c model.Cursor) {
	if a.cursor == c {
		return
	}
	a.cursor = c
	if err := a.store().PutCursor(a.self(), c); err != nil {
		a.s.Fail(err)
	}
}

// enter stores a page and tells of it: one event for each chat, however many messages.
func (a *Archive) enter(q *query, page model.ArchivePage) model.Placed {
	page.Account = a.self()
	for _, r := range q.results {
		if m, ok := a.intake.Archived(r); ok {
			page.Messages = append(page.Messages, m)
		}
	}
	placed, err := a.store().InsertPage(page)
	if err != nil {
		a.s.Fail(err)
		return model.Placed{}
	}
	for _, m := range placed.Own {
		a.s.Emit(event.MessageChanged{Message: m, Why: event.WhyDelivery})
	}
	for _, r := range q.results {
		a.intake.Heard(r, placed.Added[r.ID] && !page.Backward)
	}
	for _, c := range placed.Chats {
		a.s.Emit(event.HistoryChanged{Chat: c.ID}, event.ChatChanged{Chat: c})
	}
	return placed
}

// complete ends a run: all that is in the archive is here.
func (a *Archive) complete() {
	a.run, a.caught = nil, true
	a.closeGaps()
	a.intake.CaughtUp()
	a.flushLater()
	a.askSettings()
}

// askSettings looks whether the archive keeps anything (XEP-0441): some accounts are set so that
// it does not, and then nobody can give back what was missed. Once is enough.
func (a *Archive) askSettings() {
	if a.asked {
		return
	}
	a.asked = true
	a.s.Ask(stanza.NewIQ("get", "", "", xep.ArchivePrefs{}.Element()), func(answer *stanza.Element, err error) {
		if err != nil { // most servers that know no settings keep all
			a.asked = model.KindOf(err) == model.ErrServerRefused
			return
		}
		p, ok := xep.ReadArchivePrefs(answer.Child(xep.NSArchive, "prefs"))
		if ok && p.Default == xep.ArchiveNever && len(p.Always) == 0 {
			a.s.Emit(event.NoticeRaised{Account: a.self(), Kind: event.NoticeArchiveOff})
		}
	})
}

func (a *Archive) settle() {
	if err := a.store().Settle(a.self()); err != nil {
		a.s.Fail(err)
	}
}

func (a *Archive) closeGaps() {
	clear(a.gapped)
	gaps, err := a.store().CloseGaps(a.self())
	if err != nil {
		a.s.Fail(err)
		return
	}
	for _, g := range gaps {
		a.s.Emit(event.MessageRemoved{Chat: g.Chat, ID: g.ID})
	}
}

// failed decides what a refused or unanswered question means.
func (a *Archive) failed(r *run, err error) {
	a.run = nil
	switch kind, condition := model.KindOf(err), conditionOf(err); {
	case kind == model.ErrNotOnline || kind == model.ErrCancelled:
		// The next connection begins anew, or this one, if there is one after all.
		a.retry = a.s.Steady().Add(retryFirst)
	case kind == model.ErrServerRefused && condition == "item-not-found" && !r.backward && r.at != "":
		// The archive does not have the cursor any more (XEP-0059 §2.2, XEP-0313 §4.3.2): what
		// it has left is read from its time on, and the chats show that something may be
		// missing.
		a.run = &run{max: pageSize, start: a.cursor.Time, lost: map[model.ChatID]bool{}, passed: map[model.ChatID]model.MessageID{}}
		a.next(a.run)
	case kind == model.ErrServerRefused && final(condition):
		a.absent = true
		a.closeGaps()
		a.intake.CaughtUp()
		a.flushLater()
	default:
		a.retryLater()
	}
}

// retryLater waits longer each time; after some failures nothing waits for us any more.
func (a *Archive) retryLater() {
	wait := retryMost
	if a.failures < 7 {
		wait = min(retryMost, retryFirst<<a.failures)
	}
	a.failures++
	a.retry = a.s.Steady().Add(wait)
	if a.failures == givenUp {
		a.intake.CaughtUp()
	}
	a.flushLater()
}

// final tells the refusals of a server that has no archive for us.
func final(condition string) bool {
	switch condition {
	case "service-unavailable", "feature-not-implemented", "forbidden", "not-allowed", "item-not-found", "not-acceptable", "bad-request":
		return true
	default:
		return false
	}
}
