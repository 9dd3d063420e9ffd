package storage

import (
	"context"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// stage is the place of a delivery on its way; Failed is none.
var stage = map[model.Delivery]int{
	model.Queued: 1, model.Sent: 2, model.Acked: 3, model.Delivered: 4, model.Displayed: 5,
}

// mayMove tells which changes model.Delivery allows: forward, Sent to Queued, Failed to
// Queued. A receipt or a marker beats Failed, and Failed cannot undo one.
func mayMove(from, to model.Delivery) bool {
	switch {
	case from == model.Failed:
		return to == model.Queued || to == model.Delivered || to == model.Displayed
	case to == model.Failed:
		return stage[from] >= 1 && stage[from] <= stage[model.Acked]
	case from == model.Sent && to == model.Queued:
		return true
	}
	return stage[from] > 0 && stage[to] > stage[from]
}

// SetDelivery implements Tx. A message that is not there (any more) or is not ours
// changes nothing: an ack that comes after the user removed the chat is no error.
func (t *tx) SetDelivery(id model.MessageID, d model.Delivery, inDoubt bool, f *model.StanzaError) (model.Message, bool, error) {
	m, changed, err := t.setDelivery(id, d, inDoubt, f)
	return m, changed, typed("store the delivery", err)
}

func (t *tx) setDelivery(id model.MessageID, d model.Delivery, inDoubt bool, f *model.StanzaError) (model.Message, bool, error) {
	m, found, err := t.message(`m.id = ?`, string(id))
	if err != nil || !found || !m.Outgoing {
		return m, false, err
	}
	moves := mayMove(m.Delivery, d)
	if !moves && (m.Delivery != d || m.InDoubt == inDoubt) {
		return m, false, nil
	}
	if !moves {
		f = m.Failure
	} else if d != model.Failed {
		f = nil
	}
	failure, err := failureText(f)
	if err != nil {
		return m, false, err
	}
	err = t.do(`update messages set delivery = ?, in_doubt = ?, failure = ? where id = ?`,
		string(d), inDoubt, failure, string(id))
	if err != nil {
		return m, false, err
	}
	m.Delivery, m.InDoubt, m.Failure = d, inDoubt, f
	if d == model.Queued {
		return m, true, t.enqueue(id)
	}
	if d == model.Sent {
		return m, true, nil
	}
	return m, true, t.do(`delete from outbox where message = (select key from messages where id = ?)`, string(id))
}

// ByWireID implements Tx.
func (t *tx) ByWireID(chat model.ChatID, wireID string) (model.Message, bool, error) {
	if wireID == "" {
		return model.Message{}, false, nil
	}
	m, found, err := t.message(`c.account = ? and c.peer = ? and m.wire_id = ? and m.outgoing = 1 and m.wire_id <> ''
		order by m.key desc`, chat.Account.String(), chat.Peer.String(), wireID)
	return m, found, typed("find the message", err)
}

// RequeueSent implements Tx: oldest first, before anything that was queued later.
func (t *tx) RequeueSent(account jid.JID, held bool) ([]Outgoing, error) {
	out, err := outgoing(background, t.statements, account, model.Sent)
	if err == nil {
		err = t.do(`update outbox set held = max(held, ?), number = 0
			where account = ? and message in (select key from messages where delivery = 'sent')`, held, account.String())
	}
	if err == nil {
		err = t.do(`update messages set delivery = 'queued' where delivery = 'sent'
			and key in (select message from outbox where account = ?)`, account.String())
	}
	for i := range out {
		out[i].Message.Delivery, out[i].Number, out[i].Held = model.Queued, 0, out[i].Held || held
	}
	return out, typed("queue the messages again", err)
}

// NumberSent implements Tx.
func (t *tx) NumberSent(id model.MessageID, n uint32) error {
	return t.put("number the message", `update outbox set number = ?
		where message = (select key from messages where id = ?)`, n, string(id))
}

// Release implements Tx.
func (t *tx) Release(account jid.JID) error {
	return t.put("release the messages", `update outbox set held = 0 where account = ? and held = 1`, account.String())
}

// DisplayedUpTo implements Tx. A marker speaks of all messages before it as well
// (XEP-0333 §4), of those that were sent: what failed or waits was not seen.
func (t *tx) DisplayedUpTo(chat model.ChatID, wireID string) ([]model.Message, error) {
	moved, err := t.displayedUpTo(chat, wireID)
	return moved, typed("store what was displayed", err)
}

func (t *tx) displayedUpTo(chat model.ChatID, wireID string) ([]model.Message, error) {
	last, found, err := t.message(`c.account = ? and c.peer = ? and m.wire_id = ? and m.outgoing = 1 and m.wire_id <> ''
		order by m.key desc`, chat.Account.String(), chat.Peer.String(), wireID)
	if err != nil || !found {
		return nil, err
	}
	var moved []model.Message
	err = t.each(background, func(row scanner) error {
		var m model.Message
		err := scanMessage(row, &m)
		moved = append(moved, m)
		return err
	}, `select `+messageColumns+messageFrom+`where c.account = ? and c.peer = ? and m.position <= ? and m.outgoing = 1
		and m.delivery in ('sent', 'acked', 'delivered') order by m.position`, chat.Account.String(), chat.Peer.String(), last.Position)
	if err != nil {
		return nil, err
	}
	if last.Delivery == model.Failed { // a marker beats Failed, for the one that it names
		moved = append(moved, last)
	}
	for i := range moved {
		if moved[i], _, err = t.setDelivery(moved[i].ID, model.Displayed, false, nil); err != nil {
			return nil, err
		}
	}
	return moved, nil
}

// Outbox is what is Queued, in the order of sending.
func (s *Store) Outbox(ctx context.Context, account jid.JID) ([]Outgoing, error) {
	out, err := outgoing(ctx, s.read, account, model.Queued)
	return out, typed("read the outbox", err)
}

// Sent is what was sent and not confirmed, in the order of sending.
func (s *Store) Sent(ctx context.Context, account jid.JID) ([]Outgoing, error) {
	out, err := outgoing(ctx, s.read, account, model.Sent)
	return out, typed("read the outbox", err)
}

func outgoing(ctx context.Context, on *statements, account jid.JID, d model.Delivery) ([]Outgoing, error) {
	var out []Outgoing
	err := on.each(ctx, func(row scanner) error {
		var o Outgoing
		err := scanMessage(row, &o.Message, &o.Key, &o.Number, &o.Held)
		out = append(out, o)
		return err
	}, `select `+messageColumns+`, m.send_key, o.number, o.held`+messageFrom+`join outbox o on o.message = m.key
		where o.account = ? and m.delivery = ? order by o.seq`, account.String(), string(d))
	return out, err
}
