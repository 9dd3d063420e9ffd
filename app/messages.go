package app

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

func (a *App) retry(id model.ChatID, key model.MessageID) {
	a.do("retry", func(ctx context.Context, svc Service, _ jid.JID) error { return svc.RetryMessage(ctx, id, key) })
}

// message is a message as it is loaded now, or nil.
func (a *App) message(id model.ChatID, key model.MessageID) *model.Message {
	if c := a.state.Chats[id]; c != nil {
		return c.Timeline.Message(key)
	}
	return nil
}

// wayOut is the word for sending a message again, "" where that makes no sense.
func wayOut(m *model.Message) string {
	switch {
	case m.InDoubt:
		return tr.T("chat.again")
	case m.Delivery == model.Failed:
		return tr.T("menu.retry")
	}
	return ""
}

func (a *App) messageMenu(id model.ChatID, key model.MessageID, at fyne.Position) {
	m := a.message(id, key)
	if m == nil {
		return
	}
	var items []widgets.MenuItem
	if m.Kind == model.KindText {
		items = append(items, widgets.MenuItem{Key: "copy", Text: tr.T("menu.copy"), Icon: assets.IconCopy, Note: "Ctrl+C"})
	}
	if word := wayOut(m); word != "" {
		items = append(items, widgets.MenuItem{Key: "retry", Text: word, Icon: assets.IconRetry})
	}
	items = append(items, widgets.MenuItem{Key: "details", Text: tr.T("menu.details"), Icon: assets.IconHistory})
	text := m.Body
	widgets.ShowMenu(a.win.Canvas(), at, items, func(pick string) {
		switch pick {
		case "copy":
			a.copyText(text)
		case "retry":
			a.retry(id, key)
		case "details":
			a.showDetails(id, key)
		}
	})
}

// detailsWidth is that of the panel: an id stands on one line.
const detailsWidth = 480

// openDetails is the panel of a message while it is open.
type openDetails struct {
	chat  model.ChatID
	shown model.Message // as the panel tells it
	sheet *widgets.Sheet
}

// showDetails opens the small panel with all that is known about a message.
func (a *App) showDetails(id model.ChatID, key model.MessageID) {
	m := a.message(id, key)
	if m == nil {
		return
	}
	fields, buttons := a.detailsOf(m)
	a.details = openDetails{chat: id, shown: *m, sheet: a.sheet(widgets.SheetSpec{
		Title: tr.T("details.title"), Fields: fields, Width: detailsWidth, Buttons: buttons,
	})}
}

// renderDetails tells in the open panel what became of its message.
func (a *App) renderDetails(c *state.Change) {
	d := &a.details
	if d.sheet == nil || !c.Timelines[d.chat] {
		return
	}
	if !d.sheet.Shown() {
		a.details = openDetails{}
		return
	}
	m := a.message(d.chat, d.shown.ID)
	if m == nil || m.Delivery == d.shown.Delivery && m.InDoubt == d.shown.InDoubt && m.Failure == d.shown.Failure && m.StanzaID == d.shown.StanzaID {
		return
	}
	d.shown = *m
	d.sheet.Change(a.detailsOf(m))
}

// detailsOf are the parts of the panel.
func (a *App) detailsOf(m *model.Message) (fields []fyne.CanvasObject, buttons []widgets.SheetButton) {
	id, key := m.Chat, m.ID
	if m.Outgoing {
		fields = append(fields, widgets.NewColumn(0, steps(m)...))
	}
	if m.InDoubt {
		fields = append(fields, words(tr.T("details.doubt_text")))
	}
	var rows []fyne.CanvasObject
	var lines []string
	for _, d := range details(m) {
		var onCopy func()
		if d.copied {
			onCopy = func() { a.copyText(d.text) }
		}
		rows = append(rows, widgets.NewDetail(d.caption, d.text, onCopy))
		lines = append(lines, d.caption+": "+d.text)
	}
	fields = append(fields, widgets.NewColumn(0, rows...))
	buttons = []widgets.SheetButton{{Text: tr.T("details.copy"), Kind: widgets.QuietButton, KeepOpen: true,
		OnTapped: func() { a.copyText(strings.Join(lines, "\n")) }}}
	way := widgets.SheetButton{Text: wayOut(m), Kind: widgets.QuietButton, OnTapped: func() { a.retry(id, key) }}
	done := widgets.SheetButton{Text: tr.T("sheet.close"), Kind: widgets.PrimaryButton, Default: true}
	if way.Text != "" {
		if !m.InDoubt { // what one came for; sending twice is not
			way.Kind, way.Default, done.Kind, done.Default = widgets.PrimaryButton, true, widgets.QuietButton, false
		}
		buttons = append(buttons, way)
	}
	return fields, append(buttons, done)
}

// steps are the way of a message of ours, as far as it came and as far as it can come.
func steps(m *model.Message) []fyne.CanvasObject {
	step := func(key string, kind widgets.StepKind) fyne.CanvasObject { return widgets.NewStep(tr.T(key), kind) }
	all := []fyne.CanvasObject{step("details.kept", widgets.StepKept)}
	switch {
	case m.InDoubt:
		return append(all, step("details.doubt", widgets.StepDoubt))
	case m.Delivery == model.Failed:
		return append(all, step("details.failed", widgets.StepFailed))
	case m.Delivery == model.Queued:
		return append(all, step("details.waiting", widgets.StepWaiting))
	case m.Delivery == model.Sent:
		return append(all, step("details.sending", widgets.StepUnderway))
	}
	arrived, read := widgets.StepOpen, widgets.StepOpen
	switch m.Delivery {
	case model.Displayed:
		arrived, read = widgets.StepArrived, widgets.StepRead
	case model.Delivered:
		arrived = widgets.StepArrived
	default:
	}
	return append(all, step("details.server", widgets.StepServer), step("details.arrived", arrived), step("details.read", read))
}

// detail is one thing to know about a message.
type detail struct {
	caption, text string
	copied        bool // it can be copied by itself
}

func details(m *model.Message) []detail {
	var all []detail
	add := func(key, text string, copied bool) {
		if text != "" {
			all = append(all, detail{tr.T(key), text, copied})
		}
	}
	if m.Delivery == model.Failed {
		add("details.why", adapt.Reason(m.Failure, m.Chat.Peer.Domain()), false)
		if m.Failure != nil {
			add("details.said", m.Failure.Text, false)
		}
	}
	add("details.time", adapt.Moment(m.Time), false)
	if m.Outgoing {
		add("details.to", m.Chat.Peer.String(), true)
	} else {
		add("details.from", m.From.String(), true)
	}
	add("details.id", string(m.ID), true)
	if m.OriginID != string(m.ID) { // the same for what was sent here
		add("details.origin", m.OriginID, true)
	}
	add("details.stanza", m.StanzaID, true)
	return all
}
