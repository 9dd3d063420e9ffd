package storage

import (
	"encoding/json"

	"github.com/google/uuid"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// gap is the distance of two neighbours in a chat's order, so that messages from an
// archive find room between them.
const gap = 1 << 32

// messageColumns are what scanMessage reads, of messages m and chats c.
const messageColumns = `m.id, m.account, c.peer, m.kind, m.sender, m.occupant, m.outgoing, m.body, m.time,
	m.position, m.delivery, m.in_doubt, m.origin_id, m.stanza_id, m.stanza_by, m.encryption, m.lang, m.failure,
	case m.kind when 'gap' then (select g.state from gaps g where g.message = m.key) else '' end`

const messageFrom = ` from messages m join chats c on c.id = m.chat `

// scanMessage reads messageColumns. Live stays false: what comes from here is not new.
func scanMessage(row scanner, m *model.Message, more ...any) error {
	var failure []byte
	dest := append([]any{&m.ID, address{&m.Chat.Account}, address{&m.Chat.Peer}, &m.Kind, address{&m.From}, &m.Occupant,
		&m.Outgoing, &m.Body, instant{&m.Time}, &m.Position, &m.Delivery, &m.InDoubt, &m.OriginID, &m.StanzaID,
		address{&m.StanzaBy}, &m.Encryption, &m.Lang, &failure, &m.Gap}, more...)
	if err := row.Scan(dest...); err != nil || failure == nil {
		return err
	}
	return json.Unmarshal(failure, &m.Failure)
}

// InsertMessage implements Tx.
func (t *tx) InsertMessage(m model.Message, wireID string, raw []byte, markable bool) (Inserted, error) {
	in, err := t.insert(m, wireID, "", raw, markable)
	return in, typed("store the message", err)
}

// QueueMessage implements Tx.
func (t *tx) QueueMessage(m model.Message, key string) (Inserted, error) {
	in, err := t.queueMessage(m, key)
	return in, typed("store the message", err)
}

func (t *tx) queueMessage(m model.Message, key string) (Inserted, error) {
	if !m.Outgoing {
		return Inserted{}, model.Errorf(model.ErrInvalid, "only our own messages are sent")
	}
	if key != "" {
		id, err := t.keyOf(`account = ? and send_key = ?`, m.Chat.Account.String(), key)
		if err != nil || id != 0 {
			return t.known(id, err)
		}
	}
	m.Delivery = model.Queued
	if m.OriginID == "" {
		m.OriginID = string(m.ID)
	}
	in, err := t.insert(m, string(m.ID), key, nil, false)
	if err != nil || in.Known {
		return in, err
	}
	return in, t.enqueue(m.ID)
}

// enqueue puts a message at the end of its account's outbox, unless it is there.
func (t *tx) enqueue(id model.MessageID) error {
	return t.do(`insert into outbox (account, message) select account, key from messages where id = ?
		on conflict (message) do nothing`, string(id))
}

func (t *tx) insert(m model.Message, wireID, sendKey string, raw []byte, markable bool) (Inserted, error) {
	if err := validate(m); err != nil {
		return Inserted{}, err
	}
	if key, err := t.find(m); err != nil || key != 0 {
		if err == nil && m.Outgoing {
			err = t.adopt(key, m.StanzaBy, m.StanzaID)
		}
		in, err := t.known(key, err)
		if err != nil || !countsUnread(m) {
			return in, err
		}
		return t.wake(key, in)
	}
	if key, err := t.retried(m); err != nil || key != 0 {
		return t.known(key, err)
	}
	chat, err := t.openChat(m.Chat, m.Time.UnixMilli())
	if err != nil {
		return Inserted{}, err
	}
	m.Position = chat.end + gap
	m.Time = m.Time.UTC().Truncate(1e6)
	key, err := t.row(row{Message: m, chat: chat.key, wireID: wireID, sendKey: sendKey, raw: raw, markable: markable})
	if err != nil {
		return Inserted{}, err
	}
	return t.placed(m, key, chat.key)
}

// wake makes a message of the past one that came by itself: the first login reads the
// archive before the server hands out what waited.
func (t *tx) wake(key int64, in Inserted) (Inserted, error) {
	res, err := t.exec(background, `update messages set live = 1 where key = ? and live = 0 and outgoing = 0`, key)
	if err != nil {
		return in, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return in, err
	}
	in.Woken = true
	if err := t.do(`update chats set unread = unread + 1 where id = (select chat from messages where key = ?1)
		and ifnull(read_position, ?2) < (select position from messages where key = ?1)`, key, int64(none)); err != nil {
		return in, err
	}
	in.Chat, err = t.chat(in.Message.Chat)
	return in, err
}

// row is a message as the table has it.
type row struct {
	model.Message
	chat            int64
	wireID, sendKey string
	raw             []byte
	archived        bool
	markable        bool
}

// row stores a row and gives its key.
func (t *tx) row(r row) (int64, error) {
	failure, err := failureText(r.Failure)
	if err != nil {
		return 0, err
	}
	packed, err := pack(r.raw)
	if err != nil {
		return 0, err
	}
	res, err := t.exec(background, `
		insert into messages (id, account, chat, position, kind, sender, occupant, outgoing, live, body, lang, time,
			encryption, raw, wire_id, origin_id, stanza_id, stanza_by, send_key, delivery, in_doubt, failure,
			archived, markable)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		string(r.ID), r.Chat.Account.String(), r.chat, r.Position, string(r.Kind), r.From.String(), r.Occupant,
		r.Outgoing, r.Live, r.Body, r.Lang, r.Time.UnixMilli(), r.Encryption, packed, r.wireID, r.OriginID, r.StanzaID,
		r.StanzaBy.String(), r.sendKey, string(r.Delivery), r.InDoubt, failure, r.archived, r.markable)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// placed does what a new row means to its chat and to search.
func (t *tx) placed(m model.Message, key, chat int64) (Inserted, error) {
	if m.Kind != model.KindUnused {
		if err := t.do(`update chats set last_message = ?, updated = ?, unread = unread + ? where id = ?`,
			key, m.Time.UnixMilli(), countsUnread(m), chat); err != nil {
			return Inserted{}, err
		}
	}
	if m.Kind == model.KindText {
		if err := t.do(`insert into message_text (rowid, body) values (?, ?)`, key, indexed(m.Body)); err != nil {
			return Inserted{}, err
		}
	}
	c, err := t.chat(m.Chat)
	return Inserted{Message: m, Chat: c}, err
}

// countsUnread must say the same as the query in MarkDisplayed.
func countsUnread(m model.Message) bool {
	return m.Live && !m.Outgoing && m.Kind != model.KindUnused
}

func validate(m model.Message) error {
	switch {
	case m.ID == "":
		return model.Errorf(model.ErrInvalid, "a message needs an id")
	case m.Chat.Account.IsZero() || !m.Chat.Account.IsBare() || m.Chat.Peer.IsZero():
		return model.Errorf(model.ErrInvalid, "a message needs a chat of one of our accounts")
	case m.Kind != model.KindText && m.Kind != model.KindNudge && m.Kind != model.KindEncrypted && m.Kind != model.KindUnused:
		return model.Errorf(model.ErrInvalid, "unknown kind of message %q", m.Kind)
	case m.StanzaID != "" && m.StanzaBy.IsZero():
		return model.Errorf(model.ErrInvalid, "a stanza-id needs to say by whom")
	}
	return nil
}

// find is the key of the stored message that m is, or 0. A message id given by a peer is
// no proof (the same id from the same sender twice is two messages), nor is the text.
func (t *tx) find(m model.Message) (int64, error) {
	if m.StanzaID != "" {
		key, err := t.keyOf(`account = ? and stanza_by = ? and stanza_id = ? and stanza_id <> ''`,
			m.Chat.Account.String(), m.StanzaBy.String(), m.StanzaID)
		if err != nil || key != 0 {
			return key, err
		}
	}
	if m.Outgoing && m.OriginID != "" {
		return t.keyOf(`chat = (select id from chats where account = ? and peer = ?) and origin_id = ?
			and outgoing = 1 and origin_id <> ''`, m.Chat.Account.String(), m.Chat.Peer.String(), m.OriginID)
	}
	return 0, nil
}

// retried is the key of the peer's message that m says again, or 0. Who sends again what
// a server may have lost keeps the origin-id, so that it can be told; servers have been
// seen to take both. The text must be the same as well: an id alone proves nothing, and so
// nothing that was said can be hidden. An id that is no UUID may just be counted.
func (t *tx) retried(m model.Message) (int64, error) {
	if m.Outgoing || uuid.Validate(m.OriginID) != nil {
		return 0, nil
	}
	return t.keyOf(`chat = (select id from chats where account = ? and peer = ?) and origin_id = ? and outgoing = 0
		and origin_id <> '' and kind = ? and body = ? limit 1`,
		m.Chat.Account.String(), m.Chat.Peer.String(), m.OriginID, string(m.Kind), m.Body)
}

func (t *tx) keyOf(where string, args ...any) (key int64, err error) {
	_, err = t.get(`select key from messages where `+where, args, &key)
	return key, err
}

// known is the answer for a message that was there already.
func (t *tx) known(key int64, err error) (Inserted, error) {
	in := Inserted{Known: true}
	if err != nil {
		return Inserted{}, err
	}
	if in.Message, _, err = t.message(`m.key = ?`, key); err != nil {
		return Inserted{}, err
	}
	in.Chat, err = t.chat(in.Message.Chat)
	return in, err
}

// message reads the one message that meets the condition.
func (t *tx) message(where string, args ...any) (m model.Message, found bool, err error) {
	err = t.each(background, func(row scanner) error {
		found = true
		return scanMessage(row, &m)
	}, `select `+messageColumns+messageFrom+`where `+where+` limit 1`, args...)
	return m, found, err
}

// SetStanzaID implements Tx. An unknown message, and an id that another message of the
// account has, change nothing: neither may undo the rest of a batch.
func (t *tx) SetStanzaID(id model.MessageID, by jid.JID, stanzaID string) error {
	key, err := t.keyOf(`id = ? and outgoing = 1`, string(id))
	if err == nil && key != 0 {
		err = t.adopt(key, by, stanzaID)
	}
	return typed("store the message's id", err)
}

// adopt gives our message the server's id, if it has none and the id is free.
func (t *tx) adopt(key int64, by jid.JID, stanzaID string) error {
	if stanzaID == "" || by.IsZero() {
		return nil
	}
	return t.do(`update messages set stanza_id = ?1, stanza_by = ?2 where key = ?3 and stanza_id = ''
		and not exists (select 1 from messages o where o.account = messages.account
			and o.stanza_by = ?2 and o.stanza_id = ?1 and o.stanza_id <> '')`,
		stanzaID, by.String(), key)
}

// failureText is the column's value: nil or JSON.
func failureText(f *model.StanzaError) (any, error) {
	if f == nil {
		return nil, nil
	}
	b, err := json.Marshal(f)
	return string(b), err
}
