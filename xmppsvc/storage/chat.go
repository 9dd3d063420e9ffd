package storage

import (
	"context"
	"strings"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// openedChat is a chat's row and the position of its last message.
type openedChat struct{ key, end int64 }

// openChat finds or makes the chat.
func (t *tx) openChat(id model.ChatID, now int64) (openedChat, error) {
	account, peer := id.Account.String(), id.Peer.String()
	var c openedChat
	for range 2 {
		found, err := t.get(`select id, ifnull((select max(position) from messages where chat = chats.id), 0)
			from chats where account = ? and peer = ?`, []any{account, peer}, &c.key, &c.end)
		if found || err != nil {
			return c, err
		}
		if err := t.do(`insert into chats (account, peer, updated) values (?, ?, ?)`, account, peer, now); err != nil {
			return c, err
		}
	}
	return c, nil // it was there at the second look
}

const chatColumns = `c.account, c.peer, c.unread, c.read_up_to, c.updated, c.pinned, c.muted, ifnull(c.last_message, 0)`

func scanChat(row scanner, c *model.Chat, last *int64) error {
	return row.Scan(address{&c.ID.Account}, address{&c.ID.Peer}, &c.Unread, &c.ReadUpTo, instant{&c.Updated}, &c.Pinned, &c.Muted, last)
}

// chat reads a chat as it is in the transaction; the zero chat (with its ID) when there
// is none.
func (t *tx) chat(id model.ChatID) (model.Chat, error) {
	c := model.Chat{ID: id}
	var last int64
	err := t.each(background, func(row scanner) error { return scanChat(row, &c, &last) },
		`select `+chatColumns+` from chats c where c.account = ? and c.peer = ?`, id.Account.String(), id.Peer.String())
	if err != nil || last == 0 {
		return c, err
	}
	m, _, err := t.message(`m.key = ?`, last)
	m.Body = preview(m.Body)
	c.Last = &m
	return c, err
}

// maxPreview bounds the text of a chat's last message, in bytes: all chats are in memory, and
// strangers make chats.
const maxPreview = 4 << 10

// preview is a copy of the beginning, which does not keep the rest alive.
func preview(body string) string {
	if len(body) <= maxPreview {
		return body
	}
	return strings.ToValidUTF8(body[:maxPreview], "") + "…"
}

// MarkDisplayed implements Tx. A message that is not in the chat gives an error of kind
// ErrInvalid that wraps ErrNotFound.
func (t *tx) MarkDisplayed(chat model.ChatID, id model.MessageID) (model.Chat, bool, error) {
	c, changed, err := t.markDisplayed(chat, id)
	return c, changed, typed("mark as read", err)
}

func (t *tx) markDisplayed(chat model.ChatID, id model.MessageID) (model.Chat, bool, error) {
	args := []any{chat.Account.String(), chat.Peer.String(), string(id)}
	var key, position int64
	found, err := t.get(`select c.id, m.position`+messageFrom+`where c.account = ? and c.peer = ? and m.id = ?`,
		args, &key, &position)
	if err != nil {
		return model.Chat{}, false, err
	}
	if !found {
		return model.Chat{}, false, model.Errorf(model.ErrInvalid, "mark as read: no such message in this chat: %w", ErrNotFound)
	}
	res, err := t.exec(background, `update chats set read_up_to = ?2, read_position = ?3, unread = (
			select count(*) from messages m where m.chat = ?1 and m.position > ?3
				and m.live = 1 and m.outgoing = 0 and m.kind <> 'unused')
		where id = ?1 and (read_position is null or read_position < ?3)`, key, string(id), position)
	if err != nil {
		return model.Chat{}, false, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return model.Chat{}, false, err
	}
	c, err := t.chat(chat)
	return c, n > 0, err
}

// MarkChat implements Tx.
func (t *tx) MarkChat(chat model.ChatID, marks model.ChatMarks, now time.Time) (model.Chat, error) {
	opened, err := t.openChat(chat, now.UnixMilli())
	if err == nil {
		err = t.do(`update chats set pinned = ?, muted = ? where id = ?`, marks.Pinned, marks.Muted, opened.key)
	}
	if err != nil {
		return model.Chat{}, typed("mark the chat", err)
	}
	c, err := t.chat(chat)
	return c, typed("mark the chat", err)
}

// RemoveChat implements Tx: its messages go, those that wait in the outbox and its draft too.
func (t *tx) RemoveChat(chat model.ChatID) error {
	args := []any{chat.Account.String(), chat.Peer.String()}
	err := t.forget(`select m.key`+messageFrom+`where c.account = ? and c.peer = ?`, args...)
	if err == nil {
		err = t.do(`delete from chats where account = ? and peer = ?`, args...)
	}
	if err == nil {
		err = t.do(`delete from drafts where account = ? and peer = ?`, args...)
	}
	return typed("remove the chat", err)
}

// Chats are the account's chats that have something to show, the newest first, and then
// those without a message that are marked.
func (s *Store) Chats(ctx context.Context, account jid.JID) ([]model.Chat, error) {
	var out []model.Chat
	err := s.read.each(ctx, func(row scanner) error {
		var c model.Chat
		var m model.Message
		err := scanMessage(row, &m, &c.Unread, &c.ReadUpTo, instant{&c.Updated}, &c.Pinned, &c.Muted)
		m.Body = preview(m.Body)
		c.ID, c.Last = m.Chat, &m
		out = append(out, c)
		return err
	}, `select `+messageColumns+`, c.unread, c.read_up_to, c.updated, c.pinned, c.muted
		from chats c join messages m on m.key = c.last_message
		where c.account = ? order by c.updated desc, c.id desc`, account.String())
	if err == nil {
		err = s.eachMarked(ctx, account, func(c model.Chat, empty bool) {
			if empty {
				out = append(out, c)
			}
		})
	}
	return out, typed("read the chats", err)
}

// eachMarked reads the chats that are marked, without what is in them.
func (s *Store) eachMarked(ctx context.Context, account jid.JID, fn func(c model.Chat, empty bool)) error {
	return s.read.each(ctx, func(row scanner) error {
		c := model.Chat{ID: model.ChatID{Account: account}}
		var empty bool
		if err := row.Scan(address{&c.ID.Peer}, instant{&c.Updated}, &c.Pinned, &c.Muted, &empty); err != nil {
			return err
		}
		fn(c, empty)
		return nil
	}, `select peer, updated, pinned, muted, last_message is null from chats where account = ? and (pinned = 1 or muted = 1)
		order by updated desc, id desc`, account.String())
}

// History is the page of up to limit messages before the message before ("" is the end
// of the chat), oldest first; complete tells that nothing is before the page. Messages
// of KindUnused are never in it. A chat that is not there is complete and empty; a
// before that is not in the chat gives an error that wraps ErrNotFound.
func (s *Store) History(ctx context.Context, chat model.ChatID, before model.MessageID, limit int) (page []model.Message, complete bool, err error) {
	if limit <= 0 {
		return nil, false, model.Errorf(model.ErrInvalid, "a page has at least one message")
	}
	page, err = s.history(ctx, chat, before, limit)
	if err != nil {
		return nil, false, typed("read the history", err)
	}
	if complete = len(page) <= limit; !complete {
		page = page[1:]
	}
	return page, complete, nil
}

// history reads one message more than limit, to know whether there are more.
func (s *Store) history(ctx context.Context, chat model.ChatID, before model.MessageID, limit int) ([]model.Message, error) {
	account, peer := chat.Account.String(), chat.Peer.String()
	end := int64(1<<63 - 1)
	if before != "" {
		found, err := s.read.one(ctx, `select m.position`+messageFrom+`where m.id = ? and c.account = ? and c.peer = ?`,
			[]any{string(before), account, peer}, &end)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, model.Errorf(model.ErrInvalid, "read the history: no such message in this chat: %w", ErrNotFound)
		}
	}
	var page []model.Message
	err := s.read.each(ctx, func(row scanner) error {
		page = append(page, model.Message{})
		return scanMessage(row, &page[len(page)-1])
	}, `select `+messageColumns+messageFrom+`where c.account = ? and c.peer = ? and m.position < ? and m.kind <> 'unused'
		order by m.position desc limit ?`, account, peer, end, limit+1)
	for i, j := 0, len(page)-1; i < j; i, j = i+1, j-1 {
		page[i], page[j] = page[j], page[i]
	}
	return page, err
}

// Message is the message; one that is not there gives an error of kind ErrInvalid that
// wraps ErrNotFound.
func (s *Store) Message(ctx context.Context, id model.MessageID) (model.Message, error) {
	var m model.Message
	err := s.read.each(ctx, func(row scanner) error { return scanMessage(row, &m) },
		`select `+messageColumns+messageFrom+`where m.id = ?`, string(id))
	if err == nil && m.ID == "" {
		err = model.Errorf(model.ErrInvalid, "no such message: %w", ErrNotFound)
	}
	return m, typed("read the message", err)
}

// ChatOf names the chat of a message that was stored before; errors as Message.
func (s *Store) ChatOf(ctx context.Context, id model.MessageID) (model.ChatID, error) {
	var c model.ChatID
	found, err := s.read.one(ctx, `select c.account, c.peer`+messageFrom+`where m.id = ?`, []any{string(id)},
		address{&c.Account}, address{&c.Peer})
	if err == nil && !found {
		err = model.Errorf(model.ErrInvalid, "no such message: %w", ErrNotFound)
	}
	return c, typed("find the chat", err)
}
