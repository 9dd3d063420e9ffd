package archive_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"dovekie/xmppsvc/archive"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/feature/featuretest"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/xep"
)

var (
	romeo  = jid.MustParse("romeo@verona.example")
	juliet = jid.MustParse("juliet@capulet.example")
	nurse  = jid.MustParse("nurse@capulet.example")
)

// world is an account's archive over a real store, and the server's side of it.
type world struct {
	t        *testing.T
	s        *featuretest.Session
	store    *storage.Store
	tx       storage.Tx
	a        *archive.Archive
	caughtUp int
	missed   []string // ids

	held   []entry // what the server's archive holds
	limit  int     // messages a page at most
	forget int     // how many of the oldest ones have expired
	hidden string  // the id of one that the pages lack
	asked  []xep.ArchiveQuery
	line   []*stanza.Element // questions that were not answered yet

	settings []*stanza.Element // those for the account's settings
}

// entry is one message of the server's archive.
type entry struct {
	id   string
	with jid.JID
	own  bool
	body string
	at   time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	store, err := storage.Open(context.Background(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	w := &world{t: t, s: featuretest.New(t, "romeo@verona.example/desk"), store: store, limit: 10}
	w.do(func() {
		if err := w.tx.PutAccount(model.Account{JID: romeo}); err != nil {
			t.Fatal(err)
		}
	})
	w.a = archive.New(w.s, func() archive.Store { return w.tx }, store, w)
	if err := w.a.Load(); err != nil {
		t.Fatal(err)
	}
	return w
}

// do runs fn as a batch.
func (w *world) do(fn func()) {
	w.t.Helper()
	err := w.store.Update(context.Background(), func(tx storage.Tx) error {
		w.tx = tx
		fn()
		return w.s.Err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// Archived implements archive.Intake.
func (w *world) Archived(r xep.ArchiveResult) (model.ArchivedMessage, bool) {
	from, err := jid.Parse(r.Stanza.Get("from"))
	if err != nil {
		return model.ArchivedMessage{}, false
	}
	to, err := jid.Parse(r.Stanza.Get("to"))
	if err != nil {
		return model.ArchivedMessage{}, false
	}
	m := model.Message{
		ID: model.MessageID(uuid.NewString()), Kind: model.KindText, From: from, Body: r.Stanza.ChildText(stanza.NSClient, "body"),
		Chat: model.ChatID{Account: romeo, Peer: from.Bare()}, Time: r.Delay.Stamp, Live: true,
		StanzaID: r.ID, StanzaBy: romeo, OriginID: xep.OriginIDOf(r.Stanza),
	}
	if from.Bare() == romeo {
		m.Outgoing, m.Delivery, m.Chat.Peer = true, model.Acked, to.Bare()
	}
	return model.ArchivedMessage{Message: m}, true
}

// Heard implements archive.Intake.
func (w *world) Heard(r xep.ArchiveResult, missed bool) {
	if missed {
		w.missed = append(w.missed, r.ID)
	}
}

// CaughtUp implements archive.Intake.
func (w *world) CaughtUp() { w.caughtUp++ }

// says adds n messages to the server's archive.
func (w *world) says(with jid.JID, n int) {
	for range n {
		i := len(w.held)
		w.held = append(w.held, entry{
			id: fmt.Sprintf("a%04d", i), with: with, own: i%4 == 3, body: fmt.Sprintf("message %d 你好", i),
			at: featuretest.Start.Add(-time.Hour + time.Duration(i)*time.Second),
		})
	}
}

// live delivers the entry by itself.
func (w *world) live(e entry) {
	w.t.Helper()
	w.liveSaid(e, w.s.Now())
}

// liveSaid delivers it with the time when it was said.
func (w *world) liveSaid(e entry, at time.Time) {
	w.t.Helper()
	w.do(func() {
		m := model.Message{
			ID: model.MessageID("live-" + e.id), Kind: model.KindText, From: e.with, Body: e.body, Time: at, Live: true,
			Chat: model.ChatID{Account: romeo, Peer: e.with}, StanzaID: e.id, StanzaBy: romeo,
		}
		in, err := w.tx.InsertMessage(m, "", nil, false)
		if err != nil {
			w.t.Fatal(err)
		}
		if !in.Known {
			w.a.Came(in.Message)
		}
	})
}

// bind is a login of a new session.
func (w *world) bind() {
	w.t.Helper()
	w.do(w.a.Open)
	w.do(func() { w.a.Lost(); w.a.Bound() })
}

// question takes the archive's open question; nil when there is none.
func (w *world) question() (*stanza.Element, xep.ArchiveQuery) {
	w.t.Helper()
	w.line = append(w.line, w.s.TakeSent()...)
	for len(w.line) > 0 {
		el := w.line[0]
		w.line = w.line[1:]
		if el.Child(xep.NSArchive, "prefs") != nil {
			w.settings = append(w.settings, el)
		}
		if q, ok := xep.ReadArchiveQuery(el); ok {
			w.asked = append(w.asked, q)
			return el, q
		}
	}
	return nil, xep.ArchiveQuery{}
}

// serve answers questions as a server does until none is open; at most n of them.
func (w *world) serve(n int) {
	w.t.Helper()
	for range n {
		iq, q := w.question()
		if iq == nil {
			return
		}
		w.answer(iq, q)
	}
}

func (w *world) answer(iq *stanza.Element, q xep.ArchiveQuery) {
	w.t.Helper()
	var all []entry
	for i, e := range w.held {
		if i >= w.forget && e.id != w.hidden && (q.With.IsZero() || e.with == q.With) && !e.at.Before(q.Start) {
			all = append(all, e)
		}
	}
	from, to := 0, len(all)
	at := func(id string) int {
		return slices.IndexFunc(all, func(e entry) bool { return e.id == id })
	}
	for _, id := range []string{q.After, q.Before} {
		if id != "" && at(id) < 0 {
			w.refuse(iq, "item-not-found")
			return
		}
	}
	if q.After != "" {
		from = at(q.After) + 1
	}
	if q.Before != "" {
		to = at(q.Before)
	}
	size, complete := min(w.limit, q.Max), true
	if to-from > size {
		complete = false
		if q.Last || q.Before != "" {
			from = to - size
		} else {
			to = from + size
		}
	}
	page := all[from:to]
	for _, e := range page {
		w.result(q.ID, e)
	}
	fin := xep.ArchiveFin{Complete: complete, PageResult: xep.PageResult{Index: -1, Count: -1}}
	if len(page) > 0 {
		fin.First, fin.Last = page[0].id, page[len(page)-1].id
	}
	w.do(func() { w.s.Answer(iq, fin.Element().String(), nil) })
}

func (w *world) refuse(iq *stanza.Element, condition string) {
	w.do(func() {
		w.s.Answer(iq, "", &model.Error{Kind: model.ErrServerRefused, Condition: condition, Message: "refused"})
	})
}

// result sends one message of a page.
func (w *world) result(queryid string, e entry) { w.resultFrom("", queryid, e) }

func (w *world) resultFrom(from, queryid string, e entry) {
	w.t.Helper()
	sender, receiver, origin := e.with.String()+"/b", romeo.String(), ""
	if e.own {
		sender, receiver = romeo.String()+"/desk", e.with.String()
		origin = "<origin-id xmlns='urn:xmpp:sid:0' id='own-" + e.id + "'/>"
	}
	el := w.s.Parse(fmt.Sprintf(`<message from='%s'><result xmlns='urn:xmpp:mam:2' queryid='%s' id='%s'>
		<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='%s'/>
		<message xmlns='jabber:client' type='chat' from='%s' to='%s'><body>%s</body>%s</message></forwarded></result></message>`,
		from, queryid, e.id, e.at.Format("2006-01-02T15:04:05Z"), sender, receiver, e.body, origin))
	if from == "" {
		el.Attr = nil
	}
	w.do(func() {
		if w.a.HandleMessage(&feature.Message{Element: el}) != feature.Handled {
			w.t.Errorf("a result is not the archive's")
		}
	})
}

// shown is a chat as it reads, gaps in brackets.
func (w *world) shown(peer jid.JID) []string {
	w.t.Helper()
	page, _, err := w.store.History(context.Background(), model.ChatID{Account: romeo, Peer: peer}, "", 100_000)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, m := range page {
		if m.Kind == model.KindGap {
			out = append(out, "["+string(m.Gap)+"]")
			continue
		}
		out = append(out, m.Body)
	}
	return out
}

// holds is what the server holds of a chat from entry i on.
func (w *world) holds(peer jid.JID, i int) []string {
	var out []string
	for _, e := range w.held[min(i, len(w.held)):] {
		if e.with == peer {
			out = append(out, e.body)
		}
	}
	return out
}

func (w *world) same(peer jid.JID, want []string) {
	w.t.Helper()
	if got := w.shown(peer); !slices.Equal(got, want) {
		w.t.Errorf("%s reads\n %q\nwant\n %q", peer, got, want)
	}
}

func last[E event.Event](all []event.Event) (E, bool) {
	for i := len(all) - 1; i >= 0; i-- {
		if ev, ok := all[i].(E); ok {
			return ev, true
		}
	}
	var none E
	return none, false
}
