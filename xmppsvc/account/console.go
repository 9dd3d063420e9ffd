package account

import (
	"context"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

// SendXML sends one stanza that was written by hand, in its place among all others, so
// that counting stays right. It never waits in the outbox: without a connection it is
// refused. An iq without an id gets one. What is refused is a *model.Error around a
// *stanza.RefusedError.
func (a *Account) SendXML(ctx context.Context, text string) error {
	el, err := stanza.ParseOutgoing(text)
	if err != nil {
		return model.Errorf(model.ErrInvalid, "send by hand: %w", err)
	}
	return a.do(ctx, func() error {
		if err := a.addressed(el); err != nil {
			return err
		}
		// RFC 6120 §8.1.3: for an iq the id is required.
		if el.Name.Local == "iq" && el.Get("id") == "" {
			el.SetAttr("id", newID())
		}
		if a.link.opening != nil || !a.send(stream.Outgoing{Element: el}) {
			return errOffline
		}
		return nil
	})
}

// addressed refuses addresses for which a server would end the stream (RFC 6120 §8.1.2.1:
// a from that is not ours; §4.9.3.9) or that are none.
func (a *Account) addressed(el *stanza.Element) error {
	if from := el.Get("from"); from != "" {
		j, err := jid.Parse(from)
		if err != nil || j != a.self() && j != (view{a}).Self() {
			return refused(stanza.RefusedFrom, from)
		}
	}
	if to := el.Get("to"); to != "" {
		if _, err := jid.Parse(to); err != nil {
			return refused(stanza.RefusedTo, to)
		}
	}
	return nil
}

func refused(why stanza.Refusal, detail string) error {
	return model.Errorf(model.ErrInvalid, "send by hand: %w", &stanza.RefusedError{Reason: why, Detail: detail})
}
