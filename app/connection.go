package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app/connection"
	"dovekie/app/state"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

// Tap is the second tap beside the events: what the connection page shows. Its methods
// return at once.
type Tap interface {
	// Trace is the account's trace, nil if there is no such account.
	Trace(account jid.JID) *trace.Trace
	Traffic(account jid.JID) (trace.Traffic, error)
	// SendXML sends one stanza that was written by hand.
	SendXML(ctx context.Context, account jid.JID, text string) error
}

// How often the page looks: for what travels, and for the rest.
const (
	lookOften  = 100 * time.Millisecond
	lookSeldom = time.Second
	// lookAgain is a frame: there was more than one look takes.
	lookAgain = 16 * time.Millisecond
)

// takeMost is how many stanzas one look takes, so that none holds the window.
const takeMost = 400

// pageState is the connection page while it is open, and what outlives it.
type pageState struct {
	open    bool
	keep    bool         // texts are kept while it is closed
	trace   *trace.Trace // that is watched
	next    uint64       // of the trace, not taken yet
	drawn   time.Time    // when Render was called last
	stop    func()       // the next look
	notices []noted      // the last ones, for a report
}

// noted is a notice and when it came.
type noted struct {
	at   time.Time
	kind event.NoticeKind
	text string
}

// noticesKept is how many notices a report has.
const noticesKept = 20

// note keeps the notices of a batch.
func (p *pageState) note(batch []event.Event, now time.Time) {
	for _, ev := range batch {
		if n, ok := ev.(event.NoticeRaised); ok {
			p.notices = append(p.notices, noted{now, n.Kind, n.Detail})
			p.notices = p.notices[max(len(p.notices)-noticesKept, 0):]
		}
	}
}

// makeConnection makes the page anew, for another language or theme; it begins with what
// the trace still holds.
func (a *App) makeConnection() {
	page := connection.PageTimeline
	if a.views.connection != nil {
		page = a.views.connection.Page()
	}
	a.views.connection = connection.New(connectionActions{a}, connection.Clock{Now: a.deps.Now, After: a.cross.After, Measure: a.ui})
	a.conn.next = 0
	if page != connection.PageTimeline {
		a.views.connection.Turn(page)
	}
	if a.conn.open {
		a.views.chat.Content().Hide()
	} else {
		a.views.connection.Content().Hide()
	}
}

// openConnection shows the page, with the keyboard in it.
func (a *App) openConnection() {
	if a.session == nil || a.state.Account() == nil || a.screen != screenMain {
		return
	}
	if !a.conn.open {
		a.views.chat.KeepDraft()
		a.conn.open = true
		a.changedFocus(false) // the chat is out of sight
		a.views.connection.Content().Show()
		a.views.chat.Content().Hide()
		a.foreign(a.views.main.Refresh)
	}
	a.look()
	a.views.connection.Focus()
	a.tellSoon()
}

// closeConnection goes back to the chats.
func (a *App) closeConnection() {
	if !a.conn.open {
		return
	}
	a.conn.open = false
	if a.conn.stop != nil {
		a.conn.stop()
	}
	if !a.conn.keep {
		a.conn.trace.WatchStanzas(false)
	}
	a.views.connection.Content().Hide()
	a.views.chat.Content().Show()
	a.foreign(a.views.main.Refresh)
	if a.screen == screenMain && a.session != nil {
		a.changedFocus(a.render.focused)
		a.focusComposer()
	}
	a.tellSoon()
}

// chatInSight reports whether somebody may be looking at the chat in front.
func (a *App) chatInSight() bool {
	return a.render.focused && a.screen == screenMain && !a.conn.open
}

// look takes what is new and has it drawn, and comes again. Nothing is read for a part
// that is out of sight.
func (a *App) look() {
	p := &a.conn
	if p.stop != nil {
		p.stop()
		p.stop = nil
	}
	acc := a.state.Account()
	if !p.open || a.session == nil || acc == nil {
		return
	}
	a.watch(acc.Settings.JID)
	v, now := a.views.connection, a.deps.Now()
	if now.Sub(p.drawn) >= lookSeldom {
		a.renderConnection()
	}
	again := min(max(lookSeldom-now.Sub(p.drawn), 0), lookSeldom)
	if v.Wants() || v.Scanning() {
		again = min(again, lookOften)
		var fresh []trace.Entry
		if v.Wants() {
			fresh, p.next = p.trace.Take(p.next, takeMost)
		}
		if v.Take(fresh) || len(fresh) == takeMost {
			again = lookAgain
		}
	}
	p.stop = a.cross.After(again, func() {
		a.look()
		a.tellSoon()
	})
}

// watch turns to the account's trace.
func (a *App) watch(account jid.JID) {
	p := &a.conn
	tr := a.session.svc.Trace(account)
	if tr != p.trace {
		p.trace.WatchStanzas(false)
		p.trace, p.next, p.drawn = tr, 0, time.Time{}
	}
	tr.WatchStanzas(true)
}

// renderConnection hands the page how the connection stands.
func (a *App) renderConnection() {
	acc := a.state.Account()
	if !a.conn.open || acc == nil || a.session == nil {
		return
	}
	a.conn.drawn = a.deps.Now()
	a.views.connection.Render(a.connectionState(acc))
}

func (a *App) connectionState(acc *state.Account) connection.State {
	svc := a.session.svc
	s := connection.State{
		Account: acc.Settings.JID, Connection: acc.Connection, Login: acc.Login,
		Connections: svc.Trace(acc.Settings.JID).Connections(), Keep: a.conn.keep,
	}
	s.Traffic, _ = svc.Traffic(acc.Settings.JID) // an account that is just going has none
	for j := range a.state.Accounts {
		if t, err := svc.Traffic(j); err == nil {
			s.Months = append(s.Months, connection.Month{Account: j.String(), Counters: t.Month})
		}
	}
	slices.SortFunc(s.Months, func(a, b connection.Month) int { return strings.Compare(a.Account, b.Account) })
	return s
}

// connectionActions are the page's wishes.
type connectionActions struct{ *App }

// SendXML implements connection.Actions.
func (a connectionActions) SendXML(text string) {
	s, account := a.session, a.state.Current
	if s == nil {
		return
	}
	s.run("send xml", commandTimeout, func(ctx context.Context) error {
		return s.svc.SendXML(ctx, account, text)
	}, func(err error) {
		a.views.connection.Sent(err)
		a.look()
		a.tellSoon()
	})
}

// ConnectNow implements connection.Actions.
func (a connectionActions) ConnectNow() { a.connectNow() }

// Report implements connection.Actions.
func (a connectionActions) Report() { a.askReport() }

// Menu implements connection.Actions.
func (a connectionActions) Menu(at fyne.Position, items []widgets.MenuItem, then func(key string)) {
	widgets.ShowMenu(a.win.Canvas(), at, items, func(key string) { a.ui("menu", func() { then(key) }) })
}

// Copy implements connection.Actions.
func (a connectionActions) Copy(text string) { a.copyText(text) }

// Keep implements connection.Actions.
func (a connectionActions) Keep(on bool) { a.conn.keep = on }

// Turned implements connection.Actions. It may be called while the page is made.
func (a connectionActions) Turned() {
	if a.conn.open {
		a.conn.drawn = time.Time{}
		a.look()
		a.tellSoon()
	}
}

// Close implements connection.Actions.
func (a connectionActions) Close() { a.closeConnection() }

// pageBeside is the least width that the page has beside the left panel; with less it
// covers that too.
const pageBeside = 560

// layConnection puts the page where the chat is, or over everything in a narrow window.
func layConnection(page fyne.CanvasObject, size fyne.Size) {
	x := skin.PanelWidth + skin.EdgeWidth
	if size.Width-x < pageBeside {
		x = 0
	}
	page.Move(fyne.NewPos(x, 0))
	page.Resize(fyne.NewSize(size.Width-x, size.Height))
}

// lossShown reports whether the strip about a lost connection is in sight.
func (a *App) lossShown() bool {
	acc := a.state.Account()
	return acc != nil && acc.Connection.State != model.Online && !a.asked()
}
