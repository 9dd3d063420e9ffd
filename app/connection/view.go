package connection

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

// Actions are what the page asks for, on the UI goroutine.
type Actions interface {
	// SendXML sends a stanza; the answer comes by Sent.
	SendXML(text string)
	ConnectNow()
	// Report asks for a report to be written.
	Report()
	// Menu opens a menu at the place and tells what was chosen.
	Menu(at fyne.Position, items []widgets.MenuItem, then func(key string))
	Copy(text string)
	// Keep says whether texts are kept while the page is closed.
	Keep(on bool)
	// Turned says that another page shows, or that there is more to do.
	Turned()
	Close()
}

// Clock is the time and the window's timer.
type Clock struct {
	Now   func() time.Time
	After func(d time.Duration, fn func()) (stop func())
	// Measure runs what a widget calls, and notes how long it held the window.
	Measure func(name string, fn func())
}

// The pages.
const (
	PageTimeline = iota
	PageTraffic
	PageXML
)

// State is how the account's connection stands.
type State struct {
	Account     jid.JID
	Connection  model.Connection
	Login       model.Login
	Connections []trace.Connection // oldest first
	Traffic     trace.Traffic
	// Months is what each account used this month, if there are several.
	Months []Month
	Keep   bool
}

// Month is the traffic of an account this month.
type Month struct {
	Account string
	trace.Counters
}

// View is the page. It belongs to the UI goroutine.
type View struct {
	actions Actions
	clock   Clock
	state   State

	head    *widgets.ConnectionHead
	now     *widgets.Button
	report  *widgets.Button
	close   *widgets.IconButton
	tabs    *widgets.PageTabs
	hints   *widgets.Hints
	lines   *timeline
	list    *widgets.RowList
	none    *widgets.Empty
	drawn   uint64 // what the timeline showed when it was drawn last
	traffic trafficPage
	xml     consolePage
	pages   [3]fyne.CanvasObject
	content fyne.CanvasObject
}

// New makes the page.
func New(actions Actions, clock Clock) *View {
	v := &View{actions: actions, clock: clock, lines: &timeline{}}
	v.hints = widgets.NewHints(clock.After)
	v.now = widgets.NewButton(tr.T("conn.now"), widgets.PrimaryButton, actions.ConnectNow)
	v.now.Hide()
	v.report = widgets.NewButton(tr.T("conn.report"), widgets.QuietButton, actions.Report)
	v.close = widgets.NewIconButton(assets.IconClose, actions.Close)
	v.hints.Name(v.close, tr.T("conn.close"))
	v.hints.Name(v.report, tr.T("conn.report_hint"))
	v.head = widgets.NewConnectionHead(v.now, v.report, v.close)
	v.tabs = widgets.NewPageTabs([]string{tr.T("conn.timeline"), tr.T("conn.traffic"), tr.T("conn.xml")}, func(int) { clock.Measure("connection page", v.turn) })
	v.list = widgets.NewRowList(v.lines, 0, false, widgets.RowActions{
		OnOpen: func(id uint64) { clock.Measure("connection fold", func() { v.fold(id) }) }, OnMenu: v.timelineMenu,
	})
	v.none = widgets.NewEmpty(tr.T("conn.none"), tr.T("conn.none_text"), skin.Panel)
	v.pages[PageTimeline] = container.NewStack(v.list, v.none)
	v.pages[PageTraffic] = v.makeTraffic()
	v.pages[PageXML] = v.makeConsole()
	top := widgets.NewColumn(0, v.head, v.tabs)
	body := container.NewStack(v.pages[:]...)
	ground := canvas.NewRectangle(skin.Color(skin.Panel))
	// In the order of the Tab key; container.NewBorder would put the middle first.
	v.content = container.NewStack(ground, container.New(layout.NewBorderLayout(top, nil, nil, nil), top, body), v.hints)
	v.turn()
	return v
}

// Content is the page itself.
func (v *View) Content() fyne.CanvasObject { return v.content }

// Page is the page that shows.
func (v *View) Page() int { return v.tabs.Chosen() }

// Turn shows a page.
func (v *View) Turn(page int) {
	v.tabs.SetChosen(page)
	v.turn()
}

func (v *View) turn() {
	for i, p := range v.pages {
		if i == v.Page() {
			p.Show()
		} else {
			p.Hide()
		}
	}
	v.drawn = 0
	v.render()
	v.actions.Turned()
}

// Focus puts the keyboard where reading goes on.
func (v *View) Focus() {
	var o fyne.Focusable = v.list
	switch v.Page() {
	case PageTraffic:
		o = v.tabs
	case PageXML:
		o = v.xml.list
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.list); c != nil {
		c.Focus(o)
	}
}

// FocusFilter shows the console with the keyboard in its filter.
func (v *View) FocusFilter() {
	if v.Page() != PageXML {
		v.Turn(PageXML)
	}
	v.xml.search.Focus()
}

// Render shows how the connection stands. For another account the console begins anew.
func (v *View) Render(s State) {
	if s.Account != v.state.Account {
		v.lines.folds = nil
		v.clearConsole()
	}
	v.state = s
	v.render()
}

// render draws the page in sight and leaves the others.
func (v *View) render() {
	v.renderHead()
	switch v.Page() {
	case PageTimeline:
		v.renderTimeline()
	case PageTraffic:
		v.renderTraffic()
	case PageXML:
		v.xml.keep.SetOn(v.state.Keep)
		v.renderSend()
	}
}

func (v *View) host() string { return v.state.Account.Domain() }

func (v *View) renderHead() {
	c := &v.state.Connection
	address := v.state.Account.String()
	mark, title, note, bad := widgets.MarkTrying, tr.T("conn.trying"), address, false
	button := ""
	switch c.State {
	case model.Online:
		mark, title = widgets.MarkUp, tr.T("conn.online")
		note = loginWords(v.state.Login) + " · " + address // what does not fit is left out from the end
	case model.Waiting:
		n := max(int(c.RetryAt.Sub(v.clock.Now()).Round(time.Second)/time.Second), 1)
		mark, title, bad, button = widgets.MarkFailed, tr.T("conn.retry", "n", strconv.Itoa(n)), true, "conn.now"
		note = tr.Kind(c.Cause, v.host())
	case model.Offline:
		mark, title, button = widgets.MarkOver, tr.T("strip.signed_out"), "strip.signin"
		if c.Cause != "" && c.Cause != model.ErrCancelled {
			mark, bad, note = widgets.MarkFailed, true, tr.Kind(c.Cause, v.host())
		}
	default:
		if key := "conn.state." + string(c.State); tr.Has(key) {
			note = address + " · " + tr.T(key)
		}
	}
	if (button != "") != v.now.Visible() {
		if button != "" {
			v.now.Show()
		} else {
			v.now.Hide()
		}
		v.head.Refresh()
	}
	if button != "" {
		v.now.SetText(tr.T(button))
	}
	v.head.SetState(mark, title, note, bad)
}

func (v *View) renderTimeline() {
	v.lines.set(v.state.Connections, v.host(), v.clock.Now())
	if len(v.lines.rows) == 0 {
		v.none.Show()
	} else {
		v.none.Hide()
	}
	sum := uint64(len(v.lines.rows))
	for i := range v.lines.rows {
		sum = sum*31 + v.lines.rows[i].version
	}
	if sum != v.drawn {
		v.drawn = sum
		v.list.Changed()
	}
}

// fold folds or unfolds the connection of a head row.
func (v *View) fold(id uint64) {
	if n := v.lines.headAt(id); n > 0 {
		v.lines.fold(n)
		v.renderTimeline()
	}
}

func (v *View) timelineMenu(id uint64, at fyne.Position) {
	i := v.lines.Find(id)
	if i < 0 {
		return
	}
	text, number := v.lines.rows[i].copied, v.lines.rows[i].number
	var items []widgets.MenuItem
	if text != "" {
		items = append(items, widgets.MenuItem{Key: "copy", Text: tr.T("menu.copy"), Icon: assets.IconCopy})
	}
	items = append(items, widgets.MenuItem{Key: "all", Text: tr.T("conn.copy_connection"), Icon: assets.IconCopy})
	v.actions.Menu(at, items, func(key string) {
		if key == "all" {
			text = v.connectionText(number)
		}
		v.actions.Copy(text)
	})
}

// connectionText is all that the timeline tells of a connection.
func (v *View) connectionText(number int) string {
	for i := range v.state.Connections {
		if c := &v.state.Connections[i]; c.Number == number {
			var b strings.Builder
			writeConnection(&b, c)
			return b.String()
		}
	}
	return ""
}

// Facts tells what the page shows, for the read-back.
func (v *View) Facts(object func(key, text string, at fyne.CanvasObject), add func(key, text string, pos fyne.Position, size fyne.Size, o fyne.CanvasObject)) {
	object("conn", v.head.Text(), v.head)
	object("conn.now", v.now.Text(), v.now)
	object("conn.report", v.report.Text(), v.report)
	object("conn.close", "", v.close)
	if text := v.hints.Text(); text != "" {
		object("conn.hint", text, nil)
	}
	d := fyne.CurrentApp().Driver()
	for i := range v.pages {
		pos, size, text := v.tabs.Place(i)
		add("conn.tab"+strconv.Itoa(i), text, d.AbsolutePositionForObject(v.tabs).Add(pos), size, nil)
	}
	object("conn.page", strconv.Itoa(v.Page()), nil)
	switch v.Page() {
	case PageTimeline:
		for i := range v.lines.rows {
			pos, size, ok := v.list.Place(i)
			if !ok {
				continue
			}
			add("conn.row"+strconv.Itoa(i), rowText(v.lines.rows[i].what), d.AbsolutePositionForObject(v.list).Add(pos), size, nil)
		}
	case PageTraffic:
		v.traffic.facts(object)
	case PageXML:
		v.xml.facts(object, add)
	}
}

func rowText(what drawing) string {
	switch r := what.(type) {
	case widgets.ConnectionRow:
		return r.Title + " · " + r.Note
	case widgets.StepRow:
		return r.Name + " · " + r.Took + " · " + r.Detail
	case widgets.FactRow:
		return r.Label + " · " + r.Value
	case widgets.CaptionLine:
		return r.Text
	}
	return ""
}
