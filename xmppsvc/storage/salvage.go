package storage

import (
	"context"
	"database/sql"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// kept is what of an account no server can give back: its settings, the certificates that
// the user trusts, what must not be weaker next time, which chats are pinned or muted, and what
// was written and not sent or not finished.
// Everything else comes from the server again: no cursor is kept, so the archive is read
// as at the first login.
type kept struct {
	account      model.Account
	show         model.Show
	status, name string
	pins         []Pin
	stream       StreamState
	outbox       []Outgoing
	drafts       []model.Draft
	marked       []model.Chat
}

// salvage copies what can be read of it from the damaged file into the fresh one. What
// cannot be is lost, and no error: there is no better way on.
func (s *Store) salvage(ctx context.Context, aside string) {
	var found []kept
	for _, k := range readKept(ctx, aside) {
		if !k.account.JID.IsZero() && k.account.JID.IsBare() {
			found = append(found, k)
		}
	}
	for _, k := range found {
		// An account that makes trouble does not cost the others.
		s.run(&job{fn: func(Tx) error { return s.tx.keep(k) }, done: make(chan struct{})})
		for _, o := range k.outbox {
			s.run(&job{fn: func(Tx) error { return s.tx.keepOutgoing(o) }, done: make(chan struct{})})
		}
	}
}

// readKept reads the file as it lies there, without its log: nothing of it may be changed.
func readKept(ctx context.Context, path string) []kept {
	db, err := sql.Open("sqlite", source(path, "query_only(1)")+"&mode=ro&immutable=1")
	if err != nil {
		return nil
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	old := &Store{read: newStatements(db, func(err error) error { return err })}
	defer old.read.close()
	accounts, _ := old.Accounts(ctx) // those before the damage
	var out []kept
	for _, a := range accounts {
		k := kept{account: a, stream: StreamState{Account: a.JID}}
		k.pins, _ = old.Pins(ctx, a.JID)
		if known, err := old.StreamState(ctx, a.JID); err == nil {
			k.stream.ScramSeen, k.stream.PlusSeen = known.ScramSeen, known.PlusSeen
		}
		k.show, k.status, k.name, err = old.OwnPresence(ctx, a.JID)
		if err != nil {
			k.show, k.status, k.name = model.ShowAvailable, "", ""
		}
		k.drafts, _ = old.Drafts(ctx, a.JID)
		_ = old.eachMarked(ctx, a.JID, func(c model.Chat, _ bool) { k.marked = append(k.marked, c) })
		k.outbox = readOutbox(ctx, old, a.JID)
		out = append(out, k)
	}
	return out
}

// readOutbox is what was not confirmed, in the order of sending.
func readOutbox(ctx context.Context, old *Store, account jid.JID) []Outgoing {
	sent, _ := old.Sent(ctx, account)
	queued, _ := old.Outbox(ctx, account)
	return append(sent, queued...)
}

func (t *tx) keep(k kept) error {
	if err := t.PutAccount(k.account); err != nil {
		return err
	}
	if err := t.PutStreamState(k.stream); err != nil {
		return err
	}
	if err := t.PutOwnPresence(k.account.JID, k.show, k.status, k.name); err != nil {
		return err
	}
	for _, p := range k.pins {
		if err := t.PutPin(k.account.JID, p); err != nil {
			return err
		}
	}
	for _, d := range k.drafts {
		if err := t.PutDraft(d); err != nil {
			return err
		}
	}
	for _, c := range k.marked {
		if _, err := t.MarkChat(c.ID, c.ChatMarks, c.Updated); err != nil {
			return err
		}
	}
	return nil
}

// keepOutgoing queues a message again. How far it got is not certain any more, so it is
// held until the archive was read.
func (t *tx) keepOutgoing(o Outgoing) error {
	m := o.Message
	m.InDoubt, m.Failure, m.Position = false, nil, 0
	if _, err := t.QueueMessage(m, o.Key); err != nil {
		return err
	}
	return t.put("hold the message", `update outbox set held = 1 where message = (select key from messages where id = ?)`, string(m.ID))
}
