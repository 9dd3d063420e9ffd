package rpc

import (
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// stamp is a time as RFC 3339 in UTC with milliseconds.
type stamp time.Time

// MarshalText gives the text.
func (s stamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(s).UTC().Format("2006-01-02T15:04:05.000Z")), nil
}

// stampOf leaves the zero time out.
func stampOf(t time.Time) *stamp {
	if t.IsZero() {
		return nil
	}
	return (*stamp)(&t)
}

type message struct {
	Account  jid.JID         `json:"account"`
	ID       model.MessageID `json:"id"`
	Chat     jid.JID         `json:"chat"`
	Kind     model.Kind      `json:"kind"`
	From     jid.JID         `json:"from"`
	Outgoing bool            `json:"outgoing"`
	Body     string          `json:"body"`
	Time     *stamp          `json:"time"`
	Live     bool            `json:"live"`
	Delivery model.Delivery  `json:"delivery,omitempty"`
	InDoubt  bool            `json:"in_doubt,omitempty"`
	OriginID string          `json:"origin_id,omitempty"`
	StanzaID string          `json:"stanza_id,omitempty"`
	Error    *stanzaError    `json:"error,omitempty"`
	// GapBefore: right before it stood, or stands, something that is not here.
	GapBefore bool `json:"gap_before,omitempty"`
}

type stanzaError struct {
	Type      string `json:"type,omitempty"`
	Condition string `json:"condition"`
	Text      string `json:"text,omitempty"`
}

func messageOf(m model.Message) message {
	w := message{
		Account: m.Chat.Account, ID: m.ID, Chat: m.Chat.Peer, Kind: m.Kind, From: m.From,
		Outgoing: m.Outgoing, Body: m.Body, Time: (*stamp)(&m.Time), Live: m.Live,
		Delivery: m.Delivery, InDoubt: m.InDoubt, OriginID: m.OriginID, StanzaID: m.StanzaID,
	}
	if f := m.Failure; f != nil {
		w.Error = &stanzaError{f.Type, f.Condition, f.Text}
	}
	return w
}

// messagesOf are the messages among the rows of a chat; a gap is told by the one behind it.
func messagesOf(ms []model.Message) []message {
	out := make([]message, 0, len(ms))
	gap := false
	for _, m := range ms {
		if m.Kind == model.KindGap {
			gap = true
			continue
		}
		w := messageOf(m)
		w.GapBefore, gap = gap, false
		out = append(out, w)
	}
	return out
}

type presence struct {
	Resource string     `json:"resource"`
	Show     model.Show `json:"show"`
	Status   string     `json:"status"`
	Priority int        `json:"priority"`
}

func presencesOf(ps []model.Presence) []presence {
	out := make([]presence, 0, len(ps))
	for _, p := range ps {
		out = append(out, presence{p.Resource, p.Show, p.Status, p.Priority})
	}
	return out
}

type contact struct {
	JID          jid.JID            `json:"jid"`
	Name         string             `json:"name"`
	Groups       []string           `json:"groups"`
	Subscription model.Subscription `json:"subscription"`
	Ask          bool               `json:"ask"`
	Presence     []presence         `json:"presence"`
}

func contactOf(c model.Contact) contact {
	groups := c.Groups
	if groups == nil {
		groups = []string{}
	}
	return contact{c.JID, c.Name, groups, c.Subscription, c.Ask, presencesOf(c.Presence)}
}

func contactsOf(cs []model.Contact) []contact {
	out := make([]contact, 0, len(cs))
	for _, c := range cs {
		out = append(out, contactOf(c))
	}
	return out
}

type subscriptionRequest struct {
	JID     jid.JID `json:"jid"`
	Message string  `json:"message"`
	Nick    string  `json:"nick,omitempty"`
	Time    *stamp  `json:"time,omitempty"`
}

func requestOf(r model.SubscriptionRequest) subscriptionRequest {
	return subscriptionRequest{r.JID, r.Message, r.Nick, stampOf(r.Time)}
}

type chat struct {
	Account  jid.JID         `json:"account"`
	Chat     jid.JID         `json:"chat"`
	Last     *message        `json:"last,omitempty"`
	Unread   int             `json:"unread"`
	ReadUpTo model.MessageID `json:"read_up_to,omitempty"`
	Updated  *stamp          `json:"updated,omitempty"`
	Pinned   bool            `json:"pinned,omitempty"`
	Muted    bool            `json:"muted,omitempty"`
}

func chatOf(c model.Chat) chat {
	w := chat{Account: c.ID.Account, Chat: c.ID.Peer, Unread: c.Unread, ReadUpTo: c.ReadUpTo, Updated: stampOf(c.Updated), Pinned: c.Pinned, Muted: c.Muted}
	if c.Last != nil {
		m := messageOf(*c.Last)
		w.Last = &m
	}
	return w
}

type login struct {
	JID            jid.JID `json:"jid"`
	Mechanism      string  `json:"mechanism"`
	ChannelBinding string  `json:"channel_binding"`
	TLSVersion     string  `json:"tls_version"`
	Resumed        bool    `json:"resumed"`
	RoundTrips     int     `json:"round_trips"`
}

func loginOf(l model.Login) login {
	return login{l.JID, l.Mechanism, l.ChannelBinding, l.TLSVersion, l.Resumed, l.RoundTrips}
}

type empty struct{}
