package messaging

import (
	"time"

	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

const (
	// gather is how long a read position waits for a newer one before our other devices
	// hear of it.
	gather = time.Second
	// maxPositions bounds the chats of whose positions we remember what we cannot use yet.
	maxPositions = 4096
)

// positions are the read positions that our devices share (XEP-0490).
type positions struct {
	unsaid map[jid.JID]model.ChatID     // chats whose position is to be published
	due    time.Time                    // when
	early  map[jid.JID]xep.ReadPosition // of messages that are not here yet
}

// position notes that the chat's read position is to be published.
func (m *Messaging) position(chat model.ChatID) {
	if !m.peers.OwnAccount(xep.NSPublishOptions) {
		return // else the node might be open for everybody (XEP-0490 §7)
	}
	if len(m.pos.unsaid) == 0 {
		m.pos.due = m.s.Steady().Add(gather)
	}
	m.pos.unsaid[chat.Peer] = chat
}

// Due is when positions are published.
func (m *Messaging) Due() time.Time {
	if len(m.pos.unsaid) == 0 || !m.s.Online() {
		return time.Time{}
	}
	return m.pos.due
}

// Tick publishes them.
func (m *Messaging) Tick() {
	if due := m.Due(); due.IsZero() || m.s.Steady().Before(due) {
		return
	}
	for peer, chat := range m.pos.unsaid {
		delete(m.pos.unsaid, peer)
		id, err := m.store().ReadStanzaID(chat, m.s.Self().Bare())
		m.failed(err)
		if id == "" {
			continue
		}
		p := xep.ReadPosition{Chat: peer, StanzaID: id, By: m.s.Self().Bare()}
		m.s.Ask(stanza.NewIQ("set", "", "", p.Publish()), func(*stanza.Element, error) {})
	}
}

// HandleMessage takes the positions that another device of ours has published: only our
// own account's node is believed (XEP-0163 §4.3.1).
func (m *Messaging) HandleMessage(in *feature.Message) feature.Verdict {
	ev, ok := xep.PubSubEventOf(in.Element)
	if !ok || in.Carbon || in.Archived != "" {
		return feature.Pass
	}
	if self := m.s.Self().Bare(); !ev.From.IsZero() && ev.From != self {
		return feature.Pass
	}
	all, ok := xep.ReadPositionsIn(ev)
	if !ok {
		return feature.Pass
	}
	m.moved(all)
	return feature.Handled
}

// askPositions reads all of them, once a session.
func (m *Messaging) askPositions() {
	m.s.Ask(stanza.NewIQ("get", "", "", xep.ReadPositionsQuery()), func(answer *stanza.Element, err error) {
		if err != nil {
			return // a server without, or nothing was ever published
		}
		if all, ok := xep.ReadPositionsOf(answer); ok {
			m.moved(all)
		}
	})
}

// moved moves our read positions forward; those of messages that are not here wait until
// the archive has brought them.
func (m *Messaging) moved(all []xep.ReadPosition) {
	self := m.s.Self().Bare()
	for _, p := range all {
		if p.By != self { // an id that somebody else gave proves nothing in this chat
			continue
		}
		msg, found, err := m.store().ByStanzaID(self, p.By, p.StanzaID)
		switch {
		case err != nil:
			m.failed(err)
			return
		case !found && len(m.pos.early) < maxPositions:
			m.pos.early[p.Chat] = p
		case found && msg.Chat.Peer == p.Chat:
			m.markRead(msg.Chat, msg.ID)
		}
	}
}

// CaughtUp applies the positions that came before their messages.
func (m *Messaging) CaughtUp() {
	early := m.pos.early
	m.pos.early = map[jid.JID]xep.ReadPosition{}
	for _, p := range early {
		msg, found, err := m.store().ByStanzaID(m.s.Self().Bare(), p.By, p.StanzaID)
		m.failed(err)
		if found && msg.Chat.Peer == p.Chat {
			m.markRead(msg.Chat, msg.ID)
		}
	}
}
