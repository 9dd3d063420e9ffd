package stream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"time"

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
	PlusSeen  bool // a lost channel binding is reported in Established and in the trace
	Lang      string

	// Trust is asked when the PKIX check failed (err says why) or, with err nil, to let a
	// pin be compared. nil refuses what failed. It is asked on Connect's goroutine.
	Trust func(domain string, cs tls.ConnectionState, err error) error
	// Dial replaces the network: the embedded server's pipe, or a proxy. It is given names
	// as they are, from several goroutines, and must heed its context.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Resolver replaces the look-up of SRV records in tests.
	Resolver Resolver
	// First is sent right behind bind (and <enable/>) in one write: roster, presence, ….
	First []Outgoing
	// Resume is the session to go on with (XEP-0198 §5), or nil. If the server refuses, the
	// attempt goes on with bind and First on the same connection.
	Resume *Resume
	Trace  *trace.Trace
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

// Resume is what is left of an earlier stream: in memory after a cut, from storage after
// a crash. Counters wrap at 2^32.
type Resume struct {
	ID       string
	JID      jid.JID // full, as it was bound
	Location string  // where the server would like to be asked ("host" or "host:port"), or ""
	Handled  uint32  // our h: all of the server's stanzas up to it are committed
	Acked    uint32  // the server's h as we heard it last
	Sent     uint32  // the number of the last stanza that was ever numbered
	// Queue is what may have to be sent again, by number, oldest first. After a crash it may
	// have holes: what nobody wants to send again (a question, a presence) is left out.
	Queue []Numbered
}

// Numbered is an element with its place in the count of XEP-0198; the first stanza behind
// <enable/> has 1.
type Numbered struct {
	Outgoing
	N uint32
}

// Established tells how the login went. Login.Resumed says that Config.Resume was taken:
// then First was not sent, Resume.Queue without what the server had was, and features of
// the server were not asked again.
type Established struct {
	Login    model.Login
	Hint     Hint
	SM       bool          // stream management is on
	SMID     string        // "" when the server does not resume
	Location string        // as Resume.Location
	Max      time.Duration // how long the server keeps the session, 0 when it did not say
	Sent     uint32        // stanzas numbered so far: First, or H and what was sent again
	H        uint32        // what the server had of ours, when it resumed
	// Acked are the tags of Resume.Queue that the server had, by <resumed h> or
	// <failed h>, oldest first. After a refusal without h it is empty.
	Acked     []string
	Refused   bool // Config.Resume was refused; Acked may still tell something
	RosterVer bool // the server versions rosters (XEP-0237)
	// CSI: the server takes <active/> and <inactive/> (XEP-0352), which Send does not
	// number. Every stream begins active, a resumed one too (§5.2).
	CSI         bool
	ScramUsed   bool
	PlusUsed    bool
	BindingLost bool // PlusSeen, but this server offers none now
	// HashWeaker: the hash of SCRAM is weaker than that of Hint.Mechanism, no channel
	// binding protects the choice and the server did not confirm its offer (XEP-0474).
	HashWeaker bool
	Features   *stanza.Element
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
