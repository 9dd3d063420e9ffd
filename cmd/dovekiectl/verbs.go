package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/rpc"
)

// runSend queues one message, signs in and waits until the server has it.
func runSend(ctx context.Context, e env, args []string) error {
	f := newFlags(e, "send", "TEXT")
	to := f.String("to", "", "the `address` to send to")
	wait := f.Duration("wait", time.Minute, "how long to wait for the server")
	rest, err := f.parse(args, 1, 1)
	if err != nil {
		return err
	}
	peer, err := jid.Parse(*to)
	if err != nil {
		return model.Errorf(model.ErrInvalidJID, "--to %q is not an address", *to)
	}
	return f.with(ctx, e, func(s *session, account jid.JID) error {
		ctx, cancel := context.WithTimeout(ctx, *wait)
		defer cancel()
		feed := s.Subscribe()
		defer feed.Close()
		if err := s.online(ctx, e, account); err != nil {
			return err
		}
		id, err := s.SendMessage(ctx, model.ChatID{Account: account, Peer: peer}, rest[0], "")
		if err != nil {
			return err
		}
		m, err := s.settled(ctx, feed, id)
		if err != nil {
			return fmt.Errorf("the message waits in the outbox and goes out with the next sign-in: %w", err)
		}
		if m.Delivery == model.Failed {
			return model.Errorf(model.ErrServerRefused, "the message came back: %s", m.Failure.Condition)
		}
		return print1(e.out, f.json, rpc.Encode(m), fmt.Sprintf("%s %s\n", m.ID, m.Delivery))
	})
}

// settled waits until the server has the message, or refused it.
func (s *session) settled(ctx context.Context, feed *xmppsvc.Feed, id model.MessageID) (model.Message, error) {
	for {
		batch, err := feed.Next(ctx)
		if err != nil {
			return model.Message{}, err
		}
		for _, ev := range batch {
			if c, ok := ev.(event.MessageChanged); ok && c.Message.ID == id && c.Message.Delivery != model.Queued && c.Message.Delivery != model.Sent {
				return c.Message, nil
			}
		}
	}
}

// with opens the folder, picks the account, runs the verb and closes again.
func (f *flags) with(ctx context.Context, e env, verb func(*session, jid.JID) error) error {
	s, err := f.open(ctx, e)
	if err != nil {
		return err
	}
	account, err := s.pick(ctx, f.account)
	if err == nil {
		err = verb(s, account)
	}
	return errors.Join(err, s.close(ctx))
}

// runRoster prints the contacts as they were last seen; it does not sign in.
func runRoster(ctx context.Context, e env, args []string) error {
	f := newFlags(e, "roster", "")
	if _, err := f.parse(args, 0, 0); err != nil {
		return err
	}
	return f.with(ctx, e, func(s *session, account jid.JID) error {
		all, err := s.RosterList(ctx, account)
		if err != nil {
			return err
		}
		for _, c := range all {
			line := fmt.Sprintf("%-40s %-24s %-5s %s\n", c.JID, oneLine(c.Name), c.Subscription, oneLine(strings.Join(c.Groups, ", ")))
			if err := print1(e.out, f.json, rpc.Encode(c), line); err != nil {
				return err
			}
		}
		return nil
	})
}

// runTail signs in and prints messages, or with --json every event.
func runTail(ctx context.Context, e env, args []string) error {
	f := newFlags(e, "tail", "")
	if _, err := f.parse(args, 0, 0); err != nil {
		return err
	}
	return f.with(ctx, e, func(s *session, account jid.JID) error {
		feed := s.Subscribe()
		defer feed.Close()
		if err := s.online(ctx, e, account); err != nil {
			return err
		}
		for {
			batch, err := feed.Next(ctx)
			if ctx.Err() != nil {
				return nil // interrupted, as a tail is
			}
			if err != nil {
				return err
			}
			for _, ev := range batch {
				added, isMessage := ev.(event.MessageAdded)
				if !isMessage && !f.json {
					continue
				}
				if err := print1(e.out, f.json, rpc.Encode(ev), messageLine(added.Message)); err != nil {
					return err
				}
			}
		}
	})
}

func runHistory(ctx context.Context, e env, args []string) error {
	f := newFlags(e, "history", "CHAT")
	limit := f.Int("limit", 50, "how many messages")
	rest, err := f.parse(args, 1, 1)
	if err != nil {
		return err
	}
	peer, err := jid.Parse(rest[0])
	if err != nil {
		return model.Errorf(model.ErrInvalidJID, "%q is not an address", rest[0])
	}
	return f.with(ctx, e, func(s *session, account jid.JID) error {
		page, _, err := s.History(ctx, model.ChatID{Account: account, Peer: peer}, "", *limit)
		if err != nil && !errors.Is(err, xmppsvc.ErrArchive) {
			return err
		}
		return printMessages(e.out, f.json, page)
	})
}

func runSearch(ctx context.Context, e env, args []string) error {
	f := newFlags(e, "search", "WORDS")
	limit := f.Int("limit", 50, "how many messages")
	in := f.String("chat", "", "search only the chat with this `address`")
	rest, err := f.parse(args, 1, 32)
	if err != nil {
		return err
	}
	return f.with(ctx, e, func(s *session, account jid.JID) error {
		chat := model.ChatID{Account: account}
		if *in != "" {
			if chat.Peer, err = jid.Parse(*in); err != nil {
				return model.Errorf(model.ErrInvalidJID, "%q is not an address", *in)
			}
		}
		found, err := s.Search(ctx, chat, strings.Join(rest, " "), *limit)
		if err != nil {
			return err
		}
		return printMessages(e.out, f.json, found)
	})
}

func printMessages(w io.Writer, asJSON bool, ms []model.Message) error {
	for _, m := range ms {
		if err := print1(w, asJSON, rpc.Encode(m), messageLine(m)); err != nil {
			return err
		}
	}
	return nil
}

// messageLine is one message as text. What others wrote cannot command the terminal, and
// its further lines are set in, so that none looks like a message of its own.
func messageLine(m model.Message) string {
	who := m.From.Bare().String()
	if m.Outgoing {
		who = "me → " + m.Chat.Peer.String()
	}
	body := m.Body
	if m.Kind == model.KindNudge {
		body = "(a nudge)"
	}
	return fmt.Sprintf("%s  %s: %s\n", m.Time.Local().Format("2006-01-02 15:04:05"), who,
		strings.ReplaceAll(harmless(body), "\n", "\n    "))
}

// oneLine is harmless without line breaks.
func oneLine(s string) string { return strings.Join(strings.Fields(harmless(s)), " ") }

// harmless replaces control characters (C0, C1) and bidirectional overrides.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20, r >= 0x7F && r < 0xA0, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return '\uFFFD'
		}
		return r
	}, s)
}

func print1(w io.Writer, asJSON bool, v any, text string) error {
	if !asJSON {
		_, err := io.WriteString(w, text)
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
