package messaging

import (
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// Typing takes what the peer is doing. A message ends its typing, with or without saying
// so; what waited at the server or is a copy says nothing about now.
func (m *Messaging) Typing(in *feature.Message, hasText bool) {
	if in.Outgoing || in.Delayed || in.Type != "chat" && in.Type != "normal" {
		return
	}
	state, said := xep.ChatStateOf(in.Element)
	switch t := m.talk(in.Chat.Peer); {
	case said:
		t.knows = yes
	case hasText:
		t.knows = no // §5.1: it answers without one, so it must not get any
		state = model.ChatActive
	default:
		return
	}
	if in.Carbon {
		return
	}
	m.setTyping(in.Chat, in.From, state)
}

func (m *Messaging) setTyping(chat model.ChatID, from jid.JID, state model.ChatState) {
	was, busy := m.typing[from]
	if state == was || !busy && (state == model.ChatActive || len(m.typing) >= maxTalks) {
		return
	}
	if state == model.ChatActive {
		delete(m.typing, from)
	} else {
		m.typing[from] = state
	}
	m.s.Emit(event.TypingChanged{Chat: chat, From: from, State: state})
}

// HandlePresence ends the typing of a resource that went away.
func (m *Messaging) HandlePresence(from jid.JID, el *stanza.Element) feature.Verdict {
	if el.Get("type") != "unavailable" {
		return feature.Pass
	}
	if t := m.talks[from.Bare()]; t != nil && from.IsFull() {
		t.told = ""
	}
	chat := model.ChatID{Account: m.s.Self().Bare(), Peer: from.Bare()}
	m.setTyping(chat, from, model.ChatActive)
	return feature.Pass
}

// Tell sends what we are doing, if the peer may know that we are here and is known to
// understand it (§5.1); the same twice is sent once.
func (m *Messaging) Tell(chat model.ChatID, state model.ChatState) {
	if !m.s.Online() || !m.mayTell(chat.Peer, yes) {
		return
	}
	t := m.talk(chat.Peer)
	if t.told == state || t.told == "" && state != model.ChatComposing {
		return
	}
	t.told = state
	m.s.Send(stanza.NewMessage("chat", m.s.NewID(), chat.Peer.String(),
		xep.ChatState(state), xep.NoStore.Element()))
}

// mayTell reports whether the peer may get chat states, when at least this much must be
// known of its support.
func (m *Messaging) mayTell(peer jid.JID, least support) bool {
	if m.privacy.NoTyping || !m.contacts.SeesUs(peer) || peer == m.s.Self().Bare() {
		return false
	}
	knows := m.talk(peer).knows
	if knows == unknown && m.peers.Supports(peer, xep.NSChatStates) {
		knows = yes
	}
	return knows == yes || knows == unknown && least == unknown
}

// maxTalks bounds what strangers can make us remember.
const maxTalks = 4096

func (m *Messaging) talk(peer jid.JID) *talk {
	t := m.talks[peer]
	if t == nil {
		if len(m.talks) >= maxTalks {
			clear(m.talks)
		}
		t = &talk{}
		m.talks[peer] = t
	}
	return t
}
