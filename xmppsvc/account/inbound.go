package account

import (
	"fmt"
	"runtime"

	"dovekie/xmppsvc/archive"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/xep"
)

// inbound takes one thing that the stream said. It counts before it is looked at: a
// stanza that we cannot handle must not come back for ever.
func (a *Account) inbound(in stream.Inbound) {
	if len(in.Acked) > 0 {
		a.session.silent = 0
	}
	a.acked(in.Acked)
	if in.Counts && a.link.cause != nil {
		// The stream was dropped, perhaps with stanzas that came before this one and could
		// not be stored. The server has to send those again, so it sends this behind them.
		return
	}
	if in.Counts {
		a.fx.handled++
	}
	a.fx.ack = a.fx.ack || in.AckRequested
	if in.Dropped != "" {
		from, _ := jid.Parse(in.Element.Get("from"))
		a.emit(event.NoticeRaised{Account: a.self(), Kind: event.NoticeStanzaDropped, JID: from, Detail: in.Dropped})
		return
	}
	a.stanza(in.Element)
}

// stanza sends it to whom it concerns. One whose sender is no address is nobody's.
func (a *Account) stanza(el *stanza.Element) {
	if el == nil {
		return
	}
	var from jid.JID
	if s := el.Get("from"); s != "" {
		var err error
		if from, err = jid.Parse(s); err != nil {
			return
		}
	}
	switch {
	case el.Is(stanza.NSClient, "message"):
		a.message(el)
	case el.Is(stanza.NSClient, "presence"):
		a.presence(from, el)
	case el.Is(stanza.NSClient, "iq"):
		a.iq(from, el)
	}
}

// message is the way of a message, from the socket to the feeds.
func (a *Account) message(el *stanza.Element) {
	msgs := a.features.messaging
	// 1. Out of the carbon, if our own account sent that; who wrote it, to which chat.
	in, ok := msgs.Receive(el)
	if !ok || in.Type == "groupchat" { // we are in no room
		return
	}
	// 2. One of ours that came back.
	if in.Type == "error" {
		msgs.Bounce(in)
		return
	}
	// 3. How far one of ours got.
	msgs.Receipt(in)
	msgs.Marker(in)
	if handled(&a.features, func(h feature.MessageHandler) feature.Verdict { return h.HandleMessage(in) }) {
		return
	}
	// 4. Encryption, body, ids: what it is.
	m := msgs.Read(in)
	// 5. What the peer is doing now.
	msgs.Typing(in, m.Kind == model.KindText || m.Kind == model.KindEncrypted)
	if m.Kind == "" {
		return
	}
	// 6. Kept, unless we have it.
	if a.keep(m, in) {
		// 7. The receipt goes out when the message is on the disk.
		msgs.Answer(in)
	}
}

// keep stores a message and tells it; false if it could not be.
func (a *Account) keep(m model.Message, in *feature.Message) bool {
	live := m.Live
	m.Live = true // what waited at the server is as unread as what comes now
	stored, err := a.tx.InsertMessage(m, in.Element.Get("id"), raw(in.Element), markable(in))
	if err != nil {
		a.fail(err)
		return false
	}
	if stored.Known && !stored.Woken {
		a.arrived(stored.Message)
		return true
	}
	if !stored.Known {
		a.features.archive.Came(stored.Message)
	}
	if m.Kind == model.KindUnused {
		return true
	}
	stored.Message.Live = live
	if stored.Chat.Last != nil && stored.Chat.Last.ID == stored.Message.ID {
		stored.Chat.Last.Live = live
	}
	a.emit(event.MessageAdded{Message: stored.Message}, event.ChatChanged{Chat: stored.Chat})
	if in.Nudge { // one that comes again is known and shakes nothing
		a.emit(event.Nudged{Chat: in.Chat})
	}
	return true
}

// arrived is for a message of ours that comes back as a copy: the server has it.
func (a *Account) arrived(m model.Message) {
	if m.Outgoing && (m.Delivery == model.Queued || m.Delivery == model.Sent) {
		a.deliver(m.ID, model.Acked, false)
	}
}

func markable(in *feature.Message) bool { return !in.Outgoing && xep.IsMarkable(in.Element) }

// intake is the account as its archive sees it.
type intake struct{ a *Account }

var _ archive.Intake = intake{}

// Archived implements archive.Intake.
func (in intake) Archived(r xep.ArchiveResult) (model.ArchivedMessage, bool) {
	msgs := in.a.features.messaging
	got, ok := msgs.Archived(r)
	if !ok || got.Type == "groupchat" || got.Type == "error" {
		return model.ArchivedMessage{}, false
	}
	m := msgs.Read(got)
	if m.Kind == "" {
		return model.ArchivedMessage{}, false
	}
	m.Live = true // to count as unread; that it is no news is for the events to say
	return model.ArchivedMessage{Message: m, WireID: got.Element.Get("id"), Raw: raw(got.Element), Markable: markable(got)}, true
}

// Heard implements archive.Intake.
func (in intake) Heard(r xep.ArchiveResult, missed bool) {
	msgs := in.a.features.messaging
	got, ok := msgs.Archived(r)
	switch {
	case !ok || got.Type == "groupchat":
	case got.Type == "error":
		msgs.Bounce(got)
	default:
		msgs.Receipt(got)
		msgs.Marker(got)
		if missed {
			msgs.Answer(got)
		}
	}
}

// maxRaw is how much of a message's XML is kept; a bigger one is kept without.
const maxRaw = 64 << 10

func raw(el *stanza.Element) []byte {
	xml := el.Append(nil, "")
	if len(xml) > maxRaw {
		return nil
	}
	return xml
}

func (a *Account) presence(from jid.JID, el *stanza.Element) {
	if from.IsZero() {
		from = a.self()
	}
	handled(&a.features, func(h feature.PresenceHandler) feature.Verdict { return h.HandlePresence(from, el) })
}

// iq gives answers to who asked, and questions to who can answer them. RFC 6120 §8.2.3
// wants an answer to every question, and none to an answer.
func (a *Account) iq(from jid.JID, el *stanza.Element) {
	switch el.Get("type") {
	case "result", "error":
		a.asks.answer(view{a}.Self(), from, el)
	case "get", "set":
		// Servers end the stream of who sends as much as they deliver, so there can be no
		// answer that repeats this.
		if len(el.Get("id")) > maxID {
			return
		}
		if !handled(&a.features, func(h feature.IQHandler) feature.Verdict { return h.HandleIQ(from, el) }) {
			a.send(stream.Outgoing{Element: el.ErrorReply("cancel", "service-unavailable", "")})
		}
	}
}

// maxID is the longest id that is repeated, in bytes.
const maxID = 1023

// origin is where a panic came from: the innermost function of ours on the stack.
func origin() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])])
	for {
		f, more := frames.Next()
		if f.Func != nil && f.Line > 0 && !more {
			return fmt.Sprintf("%s:%d", f.Function, f.Line)
		}
		if len(f.Function) > 8 && f.Function[:8] == "dovekie/" {
			return fmt.Sprintf("%s:%d", f.Function, f.Line)
		}
		if !more {
			return "unknown"
		}
	}
}
