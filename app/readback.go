package app

import (
	"encoding/json"
	"io"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/model"
)

// readback tells what the window shows: one JSON line for every fact whose value changed
// since it was told last,
//
//	{"t":1234,"key":"login.address","text":"lin@example.org","rect":[40,244,320,44]}
//
// t is in milliseconds since the start, rect in pixels of the window (left, top, width,
// height) and left out for what has no place; a fact that is no longer shown is told once
// with "gone":true. It is there for tests, which learn from it where to click and what is
// displayed. Passwords are never among the facts.
type readback struct {
	w     io.Writer
	now   func() time.Time
	start time.Time
	last  map[string]Fact
	// logins is how often an account came online: two changes at once look like none.
	logins int
}

// Fact is one thing that the window shows.
type Fact struct {
	Key    string            `json:"key"`
	Text   string            `json:"text"`
	Rect   *[4]int           `json:"rect,omitempty"`
	Gone   bool              `json:"gone,omitempty"`
	T      int64             `json:"t"`
	Object fyne.CanvasObject `json:"-"` // what is there, nil for a row of a list
}

func newReadback(w io.Writer, now func() time.Time) *readback {
	return &readback{w: w, now: now, start: now(), last: map[string]Fact{}}
}

// collect asks for all facts at once; rect is in pixels by the scale.
func (a *App) collect() map[string]Fact {
	facts := map[string]Fact{}
	scale := a.win.Canvas().Scale()
	add := func(key, text string, pos fyne.Position, size fyne.Size, o fyne.CanvasObject) {
		f := Fact{Key: key, Text: text, Object: o}
		if size.Width > 0 && size.Height > 0 {
			px := func(v float32) int { return int(v*scale + 0.5) }
			f.Rect = &[4]int{px(pos.X), px(pos.Y), px(size.Width), px(size.Height)}
		}
		facts[key] = f
	}
	object := func(key, text string, o fyne.CanvasObject) {
		if o == nil {
			add(key, text, fyne.Position{}, fyne.Size{}, nil)
			return
		}
		if shown(o) {
			add(key, text, fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size(), o)
		}
	}
	object("title", a.render.title, nil)
	if top := a.win.Canvas().Overlays().Top(); top != nil {
		object("overlay", "", top)
		a.overlayFacts(top, object, add)
	}
	if a.views.toast.Visible() {
		object("toast", a.views.toast.Text(), nil)
	}
	object("logins", strconv.Itoa(a.facts.logins), nil)
	object("screen", map[screen]string{screenNone: "", screenLogin: "login", screenMain: "main"}[a.screen], nil)
	if focused := a.win.Canvas().Focused(); focused != nil {
		if o, ok := focused.(fyne.CanvasObject); ok {
			object("focus", "", o)
		}
	}
	switch a.screen {
	case screenLogin:
		a.views.login.Facts(object)
	case screenMain:
		a.accountFacts(object)
		a.questionFacts(object)
		if more, text := a.views.lossStrip.More(); a.lossShown() {
			object("strip", a.views.lossStrip.Text(), nil)
			if link, word := a.views.lossStrip.Link(); word != "" {
				object("strip.link", word, link)
			}
			object("strip.more", text, more)
		}
		a.views.buddies.Facts(object, add)
		if a.conn.open {
			a.views.connection.Facts(object, add)
		} else {
			a.views.chat.Facts(object, add)
		}
	case screenNone:
	}
	return facts
}

// shown tells whether an object is there for a user. What no frame has drawn yet is not: it has no place
// and would be told as lying in the corner.
func shown(o fyne.CanvasObject) bool {
	return o.Visible() && fyne.CurrentApp().Driver().CanvasForObject(o) != nil
}

// overlayFacts tells the lines of a menu with their places, or what a sheet says and asks.
func (a *App) overlayFacts(top fyne.CanvasObject, object func(key, text string, o fyne.CanvasObject), add func(key, text string, pos fyne.Position, size fyne.Size, o fyne.CanvasObject)) {
	switch top := top.(type) {
	case *widgets.Menu:
		for i, item := range top.Items() {
			if item.Text != "" {
				pos, size := top.Place(i)
				add("menu."+item.Key, item.Text, pos, size, nil)
			}
		}
	case *widgets.Sheet:
		object("sheet", top.Title(), nil)
		object("sheet.error", top.ErrorText(), nil)
		n := 0
		for _, o := range top.Fields() {
			if f, ok := o.(*widgets.Field); ok {
				object("sheet.field"+strconv.Itoa(n), f.Shown(), f)
				object("sheet.error"+strconv.Itoa(n), f.ErrorText(), nil)
				n++
			}
		}
		sheetFacts(top.Fields(), object)
		for i, b := range top.Buttons() {
			object("sheet.button"+strconv.Itoa(i), b.Text(), b)
		}
	}
}

// sheetFacts tells the boxes and the details of a sheet.
func sheetFacts(fields []fyne.CanvasObject, object func(key, text string, o fyne.CanvasObject)) {
	boxes, steps := 0, 0
	var walk func([]fyne.CanvasObject)
	walk = func(list []fyne.CanvasObject) {
		for _, o := range list {
			switch o := o.(type) {
			case *fyne.Container:
				walk(o.Objects)
			case *widgets.Checkbox:
				mark := "off: "
				if o.Checked() {
					mark = "on: "
				}
				object("sheet.box"+strconv.Itoa(boxes), mark+o.Text(), o)
				boxes++
			case *widgets.Swatches:
				object("sheet.tint", string(o.Chosen())+": "+o.Name(), o)
			case *widgets.Step:
				object("sheet.step"+strconv.Itoa(steps), o.Text(), o)
				steps++
			case *widgets.Detail:
				object("sheet."+o.Caption(), o.Text(), o)
				if b := o.CopyButton(); b != nil {
					object("sheet.copy."+o.Caption(), "", b)
				}
			}
		}
	}
	walk(fields)
}

func (a *App) accountFacts(add func(key, text string, o fyne.CanvasObject)) {
	acc := a.state.Account()
	if acc == nil {
		return
	}
	add("account", acc.Settings.JID.String(), nil)
	add("connection", string(acc.Connection.State), nil)
	add("cause", string(acc.Connection.Cause), nil)
	if l := acc.Login; acc.Connection.State == model.Online {
		how := "new"
		if l.Resumed {
			how = "resumed"
		}
		add("login", how+", round trips: "+strconv.Itoa(l.RoundTrips), nil)
		add("session", l.JID.String(), nil)
	}
}

// Facts are all facts shown now. For the UI goroutine.
func (a *App) Facts() map[string]Fact { return a.collect() }

// factsEvery is how often the read-back looks for what no change of the state stands for:
// the keyboard, a menu, the place of a widget after a resize.
const factsEvery = 100 * time.Millisecond

// keepTelling looks again and again, while there is a read-back.
func (a *App) keepTelling() {
	if a.facts.w == nil {
		return
	}
	a.tellFacts()
	a.cross.After(factsEvery, a.keepTelling)
}

// tellFacts writes what changed. It is there for tests alone and so not counted.
func (a *App) tellFacts() {
	if a.facts.w != nil {
		a.foreign(a.writeFacts)
	}
}

func (a *App) writeFacts() {
	r := a.facts
	now := a.collect()
	if !laidOut(now) {
		return
	}
	enc := json.NewEncoder(r.w)
	enc.SetEscapeHTML(false)
	write := func(f Fact) {
		f.T = r.now().Sub(r.start).Milliseconds()
		if err := enc.Encode(f); err != nil {
			a.deps.Logger.Warn("read-back", "error", err)
			r.w = nil
		}
	}
	for key, f := range now {
		if old, ok := r.last[key]; (!ok || !same(old, f)) && r.w != nil {
			write(f)
		}
	}
	for key := range r.last {
		if _, ok := now[key]; !ok && r.w != nil {
			write(Fact{Key: key, Gone: true})
		}
	}
	r.last = now
}

// laidOut reports whether the window was laid out: before its first frame everything lies
// in the upper left corner.
func laidOut(facts map[string]Fact) bool {
	for _, f := range facts {
		if f.Rect != nil && f.Rect[1] > int(skin.HeaderHeight) {
			return true
		}
	}
	return false
}

func same(a, b Fact) bool {
	if a.Text != b.Text || (a.Rect == nil) != (b.Rect == nil) {
		return false
	}
	return a.Rect == nil || *a.Rect == *b.Rect
}
