package storage

import (
	"context"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// PutPresence implements Tx.
func (t *tx) PutPresence(account, contact jid.JID, all []model.Presence) error {
	err := t.do(`delete from presence where account = ? and jid = ?`, account.String(), contact.String())
	for _, p := range all {
		if err == nil {
			err = t.do(`insert into presence (account, jid, resource, show, status, priority, time, caps)
				values (?, ?, ?, ?, ?, ?, ?, ?)`, account.String(), contact.String(), p.Resource, string(p.Show),
				p.Status, p.Priority, p.Time.UnixMilli(), p.Caps)
		}
	}
	return typed("store the presence", err)
}

// ClearPresence implements Tx.
func (t *tx) ClearPresence(account jid.JID) error {
	return t.put("forget the presence", `delete from presence where account = ?`, account.String())
}

// Presence is the presence of all contacts as the session in StreamState told it.
func (s *Store) Presence(ctx context.Context, account jid.JID) (map[jid.JID][]model.Presence, error) {
	out := map[jid.JID][]model.Presence{}
	err := s.read.each(ctx, func(row scanner) error {
		var j jid.JID
		var p model.Presence
		err := row.Scan(address{&j}, &p.Resource, &p.Show, &p.Status, &p.Priority, instant{&p.Time}, &p.Caps)
		out[j] = append(out[j], p)
		return err
	}, `select jid, resource, show, status, priority, time, caps from presence where account = ?`, account.String())
	return out, typed("read the presence", err)
}
