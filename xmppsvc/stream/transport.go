package stream

import (
	"context"
	"crypto/tls"
	"encoding/xml"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"gosrc.io/xmpp"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// transport is one connection, with TLS over it or not, and the XML reader on top. It
// is the TCP, direct-TLS and in-process transport behind gosrc's interface; what that
// one lacks (the state of TLS, deadlines, a way to write the header together with what
// follows) stands beside it.
//
// While signing in one goroutine uses it. Afterwards the reader goroutine reads and the
// writer goroutine writes; abort and ReceivedStreamClose may be called from anywhere.
type transport struct {
	ctx    context.Context // of the attempt; not looked at once signed in
	cfg    *Config
	domain string // of the JID
	host   string // the same for DNS and certificates
	end    endpoint
	place  *place // end's in the race, nil without one
	addr   string // where end was tried
	dialer dialer
	latest time.Time // when all of signing in must be done

	// Told and asked on Connect's goroutine, whoever connects.
	tell  func(model.ConnState)
	trust func(domain string, cs tls.ConnectionState, err error) error

	wire   *wire
	conn   net.Conn  // wire, or TLS over it
	tls    *tls.Conn // nil without TLS
	rd     *stanza.Reader
	unhook func() bool // ends what watches ctx

	peerClosed chan struct{} // the server's </stream:stream> has come
	closeOnce  sync.Once
	ended      sync.Once
}

var _ xmpp.Transport = (*transport)(nil)

func newTransport(ctx context.Context, c *Config, domain string, e endpoint) *transport {
	open := dialer(c.Dial)
	if open == nil {
		open = new(net.Dialer).DialContext
	}
	return &transport{
		dialer: open, ctx: ctx, cfg: c, domain: c.JID.Domain(), host: domain, end: e, addr: e.addr, tell: c.state, trust: c.Trust,
		peerClosed: make(chan struct{}), unhook: func() bool { return true },
	}
}

// where names the endpoint and the address that was tried.
func (t *transport) where() string {
	at := t.end.addr
	if t.addr != at {
		at += " at " + t.addr
	}
	return at + " (" + t.end.kind.String() + ")"
}

// dial connects and, for direct TLS, secures.
func (t *transport) dial() error {
	t.tell(model.Connecting)
	start := time.Now()
	conn, err := dial(t.ctx, t.cfg, t.end, t.addr, t.dialer)
	if err != nil {
		var told *model.Error
		if !errors.As(err, &told) {
			told = dialError(t.ctx, err, t.end.host(t.domain))
		}
		return told
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// Already Go's default; what is coalesced is coalesced by us.
		_ = tcp.SetNoDelay(true)
	}
	t.cfg.Trace.Step("connecting", t.where(), time.Since(start))
	t.wire, t.latest = newWire(conn), time.Now().Add(loginTimeout)
	t.wire.negotiating.Store(true)
	t.conn = t.wire
	t.rd = stanza.NewReader(t, stanza.DefaultLimits)
	t.watch(t.ctx)
	if t.end.kind != directTLS {
		return nil
	}
	if err := t.StartTLS(); err != nil {
		t.abort()
		return err
	}
	return nil
}

// watch makes the end of ctx end what is being read or written.
func (t *transport) watch(ctx context.Context) {
	t.ctx = ctx
	t.unhook = context.AfterFunc(ctx, func() { _ = t.wire.SetDeadline(time.Unix(1, 0)) })
}

// adopt takes the transport out of the race that it won, unless it is late.
func (t *transport) adopt(ctx context.Context) bool {
	if !t.unhook() {
		return false
	}
	t.watch(ctx)
	t.tell, t.trust = t.cfg.state, t.cfg.Trust
	return true
}

// begin gives the step that follows its time. A context that has ended wins.
func (t *transport) begin() {
	end := time.Now().Add(stepTimeout)
	if t.latest.Before(end) {
		end = t.latest
	}
	_ = t.wire.SetDeadline(end)
	if t.ctx.Err() != nil {
		_ = t.wire.SetDeadline(time.Unix(1, 0))
	}
}

// settle ends the negotiation: no deadline, no context.
func (t *transport) settle() error {
	if !t.unhook() {
		return t.ctx.Err()
	}
	t.wire.negotiating.Store(false)
	return t.wire.SetDeadline(time.Time{})
}

// open writes a stream header and, in the same write, what follows it. The sender is
// named only where nobody else can read it (RFC 6120 §4.7.1).
func (t *transport) open(more []byte) error {
	from := ""
	if t.IsSecure() {
		from = t.cfg.JID.Bare().String()
	}
	t.begin()
	_, err := t.Write(append(stanza.OpenStream(from, t.domain, "", t.cfg.Lang), more...))
	return err
}

// header reads the server's stream header and gives the stream's id.
func (t *transport) header() (string, error) {
	t.begin()
	el, err := t.rd.Open()
	if err != nil {
		return "", err
	}
	return el.Get("id"), nil
}

// Connect dials, secures a direct TLS connection and starts the stream.
func (t *transport) Connect() (string, error) {
	if err := t.dial(); err != nil {
		return "", err
	}
	return t.StartStream()
}

// StartStream exchanges stream headers and gives the stream's id.
func (t *transport) StartStream() (string, error) {
	if err := t.open(nil); err != nil {
		return "", err
	}
	return t.header()
}

// DoesStartTLS reports whether the connection still can and must be secured.
func (t *transport) DoesStartTLS() bool { return t.end.kind == startTLS && t.tls == nil }

// StartTLS performs the handshake. Nothing that came before it is left behind it.
func (t *transport) StartTLS() error {
	if t.rd.Buffered() != 0 {
		return t.tooEarly()
	}
	t.tell(model.Securing)
	start := time.Now()
	t.begin()
	secured, err := t.handshake(t.ctx, t.wire)
	if err != nil {
		if t.ctx.Err() == nil {
			t.cfg.Trace.Step("securing", err.Error(), time.Since(start))
		}
		return err
	}
	t.tls, t.conn = secured, secured
	t.rd.Reset(t)
	cs := secured.ConnectionState()
	t.cfg.Trace.Step("securing", "TLS "+tlsVersion(secured)+", "+tls.CipherSuiteName(cs.CipherSuite), time.Since(start))
	return nil
}

func (t *transport) tooEarly() error {
	return withHost(fail(model.ErrProtocol, nil, "%s sent something between asking for encryption and having it.", t.domain), t.domain)
}

// IsSecure reports whether nobody else can read along: TLS that was verified, or the
// embedded server's pipe.
func (t *transport) IsSecure() bool { return t.tls != nil || t.end.kind == pipe }

// GetDecoder is a decoder of its own over the same bytes. Whoever uses it must not use
// the limited reader as well; this package does not use it.
func (t *transport) GetDecoder() *xml.Decoder { return xml.NewDecoder(t) }

// LogTraffic does nothing: the bytes hold secrets, and what may be seen goes to the
// trace.
func (t *transport) LogTraffic(io.Writer) {}

// Ping writes white space, which proves nothing until TCP complains (RFC 6120 §4.6.1).
func (t *transport) Ping() error {
	_, err := t.Write([]byte(" "))
	return err
}

// Read reads what the server sent, decrypted.
func (t *transport) Read(p []byte) (int, error) {
	n, err := t.conn.Read(p)
	t.cfg.Trace.Bytes(n, 0)
	return n, err
}

// Write writes p as one TLS record where it fits.
func (t *transport) Write(p []byte) (int, error) {
	n, err := t.conn.Write(p)
	t.cfg.Trace.Bytes(0, n)
	return n, err
}

// ReceivedStreamClose says that the server's </stream:stream> has come.
func (t *transport) ReceivedStreamClose() { t.closeOnce.Do(func() { close(t.peerClosed) }) }

// closeTimeout is how long Close waits for the server's </stream:stream>.
const closeTimeout = 3 * time.Second

// Close ends our half of the stream, waits a little for the server to end its own
// (somebody else must be reading) and closes the connection.
func (t *transport) Close() error {
	_ = t.wire.SetWriteDeadline(time.Now().Add(closeTimeout))
	_, err := t.Write([]byte(stanza.CloseStream))
	if err == nil {
		wait := time.NewTimer(closeTimeout)
		defer wait.Stop()
		select {
		case <-t.peerClosed:
		case <-wait.C:
		}
	}
	t.abort()
	return err
}

// hungUp reports that the server has ended its half: it reads nothing more.
func (t *transport) hungUp() bool {
	select {
	case <-t.peerClosed:
		return true
	default:
		return false
	}
}

// abort closes the connection at once. TLS's goodbye is left out: it could block.
func (t *transport) abort() {
	t.ended.Do(func() {
		t.unhook()
		t.ReceivedStreamClose()
		if t.wire != nil {
			_ = t.wire.Close() // nothing is left to be lost
		}
	})
}

// roundTrips is how many round trips went by when the last bytes were written: one for
// TCP and one for each time we wrote, then had to read before we wrote again.
func (t *transport) roundTrips() int {
	n := int(t.wire.flights.Load())
	if t.end.kind == pipe {
		n-- // nothing was connected
	}
	return max(n, 0)
}

// wire is the raw connection, below TLS. It counts flights (runs of writes with no read
// between them) and knows when it last read something.
type wire struct {
	net.Conn
	since       time.Time
	heard       atomic.Int64 // nanoseconds after since; no lock, and no jump of the clock
	flights     atomic.Int64
	writing     atomic.Bool // the last thing done was a write
	negotiating atomic.Bool
}

func newWire(c net.Conn) *wire { return &wire{Conn: c, since: time.Now()} }

// lastHeard is when bytes last came.
func (w *wire) lastHeard() time.Time { return w.since.Add(time.Duration(w.heard.Load())) }

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.heard.Store(int64(time.Since(w.since)))
	}
	if n > 0 && w.negotiating.Load() {
		w.writing.Store(false)
		quickAck(w.Conn)
	}
	return n, err
}

func (w *wire) Write(p []byte) (int, error) {
	if w.negotiating.Load() && !w.writing.Swap(true) {
		w.flights.Add(1)
	}
	return w.Conn.Write(p)
}
