package demo_test

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mellium.im/sasl"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

const password = "pencil and paper"

// bubble runs f in virtual time.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// start starts a server that the test's end closes.
func start(tb testing.TB, o demo.Options) *demo.Server {
	tb.Helper()
	if o.Dir == "" {
		o.Dir = tb.TempDir()
	}
	if o.Password.IsZero() {
		o.Password = model.NewSecret(password)
	}
	s, err := demo.New(o)
	if err != nil {
		tb.Fatalf("start the server: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("close the server: %v", err)
		}
	})
	return s
}

// client is a raw XMPP client: it knows how to log in and to wait for an element.
type client struct {
	tb  testing.TB
	nc  net.Conn
	rd  *stanza.Reader
	in  chan *stanza.Element // closed at the stream's end
	err error                // why, once in is closed
	jid jid.JID
}

func dial(tb testing.TB, s *demo.Server) *client {
	tb.Helper()
	nc, err := s.Dial(tb.Context())
	if err != nil {
		tb.Fatalf("dial: %v", err)
	}
	return newClient(tb, nc)
}

func newClient(tb testing.TB, nc net.Conn) *client {
	tb.Cleanup(func() { nc.Close() })
	return &client{tb: tb, nc: nc, rd: stanza.NewReader(nc, stanza.Limits{})}
}

// write sends bytes as they are, in one write.
func (c *client) write(format string, args ...any) {
	c.tb.Helper()
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	_ = c.nc.SetWriteDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c.nc, format); err != nil {
		c.tb.Fatalf("write %q: %v", cutText(format), err)
	}
}

// next reads an element directly, before the stream is bound.
func (c *client) next() *stanza.Element {
	c.tb.Helper()
	_ = c.nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	el, err := c.rd.Next()
	if err != nil {
		c.tb.Fatalf("read: %v", err)
	}
	return el
}

func header() string { return string(stanza.OpenStream("", demo.Domain, "", "en")) }

// open writes a stream header and returns the features.
func (c *client) open() *stanza.Element {
	c.tb.Helper()
	c.write("%s", header())
	return c.opened()
}

func (c *client) opened() *stanza.Element {
	c.tb.Helper()
	_ = c.nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := c.rd.Open(); err != nil {
		c.tb.Fatalf("read the stream header: %v", err)
	}
	f := c.next()
	if !f.Is(stanza.NSStream, "features") {
		c.tb.Fatalf("features expected, got %v", f)
	}
	return f
}

// scram is mellium's client: written by others, so a good judge.
func scram(m sasl.Mechanism, user, pass string, more ...sasl.Option) *sasl.Negotiator {
	return sasl.NewClient(m, append(more, sasl.Credentials(func() (u, p, i []byte) { return []byte(user), []byte(pass), nil }))...)
}

func step(tb testing.TB, n *sasl.Negotiator, challenge string) string {
	tb.Helper()
	raw, err := base64.StdEncoding.DecodeString(challenge)
	if err != nil {
		tb.Fatalf("challenge: %v", err)
	}
	if challenge == "" {
		raw = nil
	}
	_, resp, err := n.Step(raw)
	if err != nil {
		tb.Fatalf("SCRAM: %v", err)
	}
	return base64.StdEncoding.EncodeToString(resp)
}

func auth(m sasl.Mechanism, first string) string {
	return "<auth xmlns='" + stanza.NSSASL + "' mechanism='" + m.Name + "'>" + first + "</auth>"
}

func response(text string) string {
	return "<response xmlns='" + stanza.NSSASL + "'>" + text + "</response>"
}

func bindIQ(resource string) string {
	return "<iq type='set' id='bind'><bind xmlns='" + stanza.NSBind + "'><resource>" + resource + "</resource></bind></iq>"
}

// authenticate runs one exchange on an open stream and returns success or failure.
func (c *client) authenticate(m sasl.Mechanism, user, pass string, more ...sasl.Option) *stanza.Element {
	c.tb.Helper()
	n := scram(m, user, pass, more...)
	c.write("%s", auth(m, step(c.tb, n, "")))
	el := c.next()
	if !el.Is(stanza.NSSASL, "challenge") {
		return el
	}
	c.write("%s", response(step(c.tb, n, el.Text())))
	el = c.next()
	if el.Is(stanza.NSSASL, "success") {
		step(c.tb, n, el.Text()) // fails on a wrong server signature
	}
	return el
}

// bind restarts the stream and binds.
func (c *client) bind(resource string) {
	c.tb.Helper()
	c.rd.Restart()
	c.open()
	c.write("%s", bindIQ(resource))
	c.bound(c.next())
}

func (c *client) bound(result *stanza.Element) {
	c.tb.Helper()
	full, err := jid.Parse(result.Child(stanza.NSBind, "bind").ChildText(stanza.NSBind, "jid"))
	if err != nil || result.Get("type") != "result" {
		c.tb.Fatalf("bind: %v", result)
	}
	c.jid = full
	c.listen()
}

// listen has a goroutine read from now on.
func (c *client) listen() {
	_ = c.nc.SetReadDeadline(time.Time{})
	c.in = make(chan *stanza.Element, 50_000)
	go func() {
		for {
			el, err := c.rd.Next()
			if err != nil {
				c.err = err
				close(c.in)
				return
			}
			c.in <- el
		}
	}()
}

// login signs in and binds, without presence.
func login(tb testing.TB, s *demo.Server, user, pass, resource string) *client {
	tb.Helper()
	c := dial(tb, s)
	c.open()
	if el := c.authenticate(sasl.ScramSha256, user, pass); !el.Is(stanza.NSSASL, "success") {
		tb.Fatalf("sign in as %s: %v", user, el)
	}
	c.bind(resource)
	return c
}

// owner signs the owner in with roster and presence.
func owner(tb testing.TB, s *demo.Server) *client {
	tb.Helper()
	c := login(tb, s, "me", password, "desk")
	c.online()
	return c
}

// online asks for the roster and becomes available.
func (c *client) online() {
	c.tb.Helper()
	c.write("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq><presence/>")
	c.expect("its own presence", func(el *stanza.Element) bool {
		return el.Name.Local == "presence" && el.Get("from") == c.jid.String()
	})
}

// expect waits for an element; what comes before it is forgotten.
func (c *client) expect(what string, match func(*stanza.Element) bool) *stanza.Element {
	c.tb.Helper()
	return c.within(5*time.Second, what, match)
}

func (c *client) within(d time.Duration, what string, match func(*stanza.Element) bool) *stanza.Element {
	c.tb.Helper()
	var seen []string
	timeout := time.After(d)
	for {
		select {
		case el, ok := <-c.in:
			if !ok {
				c.tb.Fatalf("waiting for %s: the stream ended: %v\nseen: %s", what, c.err, strings.Join(seen, "\n"))
			}
			if match(el) {
				return el
			}
			seen = append(seen, cutText(el.String()))
		case <-timeout:
			c.tb.Fatalf("no %s within %v\nseen: %s", what, d, strings.Join(seen, "\n"))
		}
	}
}

// never fails if an element comes within the time.
func (c *client) never(d time.Duration, what string, match func(*stanza.Element) bool) {
	c.tb.Helper()
	timeout := time.After(d)
	for {
		select {
		case el, ok := <-c.in:
			if ok && match(el) {
				c.tb.Fatalf("%s came: %v", what, el)
			}
			if !ok {
				return
			}
		case <-timeout:
			return
		}
	}
}

// ask sends an IQ and waits for its answer.
func (c *client) ask(typ, to, payload string) *stanza.Element {
	c.tb.Helper()
	id := fmt.Sprint("q", time.Now().UnixNano())
	c.write("<iq type='%s' id='%s' to='%s'>%s</iq>", typ, id, to, payload)
	return c.expect("an answer to "+payload, func(el *stanza.Element) bool {
		return el.Name.Local == "iq" && el.Get("id") == id && el.Get("type") != "set"
	})
}

// ended waits for the stream's end and returns the stream error's condition, if any.
func (c *client) ended() string {
	c.tb.Helper()
	condition := ""
	timeout := time.After(5 * time.Second)
	for {
		select {
		case el, ok := <-c.in:
			if !ok {
				return condition
			}
			if el.Is(stanza.NSStream, "error") {
				condition = el.First().Name.Local
			}
		case <-timeout:
			c.tb.Fatal("the stream did not end")
		}
	}
}

// register makes an account in band and signs it in with presence.
func register(tb testing.TB, s *demo.Server, user, resource string) *client {
	tb.Helper()
	c := dial(tb, s)
	c.open()
	c.write("<iq type='set' id='reg'><query xmlns='jabber:iq:register'><username>%s</username><password>%s</password></query></iq>", user, password)
	if el := c.next(); el.Get("type") != "result" {
		tb.Fatalf("register %s: %v", user, el)
	}
	c.nc.Close()
	c = login(tb, s, user, password, resource)
	c.online()
	return c
}

func address(local string) string { return local + "@" + demo.Domain }

func condition(el *stanza.Element) string {
	return el.Child(stanza.NSClient, "error").First().Name.Local
}

// message matches a message with a body from a bare address.
func message(from, body string) func(*stanza.Element) bool {
	return func(el *stanza.Element) bool {
		return el.Name.Local == "message" && sentBy(el, from) && el.Get("type") != "error" &&
			strings.Contains(el.ChildText(stanza.NSClient, "body"), body) && el.Child(stanza.NSClient, "body") != nil
	}
}

func presence(from, typ string) func(*stanza.Element) bool {
	return func(el *stanza.Element) bool {
		return el.Name.Local == "presence" && sentBy(el, from) && el.Get("type") == typ
	}
}

func sentBy(el *stanza.Element, bare string) bool {
	j, err := jid.Parse(el.Get("from"))
	return err == nil && j.Bare().String() == bare
}

func cutText(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}

func rawTCP(tb testing.TB, addr string) *client {
	tb.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		tb.Fatalf("dial: %v", err)
	}
	return newClient(tb, nc)
}

// tlsClient connects over TCP; direct TLS or STARTTLS.
func tlsClient(tb testing.TB, addr string, direct bool, config *tls.Config) *client {
	tb.Helper()
	c := rawTCP(tb, addr)
	if !direct {
		f := c.open()
		if f.Child(stanza.NSTLS, "starttls").Child(stanza.NSTLS, "required") == nil || len(f.Children()) != 1 {
			tb.Errorf("before TLS only starttls may be offered, got %v", f)
		}
		c.write("<starttls xmlns='%s'/>", stanza.NSTLS)
		if el := c.next(); !el.Is(stanza.NSTLS, "proceed") {
			tb.Fatalf("starttls: %v", el)
		}
	}
	t := tls.Client(c.nc, config)
	if err := t.HandshakeContext(tb.Context()); err != nil {
		tb.Fatalf("handshake: %v", err)
	}
	c.nc = t
	c.rd.Reset(t)
	return c
}
