package xmppsvc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
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
	if acc.Connection.State != model.Online {
		for i := range acc.Contacts {
			acc.Contacts[i].Presence = nil // nobody knows
		}
	}
	return acc.Contacts, err
}

// archivePatience is how long History waits for a page of the archive.
const archivePatience = 15 * time.Second

// ErrArchive is what History says, with the kind of what was in the way, where nothing is
// here any more and the archive could not be asked: it may have more another time.
var ErrArchive = errors.New("the archive was not read")

// History is the page of at most limit messages before the message (the newest ones if
// before is ""), oldest first; complete reports that nothing older can be had now. What
// is here is given at once. Where nothing is here any more a page of the server's archive
// is waited for; an error that wraps ErrArchive says that it did not come. A gap in the
// page is filled meanwhile: HistoryChanged tells when.
func (s *Service) History(ctx context.Context, chat model.ChatID, before model.MessageID, limit int) (page []model.Message, complete bool, err error) {
	done, err := s.reading()
	if err != nil {
		return nil, false, err
	}
	defer done()
	page, complete, err = s.store.History(ctx, chat, before, limit)
	if err != nil {
		return nil, false, err
	}
	m, err := s.member(chat.Account)
	if err != nil {
		return page, complete, nil // what is kept can be read without its account
	}
	for _, g := range page {
		if g.Kind == model.KindGap && g.Gap == model.GapOpen {
			m.FillGap(chat, g.ID)
		}
	}
	if !complete {
		return page, false, nil
	}
	edge, err := s.store.Edge(ctx, chat, "")
	if err != nil || edge.Complete {
		return page, true, err
	}
	if len(page) > 0 {
		cursor, err := s.store.Cursor(ctx, chat.Account)
		return page, !cursor.Begun, err
	}
	return s.older(ctx, m, chat, before, limit)
}

// older fetches pages of the archive until one has something to show.
func (s *Service) older(ctx context.Context, m *member, chat model.ChatID, before model.MessageID, limit int) ([]model.Message, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, archivePatience)
	defer cancel()
	for {
		more, err := m.Older(ctx, chat, "")
		if err != nil {
			s.opts.Logger.Info("the archive gave no older messages", "account", chat.Account.String(), "kind", string(model.KindOf(err)))
			return nil, false, fmt.Errorf("%w: %w", ErrArchive, err)
		}
		page, complete, err := s.store.History(ctx, chat, before, limit)
		if err != nil || len(page) > 0 || !more {
			return page, complete && !more, err
		}
	}
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

// Drafts are the account's drafts, the newest first.
func (s *Service) Drafts(ctx context.Context, account jid.JID) ([]model.Draft, error) {
	done, err := s.reading()
	if err != nil {
		return nil, err
	}
	defer done()
	return s.store.Drafts(ctx, account.Bare())
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
