package storage

import (
	"context"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// PutCursor implements Tx.
func (t *tx) PutCursor(account jid.JID, c model.Cursor) error {
	return t.put("store how far the archive was read", `
		insert into archive (account, begun, cursor, cursor_time) values (?, ?, ?, ?)
		on conflict (account) do update set begun = excluded.begun, cursor = excluded.cursor, cursor_time = excluded.cursor_time`,
		account.String(), c.Begun, c.ID, c.Time.UnixMilli())
}

// Settle implements Tx.
func (t *tx) Settle(account jid.JID) error {
	return t.put("settle the messages", `update messages set archived = 1
		where account = ? and archived = 0 and key not in (select message from outbox)`, account.String())
}

// Unsettle implements Tx.
func (t *tx) Unsettle(account jid.JID) (last int64, err error) {
	err = t.do(`update messages set archived = 0 where account = ? and archived = 1`, account.String())
	if err == nil {
		_, err = t.get(`select ifnull(max(key), 0) from messages where account = ?`, []any{account.String()}, &last)
	}
	return last, typed("unsettle the messages", err)
}

// Cursor is how far the archive was read.
func (s *Store) Cursor(ctx context.Context, account jid.JID) (model.Cursor, error) {
	var c model.Cursor
	_, err := s.read.one(ctx, `select begun, cursor, cursor_time from archive where account = ?`,
		[]any{account.String()}, &c.Begun, &c.ID, instant{&c.Time})
	return c, typed("read how far the archive was read", err)
}

// InsertGap implements Tx.
func (t *tx) InsertGap(before model.MessageID, s model.GapState) (model.Message, error) {
	m, err := t.insertGap(before, s)
	return m, typed("store a gap", err)
}

func (t *tx) insertGap(before model.MessageID, s model.GapState) (model.Message, error) {
	next, found, err := t.message(`m.id = ?`, string(before))
	if err != nil || !found {
		return model.Message{}, err
	}
	w := weaver{t: t, page: model.ArchivePage{Backward: true}}
	l := &lane{id: next.Chat, edge: next.Position, read: none}
	if _, err := t.get(`select chat from messages where id = ?`, []any{string(before)}, &l.key); err != nil {
		return model.Message{}, err
	}
	at, err := w.slot(l)
	if err != nil {
		return model.Message{}, err
	}
	return t.gapRow(next.Chat, l.key, at, s)
}

// RemoveGap implements Tx.
func (t *tx) RemoveGap(id model.MessageID) (model.ChatID, bool, error) {
	m, found, err := t.message(`m.id = ? and m.kind = 'gap'`, string(id))
	if err == nil && found {
		err = t.do(`delete from messages where id = ?`, string(id))
	}
	return m.Chat, found, typed("close a gap", err)
}

// CloseGaps implements Tx.
func (t *tx) CloseGaps(account jid.JID) ([]model.Message, error) {
	var out []model.Message
	err := t.each(background, func(row scanner) error {
		var m model.Message
		err := scanMessage(row, &m)
		out = append(out, m)
		return err
	}, `select `+messageColumns+messageFrom+`join gaps s on s.message = m.key where c.account = ? and s.state = 'filling'`,
		account.String())
	for _, m := range out {
		if err == nil {
			err = t.do(`delete from messages where id = ?`, string(m.ID))
		}
	}
	return out, typed("close the gaps", err)
}

// ArchiveComplete implements Tx.
func (t *tx) ArchiveComplete(chat model.ChatID) error {
	_, err := t.openChat(chat, 0)
	if err == nil {
		err = t.do(`update chats set archive_complete = 1 where account = ? and peer = ?`,
			chat.Account.String(), chat.Peer.String())
	}
	return typed("store that the archive has no more", err)
}

// Marked implements Tx.
func (t *tx) Marked(chat model.ChatID, since model.MessageID) (string, error) {
	var id string
	_, err := t.get(`select m.wire_id`+messageFrom+`where c.account = ? and c.peer = ? and m.position <= c.read_position
			and m.position > ifnull((select position from messages where id = ?), ?)
			and m.markable = 1 and m.outgoing = 0 and m.wire_id <> '' order by m.position desc limit 1`,
		[]any{chat.Account.String(), chat.Peer.String(), string(since), int64(none)}, &id)
	return id, typed("find what is to be marked", err)
}

// ReceivedAs implements Tx: of several with the same id the newest.
func (t *tx) ReceivedAs(chat model.ChatID, wireID string) (model.MessageID, bool, error) {
	var id model.MessageID
	found, err := t.get(`select m.id`+messageFrom+`where c.account = ? and c.peer = ? and m.wire_id = ? and m.wire_id <> ''
		and m.outgoing = 0 order by m.position desc limit 1`,
		[]any{chat.Account.String(), chat.Peer.String(), wireID}, &id)
	return id, found, typed("find the message", err)
}

// ReadStanzaID implements Tx.
func (t *tx) ReadStanzaID(chat model.ChatID, by jid.JID) (string, error) {
	var id string
	_, err := t.get(`select m.stanza_id`+messageFrom+`where c.account = ? and c.peer = ? and m.position <= c.read_position
		and m.stanza_by = ? and m.stanza_id <> '' order by m.position desc limit 1`,
		[]any{chat.Account.String(), chat.Peer.String(), by.String()}, &id)
	return id, typed("find the read position", err)
}

// ReadUpTo implements Tx.
func (t *tx) ReadUpTo(chat model.ChatID) (model.MessageID, error) {
	var id model.MessageID
	_, err := t.get(`select read_up_to from chats where account = ? and peer = ?`,
		[]any{chat.Account.String(), chat.Peer.String()}, &id)
	return id, typed("find the read position", err)
}

// ByStanzaID implements Tx.
func (t *tx) ByStanzaID(account, by jid.JID, stanzaID string) (model.Message, bool, error) {
	m, found, err := t.message(`m.account = ? and m.stanza_by = ? and m.stanza_id = ? and m.stanza_id <> ''`,
		account.String(), by.String(), stanzaID)
	return m, found, typed("find the message", err)
}

// Edge is the place right before the message, or the gap, of that id: with "" that before
// the beginning of the chat.
func (s *Store) Edge(ctx context.Context, chat model.ChatID, before model.MessageID) (model.Edge, error) {
	e, err := s.edge(ctx, chat, before)
	return e, typed("look where the archive goes on", err)
}

func (s *Store) edge(ctx context.Context, chat model.ChatID, before model.MessageID) (model.Edge, error) {
	var e model.Edge
	account, peer := chat.Account.String(), chat.Peer.String()
	var key int64
	found, err := s.read.one(ctx, `select id, archive_complete from chats where account = ? and peer = ?`,
		[]any{account, peer}, &key, &e.Complete)
	if err != nil || !found {
		return e, err
	}
	from := int64(none)
	if before != "" {
		e.Gap, e.Complete = before, false
		found, err := s.read.one(ctx, `select position from messages where id = ? and chat = ? and kind = 'gap'`,
			[]any{string(before), key}, &from)
		if err != nil || !found {
			e.Complete = true
			return e, err
		}
	}
	if _, err := s.read.one(ctx, `select id, stanza_id, archived from messages where chat = ? and position > ?
			and stanza_id <> '' and stanza_by = ? order by position limit 1`,
		[]any{key, from, account}, &e.Next, &e.ID, &e.Settled); err != nil {
		return e, err
	}
	return e, nil
}
