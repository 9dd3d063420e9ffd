package connection

import (
	"errors"

	"fyne.io/fyne/v2"

	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// sendLines is how many lines the field for sending by hand shows.
const sendLines = 3

// preset is a stanza to begin with.
type preset struct {
	key  string
	icon assets.Icon
	make func(v *View) *stanza.Element
}

// presets are the questions that people who look for a fault ask most. An iq without an
// id gets one when it is sent.
var presets = []preset{
	{"ping", assets.IconPulse, func(v *View) *stanza.Element {
		return stanza.NewIQ("get", "", v.host(), xep.Ping())
	}},
	{"version", assets.IconQuestion, func(v *View) *stanza.Element {
		return stanza.NewIQ("get", "", v.peerOr(v.host()), stanza.New(xep.NSVersion, "query"))
	}},
	{"disco", assets.IconServer, func(v *View) *stanza.Element {
		return stanza.NewIQ("get", "", v.host(), stanza.New(xep.NSDiscoInfo, "query"))
	}},
	{"presence", assets.IconUser, func(*View) *stanza.Element {
		return stanza.NewPresence("", "", stanza.NewText(stanza.NSClient, "show", "away"), stanza.NewText(stanza.NSClient, "status", tr.T("conn.preset.status")))
	}},
	{"message", assets.IconChat, func(v *View) *stanza.Element {
		return stanza.NewMessage("chat", "", bareOf(v.peerOr(v.state.Account.String())), stanza.NewText(stanza.NSClient, "body", tr.T("conn.preset.body")))
	}},
}

// peerOr is the other side of the chosen stanza, or the address given.
func (v *View) peerOr(address string) string {
	if it := v.xml.data.find(v.xml.chosen); it != nil && it.Peer != "" {
		return it.Peer
	}
	return address
}

func (v *View) makeSend() {
	x := &v.xml
	edit := widgets.EditLabels{Cut: tr.T("menu.cut"), Copy: tr.T("menu.copy"), Paste: tr.T("menu.paste"), SelectAll: tr.T("menu.select_all")}
	x.field = widgets.NewCodeField(tr.T("conn.by_hand"), sendLines, edit, func(string) { v.sendByHand() })
	x.preset = widgets.NewButton(tr.T("conn.presets"), widgets.QuietButton, v.pickPreset)
	x.send = widgets.NewButton(tr.T("conn.send"), widgets.PrimaryButton, v.sendByHand)
	v.hints.Name(x.preset, tr.T("conn.presets_hint"))
	v.hints.Name(x.send, tr.T("conn.send_hint"))
}

// renderSend lets the button be pressed only while there is somewhere to send to.
func (v *View) renderSend() { v.xml.send.SetEnabled(v.state.Connection.State == model.Online) }

func (v *View) pickPreset() {
	items := make([]widgets.MenuItem, 0, len(presets))
	for _, p := range presets {
		items = append(items, widgets.MenuItem{Key: p.key, Text: tr.T("conn.preset." + p.key), Icon: p.icon})
	}
	d := fyne.CurrentApp().Driver()
	at := d.AbsolutePositionForObject(v.xml.preset).SubtractXY(0, float32(len(items))*34+16)
	v.actions.Menu(at, items, func(key string) {
		for _, p := range presets {
			if p.key == key {
				v.xml.field.SetText(string(p.make(v).Append(nil, stanza.NSClient)))
				v.xml.field.Focus()
			}
		}
	})
}

// sendByHand sends what is written, after the same check that the service makes, so that
// what is wrong is said at once.
func (v *View) sendByHand() {
	text := v.xml.field.Text()
	if _, err := stanza.ParseOutgoing(text); err != nil {
		v.xml.field.SetError(refusalWords(err, v.host()))
		v.xml.field.Focus()
		return
	}
	v.actions.SendXML(text)
}

// Sent is the outcome of SendXML. What was sent leaves the field and shows in the list.
func (v *View) Sent(err error) {
	if err != nil {
		v.xml.field.SetError(refusalWords(err, v.host()))
		return
	}
	v.xml.field.SetText("")
	v.xml.list.ToEnd()
}

// refusalWords says what was wrong and what to do.
func refusalWords(err error, host string) string {
	var refused *stanza.RefusedError
	if errors.As(err, &refused) {
		return tr.T("conn.refused."+string(refused.Reason), "what", refused.Detail)
	}
	return tr.Error(err, host)
}
