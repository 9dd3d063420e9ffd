package connection_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/app/connection"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/trace"
)

var now = time.Date(2026, 11, 25, 14, 3, 0, 0, time.Local)

// page is the view in a window of the test driver, and what it asked for.
type page struct {
	t      testing.TB
	view   *connection.View
	win    fyne.Window
	sent   []string
	copied string
	items  []widgets.MenuItem
	picked func(string)
	kept   bool
	closed bool
	timers []func()
}

func (p *page) SendXML(text string) { p.sent = append(p.sent, text) }
func (p *page) ConnectNow()         { p.sent = append(p.sent, "now") }
func (p *page) Report()             { p.sent = append(p.sent, "report") }
func (p *page) Copy(text string)    { p.copied = text }
func (p *page) Keep(on bool)        { p.kept = on }
func (p *page) Turned()             {}
func (p *page) Close()              { p.closed = true }
func (p *page) Menu(_ fyne.Position, items []widgets.MenuItem, then func(string)) {
	p.items, p.picked = items, then
}

func (p *page) after(_ time.Duration, fn func()) (stop func()) {
	i := len(p.timers)
	p.timers = append(p.timers, fn)
	return func() { p.timers[i] = func() {} }
}

func newPage(t testing.TB, lang string, w, h float32) *page {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(skin.NewTheme(skin.AlwaysLight, true))
	tr.Use(lang)
	t.Cleanup(func() { tr.Use("en") })
	p := &page{t: t}
	p.view = connection.New(p, connection.Clock{Now: func() time.Time { return now }, After: p.after, Measure: func(_ string, fn func()) { fn() }})
	p.win = test.NewTempWindow(t, p.view.Content())
	p.win.SetPadded(false)
	p.win.Resize(fyne.NewSize(w, h))
	p.view.Render(state())
	return p
}

func state() connection.State {
	return connection.State{
		Account:    jid.MustParse("lin@example.org"),
		Connection: model.Connection{State: model.Online},
		Login:      model.Login{JID: jid.MustParse("lin@example.org/x"), Mechanism: "SCRAM-SHA-256", TLSVersion: "1.3", RoundTrips: 5},
		Connections: []trace.Connection{{Number: 1, Begun: now.Add(-time.Hour), Up: now.Add(-time.Hour), Verdict: trace.Verified,
			Login: model.Login{JID: jid.MustParse("lin@example.org/x"), Mechanism: "SCRAM-SHA-256", TLSVersion: "1.3", RoundTrips: 5},
			Steps: []trace.Step{{Name: "securing", Detail: "TLS 1.3", Time: now.Add(-time.Hour), Took: time.Millisecond}}}},
	}
}

type shown struct {
	text string
	at   fyne.Position
	size fyne.Size
	o    fyne.CanvasObject
}

func (p *page) facts() map[string]shown {
	all := map[string]shown{}
	p.view.Facts(func(key, text string, o fyne.CanvasObject) {
		s := shown{text: text, o: o}
		if o != nil {
			if !o.Visible() {
				return
			}
			s.at, s.size = fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size()
		}
		all[key] = s
	}, func(key, text string, pos fyne.Position, size fyne.Size, o fyne.CanvasObject) {
		all[key] = shown{text, pos, size, o}
	})
	return all
}

func (p *page) text(key string) string { return p.facts()[key].text }

func (p *page) tap(key string) {
	p.t.Helper()
	s, ok := p.facts()[key]
	if !ok || s.size.IsZero() {
		p.t.Fatalf("%s is not shown: %v", key, p.facts())
	}
	test.TapCanvas(p.win.Canvas(), s.at.AddXY(s.size.Width/2, s.size.Height/2))
}

// focus puts the keyboard there, as the press of the mouse does.
func (p *page) focus(key string) {
	p.t.Helper()
	f, ok := p.facts()[key].o.(interface{ Focus() })
	if !ok {
		p.t.Fatalf("%s takes no keyboard", key)
	}
	f.Focus()
}

func (p *page) typed(text string) {
	p.t.Helper()
	f := p.win.Canvas().Focused()
	if f == nil {
		p.t.Fatal("nothing has the keyboard")
	}
	test.Type(f, text)
}

func stanzas(n int) []trace.Entry {
	out := make([]trace.Entry, n)
	for i := range out {
		name, typ, child := "message", "chat", "body"
		switch i % 4 {
		case 1:
			name, typ, child = "presence", "", "show"
		case 2:
			name, typ, child = "iq", "get", "query"
		case 3:
			name, typ, child = "r", "", ""
		}
		body := fmt.Sprintf("<%s type='%s' from='somebody%d@a-long-domain.example.org/a-device-with-a-long-name' id='id%d'><%s>%s</%s></%s>",
			name, typ, i%97, i, child, strings.Repeat("a line of some length that says nothing, 你好 ", 8), child, name)
		out[i] = trace.Entry{Seq: uint64(i + 1), Time: now.Add(time.Duration(i) * time.Millisecond), Kind: trace.KindStanza, Out: i%3 == 0,
			Stanza: name, Type: typ, ID: fmt.Sprint("id", i), Child: child, Peer: fmt.Sprintf("somebody%d@a-long-domain.example.org/a-device-with-a-long-name", i%97), XML: body}
	}
	return out
}

func TestThePagesAreReachedByTapAndByKey(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		p := newPage(t, lang, 815, 800)
		if p.view.Page() != connection.PageTimeline || !strings.Contains(p.text("conn"), "TLS 1.3 · SCRAM-SHA-256") {
			t.Errorf("%s: begins with %v", lang, p.facts())
		}
		p.tap("conn.tab1")
		if p.view.Page() != connection.PageTraffic || p.text("conn.figure0") == "" {
			t.Errorf("%s: traffic shows %v", lang, p.facts())
		}
		p.view.FocusFilter()
		if p.view.Page() != connection.PageXML {
			t.Errorf("%s: the filter is on page %d", lang, p.view.Page())
		}
		p.typed("abc")
		if p.text("conn.filter") != "abc" {
			t.Errorf("%s: the filter is %q", lang, p.text("conn.filter"))
		}
		p.tap("conn.close")
		if !p.closed {
			t.Errorf("%s: not closed", lang)
		}
		for key, s := range p.facts() {
			if strings.Contains(s.text, "conn.") || strings.Contains(s.text, "{") {
				t.Errorf("%s: %s says %q", lang, key, s.text)
			}
		}
	}
}

func TestEveryControlHasANameUnderThePointer(t *testing.T) {
	p := newPage(t, "en", 815, 800)
	p.view.Turn(connection.PageXML)
	p.view.Take(stanzas(1))
	p.tap("conn.stanza1")
	for key, want := range map[string]string{"conn.close": "Close (Esc)", "conn.pause": "Pause", "conn.clear": "Clear the list", "conn.copy": "Copy this stanza",
		"conn.preset": "Begin with a ready-made stanza", "conn.send": "Send (Enter)", "conn.report": "Create a report without passwords and messages"} {
		s, ok := p.facts()[key]
		if !ok {
			t.Errorf("%s is not there", key)
			continue
		}
		test.MoveMouse(p.win.Canvas(), s.at.AddXY(s.size.Width/2, s.size.Height/2))
		for _, fn := range p.timers {
			fn()
		}
		if got := p.text("conn.hint"); got != want {
			t.Errorf("%s is called %q, want %q", key, got, want)
		}
		test.MoveMouse(p.win.Canvas(), fyne.NewPos(300, 500))
	}
	if got := p.text("conn.hint"); got != "" {
		t.Errorf("%q stays", got)
	}
}

func TestTheConsoleShowsFiltersPausesAndClears(t *testing.T) {
	p := newPage(t, "en", 815, 800)
	p.view.Turn(connection.PageXML)
	if !p.view.Wants() {
		t.Fatal("in sight, but it takes nothing")
	}
	p.view.Take(stanzas(100))
	if got := p.text("conn.count"); got != "100 of 100" {
		t.Errorf("count %q", got)
	}
	p.tap("conn.chip4") // messages
	if got := p.text("conn.count"); got != "75 of 100" {
		t.Errorf("without messages %q", got)
	}
	p.view.FocusFilter()
	p.typed("SOMEBODY13@")
	if got := p.text("conn.count"); got != "1 of 100" { // 13 and 110, of which 13 is a presence
		t.Errorf("of one address %q", got)
	}
	p.tap("conn.pause")
	if p.view.Wants() || !strings.HasPrefix(p.text("conn.count"), "Paused") {
		t.Errorf("paused: %q", p.text("conn.count"))
	}
	p.tap("conn.pause")
	p.tap("conn.clear")
	if got := p.text("conn.count"); got != "0 of 0" || !p.view.Wants() {
		t.Errorf("cleared: %q", got)
	}
	p.view.Turn(connection.PageTraffic)
	if p.view.Wants() {
		t.Error("out of sight, but it takes what travels")
	}
}

func TestAStanzaIsReadCopiedAndFollowedToItsAnswer(t *testing.T) {
	p := newPage(t, "en", 815, 800)
	p.view.Turn(connection.PageXML)
	q := trace.Entry{Seq: 1, Time: now, Kind: trace.KindStanza, Out: true, Stanza: "iq", Type: "get", ID: "x", Peer: "example.org", Child: "ping", XML: "<iq type='get' id='x' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>"}
	a := trace.Entry{Seq: 2, Time: now.Add(23 * time.Millisecond), Kind: trace.KindStanza, Stanza: "iq", Type: "result", ID: "x", Peer: "example.org", XML: "<iq type='result' id='x' from='example.org'/>"}
	p.view.Take([]trace.Entry{q, a})
	if got := p.text("conn.stanza2"); got != "in iq result  example.org 23 ms" {
		t.Errorf("the answer's row: %q", got)
	}
	p.tap("conn.stanza1")
	p.tap("conn.copy")
	if p.copied != "<iq type='get' id='x' to='example.org'>\n  <ping xmlns='urn:xmpp:ping'/>\n</iq>\n" {
		t.Errorf("copied %q", p.copied)
	}
	p.tap("conn.pair")
	if got := p.text("conn.detail"); !strings.Contains(got, "from example.org · answered in 23 ms") {
		t.Errorf("followed to %q", got)
	}
}

func TestOnlyOneAddressByTheMenu(t *testing.T) {
	p := newPage(t, "en", 815, 800)
	p.view.Turn(connection.PageXML)
	p.view.Take(stanzas(300))
	s := p.facts()["conn.stanza300"]
	tapSecondary(p, s.at.AddXY(20, 10))
	if len(p.items) < 4 {
		t.Fatalf("the menu has %v", p.items)
	}
	p.picked("only")
	if got := p.text("conn.count"); got != "4 of 300" {
		t.Errorf("shows %q", got)
	}
	p.picked("all")
	if n := strings.Count(p.copied, "<!-- "); n != 4 {
		t.Errorf("copied %d", n)
	}
	p.tap("conn.chip3")
	if got := p.text("conn.count"); got != "300 of 300" {
		t.Errorf("shows %q", got)
	}
}

func tapSecondary(p *page, at fyne.Position) {
	p.t.Helper()
	test.TapSecondaryAt(p.view.List(), at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(p.view.List())))
}

func TestWhatIsWrongIsSaidAtTheFieldAndNothingIsSent(t *testing.T) {
	for lang, want := range map[string]string{"en": "This would change or end the connection itself", "zh": "这会改变或结束连接本身"} {
		p := newPage(t, lang, 815, 800)
		p.view.Turn(connection.PageXML)
		p.focus("conn.field")
		p.typed("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>x</auth>")
		p.tap("conn.send")
		if got := p.text("conn.error"); !strings.HasPrefix(got, want) || len(p.sent) > 0 {
			t.Errorf("%s: %q, sent %v", lang, got, p.sent)
		}
	}
}

func TestEveryRefusalHasItsWords(t *testing.T) {
	p := newPage(t, "zh", 815, 800)
	p.view.Turn(connection.PageXML)
	for _, r := range []stanza.Refusal{stanza.RefusedEmpty, stanza.RefusedSyntax, stanza.RefusedCut, stanza.RefusedMore, stanza.RefusedStream, stanza.RefusedKind,
		stanza.RefusedType, stanza.RefusedPayload, stanza.RefusedFrom, stanza.RefusedTo, stanza.RefusedSize} {
		p.view.Sent(model.Errorf(model.ErrInvalid, "x: %w", &stanza.RefusedError{Reason: r, Detail: "y"}))
		if got := p.text("conn.error"); got == "" || strings.Contains(got, "conn.") {
			t.Errorf("%s: %q", r, got)
		}
	}
	p.view.Sent(errors.Join(model.ErrorOf(model.ErrNotOnline)))
	if got := p.text("conn.error"); got == "" || strings.Contains(got, "err.") {
		t.Error(got)
	}
	p.view.Sent(nil)
	if p.text("conn.error") != "" || p.text("conn.field") != "" {
		t.Errorf("after sending: %q, %q", p.text("conn.field"), p.text("conn.error"))
	}
}

func TestEveryPresetIsAStanzaThatMayBeSent(t *testing.T) {
	p := newPage(t, "en", 815, 800)
	p.view.Turn(connection.PageXML)
	p.tap("conn.preset")
	if len(p.items) != 5 {
		t.Fatalf("the menu has %v", p.items)
	}
	for _, item := range p.items {
		p.picked(item.Key)
		text := p.text("conn.field")
		if _, err := stanza.ParseOutgoing(text); err != nil {
			t.Errorf("%s: %s: %v", item.Key, text, err)
		}
		p.sent = nil
		p.tap("conn.send")
		if len(p.sent) != 1 || p.sent[0] != text {
			t.Errorf("%s: sent %v", item.Key, p.sent)
		}
	}
}

func TestOfflineSaysWhyAndOffersToConnect(t *testing.T) {
	p := newPage(t, "en", 815, 800)
	s := state()
	s.Connection = model.Connection{State: model.Waiting, Cause: model.ErrUnreachable, RetryAt: now.Add(8 * time.Second)}
	p.view.Render(s)
	if got := p.text("conn"); got != "No connection. Trying again in 8 s · example.org cannot be reached right now. Check the network, or try again later." {
		t.Error(got)
	}
	p.tap("conn.now")
	if len(p.sent) != 1 {
		t.Errorf("asked for %v", p.sent)
	}
	p.view.Turn(connection.PageXML)
	p.focus("conn.field")
	p.typed("<presence/>")
	p.tap("conn.send")
	if len(p.sent) != 1 {
		t.Errorf("sent %v", p.sent)
	}
}

func TestTrafficSpeaksOfIdlingOnceItIsKnown(t *testing.T) {
	p := newPage(t, "en", 815, 800)
	s := state()
	s.Traffic.Quiet, s.Traffic.QuietBytes = 20, 2000
	s.Months = []connection.Month{{Account: "a@b"}, {Account: "c@d"}}
	p.view.Turn(connection.PageTraffic)
	if got := p.text("conn.idle"); got != "Not measured yet." {
		t.Error(got)
	}
	p.view.Render(s)
	if got := p.text("conn.idle"); got != "About 6.0 kB an hour, 4.3 MB a month when always online." {
		t.Error(got)
	}
}

func TestNarrowAndHighDoNotBreak(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 560, Height: 480}, {Width: 335, Height: 420}, {Width: 1600, Height: 1200}} {
		p := newPage(t, "zh", size.Width, size.Height)
		for pg := range 3 {
			p.view.Turn(pg)
			p.view.Take(stanzas(50))
			for key, s := range p.facts() {
				if s.o == nil || s.size.IsZero() {
					continue
				}
				if s.at.X < 0 || s.at.X+s.size.Width > size.Width+1 {
					t.Errorf("%v, page %d: %s lies from %g to %g", size, pg, key, s.at.X, s.at.X+s.size.Width)
				}
			}
		}
	}
}

// worst runs fn, which calls step for each call that holds the UI goroutine, and gives the
// processor's time of the longest one: others use this machine too.
func worst(fn func(step func(func()))) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var most time.Duration
	fn(func(call func()) {
		start := threadTime()
		call()
		most = max(most, threadTime()-start)
	})
	return most
}

// tenThousand brings 10,000 stanzas, filters them by texts and scrolls.
func tenThousand(p *page, entries []trace.Entry, step func(func())) {
	canvas := p.win.Canvas()
	step(func() { p.view.Turn(connection.PageXML) })
	for from := 0; from < len(entries); from += 400 {
		step(func() { p.view.Take(entries[from:min(from+400, len(entries))]) })
	}
	p.view.FocusFilter()
	for _, r := range "somebody42@" {
		step(func() { canvas.Focused().TypedRune(r) })
		for p.view.Scanning() {
			step(func() { p.view.Take(nil) })
		}
	}
	list := p.view.List()
	for range 40 {
		step(func() { list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 300)}) })
	}
}

func TestTenThousandStanzasNeverHoldTheWindow(t *testing.T) {
	entries := stanzas(10_000)
	best := time.Hour
	for n := range 3 {
		p := newPage(t, "en", 815, 800)
		took := worst(func(step func(func())) { tenThousand(p, entries, step) })
		t.Logf("run %d: the longest call took %s", n, took)
		best = min(best, took)
		if got := p.text("conn.count"); got != "103 of 10000" {
			t.Fatalf("found %q", got)
		}
	}
	if best > 8*time.Millisecond && !raceDetector {
		t.Errorf("a call held the window for %s", best)
	}
}

func BenchmarkTenThousandStanzas(b *testing.B) {
	entries := stanzas(10_000)
	var most time.Duration
	for b.Loop() {
		p := newPage(b, "en", 815, 800)
		most = max(most, worst(func(step func(func())) { tenThousand(p, entries, step) }))
	}
	b.ReportMetric(float64(most.Microseconds())/1000, "worst-ms")
}
