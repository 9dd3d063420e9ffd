package xmppsvc

import (
	"context"
	"maps"
	"slices"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Connect adds the account if it is new and returns when it is online, or why it is
// not; it makes one attempt, and only after that has succeeded the account connects
// again by itself. Ending ctx gives the attempt up. An account that was new and could
// not sign in is forgotten again, unless its certificate is in question.
func (s *Service) Connect(ctx context.Context, r model.ConnectRequest) (model.Login, error) {
	if r.JID.Local() == "" {
		return model.Login{}, model.Errorf(model.ErrInvalidJID, "%q is not an address like name@server", r.JID)
	}
	m, isNew, err := s.ensure(ctx, r)
	if err != nil {
		return model.Login{}, err
	}
	login, err := m.Connect(ctx, r)
	if err != nil {
		if isNew && model.KindOf(err) != model.ErrCertificateRejected {
			if forgetting := s.forget(context.WithoutCancel(ctx), m, r.JID.Bare()); forgetting != nil {
				s.opts.Logger.Warn("a new account could not be forgotten", "error", forgetting)
			}
			s.mu.Lock()
			s.refused = refused{account: r.JID.Bare(), trace: m.trace}
			s.mu.Unlock()
		}
		return model.Login{}, err
	}
	return login, s.keepPassword(ctx, m, r)
}

// ensure finds the account or makes one that was never online.
func (s *Service) ensure(ctx context.Context, r model.ConnectRequest) (m *member, isNew bool, err error) {
	bare := r.JID.Bare()
	if m, err := s.member(bare); err == nil {
		acc, _ := s.hub.account(bare)
		return m, acc.Account.LastUsed.IsZero(), nil
	}
	m, err = s.start(ctx, newAccount(r))
	return m, true, err
}

// keepPassword does what the user asked for with a password that has just worked.
func (s *Service) keepPassword(ctx context.Context, m *member, r model.ConnectRequest) error {
	bare := r.JID.Bare()
	kept := r.Remember
	before, _ := s.hub.account(bare)
	switch {
	case r.Security == model.SecurityInProcess || r.Password.IsZero():
		return nil
	case r.Remember:
		if err := s.opts.Credentials.Set(bare, r.Password); err != nil {
			s.opts.Logger.Warn("the keychain refused the password", "account", bare.String(), "error", err)
			s.hub.publish(event.NoticeRaised{Account: bare, Kind: event.NoticeNoKeychain})
			kept = false
		}
	case before.Account.Remember: // only then is the keychain, which may ask, to be bothered
		s.forgetPassword(bare)
	}
	return m.Remembered(ctx, kept)
}

// ConnectNow retries at once while waiting, and signs in again after a sign-out or a
// refusal, with the password of this run or the keychain's. It does not wait.
func (s *Service) ConnectNow(ctx context.Context, account jid.JID) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.ConnectNow(ctx)
}

// Disconnect signs out and returns when the connection is closed.
func (s *Service) Disconnect(ctx context.Context, account jid.JID) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.Disconnect(ctx)
}

// RemoveAccount signs out and removes the account with all that is kept of it here,
// its password too. The account on the server stays.
func (s *Service) RemoveAccount(ctx context.Context, account jid.JID) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	if acc, ok := s.hub.account(account.Bare()); ok && acc.Account.Remember {
		s.forgetPassword(account.Bare())
	}
	return s.forget(ctx, m, account.Bare())
}

// Register makes an account on its server (XEP-0077); it does not sign in and keeps
// nothing.
func (s *Service) Register(ctx context.Context, r model.ConnectRequest) error {
	if r.JID.Local() == "" {
		return model.Errorf(model.ErrInvalidJID, "%q is not an address like name@server", r.JID)
	}
	return s.register(ctx, r)
}

// TrustCertificate answers event.CertificateRejected: trust this key for the account's
// domain, until the service ends or remembered. It makes no new attempt.
func (s *Service) TrustCertificate(ctx context.Context, account jid.JID, fingerprint string, remember bool) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.Trust(ctx, fingerprint, remember)
}

// SetPresence sets and stores what contacts see of us; it is sent now or with the next
// login.
func (s *Service) SetPresence(ctx context.Context, account jid.JID, show model.Show, status string) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.SetPresence(ctx, show, status)
}

// SetActive tells the servers of all accounts whether somebody looks at the program
// (XEP-0352): if nobody does, they may keep back what can wait.
func (s *Service) SetActive(ctx context.Context, active bool) error {
	s.mu.Lock()
	members := slices.Collect(maps.Values(s.members))
	s.mu.Unlock()
	for _, m := range members {
		if err := m.SetActive(ctx, active); err != nil {
			return err
		}
	}
	return nil
}

// SetPrivacy says what the account's contacts are not told.
func (s *Service) SetPrivacy(ctx context.Context, account jid.JID, p model.Privacy) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.SetPrivacy(ctx, p)
}

// SetContact adds the contact to the roster or changes its name and groups; it returns
// once the server confirmed. The rest of item is the server's to say.
func (s *Service) SetContact(ctx context.Context, account jid.JID, item model.RosterItem) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.SetContact(ctx, item)
}

// RemoveContact takes the contact off the roster and ends subscriptions both ways; it
// returns once the server confirmed. The chat stays.
func (s *Service) RemoveContact(ctx context.Context, account, contact jid.JID) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.RemoveContact(ctx, contact)
}

// RequestSubscription asks to see the contact's presence, with a message for its reader.
func (s *Service) RequestSubscription(ctx context.Context, account, contact jid.JID, message string) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.RequestSubscription(ctx, contact, message)
}

// ApproveSubscription lets the contact see our presence.
func (s *Service) ApproveSubscription(ctx context.Context, account, contact jid.JID) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.ApproveSubscription(ctx, contact)
}

// DenySubscription refuses the contact's request, or takes an approval back.
func (s *Service) DenySubscription(ctx context.Context, account, contact jid.JID) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.DenySubscription(ctx, contact)
}

// CancelSubscription gives up our own request or right to see the contact's presence.
func (s *Service) CancelSubscription(ctx context.Context, account, contact jid.JID) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.CancelSubscription(ctx, contact)
}

// SendMessage returns the id as soon as the message is safe in the outbox, online or
// not. The same non-empty key again returns the same id and sends nothing.
func (s *Service) SendMessage(ctx context.Context, chat model.ChatID, body, key string) (model.MessageID, error) {
	m, err := s.member(chat.Account)
	if err != nil {
		return "", err
	}
	return m.SendMessage(ctx, chat, body, key)
}

// RetryMessage puts a failed message, or one in doubt, back into the outbox.
func (s *Service) RetryMessage(ctx context.Context, chat model.ChatID, id model.MessageID) error {
	m, err := s.member(chat.Account)
	if err != nil {
		return err
	}
	return m.RetryMessage(ctx, chat, id)
}

// Nudge asks the peer of the chat for attention (XEP-0224). It answers with ErrNotOnline,
// with ErrUnsupported if the peer is no contact who is there and takes nudges, and with
// ErrInvalid less than ten seconds after the last one.
func (s *Service) Nudge(ctx context.Context, chat model.ChatID) (model.MessageID, error) {
	m, err := s.member(chat.Account)
	if err != nil {
		return "", err
	}
	return m.Nudge(ctx, chat.Peer)
}

// SetTyping tells the peer what we are doing, if it may know and can understand it.
// It is never kept: offline it does nothing.
func (s *Service) SetTyping(ctx context.Context, chat model.ChatID, state model.ChatState) error {
	m, err := s.member(chat.Account)
	if err != nil {
		return err
	}
	return m.SetTyping(ctx, chat, state)
}

// MarkDisplayed moves the chat's read position forward to the message.
func (s *Service) MarkDisplayed(ctx context.Context, chat model.ChatID, id model.MessageID) error {
	m, err := s.member(chat.Account)
	if err != nil {
		return err
	}
	return m.MarkDisplayed(ctx, chat, id)
}

// SetDraft keeps what was typed in the chat and not sent; "" when there is no more.
// SendMessage ends the draft that it sends.
func (s *Service) SetDraft(ctx context.Context, chat model.ChatID, text string) error {
	m, err := s.member(chat.Account)
	if err != nil {
		return err
	}
	return m.SetDraft(ctx, chat.Peer, text)
}

// MarkChat pins or mutes a chat.
func (s *Service) MarkChat(ctx context.Context, chat model.ChatID, marks model.ChatMarks) error {
	m, err := s.member(chat.Account)
	if err != nil {
		return err
	}
	return m.MarkChat(ctx, chat.Peer, marks)
}

// RemoveChat removes the chat and its messages here.
func (s *Service) RemoveChat(ctx context.Context, chat model.ChatID) error {
	m, err := s.member(chat.Account)
	if err != nil {
		return err
	}
	return m.RemoveChat(ctx, chat)
}
