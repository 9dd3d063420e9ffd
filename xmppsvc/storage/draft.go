package storage

import (
	"context"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// PutDraft implements Tx.
func (t *tx) PutDraft(d model.Draft) error {
	account, peer := d.Chat.Account.String(), d.Chat.Peer.String()
	if d.Text == "" {
		return t.put("remove the draft", `delete from drafts where account = ? and peer = ?`, account, peer)
	}
	return t.put("store the draft", `
		insert into drafts (account, peer, body, updated) values (?, ?, ?, ?)
		on conflict (account, peer) do update set body = excluded.body, updated = excluded.updated`,
		account, peer, d.Text, d.Time.UnixMilli())
}

// DraftSent implements Tx.
func (t *tx) DraftSent(chat model.ChatID, text string) error {
	return t.put("remove the draft", `delete from drafts where account = ? and peer = ? and substr(?, 1, length(body)) = body`,
		chat.Account.String(), chat.Peer.String(), text)
}

// Drafts are the account's drafts, the newest first.
func (s *Store) Drafts(ctx context.Context, account jid.JID) ([]model.Draft, error) {
	var out []model.Draft
	err := s.read.each(ctx, func(row scanner) error {
		d := model.Draft{Chat: model.ChatID{Account: account}}
		err := row.Scan(address{&d.Chat.Peer}, &d.Text, instant{&d.Time})
		out = append(out, d)
		return err
	}, `select peer, body, updated from drafts where account = ? order by updated desc, peer`, account.String())
	return out, typed("read the drafts", err)
}
