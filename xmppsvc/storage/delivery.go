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
func (t *tx) RequeueSent(account jid.JID) ([]model.Message, error) {
	var out []model.Message
	err := t.each(background, func(row scanner) error {
		var m model.Message
		err := scanMessage(row, &m)
		m.Delivery = model.Queued
		out = append(out, m)
		return err
	}, `select `+messageColumns+messageFrom+`join outbox o on o.message = m.key
		where o.account = ? and m.delivery = 'sent' order by o.seq`, account.String())
	if err == nil {
		err = t.do(`update messages set delivery = 'queued' where delivery = 'sent'
			and key in (select message from outbox where account = ?)`, account.String())
	}
	return out, typed("queue the messages again", err)
}

// Outbox is what is Queued, in the order of sending.
func (s *Store) Outbox(ctx context.Context, account jid.JID) ([]Outgoing, error) {
	var out []Outgoing
	err := s.read.each(ctx, func(row scanner) error {
		var o Outgoing
		err := scanMessage(row, &o.Message, &o.Key)
		out = append(out, o)
		return err
	}, `select `+messageColumns+`, m.send_key`+messageFrom+`join outbox o on o.message = m.key
		where o.account = ? and m.delivery = 'queued' order by o.seq`, account.String())
	return out, typed("read the outbox", err)
}
