package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"dovekie/app/adapt"
	"dovekie/app/settings"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// presenceEvery is how often changed presences are drawn: a hundred a second cost ten
// redraws.
const presenceEvery = 100 * time.Millisecond

// schedule has the change drawn: at once, but for what can wait for more of its kind.
func (a *App) schedule(c state.Change) {
	a.render.pending.Add(c)
	if c.OnlyPresence() {
		if !a.render.scheduled {
			a.render.scheduled = true
			a.cross.After(presenceEvery, a.flush)
		}
		return
	}
	a.flush()
}

// changed has a change of our own drawn.
func (a *App) changed(c state.Change) { a.schedule(c) }

// flush draws what is pending.
func (a *App) flush() {
	c := a.render.pending
	a.render.pending, a.render.scheduled = state.Change{}, false
	if a.screen == screenMain {
		a.views.buddies.Render(a.state, &c, a.looking())
		a.views.chat.Render(a.state, &c, a.looking())
		a.renderStrips(&c)
		a.renderDetails(&c)
		if c.Connection {
			a.renderConnection()
		}
	}
	a.renderTitle()
	a.tellFacts()
}

// tellSoon tells the read-back after something that no Change stands for.
func (a *App) tellSoon() {
	if a.facts.w != nil {
		a.tellFacts()
	}
}

// looking reports whether the chat in front is being looked at, to its end.
func (a *App) looking() bool {
	return a.chatInSight() && a.views.chat.AtEnd()
}

// renderTitle puts the unread messages into the window's title.
func (a *App) renderTitle() {
	title := tr.T("app.name")
	if a.screen == screenMain {
		n := a.state.Unread(a.state.Current)
		if a.looking() {
			n -= a.state.CountedOf(a.state.Front)
		}
		if n > 0 {
			title = tr.T("app.title_unread", "n", strconv.Itoa(n), "name", title)
		}
	}
	if title != a.render.title && a.render.shown {
		a.render.title = title
		a.foreign(func() { a.win.SetTitle(title) })
	}
}

// showLogin shows the login panel.
func (a *App) showLogin() {
	if a.screen == screenMain {
		a.keepSize()
		a.save()
	}
	a.closeConnection()
	a.question = question{}
	a.views.login.SetBusy("")
	a.show(screenLogin)
}

// showMain shows the account's main panel.
func (a *App) showMain(account jid.JID) {
	c := a.state.Choose(account)
	if a.screen != screenMain {
		a.show(screenMain)
		c = state.Everything()
	}
	a.render.pending.Add(c)
	a.cross.After(0, a.flush) // in a turn of its own: the list may be long
	if acc := a.state.Account(); acc != nil && acc.Connection.State == model.Offline {
		a.askUser(acc.Connection.Cause) // it ended before there was a window
	}
}

// show puts a screen into the window, in its size.
func (a *App) show(s screen) {
	before := a.screen
	a.screen = s
	content, size := a.views.login.Content(), fyne.NewSize(skin.LoginWidth, skin.LoginHeight)
	if s == screenMain {
		content, size = a.views.main, fyne.NewSize(a.settings.Width, a.settings.Height)
	}
	a.foreign(func() {
		for _, bold := range []bool{false, true} { // the first use of a font reads it
			fyne.MeasureText("A陈", skin.TextBody, fyne.TextStyle{Bold: bold})
		}
		a.win.SetContent(content)
		if before != s {
			a.resize(s, size)
		}
	})
	a.renderTitle()
	a.tellSoon()
}

// keepSize notes the size of the main window.
func (a *App) keepSize() {
	if a.screen != screenMain {
		return
	}
	if size := a.win.Canvas().Size(); size.Width > 0 {
		a.settings.Width = chosen(a.settings.Width, a.given.Width, size.Width)
		a.settings.Height = chosen(a.settings.Height, a.given.Height, size.Height)
	}
	a.settings.Contacts = a.views.buddies.Chosen() == 1
}

// save writes the settings, off the UI goroutine; one write at a time.
func (a *App) save() {
	if a.saving.running {
		a.saving.again = true
		return
	}
	a.saving.running = true
	set := a.settings
	set.Folded = cloneMap(set.Folded)
	a.wg.Go(func() {
		a.write(set)
		a.cross.Do("saved", func() {
			again := a.saving.again
			a.saving = savingState{}
			if again {
				a.save()
			}
		})
	})
}

// write is the one place that touches the settings file; not on the UI goroutine.
func (a *App) write(set settings.Settings) {
	if a.deps.Dir == "" {
		return
	}
	if err := set.Save(a.deps.Dir); err != nil {
		a.deps.Logger.Warn("settings", "error", err)
	}
}

func cloneMap(m map[string]bool) map[string]bool {
	out := make(map[string]bool, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// mainLayout puts the left panel, the divider and the chat side by side, and the
// connection page over the chat.
type mainLayout struct{}

// Layout is called by Fyne.
func (mainLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(skin.PanelWidth, size.Height))
	o[1].Move(fyne.NewPos(skin.PanelWidth, 0))
	o[1].Resize(fyne.NewSize(skin.EdgeWidth, size.Height))
	x := skin.PanelWidth + skin.EdgeWidth
	o[2].Move(fyne.NewPos(x, 0))
	o[2].Resize(fyne.NewSize(size.Width-x, size.Height))
	layConnection(o[3], size)
}

// MinSize is called by Fyne.
func (mainLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(skin.PanelWidth+300, 480)
}

func newDivider() fyne.CanvasObject {
	return canvas.NewRectangle(skin.Color(skin.Divider))
}

// toastAbove keeps the toast off the composer.
const toastAbove = 120

// frame is the main panel with the lasting strip below and the toast over it.
func (a *App) frame() fyne.CanvasObject {
	panes := container.New(mainLayout{}, a.views.buddies.Content(), newDivider(), a.views.chat.Content(), a.views.connection.Content())
	a.views.demoStrip = widgets.NewStrip(assets.IconDemo, tr.T("strip.demo"), tr.T("strip.demo_link"), func() { a.ui("ways", a.showWays) })
	a.views.demoStrip.Hide()
	a.views.lossStrip = widgets.NewStrip(assets.IconNoNetwork, "", "", func() { a.ui("now", a.connectNow) })
	a.views.lossStrip.SetMore(tr.T("conn.why"), func() { a.ui("connection", a.openConnection) })
	a.views.toast = widgets.NewToast()
	toast := widgets.NewMargin(skin.PanelWidth, 0, 0, toastAbove, a.views.toast)
	return container.NewStack(container.NewBorder(nil, a.views.demoStrip, nil, nil, panes), toast)
}

// renderStrips shows what lasts: the demo, and a lost connection.
func (a *App) renderStrips(c *state.Change) {
	if !c.Connection && !c.Accounts {
		return
	}
	demo := a.session != nil && a.session.demo != nil
	if demo != a.views.demoStrip.Visible() {
		if demo {
			a.views.demoStrip.Show()
		} else {
			a.views.demoStrip.Hide()
		}
		a.views.main.Refresh()
	}
	a.renderLoss()
}

// renderLoss shows how long until the next attempt, and counts down.
func (a *App) renderLoss() {
	acc := a.state.Account()
	if acc == nil {
		return
	}
	if a.views.stopCount != nil {
		a.views.stopCount()
		a.views.stopCount = nil
	}
	if a.asked() {
		a.views.buddies.SetStrip(a.question.view)
		return
	}
	text, link := lossWords(&acc.Connection, a.deps.Now())
	if text == "" {
		a.views.buddies.SetStrip(nil)
		return
	}
	icon := assets.IconNoNetwork
	a.views.lossStrip.SetText(icon, text, link)
	a.views.buddies.SetStrip(a.views.lossStrip)
	if acc.Connection.State == model.Waiting {
		a.views.stopCount = a.cross.After(time.Second, func() {
			a.renderLoss()
			a.tellSoon()
		})
	}
}

// lossWords are the words of the strip for a connection, none when it is up.
func lossWords(c *model.Connection, now time.Time) (text, link string) {
	switch c.State {
	case model.Online:
		return "", ""
	case model.Waiting:
		n := max(int(c.RetryAt.Sub(now).Round(time.Second)/time.Second), 1)
		return tr.T("strip.retry", "n", strconv.Itoa(n)), tr.T("strip.now")
	case model.Offline:
		if c.Cause == model.ErrConflict {
			return tr.T("strip.conflict"), tr.T("strip.signin")
		}
		if adapt.NetworkKind(c.Cause) {
			return tr.T("strip.offline"), tr.T("strip.now")
		}
		if c.Cause != "" && c.Cause != model.ErrCancelled {
			return tr.Kind(c.Cause, ""), tr.T("strip.signin")
		}
		return tr.T("strip.signed_out"), tr.T("strip.signin")
	default:
		return tr.T("strip.connecting"), ""
	}
}

// connectNow tries again at once.
func (a *App) connectNow() {
	acc := a.state.Account()
	if acc == nil {
		return
	}
	if acc.Connection.State == model.Waiting {
		a.do("connect now", func(ctx context.Context, svc Service, account jid.JID) error {
			return svc.ConnectNow(ctx, account)
		})
		return
	}
	r := again(acc)
	if last := a.login.request; last.JID.Bare() == r.JID {
		r = last
	} else if a.session.demo != nil {
		r = a.session.demo.Request()
	}
	a.connect(r, nil)
}

// tellFor is how long a notice stays.
const tellFor = 6 * time.Second

// tell shows a short notice.
func (a *App) tell(text string) {
	if a.screen == screenLogin {
		a.views.login.SetProblem(generalProblem(text))
		return
	}
	if a.views.stopToast != nil {
		a.views.stopToast()
	}
	a.views.toast.ShowText(text, "", nil)
	a.views.stopToast = a.cross.After(tellFor, a.views.toast.Hide)
	a.tellSoon()
}

func sortAccounts(list []*state.Account) {
	slices.SortFunc(list, func(a, b *state.Account) int {
		return cmp.Or(b.Settings.LastUsed.Compare(a.Settings.LastUsed), cmp.Compare(a.Settings.JID.String(), b.Settings.JID.String()))
	})
}
