package stream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/trace"
)

// Hint is what the last login taught and what the next one may pipeline. It is stored
// as JSON; a zero Hint is right for a first login.
type Hint struct {
	Endpoint  string          `json:"endpoint,omitempty"` // host:port that worked
	Direct    bool            `json:"direct,omitempty"`   // direct TLS
	Mechanism string          `json:"mechanism,omitempty"`
	Binding   string          `json:"binding,omitempty"`
	Features  json.RawMessage `json:"features,omitempty"` // what was offered after authentication: sm, rosterver, …
}

// Config is one connection attempt. Nothing in it is changed by Connect.
type Config struct {
	JID       jid.JID // bare
	Resource  string
	Password  model.Secret
	Address   string // "host:port" or ""
	Security  model.Security
	Roots     *x509.CertPool // nil is the system's
	Hint      Hint
	ScramSeen bool // PLAIN is refused
	PlusSeen  bool // a lost channel binding is reported in Established
	Lang      string

	// Trust is asked when the PKIX check failed (err says why) or, with err nil, to let a
	// pin be compared. nil refuses what failed.
	Trust func(domain string, cs tls.ConnectionState, err error) error
	// Dial replaces the network: the embedded server's pipe, or a proxy.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Resolver replaces the look-up of SRV records in tests.
	Resolver Resolver
	// First is sent right behind bind (and <enable/>) in one write: roster, presence, ….
	First []Outgoing
	Trace *trace.Trace
	// OnState hears each step, on Connect's goroutine.
	OnState func(model.ConnState)
}

// Resolver looks up SRV records; *net.Resolver meets it.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

// Outgoing is one element for the wire. Tag comes back in Inbound.Acked; "" for what
// nobody waits for.
type Outgoing struct {
	Element *stanza.Element
	Tag     string
}

// Established tells how the login went.
type Established struct {
	Login       model.Login
	Hint        Hint
	SM          bool // stream management is on
	SMID        string
	RosterVer   bool // the server versions rosters (XEP-0237)
	ScramUsed   bool
	PlusUsed    bool
	BindingLost bool // PlusSeen, but this server offers none now
	Features    *stanza.Element
}

// Inbound is one input of the account's loop, in the order of the socket.
type Inbound struct {
	// Element is a whole stanza, or nil.
	Element *stanza.Element
	// Counts says that it counts for XEP-0198: call Handled once it is committed. A
	// dropped stanza counts too.
	Counts bool
	// Dropped is why a stanza was skipped (its Element holds only the name and the
	// attributes from, to, type, id), or "".
	Dropped string
	// AckRequested: the server asks for <a/>; call Ack once all before is committed.
	AckRequested bool
	// Acked are the tags of what the server has now handled, oldest first.
	Acked []string
}
