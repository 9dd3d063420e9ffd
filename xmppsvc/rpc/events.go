package rpc

import (
	"fmt"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// The notifications' parameters, one struct an event, in the order of package event.
type (
	snapshotEvent struct {
		Type     string            `json:"type"`
		Accounts []accountSnapshot `json:"accounts"`
	}
	accountSnapshot struct {
		Account  jid.JID               `json:"account"`
		Enabled  bool                  `json:"enabled"`
		State    model.ConnState       `json:"state"`
		Cause    model.ErrorKind       `json:"cause,omitempty"`
		RetryAt  *stamp                `json:"retry_at,omitempty"`
		Show     model.Show            `json:"show"`
		Status   string                `json:"status"`
		Contacts []contact             `json:"contacts"`
		Requests []subscriptionRequest `json:"requests"`
		Chats    []chat                `json:"chats"`
	}
	accountChangedEvent struct {
		Type    string  `json:"type"`
		Account jid.JID `json:"account"`
		Enabled bool    `json:"enabled"`
	}
	accountRemovedEvent struct {
		Type    string  `json:"type"`
		Account jid.JID `json:"account"`
	}
	connectionChangedEvent struct {
		Type    string          `json:"type"`
		Account jid.JID         `json:"account"`
		State   model.ConnState `json:"state"`
		Cause   model.ErrorKind `json:"cause,omitempty"`
		RetryAt *stamp          `json:"retry_at,omitempty"`
		Login   *login          `json:"login,omitempty"`
	}
	certificateRejectedEvent struct {
		Type        string  `json:"type"`
		Account     jid.JID `json:"account"`
		Host        string  `json:"host"`
		Fingerprint string  `json:"fingerprint_sha256"`
		Reason      string  `json:"reason"`
		Subject     string  `json:"subject"`
		Issuer      string  `json:"issuer"`
		NotBefore   *stamp  `json:"not_before,omitempty"`
		NotAfter    *stamp  `json:"not_after,omitempty"`
	}
	selfChangedEvent struct {
		Type    string     `json:"type"`
		Account jid.JID    `json:"account"`
		Show    model.Show `json:"show"`
		Status  string     `json:"status"`
		Name    string     `json:"name"`
	}
	rosterReplacedEvent struct {
		Type     string    `json:"type"`
		Account  jid.JID   `json:"account"`
		Contacts []contact `json:"contacts"`
	}
	contactChangedEvent struct {
		Type    string  `json:"type"`
		Account jid.JID `json:"account"`
		Contact contact `json:"contact"`
	}
	contactRemovedEvent struct {
		Type    string  `json:"type"`
		Account jid.JID `json:"account"`
		JID     jid.JID `json:"jid"`
	}
	subscriptionRequestedEvent struct {
		Type    string  `json:"type"`
		Account jid.JID `json:"account"`
		subscriptionRequest
	}
	subscriptionAnsweredEvent struct {
		Type    string  `json:"type"`
		Account jid.JID `json:"account"`
		JID     jid.JID `json:"jid"`
	}
	presenceChangedEvent struct {
		Type     string     `json:"type"`
		Account  jid.JID    `json:"account"`
		JID      jid.JID    `json:"jid"`
		Presence []presence `json:"presence"`
	}
	chatChangedEvent struct {
		Type string `json:"type"`
		chat
	}
	chatRemovedEvent struct {
		Type    string  `json:"type"`
		Account jid.JID `json:"account"`
		Chat    jid.JID `json:"chat"`
	}
	typingChangedEvent struct {
		Type    string          `json:"type"`
		Account jid.JID         `json:"account"`
		Chat    jid.JID         `json:"chat"`
		From    jid.JID         `json:"from"`
		State   model.ChatState `json:"state"`
	}
	nudgedEvent struct {
		Type    string  `json:"type"`
		Account jid.JID `json:"account"`
		Chat    jid.JID `json:"chat"`
	}
	messageAddedEvent struct {
		Type    string  `json:"type"`
		Account jid.JID `json:"account"`
		Message message `json:"message"`
	}
	messageChangedEvent struct {
		Type    string    `json:"type"`
		Account jid.JID   `json:"account"`
		Message message   `json:"message"`
		Why     event.Why `json:"why"`
	}
	messageRemovedEvent struct {
		Type    string          `json:"type"`
		Account jid.JID         `json:"account"`
		Chat    jid.JID         `json:"chat"`
		ID      model.MessageID `json:"id"`
	}
	historyChangedEvent struct {
		Type    string  `json:"type"`
		Account jid.JID `json:"account"`
		Chat    jid.JID `json:"chat"`
	}
	noticeRaisedEvent struct {
		Type    string           `json:"type"`
		Account jid.JID          `json:"account"`
		Kind    event.NoticeKind `json:"kind"`
		JID     jid.JID          `json:"jid"`
		Detail  string           `json:"detail,omitempty"`
	}
)

func encodeEvent(ev event.Event) any {
	switch ev := ev.(type) {
	case event.Snapshot:
		return snapshotEvent{"Snapshot", snapshotsOf(ev.Accounts)}
	case event.AccountChanged:
		return accountChangedEvent{"AccountChanged", ev.Account.JID, ev.Account.Enabled}
	case event.AccountRemoved:
		return accountRemovedEvent{"AccountRemoved", ev.Account}
	case event.ConnectionChanged:
		return connectionOf(ev)
	case event.CertificateRejected:
		return certificateRejectedEvent{
			"CertificateRejected", ev.Account, ev.Host, ev.Fingerprint, ev.Reason,
			ev.Subject, ev.Issuer, stampOf(ev.NotBefore), stampOf(ev.NotAfter),
		}
	case event.SelfChanged:
		return selfChangedEvent{"SelfChanged", ev.Account, ev.Show, ev.Status, ev.Name}
	case event.RosterReplaced:
		return rosterReplacedEvent{"RosterReplaced", ev.Account, contactsOf(ev.Contacts)}
	case event.ContactChanged:
		return contactChangedEvent{"ContactChanged", ev.Account, contactOf(ev.Contact)}
	case event.ContactRemoved:
		return contactRemovedEvent{"ContactRemoved", ev.Account, ev.JID}
	case event.SubscriptionRequested:
		return subscriptionRequestedEvent{"SubscriptionRequested", ev.Account, requestOf(ev.Request)}
	case event.SubscriptionAnswered:
		return subscriptionAnsweredEvent{"SubscriptionAnswered", ev.Account, ev.JID}
	case event.PresenceChanged:
		return presenceChangedEvent{"PresenceChanged", ev.Account, ev.JID, presencesOf(ev.Presence)}
	case event.NoticeRaised:
		return noticeRaisedEvent{"NoticeRaised", ev.Account, ev.Kind, ev.JID, ev.Detail}
	}
	return encodeChatEvent(ev)
}

func encodeChatEvent(ev event.Event) any {
	switch ev := ev.(type) {
	case event.ChatChanged:
		return chatChangedEvent{"ChatChanged", chatOf(ev.Chat)}
	case event.ChatRemoved:
		return chatRemovedEvent{"ChatRemoved", ev.Chat.Account, ev.Chat.Peer}
	case event.TypingChanged:
		return typingChangedEvent{"TypingChanged", ev.Chat.Account, ev.Chat.Peer, ev.From, ev.State}
	case event.Nudged:
		return nudgedEvent{"Nudged", ev.Chat.Account, ev.Chat.Peer}
	case event.MessageAdded:
		if ev.Message.Kind == model.KindGap {
			return historyChangedEvent{"HistoryChanged", ev.Message.Chat.Account, ev.Message.Chat.Peer}
		}
		return messageAddedEvent{"MessageAdded", ev.Message.Chat.Account, messageOf(ev.Message)}
	case event.MessageChanged:
		return messageChangedEvent{"MessageChanged", ev.Message.Chat.Account, messageOf(ev.Message), ev.Why}
	case event.MessageRemoved:
		return messageRemovedEvent{"MessageRemoved", ev.Chat.Account, ev.Chat.Peer, ev.ID}
	case event.HistoryChanged:
		return historyChangedEvent{"HistoryChanged", ev.Chat.Account, ev.Chat.Peer}
	default:
		// A test goes through all events of the package, so this is never reached.
		panic(fmt.Sprintf("rpc: no encoding for %T", ev))
	}
}

func connectionOf(ev event.ConnectionChanged) connectionChangedEvent {
	w := connectionChangedEvent{
		Type: "ConnectionChanged", Account: ev.Account, State: ev.Connection.State,
		Cause: publicKind(ev.Connection.Cause), RetryAt: stampOf(ev.Connection.RetryAt),
	}
	if ev.Connection.State == model.Online {
		l := loginOf(ev.Login)
		w.Login = &l
	}
	return w
}

func snapshotsOf(accounts []event.Account) []accountSnapshot {
	out := make([]accountSnapshot, 0, len(accounts))
	for _, a := range accounts {
		w := accountSnapshot{
			Account: a.Account.JID, Enabled: a.Account.Enabled, State: a.Connection.State,
			Cause: publicKind(a.Connection.Cause), RetryAt: stampOf(a.Connection.RetryAt),
			Show: a.Show, Status: a.Status, Contacts: contactsOf(a.Contacts),
			Requests: make([]subscriptionRequest, 0, len(a.Requests)), Chats: make([]chat, 0, len(a.Chats)),
		}
		for _, r := range a.Requests {
			w.Requests = append(w.Requests, requestOf(r))
		}
		for _, c := range a.Chats {
			w.Chats = append(w.Chats, chatOf(c))
		}
		out = append(out, w)
	}
	return out
}
