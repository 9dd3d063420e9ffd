package archive

import (
	"context"
	"slices"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// Store is what the archive writes, in the transaction of the batch at hand.
type Store interface {
	InsertPage(p model.ArchivePage) (model.Placed, error)
	PutCursor(account jid.JID, c model.Cursor) error
	Settle(account jid.JID) error
	Unsettle(account jid.JID) (last int64, err error)
	SplitOff(account jid.JID, last int64) (gaps []model.Message, err error)
	InsertGap(before model.MessageID, s model.GapState) (model.Message, error)
	RemoveGap(id model.MessageID) (model.ChatID, bool, error)
	CloseGaps(account jid.JID) ([]model.Message, error)
	ArchiveComplete(chat model.ChatID) error
}

// Reader is what it reads.
type Reader interface {
	Cursor(ctx context.Context, account jid.JID) (model.Cursor, error)
	Edge(ctx context.Context, chat model.ChatID, before model.MessageID) (model.Edge, error)
}

// Intake makes messages of what the archive holds.
type Intake interface {
	// Archived reads one; ok is false for what is not kept.
	Archived(r xep.ArchiveResult) (m model.ArchivedMessage, ok bool)
	// Heard is called for each, oldest first, when the page is stored: it may say how far
	// a message of ours got. missed: it was sent to us while we were away, and is new here.
	Heard(r xep.ArchiveResult, missed bool)
	// CaughtUp is called when what was sent to the archive before this session is here, or
	// when it is certain that no archive will tell.
	CaughtUp()
}

const (
	// firstMessages is how many of the newest messages the first login reads.
	firstMessages = 500
	// pageSize is what is asked for; servers give less (Prosody 50).
	pageSize = 100
	// maxPageBytes bounds what of a page waits in memory for its end.
	maxPageBytes = 16 << 20
	// quiet is how long nothing must have come before what came is settled, and crowd after
	// how many messages it is done anyway.
	quiet = 60 * time.Second
	crowd = 5000
	// hush is the same when something may have come in the wrong order.
	hush = time.Second
	// unsure and overlap: what was read when it was not older than this, by our clock or beside
	// the last message of all, is read again the next time, this much of it at most. A server
	// may number a message before it stores it, so that a page lacks one that lies inside of it
	// (seen of ejabberd 23.01, with its sessions' processes side by side).
	unsure  = 5 * time.Second
	overlap = 500
	// retryFirst and retryMost are the times before a failed question is put again.
	retryFirst = 5 * time.Second
	retryMost  = 5 * time.Minute
	// givenUp is how many failures in a row let go what waits for us to catch up.
	givenUp = 5
	// maxStale is how many pages in a row may bring nothing new, and maxPages how many a run
	// may have at all: an archive that never ends is not read for ever.
	maxStale = 1000
	maxPages = 100_000
)

// Archive is the archive of one account; it belongs to the account's loop.
type Archive struct {
	s      feature.Session
	store  func() Store
	read   Reader
	intake Intake

	cursor model.Cursor
	open   map[string]*query // by queryid
	run    *run              // the reading that is under way, or nil
	opened *run              // what Open asked; it becomes run if the stream is bound
	caught bool              // this session has nothing left to catch up
	absent bool              // this server has no archive
	gapped map[jid.JID]bool  // chats with a gap of this session
	later  []func()          // fetches that wait until we have caught up

	fetching map[place][]func(more bool, err error) // pages of chats on their way

	asked    bool // what the account's settings are, in this run of the program
	came     int  // messages that came by themselves, and ours, since they were settled
	last     time.Time
	late     time.Time // since when they may stand in the wrong order, or zero
	newest   time.Time // when the newest of them was said
	resumed  time.Time // when the session went on, or zero
	failures int
	retry    time.Time
}

var (
	_ feature.Feature        = (*Archive)(nil)
	_ feature.Loader         = (*Archive)(nil)
	_ feature.Opener         = (*Archive)(nil)
	_ feature.Bound          = (*Archive)(nil)
	_ feature.Resumed        = (*Archive)(nil)
	_ feature.Lost           = (*Archive)(nil)
	_ feature.Timed          = (*Archive)(nil)
	_ feature.MessageHandler = (*Archive)(nil)
)

// New makes it. store is asked only while a batch runs.
func New(s feature.Session, store func() Store, read Reader, intake Intake) *Archive {
	return &Archive{
		s: s, store: store, read: read, intake: intake,
		open: map[string]*query{}, gapped: map[jid.JID]bool{}, fetching: map[place][]func(bool, error){},
	}
}

// Namespaces are none: an archive is not announced by clients.
func (a *Archive) Namespaces() []string { return nil }

// Known reports whether the account has an archive, as far as we were ever told.
func (a *Archive) Known() bool { return a.cursor.Begun && !a.absent }

// MayTell reports whether the account may have an archive: one that was never read to its
// end, or asked for, can still tell what has arrived.
func (a *Archive) MayTell() bool { return !a.absent }

// Load reads how far we are. After a batch was undone the pages on their way are as good
// as lost with it, and so is what was found out: it is asked again, but not at once, as
// that may fail again.
func (a *Archive) Load() error {
	c, err := a.read.Cursor(context.Background(), a.self())
	if err != nil {
		return err
	}
	a.cursor = c
	a.forget()
	clear(a.gapped)
	a.run, a.caught, a.absent = nil, false, false
	a.retry = a.s.Steady().Add(retryFirst)
	return nil
}

// forget gives up all open questions but that for the session that begins; whoever waits
// for a page of a chat hears so.
func (a *Archive) forget() {
	for id, q := range a.open {
		if a.opened == nil || q.run != a.opened {
			delete(a.open, id)
		}
	}
	a.later = nil
	waiting := a.fetching
	a.fetching = map[place][]func(bool, error){}
	for _, all := range waiting {
		for _, reply := range all {
			reply(false, model.Errorf(model.ErrNotOnline, "the connection ended while the archive was read"))
		}
	}
}

func (a *Archive) self() jid.JID { return a.s.Self().Bare() }

// Open asks for the first page right behind bind.
func (a *Archive) Open() {
	a.opened = a.newRun()
	a.opened.early = true
	a.next(a.opened)
}

// Bound makes that the run of this session, unless it has failed already.
func (a *Archive) Bound() {
	a.run, a.opened = a.opened, nil
	a.caught, a.absent = false, false
	a.failures, a.retry, a.resumed = 0, time.Time{}, time.Time{}
	if a.run == nil {
		a.begin()
	}
}

// Resumed goes on where the cut was. Questions that were open still are, but after a
// crash, or when their answer was lost with a batch, it is asked again.
func (a *Archive) Resumed(fresh bool) {
	a.opened = nil
	a.retry, a.resumed = time.Time{}, a.s.Steady()
	if fresh {
		a.caught = false
	}
	if !a.caught && !a.absent && a.run == nil {
		a.begin()
	}
}

// Lost forgets what was asked.
func (a *Archive) Lost() {
	a.forget()
	clear(a.gapped)
	a.run, a.caught, a.retry = nil, false, time.Time{}
}

// begin starts to read what is behind the cursor.
func (a *Archive) begin() {
	a.run = a.newRun()
	a.next(a.run)
}

// Due is when a failed question is put again, or when what came is settled.
func (a *Archive) Due() time.Time {
	switch {
	case !a.s.Online() || a.run != nil || a.absent:
		return time.Time{}
	case !a.retry.IsZero():
		return a.retry
	case a.caught && a.came >= crowd:
		return a.s.Steady()
	case a.caught && !a.late.IsZero():
		return a.late.Add(hush)
	case a.caught && a.came > 0:
		return a.last.Add(quiet)
	}
	return time.Time{}
}

// Tick does it.
func (a *Archive) Tick() {
	if due := a.Due(); !due.IsZero() && !a.s.Steady().Before(due) {
		a.retry = time.Time{}
		a.begin()
	}
}

// Came hears of each message that came by itself and was stored. While we catch up, the
// first one of a chat stands behind a gap.
func (a *Archive) Came(m model.Message) {
	a.Went()
	// Servers resend what a broken connection did not bring, and may say when they had got it
	// (XEP-0198 §5, XEP-0203); not always in that order, and at times behind what came since.
	older, again := m.Time.Before(a.newest), !a.resumed.IsZero() && a.last.Sub(a.resumed) < unsure
	if !older {
		a.newest = m.Time
	}
	if (older || again) && a.late.IsZero() {
		a.late = a.last
	}
	if a.caught || a.absent || !a.cursor.Begun || m.Outgoing || a.gapped[m.Chat.Peer] {
		return
	}
	a.gapped[m.Chat.Peer] = true
	gap, err := a.store().InsertGap(m.ID, model.GapFilling)
	if err != nil {
		a.s.Fail(err)
		return
	}
	a.s.Emit(event.MessageAdded{Message: gap})
}

// Went hears of each message of ours that the server took: its place among those of others
// is for the archive to say.
func (a *Archive) Went() {
	a.came++
	a.last = a.s.Steady()
}

// HandleMessage takes the results of open questions; those of others are dropped, but
// what merely looks so to a server without an archive passes.
func (a *Archive) HandleMessage(in *feature.Message) feature.Verdict {
	if in.Carbon || in.Element.Child(xep.NSArchive, "result") == nil {
		return feature.Pass
	}
	r, ok := xep.ArchiveResultOf(in.Element)
	if !ok || !r.From.IsZero() && r.From != a.self() {
		return feature.Handled
	}
	if q := a.open[r.QueryID]; q != nil {
		q.take(r)
	}
	return feature.Handled
}

// query is one question that is open.
type query struct {
	id      string
	run     *run // or nil, for a page of one chat
	asked   xep.ArchiveQuery
	results []xep.ArchiveResult
	seen    map[string]bool
	bytes   int
	full    bool // more came than was asked for, or than we keep
}

// take keeps a result. Resumption may bring one twice.
func (q *query) take(r xep.ArchiveResult) {
	if q.full || q.seen[r.ID] {
		return
	}
	if len(q.results) >= q.asked.Max || q.bytes > maxPageBytes {
		q.full = true
		return
	}
	q.seen[r.ID] = true
	q.bytes += r.Stanza.Size()
	q.results = append(q.results, r)
}

// order puts a page in order that does not begin and end where the archive says (XEP-0059
// §2.1): the cursor must not be moved to a message with others behind it.
func (q *query) order(fin xep.ArchiveFin) {
	n := len(q.results)
	if q.full || n == 0 || !q.seen[fin.First] || !q.seen[fin.Last] {
		return
	}
	if q.results[0].ID == fin.First && q.results[n-1].ID == fin.Last {
		return
	}
	if q.results[0].ID == fin.Last {
		slices.Reverse(q.results)
	}
	slices.SortStableFunc(q.results, func(x, y xep.ArchiveResult) int { return x.Delay.Stamp.Compare(y.Delay.Stamp) })
}

// ask puts a question and calls done with what came, unless it was forgotten meanwhile.
func (a *Archive) ask(r *run, asked xep.ArchiveQuery, done func(q *query, fin xep.ArchiveFin, err error)) {
	q := &query{id: a.s.NewID(), run: r, seen: map[string]bool{}}
	asked.ID = q.id
	q.asked = asked
	a.open[q.id] = q
	iq := stanza.NewIQ("set", "", "", asked.Element())
	a.s.Ask(iq, func(answer *stanza.Element, err error) {
		if a.open[q.id] != q {
			return
		}
		delete(a.open, q.id)
		var fin xep.ArchiveFin
		if err == nil {
			var ok bool
			if fin, ok = xep.ArchiveFinOf(answer); !ok {
				err = model.Errorf(model.ErrProtocol, "the archive ended a page with something else")
			}
			q.order(fin)
		}
		done(q, fin, err)
	})
}
