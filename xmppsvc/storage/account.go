package storage

import (
	"context"
	"strings"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// PutAccount implements Tx.
func (t *tx) PutAccount(a model.Account) error {
	if a.JID.IsZero() || !a.JID.IsBare() {
		return model.Errorf(model.ErrInvalidJID, "%q is not an account's address", a.JID)
	}
	return t.put("store the account", `
		insert into accounts (jid, enabled, remember, address, security, ca_file, resource, agent_id, name, last_used,
			no_receipts, no_markers, no_typing)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (jid) do update set enabled = excluded.enabled, remember = excluded.remember,
			address = excluded.address, security = excluded.security, ca_file = excluded.ca_file,
			resource = excluded.resource, agent_id = excluded.agent_id, name = excluded.name,
			last_used = excluded.last_used, no_receipts = excluded.no_receipts, no_markers = excluded.no_markers,
			no_typing = excluded.no_typing`,
		a.JID.String(), a.Enabled, a.Remember, a.Address, string(a.Security), a.CAFile, a.Resource, a.AgentID,
		a.Name, a.LastUsed.UnixMilli(), a.Privacy.NoReceipts, a.Privacy.NoMarkers, a.Privacy.NoTyping)
}

// RemoveAccount implements Tx: everything of the account goes.
func (t *tx) RemoveAccount(account jid.JID) error {
	err := t.forget(`select key from messages where account = ?`, account.String())
	if err == nil {
		err = t.do(`delete from accounts where jid = ?`, account.String())
	}
	return typed("remove the account", err)
}

// PutStreamState implements Tx.
func (t *tx) PutStreamState(s StreamState) error {
	n := s.Session
	return t.put("store the stream's state", `
		insert into stream_state (account, hint, scram_seen, plus_seen, sm_id, handled_in, sm_jid, sm_location, sent_out, acked_out)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (account) do update set hint = excluded.hint, scram_seen = excluded.scram_seen,
			plus_seen = excluded.plus_seen, sm_id = excluded.sm_id, handled_in = excluded.handled_in,
			sm_jid = excluded.sm_jid, sm_location = excluded.sm_location, sent_out = excluded.sent_out,
			acked_out = excluded.acked_out`,
		s.Account.String(), s.Hint, s.ScramSeen, s.PlusSeen, n.ID, n.Handled, n.JID.String(), n.Location, n.Sent, n.Acked)
}

// PutSession implements Tx.
func (t *tx) PutSession(account jid.JID, n Session) error {
	return t.put("store the session", `update stream_state set sm_id = ?, handled_in = ?, sm_jid = ?, sm_location = ?,
		sent_out = ?, acked_out = ? where account = ?`,
		n.ID, n.Handled, n.JID.String(), n.Location, n.Sent, n.Acked, account.String())
}

// PutFeatures implements Tx.
func (t *tx) PutFeatures(account jid.JID, features []string) error {
	return t.put("store the account's features", `update stream_state set features = ? where account = ?`,
		strings.Join(features, "\n"), account.String())
}

// Features are what our account on the server announced last.
func (s *Store) Features(ctx context.Context, account jid.JID) ([]string, error) {
	var all string
	_, err := s.read.one(ctx, `select features from stream_state where account = ?`, []any{account.String()}, &all)
	if all == "" || err != nil {
		return nil, typed("read the account's features", err)
	}
	return strings.Split(all, "\n"), nil
}

// PutPin implements Tx.
func (t *tx) PutPin(account jid.JID, p Pin) error {
	return t.put("store the certificate's pin", `
		insert into pins (account, domain, fingerprint, added) values (?, ?, ?, ?)
		on conflict (account, domain) do update set fingerprint = excluded.fingerprint, added = excluded.added`,
		account.String(), p.Domain, p.Fingerprint, p.Added.UnixMilli())
}

// RemovePin implements Tx.
func (t *tx) RemovePin(account jid.JID, domain string) error {
	return t.put("remove the certificate's pin", `delete from pins where account = ? and domain = ?`,
		account.String(), domain)
}

// PutOwnPresence implements Tx.
func (t *tx) PutOwnPresence(account jid.JID, show model.Show, status, name string) error {
	return t.put("store our presence", `
		insert into own_presence (account, show, status, name) values (?, ?, ?, ?)
		on conflict (account) do update set show = excluded.show, status = excluded.status, name = excluded.name`,
		account.String(), string(show), status, name)
}

// Accounts are all accounts, the one used last first.
func (s *Store) Accounts(ctx context.Context) ([]model.Account, error) {
	var out []model.Account
	err := s.read.each(ctx, func(row scanner) error {
		var a model.Account
		err := row.Scan(address{&a.JID}, &a.Enabled, &a.Remember, &a.Address, &a.Security, &a.CAFile, &a.Resource,
			&a.AgentID, &a.Name, instant{&a.LastUsed}, &a.Privacy.NoReceipts, &a.Privacy.NoMarkers, &a.Privacy.NoTyping)
		out = append(out, a)
		return err
	}, `select jid, enabled, remember, address, security, ca_file, resource, agent_id, name, last_used,
			no_receipts, no_markers, no_typing
		from accounts order by last_used desc, jid`)
	return out, typed("read the accounts", err)
}

// StreamState is what was stored last; one with nothing but the account when there was
// nothing.
func (s *Store) StreamState(ctx context.Context, account jid.JID) (StreamState, error) {
	st := StreamState{Account: account}
	n := &st.Session
	_, err := s.read.one(ctx, `
		select hint, scram_seen, plus_seen, sm_id, handled_in, sm_jid, sm_location, sent_out, acked_out
		from stream_state where account = ?`, []any{account.String()},
		&st.Hint, &st.ScramSeen, &st.PlusSeen, &n.ID, &n.Handled, address{&n.JID}, &n.Location, &n.Sent, &n.Acked)
	return st, typed("read the stream's state", err)
}

// Pins are the certificates the user trusts for the account, by domain.
func (s *Store) Pins(ctx context.Context, account jid.JID) ([]Pin, error) {
	var out []Pin
	err := s.read.each(ctx, func(row scanner) error {
		var p Pin
		err := row.Scan(&p.Domain, &p.Fingerprint, instant{&p.Added})
		out = append(out, p)
		return err
	}, `select domain, fingerprint, added from pins where account = ? order by domain`, account.String())
	return out, typed("read the pins", err)
}

// OwnPresence is what was stored last; ShowAvailable and no texts when there was nothing.
func (s *Store) OwnPresence(ctx context.Context, account jid.JID) (show model.Show, status, name string, err error) {
	show = model.ShowAvailable
	_, err = s.read.one(ctx, `select show, status, name from own_presence where account = ?`,
		[]any{account.String()}, &show, &status, &name)
	return show, status, name, typed("read our presence", err)
}
