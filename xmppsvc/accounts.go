package xmppsvc

import (
	"context"
	"crypto/rand"
	"encoding/hex"

	"github.com/google/uuid"

	"dovekie/xmppsvc/account"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/stream"
)

// newAccount makes the settings of an account that signs in here for the first time.
// Its resource has a random part, so that two folders never fight over one, and stays
// the same, so that the server ends our older stream when we come back.
func newAccount(r model.ConnectRequest) model.Account {
	var tail [4]byte
	_, _ = rand.Read(tail[:]) // never fails (crypto/rand)
	return model.Account{
		JID:      r.JID.Bare(),
		Address:  r.Address,
		Security: r.Security,
		CAFile:   r.CAFile,
		Resource: "dovekie-" + hex.EncodeToString(tail[:]),
		AgentID:  uuid.NewString(),
	}
}

// forget signs out and removes the account from here.
func (s *Service) forget(ctx context.Context, m *member, bare jid.JID) error {
	s.mu.Lock()
	if s.members[bare] == m {
		delete(s.members, bare)
	}
	s.mu.Unlock()
	m.end(ctx)
	if err := s.store.Update(ctx, func(tx storage.Tx) error { return tx.RemoveAccount(bare) }); err != nil {
		return err
	}
	s.tracing.ledger.Forget(bare.String())
	s.hub.publish(event.AccountRemoved{Account: bare})
	return nil
}

func (s *Service) forgetPassword(bare jid.JID) {
	if err := s.opts.Credentials.Delete(bare); err != nil {
		s.opts.Logger.Warn("the keychain did not forget the password", "account", bare.String(), "error", err)
	}
}

// register runs XEP-0077 on a stream of its own.
func (s *Service) register(ctx context.Context, r model.ConnectRequest) error {
	roots, err := account.Roots(s.opts.Roots, r.CAFile)
	if err != nil {
		return err
	}
	return stream.Register(ctx, stream.Config{
		JID:      r.JID.Bare(),
		Password: r.Password,
		Address:  r.Address,
		Security: r.Security,
		Roots:    roots,
		Lang:     s.opts.Lang,
		Dial:     account.PipeDialer(r.Security, s.opts.Pipe),
		Resolver: s.opts.Resolver,
	})
}
