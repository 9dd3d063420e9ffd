// Package feature is the contract between an account and its features: the dialogues
// with the server that remember something (disco, roster, messaging, …).
//
// A feature is a struct that meets Feature and any of the small interfaces below; the
// account checks for them once, when it is built. The account lists its features in one
// slice and asks them in that order, always on its own loop and inside the transaction
// of the batch at hand. So a feature needs no lock, must not block, starts no goroutine
// and knows neither the stream nor the storage nor another feature: it speaks through
// its Session and through a small store interface of its own.
package feature

import (
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// Session is all that a feature sees of its account. It outlives connections.
type Session interface {
	// Self is our full JID while a stream is bound, our bare JID otherwise.
	Self() jid.JID
	// Now is the time of day, UTC, in milliseconds: for what is stored and shown.
	Now() time.Time
	// Steady is a clock for waiting: nobody sets it, so only differences mean something.
	Steady() time.Time
	// NewID is a fresh, unpredictable id for a stanza.
	NewID() string
	// Online reports whether a stream is bound.
	Online() bool
	// Send writes el once the batch is committed; it is lost when there is no stream.
	Send(el *stanza.Element)
	// Ask sends an IQ of type get or set (its id is set by Ask) and later calls done on
	// the loop, exactly once: with the answer of type result, or with an error, which is
	// a *model.Error (ErrServerRefused, ErrTimeout, ErrNotOnline).
	Ask(iq *stanza.Element, done func(answer *stanza.Element, err error))
	// Emit publishes events once the batch is committed, in order.
	Emit(events ...event.Event)
	// Fail gives up the whole batch because storage answered err. What the feature
	// changed in memory is put right by Load.
	Fail(err error)
}

// Feature is the least that a feature is.
type Feature interface {
	// Namespaces are what our disco#info answer lists because of it (XEP-0030).
	Namespaces() []string
}

// Verdict says whether the features after this one still see the stanza.
type Verdict bool

// The verdicts.
const (
	Pass    Verdict = false
	Handled Verdict = true
)

// Loader reads its state from storage: before the first connection, and again after a
// batch could not be committed.
type Loader interface {
	Load() error
}

// Opener has things to say right behind bind, in one write with those of the others: what
// it sends and asks within Open, which therefore cannot depend on answers.
type Opener interface {
	Open()
}

// Bound hears that a stream was bound, before any stanza of it. It follows Lost, if there
// was a session before.
type Bound interface {
	Bound()
}

// Resumed hears that the session goes on over another connection (XEP-0198): what was
// asked is still open, and what Open said this time was not sent. After a crash nothing
// is open any more and only what is stored is known; then fresh is true.
type Resumed interface {
	Resumed(fresh bool)
}

// Timed wants to be called at a time, by the steady clock. Due is asked after every batch;
// zero is never.
type Timed interface {
	Due() time.Time
	Tick()
}

// Lost hears that the session ended and will not be resumed. Pending questions have
// been answered with ErrNotOnline before.
type Lost interface {
	Lost()
}

// MessageHandler sees each message before it is stored.
type MessageHandler interface {
	HandleMessage(m *Message) Verdict
}

// PresenceHandler sees each presence whose from is from.
type PresenceHandler interface {
	HandlePresence(from jid.JID, el *stanza.Element) Verdict
}

// IQHandler sees each IQ of type get or set; Handled means that it answered or will
// answer. An IQ nobody handles is answered with service-unavailable.
type IQHandler interface {
	HandleIQ(from jid.JID, iq *stanza.Element) Verdict
}

// Message is an incoming message after its wrapper (a carbon, an archive's result) was
// checked and removed.
type Message struct {
	Element  *stanza.Element
	From, To jid.JID
	Type     string // "chat", "normal", "headline", "groupchat" or "error"
	Chat     model.ChatID
	Outgoing bool      // another device of ours wrote it
	Carbon   bool      // it is a copy; somebody else answers
	Time     time.Time // when it was written, as far as we trust a stamp
	Delayed  bool      // it waited at the server
	Nudge    bool      // it asks for attention, now, and may have it
	Archived string    // its id in our archive, when it comes from there
}
