package app_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/app"
	"dovekie/app/settings"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// fakeFeed is a feed that the test fills.
type fakeFeed struct {
	mu      sync.Mutex
	pending []event.Event
	wake    chan struct{}
}

func (f *fakeFeed) put(evs ...event.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, evs...)
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Next implements app.Feed.
func (f *fakeFeed) Next(ctx context.Context) ([]event.Event, error) {
	for {
		f.mu.Lock()
		batch := f.pending
		f.pending = nil
		f.mu.Unlock()
		if len(batch) > 0 {
			return batch, nil
		}
		select {
		case <-f.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close implements app.Feed.
func (f *fakeFeed) Close() {}

// fakeService records the commands it gets and answers as the test says.
type fakeService struct {
	fakeTap
	feed *fakeFeed

	mu      sync.Mutex
	calls   []string
	connect func(ctx context.Context, r model.ConnectRequest) error
	pages   map[model.ChatID][]model.Message
	drafts  []model.Draft // that an earlier run kept
	refuse  error         // the answer to SetPrivacy, Nudge, SendMessage and SetDraft
	// archive answers where nothing is here any more; nil says that nothing older exists.
	archive func(ctx context.Context, before model.MessageID) ([]model.Message, bool, error)
}

func newFake() *fakeService {
	return &fakeService{feed: &fakeFeed{wake: make(chan struct{}, 1)}, pages: map[model.ChatID][]model.Message{}}
}

func (f *fakeService) note(format string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
	return nil
}

func (f *fakeService) called(want string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(f.calls, want)
}

func (f *fakeService) refused() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.refuse
}

// refuses says what some commands are answered with from now on.
func (f *fakeService) refuses(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuse = err
}

func (f *fakeService) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

func (f *fakeService) Subscribe() app.Feed         { return f.feed }
func (f *fakeService) Close(context.Context) error { return f.note("close") }

func (f *fakeService) Connect(ctx context.Context, r model.ConnectRequest) (model.Login, error) {
	_ = f.note("connect %s %s remember=%v auto=%v %s", r.JID, r.Address, r.Remember, r.Enabled, r.Show)
	if f.connect != nil {
		return model.Login{}, f.connect(ctx, r)
	}
	return model.Login{}, nil
}

func (f *fakeService) ConnectNow(_ context.Context, a jid.JID) error {
	return f.note("connect now %s", a)
}
func (f *fakeService) Disconnect(_ context.Context, a jid.JID) error {
	return f.note("disconnect %s", a)
}
func (f *fakeService) RemoveAccount(_ context.Context, a jid.JID) error {
	return f.note("remove account %s", a)
}
func (f *fakeService) Register(_ context.Context, r model.ConnectRequest) error {
	return f.note("register %s", r.JID)
}
func (f *fakeService) TrustCertificate(_ context.Context, a jid.JID, fp string, remember bool) error {
	return f.note("trust %s %s %v", a, fp, remember)
}
func (f *fakeService) SetPresence(_ context.Context, _ jid.JID, s model.Show, status string) error {
	return f.note("presence %s %q", s, status)
}
func (f *fakeService) SetActive(_ context.Context, active bool) error {
	return f.note("active=%v", active)
}
func (f *fakeService) SetPrivacy(_ context.Context, a jid.JID, p model.Privacy) error {
	_ = f.note("privacy %s receipts=%v markers=%v typing=%v", a, !p.NoReceipts, !p.NoMarkers, !p.NoTyping)
	return f.refuse
}
func (f *fakeService) SetContact(_ context.Context, _ jid.JID, i model.RosterItem) error {
	return f.note("set contact %s %q %v", i.JID, i.Name, i.Groups)
}
func (f *fakeService) RemoveContact(_ context.Context, _, c jid.JID) error {
	return f.note("remove contact %s", c)
}
func (f *fakeService) RequestSubscription(_ context.Context, _, c jid.JID, m string) error {
	return f.note("request %s %q", c, m)
}
func (f *fakeService) ApproveSubscription(_ context.Context, _, c jid.JID) error {
	return f.note("approve %s", c)
}
func (f *fakeService) DenySubscription(_ context.Context, _, c jid.JID) error {
	return f.note("deny %s", c)
}
func (f *fakeService) CancelSubscription(_ context.Context, _, c jid.JID) error {
	return f.note("cancel %s", c)
}
func (f *fakeService) SendMessage(_ context.Context, c model.ChatID, body, _ string) (model.MessageID, error) {
	_ = f.note("send %s %q", c.Peer, body)
	return "x", f.refused()
}
func (f *fakeService) Nudge(_ context.Context, c model.ChatID) (model.MessageID, error) {
	_ = f.note("nudge %s", c.Peer)
	return "n", f.refused()
}
func (f *fakeService) RetryMessage(_ context.Context, _ model.ChatID, id model.MessageID) error {
	return f.note("retry %s", id)
}
func (f *fakeService) SetTyping(_ context.Context, c model.ChatID, s model.ChatState) error {
	return f.note("typing %s %s", c.Peer, s)
}
func (f *fakeService) MarkDisplayed(_ context.Context, c model.ChatID, id model.MessageID) error {
	return f.note("displayed %s %s", c.Peer, id)
}
func (f *fakeService) History(ctx context.Context, c model.ChatID, before model.MessageID, limit int) ([]model.Message, bool, error) {
	f.mu.Lock()
	f.calls = append(f.calls, fmt.Sprintf("history %s before %q", c.Peer, before))
	page, complete, archive := f.page(c, before, limit)
	f.mu.Unlock()
	if archive == nil || !complete {
		return page, complete, nil
	}
	if len(page) > 0 {
		return page, false, nil
	}
	return archive(ctx, before)
}

// page is what is stored.
func (f *fakeService) page(c model.ChatID, before model.MessageID, limit int) (page []model.Message, complete bool, archive func(context.Context, model.MessageID) ([]model.Message, bool, error)) {
	all := f.pages[c]
	end := len(all)
	for i := range all {
		if all[i].ID == before {
			end = i
		}
	}
	from := max(end-limit, 0)
	return slices.Clone(all[from:end]), from == 0, f.archive
}

// setPage puts what is stored of the chat with nora.
func (f *fakeService) setPage(list []model.Message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pages[chatWith(nora)] = list
}
func (f *fakeService) Search(_ context.Context, _ model.ChatID, q string, _ int) ([]model.Message, error) {
	return nil, f.note("search %q", q)
}
func (f *fakeService) MarkChat(_ context.Context, c model.ChatID, m model.ChatMarks) error {
	return f.note("mark %s pinned=%v muted=%v", c.Peer, m.Pinned, m.Muted)
}
func (f *fakeService) SetDraft(_ context.Context, c model.ChatID, text string) error {
	_ = f.note("draft %s %q", c.Peer, text)
	return f.refused()
}
func (f *fakeService) Drafts(context.Context, jid.JID) ([]model.Draft, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.drafts), nil
}
func (f *fakeService) RemoveChat(_ context.Context, c model.ChatID) error {
	return f.note("remove chat %s", c.Peer)
}

// bench is a window on the test driver; what is posted runs on the test's goroutine.
type bench struct {
	t      *testing.T
	app    *app.App
	svc    *fakeService
	mu     sync.Mutex
	queue  []func()
	shown  []string // notifications
	hidden func() bool
}

func (b *bench) post(fn func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, fn)
}

func (b *bench) drain() {
	for {
		b.mu.Lock()
		q := b.queue
		b.queue = nil
		b.mu.Unlock()
		if len(q) == 0 {
			return
		}
		for _, fn := range q {
			fn()
		}
	}
}

// until runs what is posted until the condition holds.
func (b *bench) until(what string, cond func() bool) {
	b.t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for {
		b.drain()
		if cond() {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("never: %s\ncommands: %q\nfacts: %v", what, b.svc.all(), b.texts())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (b *bench) texts() map[string]string {
	m := map[string]string{}
	for k, f := range b.app.Facts() {
		m[k] = f.Text
	}
	return m
}

func (b *bench) text(key string) string { return b.app.Facts()[key].Text }

func (b *bench) command(want string) {
	b.t.Helper()
	b.until("command "+want, func() bool { return b.svc.called(want) })
}

// Show implements app.Notifier.
func (b *bench) Show(_ context.Context, key, title, body string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown = append(b.shown, key+"|"+title+"|"+body)
	return nil
}

// Close implements app.Notifier.
func (b *bench) Close(context.Context, string) error { return nil }

func (b *bench) notified() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.shown)
}

// newBench opens the window on a fake service; lang is the language.
func newBench(t *testing.T, lang string) *bench {
	t.Helper()
	return newBenchFor(t, lang, app.Start{})
}

func newBenchFor(t *testing.T, lang string, start app.Start) *bench {
	t.Helper()
	return newBenchAt(t, lang, start, time.Now)
}

// newBenchAt is newBenchFor with a clock of the test's.
func newBenchAt(t *testing.T, lang string, start app.Start, now func() time.Time) *bench {
	t.Helper()
	return newBenchWith(t, lang, start, now, "")
}

// newBenchWith has a data folder, unless dir is "".
func newBenchWith(t *testing.T, lang string, start app.Start, now func() time.Time, dir string) *bench {
	t.Helper()
	fyneApp := test.NewTempApp(t)
	b := &bench{t: t, svc: newFake()}
	set := settings.Default()
	set.Lang = lang
	b.hidden = func() bool { return false }
	b.app = app.New(app.Deps{
		Fyne: fyneApp, Dir: dir, Version: "test-version", Post: b.post, Now: now, Settings: set, Theme: skin.NewTheme(skin.AlwaysLight, true), SysLang: "en",
		Open:     func(context.Context) (app.Service, error) { return b.svc, nil },
		OpenDemo: func(context.Context, string) (app.Demo, error) { return fakeDemo{b.svc}, nil },
		Notify:   b, Start: start, Hidden: func(fyne.Window) bool { return b.hidden() },
	})
	b.app.Begin()
	b.drain()
	t.Cleanup(func() {
		b.app.Window().Close()
		b.drain()
	})
	return b
}

var (
	me   = jid.MustParse("lin@example.org")
	nora = jid.MustParse("nora@example.org")
	tom  = jid.MustParse("tom@example.org")
)

func chatWith(peer jid.JID) model.ChatID { return model.ChatID{Account: me, Peer: peer} }

func contact(j jid.JID, name string, show model.Show) model.Contact {
	c := model.Contact{RosterItem: model.RosterItem{JID: j, Name: name, Groups: []string{"Friends"}, Subscription: model.SubscriptionBoth}}
	if show != "" {
		c.Presence = []model.Presence{{Show: show}}
	}
	return c
}

// signedIn is a bench whose account is online with two contacts.
func signedIn(t *testing.T, lang string) *bench {
	t.Helper()
	return signedInWith(t, newBench(t, lang))
}

func signedInWith(t *testing.T, b *bench) *bench {
	t.Helper()
	b.svc.feed.put(event.Snapshot{Accounts: []event.Account{{
		Account:    model.Account{JID: me, Enabled: true, Remember: true},
		Connection: model.Connection{State: model.Online}, Show: model.ShowAvailable, Status: "by the sea",
		Contacts: []model.Contact{contact(nora, "Nora", model.ShowAvailable), contact(tom, "Tom", "")},
	}}})
	b.until("main panel", func() bool { return b.text("screen") == "main" && b.text("row.g:Friends") != "" })
	return b
}

func (b *bench) open(peer jid.JID) {
	b.t.Helper()
	b.tapRow("row.c:Friends/" + peer.String())
	b.until("chat open", func() bool { return b.text("chat") == peer.String() })
	b.until("composer focused", func() bool {
		f := b.app.Window().Canvas().Focused()
		return f != nil && b.app.Facts()["composer"].Rect != nil && f.(fyne.CanvasObject).Position().Y > 0
	})
}

// tapRow taps the middle of what the fact names.
func (b *bench) tapRow(key string) {
	b.t.Helper()
	r := b.app.Facts()[key].Rect
	if r == nil {
		b.t.Fatalf("%s is not shown: %v", key, b.texts())
	}
	test.TapCanvas(b.app.Window().Canvas(), fyne.NewPos(float32(r[0]+r[2]/2), float32(r[1]+r[3]/2)))
	b.drain()
}

// focus puts the keyboard into what the fact names, as the press of the mouse does.
func (b *bench) focus(key string) {
	b.t.Helper()
	f, ok := b.app.Facts()[key].Object.(interface{ Focus() })
	if !ok {
		b.t.Fatalf("%s takes no keyboard: %v", key, b.texts())
	}
	f.Focus()
}

// typeText types into whatever has the keyboard.
func (b *bench) typeText(s string) {
	b.t.Helper()
	f := b.app.Window().Canvas().Focused()
	if f == nil {
		b.t.Fatal("nothing has the keyboard")
	}
	test.Type(f, s)
	b.drain()
}

func (b *bench) key(name fyne.KeyName) {
	b.t.Helper()
	if f := b.app.Window().Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
	} else {
		b.app.Window().Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
	}
	b.drain()
}

func jidOf(s string) jid.JID { return jid.MustParse(s) }

func itoa(i int) string { return fmt.Sprint(i) }
