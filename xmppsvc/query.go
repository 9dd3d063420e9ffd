package xmppsvc

import (
	"context"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

// Accounts are all accounts as they are now, by address: what a Snapshot would hold.
func (s *Service) Accounts(context.Context) ([]event.Account, error) {
	return s.hub.accounts(), nil
}

// AccountStatus is one account as it is now.
func (s *Service) AccountStatus(_ context.Context, account jid.JID) (event.Account, error) {
	if acc, ok := s.hub.account(account.Bare()); ok {
		return acc, nil
	}
	return event.Account{}, model.Errorf(model.ErrUnknownAccount, "there is no account %s here", account.Bare())
}

// RosterList are the account's contacts, by address, with the presence of every resource
// while it is online.
func (s *Service) RosterList(ctx context.Context, account jid.JID) ([]model.Contact, error) {
	acc, err := s.AccountStatus(ctx, account)
	return acc.Contacts, err
}

// Trace is the account's ring of steps and stanzas, or nil if there is no such account.
func (s *Service) Trace(account jid.JID) *trace.Trace {
	m, err := s.member(account)
	if err != nil {
		return nil
	}
	return m.trace
}

// History is the page of at most limit messages before the message (the newest ones if
// before is ""), oldest first; complete reports that nothing older is here.
func (s *Service) History(ctx context.Context, chat model.ChatID, before model.MessageID, limit int) (page []model.Message, complete bool, err error) {
	done, err := s.reading()
	if err != nil {
		return nil, false, err
	}
	defer done()
	return s.store.History(ctx, chat, before, limit)
}

// Search finds messages by text, newest first; a zero Peer searches all chats.
func (s *Service) Search(ctx context.Context, chat model.ChatID, query string, limit int) ([]model.Message, error) {
	done, err := s.reading()
	if err != nil {
		return nil, err
	}
	defer done()
	return s.store.Search(ctx, chat, query, limit)
}

// Message is one stored message.
func (s *Service) Message(ctx context.Context, id model.MessageID) (model.Message, error) {
	done, err := s.reading()
	if err != nil {
		return model.Message{}, err
	}
	defer done()
	return s.store.Message(ctx, id)
}

// ChatOf names the chat of a stored message.
func (s *Service) ChatOf(ctx context.Context, id model.MessageID) (model.ChatID, error) {
	done, err := s.reading()
	if err != nil {
		return model.ChatID{}, err
	}
	defer done()
	return s.store.ChatOf(ctx, id)
}
