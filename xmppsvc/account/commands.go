package account

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/storage"
)

// Connect makes one attempt with the settings of r and returns its outcome; ending ctx
// gives it up. After a success the account connects again by itself.
func (a *Account) Connect(ctx context.Context, r model.ConnectRequest) (model.Login, error) {
	var login model.Login
	err := a.call(ctx, func(reply func(error)) {
		if err := a.configure(r); err != nil {
			reply(err)
			return
		}
		connected := func(err error) {
			login = a.link.login
			reply(err)
		}
		if a.link.up() && r.Password.IsZero() {
			connected(nil)
			return
		}
		a.leaveFirst(func() {
			a.link.wish.failures, a.link.wish.steady = 0, false
			a.link.waiting = append(a.link.waiting, connected)
			a.begin()
		})
	})
	if err == nil {
		return login, nil
	}
	if ctx.Err() != nil {
		a.post(func() {
			if a.link.attempt != nil {
				a.leave(func(error) {})
			}
		})
		err = model.Errorf(model.KindOf(ctx.Err()), "signing in was given up: %w", ctx.Err())
	}
	return model.Login{}, err
}

// configure takes over the settings of a request.
func (a *Account) configure(r model.ConnectRequest) error {
	s := a.settings
	s.Address, s.Security, s.CAFile, s.Enabled = r.Address, r.Security, r.CAFile, r.Enabled
	if s.Security == "" {
		s.Security = model.SecurityAuto
	}
	if r.Show != "" {
		if err := a.present(r.Show, r.Status); err != nil {
			return err
		}
	}
	if err := a.tx.PutAccount(s); err != nil {
		a.fail(err)
		return nil
	}
	a.settings = s
	a.link.wish.resource = r.JID.Resource()
	if !r.Password.IsZero() {
		a.link.wish.password = r.Password
	}
	a.emit(event.AccountChanged{Account: s})
	return nil
}

// leaveFirst calls then when there is no connection, nor an attempt at one.
func (a *Account) leaveFirst(then func()) {
	if a.link.stream == nil && a.link.attempt == nil {
		then()
		return
	}
	a.leave(func(error) { then() })
}

// SignIn connects with what is stored and keeps trying, without waiting for it.
func (a *Account) SignIn() {
	a.post(func() {
		if a.link.stream == nil && a.link.attempt == nil {
			a.link.wish.steady = true
			a.begin()
		}
	})
}

// ConnectNow makes an attempt at once unless one is under way or we are connected.
func (a *Account) ConnectNow(ctx context.Context) error {
	return a.do(ctx, func() error {
		if a.link.stream == nil && a.link.attempt == nil {
			a.begin()
		}
		return nil
	})
}

// Disconnect signs out and returns when the connection is closed.
func (a *Account) Disconnect(ctx context.Context) error { return a.call(ctx, a.leave) }

// Remembered records whether the password is in the keychain.
func (a *Account) Remembered(ctx context.Context, yes bool) error {
	return a.do(ctx, func() error {
		if a.settings.Remember == yes {
			return nil
		}
		a.settings.Remember = yes
		if err := a.tx.PutAccount(a.settings); err != nil {
			a.fail(err)
		}
		a.emit(event.AccountChanged{Account: a.settings})
		return nil
	})
}

// Trust accepts the key with this fingerprint for the account's domain.
func (a *Account) Trust(ctx context.Context, fingerprint string, remember bool) error {
	return a.do(ctx, func() error {
		fingerprint = strings.ToLower(fingerprint)
		if len(fingerprint) != 64 || strings.Trim(fingerprint, "0123456789abcdef") != "" {
			return model.Errorf(model.ErrInvalid, "a fingerprint has 64 hexadecimal digits")
		}
		if remember {
			pin := storage.Pin{Domain: a.self().Domain(), Fingerprint: fingerprint, Added: a.now()}
			if err := a.tx.PutPin(a.self(), pin); err != nil {
				a.fail(err)
			}
			return nil
		}
		if a.link.trusted == nil {
			a.link.trusted = map[string]bool{}
		}
		a.link.trusted[fingerprint] = true
		return nil
	})
}

// FillGap is Older without waiting for it.
func (a *Account) FillGap(chat model.ChatID, gap model.MessageID) {
	a.post(func() { a.features.archive.Older(chat, gap, func(bool, error) {}) })
}

// SendMessage puts a message into the outbox; the same key again is the same message.
func (a *Account) SendMessage(ctx context.Context, chat model.ChatID, body, key string) (model.MessageID, error) {
	var id model.MessageID
	err := a.do(ctx, func() error {
		m := a.written(chat.Peer, model.KindText)
		m.Body = clean(body)
		if err := sendable(m); err != nil {
			return err
		}
		if id = a.queue(m, key); id == "" {
			return nil
		}
		// If it was the draft, that must not be offered again after a crash.
		if err := a.tx.DraftSent(m.Chat, body); err != nil {
			a.fail(err)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// SetDraft keeps what was typed in the chat and not sent.
func (a *Account) SetDraft(ctx context.Context, peer jid.JID, text string) error {
	return a.do(ctx, func() error {
		d := model.Draft{Chat: model.ChatID{Account: a.self(), Peer: peer}, Text: text, Time: a.now()}
		if err := a.tx.PutDraft(d); err != nil {
			a.fail(err)
		}
		return nil
	})
}

// Nudge asks the contact for attention (XEP-0224), or says why not: see
// messaging.Messaging.MayNudge.
func (a *Account) Nudge(ctx context.Context, peer jid.JID) (model.MessageID, error) {
	var id model.MessageID
	err := a.do(ctx, func() error {
		if err := a.features.messaging.MayNudge(peer); err != nil {
			return err
		}
		id = a.queue(a.written(peer, model.KindNudge), "")
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// written is a new message of ours, without a body.
func (a *Account) written(peer jid.JID, kind model.Kind) model.Message {
	id := uuid.NewString()
	return model.Message{
		ID:       model.MessageID(id),
		Chat:     model.ChatID{Account: a.self(), Peer: peer},
		Kind:     kind,
		From:     a.self(),
		Outgoing: true,
		Time:     a.now(),
		Live:     true,
		OriginID: id,
	}
}

// queue puts a message of ours into the outbox; what has the key already is that message.
func (a *Account) queue(m model.Message, key string) model.MessageID {
	in, err := a.tx.QueueMessage(m, key)
	if err != nil {
		a.fail(err)
		return ""
	}
	if !in.Known {
		a.out.queue = append(a.out.queue, storage.Outgoing{Message: in.Message, Key: key})
		a.emit(event.MessageAdded{Message: in.Message}, event.ChatChanged{Chat: in.Chat})
	}
	return in.Message.ID
}

// maxBody is what every server takes, escaped and with the rest of the stanza around it:
// ejabberd ends the stream over 64 KiB unless told otherwise, and would do so at every
// attempt to send the same again.
const maxBody = 60 << 10

func sendable(m model.Message) error {
	switch {
	case m.Chat.Peer.IsZero():
		return model.Errorf(model.ErrInvalidJID, "a message needs an address")
	case strings.TrimSpace(m.Body) == "":
		return model.Errorf(model.ErrInvalid, "an empty message is not sent")
	case len(stanza.AppendEscaped(nil, m.Body)) > maxBody:
		return model.Errorf(model.ErrTooLarge, "the message is too long for one; send it in parts")
	}
	return nil
}

// clean is the text as it will arrive: XML has no place for most control characters, and
// one kind of line end.
func clean(body string) string {
	body = strings.ReplaceAll(strings.ToValidUTF8(body, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r < ' ' && r != '\n' && r != '\t', r == '\uFFFE', r == '\uFFFF':
			return -1
		}
		return r
	}, body)
}

// RetryMessage puts a message that failed, or is in doubt, into the outbox again.
func (a *Account) RetryMessage(ctx context.Context, chat model.ChatID, id model.MessageID) error {
	return a.do(ctx, func() error {
		m, found, err := a.tx.ByWireID(chat, string(id))
		if err == nil && (!found || m.Kind == model.KindNudge || m.Delivery != model.Failed && !m.InDoubt) {
			return model.Errorf(model.ErrInvalid, "only a message that failed can be sent again")
		}
		if err == nil {
			m, _, err = a.tx.SetDelivery(m.ID, model.Queued, false, nil)
		}
		if err != nil {
			a.fail(err)
			return nil
		}
		a.out.queue = append(a.out.queue, storage.Outgoing{Message: m})
		a.emit(event.MessageChanged{Message: m, Why: event.WhyDelivery})
		return nil
	})
}

// SetTyping tells the peer what we are doing, if it may know.
func (a *Account) SetTyping(ctx context.Context, chat model.ChatID, state model.ChatState) error {
	return a.do(ctx, func() error {
		switch state {
		case model.ChatActive, model.ChatComposing, model.ChatPaused, model.ChatInactive, model.ChatGone:
			if state == model.ChatComposing {
				a.link.pulse.typed = a.steady()
			}
			a.features.messaging.Tell(chat, state)
			return nil
		}
		return model.Errorf(model.ErrInvalid, "%q is no chat state", state)
	})
}

// MarkDisplayed moves the read position forward.
func (a *Account) MarkDisplayed(ctx context.Context, chat model.ChatID, id model.MessageID) error {
	return a.do(ctx, func() error {
		since, err := a.tx.ReadUpTo(chat)
		if err != nil {
			a.fail(err)
			return nil
		}
		c, changed, err := a.tx.MarkDisplayed(chat, id)
		if err != nil {
			return err
		}
		if changed {
			a.emit(event.ChatChanged{Chat: c})
			a.features.messaging.Displayed(chat, since)
		}
		return nil
	})
}

// SetPrivacy stores what contacts are not told.
func (a *Account) SetPrivacy(ctx context.Context, p model.Privacy) error {
	return a.do(ctx, func() error {
		s := a.settings
		s.Privacy = p
		if err := a.tx.PutAccount(s); err != nil {
			a.fail(err)
			return nil
		}
		a.settings = s
		a.features.messaging.SetPrivacy(p)
		a.emit(event.AccountChanged{Account: s})
		return nil
	})
}

// Older fetches a page of the archive that lies before the beginning of the chat, or
// before the gap in it if one is named. It returns when that is stored; more reports that
// there may be yet more.
func (a *Account) Older(ctx context.Context, chat model.ChatID, gap model.MessageID) (more bool, err error) {
	err = a.call(ctx, func(reply func(error)) {
		a.features.archive.Older(chat, gap, func(yes bool, err error) {
			more = yes
			reply(err)
		})
	})
	if err != nil {
		return false, err
	}
	return more, nil
}

// MarkChat pins or mutes a chat.
func (a *Account) MarkChat(ctx context.Context, peer jid.JID, marks model.ChatMarks) error {
	return a.do(ctx, func() error {
		if peer.IsZero() {
			return model.Errorf(model.ErrInvalidJID, "a chat needs an address")
		}
		c, err := a.tx.MarkChat(model.ChatID{Account: a.self(), Peer: peer}, marks, a.now())
		if err != nil {
			a.fail(err)
			return nil
		}
		a.emit(event.ChatChanged{Chat: c})
		return nil
	})
}

// RemoveChat removes the chat and its messages here, also those that wait.
func (a *Account) RemoveChat(ctx context.Context, chat model.ChatID) error {
	return a.do(ctx, func() error {
		if err := a.tx.RemoveChat(chat); err != nil {
			a.fail(err)
			return nil
		}
		a.emit(event.ChatRemoved{Chat: chat})
		return nil
	})
}

// SetContact adds or changes a contact; it returns once the server confirmed.
func (a *Account) SetContact(ctx context.Context, item model.RosterItem) error {
	if item.JID.IsZero() {
		return model.Errorf(model.ErrInvalidJID, "a contact needs an address")
	}
	return a.call(ctx, func(reply func(error)) { a.features.roster.Set(item, reply) })
}

// RemoveContact takes a contact off; it returns once the server confirmed.
func (a *Account) RemoveContact(ctx context.Context, contact jid.JID) error {
	return a.call(ctx, func(reply func(error)) { a.features.roster.Remove(contact, reply) })
}

// RequestSubscription asks to see the contact's presence.
func (a *Account) RequestSubscription(ctx context.Context, contact jid.JID, message string) error {
	return a.do(ctx, func() error { return a.features.roster.Request(contact, message, a.own.name) })
}

// ApproveSubscription lets the contact see our presence.
func (a *Account) ApproveSubscription(ctx context.Context, contact jid.JID) error {
	return a.do(ctx, func() error { return a.features.roster.Approve(contact) })
}

// DenySubscription refuses, or takes an approval back.
func (a *Account) DenySubscription(ctx context.Context, contact jid.JID) error {
	return a.do(ctx, func() error { return a.features.roster.Deny(contact) })
}

// CancelSubscription gives up seeing the contact's presence.
func (a *Account) CancelSubscription(ctx context.Context, contact jid.JID) error {
	return a.do(ctx, func() error { return a.features.roster.Cancel(contact) })
}
