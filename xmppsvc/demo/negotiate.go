package demo

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

const (
	maxTries     = 3
	maxResources = 16
)

// errPlaintextLeft means that bytes followed <starttls/> before TLS: somebody put them
// there (RFC 6120 §5.4.3.3).
var errPlaintextLeft = errors.New("plain text behind starttls")

// open reads a stream header and answers with ours and what we offer.
func (c *conn) open() error {
	head, err := c.rd.Open()
	if err != nil {
		// An error needs a header to stand in (RFC 6120 §4.9.1.1).
		c.send(stanza.OpenStream(Domain, "", newID(), "en"))
		return err
	}
	to, from := head.Get("to"), ""
	if j, err := jid.Parse(head.Get("from")); err == nil && c.secure {
		from = j.Bare().String()
	}
	c.send(stanza.OpenStream(Domain, from, newID(), "en"))
	if j, err := jid.Parse(to); err != nil || j != domainJID {
		return streamError("host-unknown")
	}
	if !strings.HasPrefix(head.Get("version"), "1.") {
		return streamError("unsupported-version")
	}
	c.srv.do(func() { c.queue(c.features()) })
	return nil
}

// send is queueBytes for the reader goroutine, which does not hold the mutex.
func (c *conn) send(b []byte) { c.srv.do(func() { c.queueBytes(b) }) }

// reply is queue for the reader goroutine.
func (c *conn) reply(el *stanza.Element) { c.srv.do(func() { c.queue(el) }) }

// features is what the phase offers.
func (c *conn) features() *stanza.Element {
	f := stanza.New(stanza.NSStream, "features")
	switch {
	case !c.secure:
		f.Add(stanza.New(stanza.NSTLS, "starttls", stanza.New(stanza.NSTLS, "required")))
	case c.user.IsZero():
		m := stanza.New(stanza.NSSASL, "mechanisms")
		bound := c.exporter() != nil
		for _, h := range scramHashes {
			if bound {
				m.Add(stanza.NewText(stanza.NSSASL, "mechanism", h.name+"-PLUS"))
			}
		}
		for _, h := range scramHashes {
			m.Add(stanza.NewText(stanza.NSSASL, "mechanism", h.name))
		}
		f.Add(m)
		if bound {
			f.Add(stanza.New(nsBinding, "sasl-channel-binding", stanza.New(nsBinding, "channel-binding").With("type", "tls-exporter")))
		}
		if !c.srv.opt.Closed {
			f.Add(stanza.New(nsRegisterFtr, "register"))
		}
	default:
		f.Add(stanza.New(stanza.NSBind, "bind"), stanza.New(nsSession, "session", stanza.New(nsSession, "optional")),
			stanza.New(nsSM, "sm"), stanza.New(xep.NSClientState, "csi"), stanza.New(nsRosterVer, "ver"),
			stanza.New(nsPreApproval, "sub"))
	}
	return f
}

// exporter is the channel binding of RFC 9266, on TLS 1.3 only: there it is always
// unique, without an extension that might be missing.
func (c *conn) exporter() []byte {
	if c.tls == nil {
		return nil
	}
	cs := c.tls.ConnectionState()
	if cs.Version < tls.VersionTLS13 {
		return nil
	}
	b, err := cs.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
	if err != nil {
		return nil
	}
	return b
}

// negotiate handles the elements before authentication.
func (c *conn) negotiate(el *stanza.Element) (again bool, err error) {
	switch {
	case el.Is(stanza.NSTLS, "starttls") && !c.secure:
		return true, c.startTLS()
	case !c.secure:
		// RFC 6120 §5.3.1: nothing else before TLS.
		return false, streamError("policy-violation")
	case el.Is(stanza.NSSASL, "auth"):
		return c.sasl(c.begin(el))
	case el.Is(stanza.NSSASL, "response") && c.auth != nil:
		return c.sasl(c.proceed(el))
	case el.Is(stanza.NSSASL, "abort"):
		return c.sasl(nil, errAborted)
	case el.Is(stanza.NSClient, "iq"):
		return false, c.preauthIQ(el)
	}
	return false, streamError("not-authorized")
}

// startTLS answers, waits until the answer is written, and shakes hands.
func (c *conn) startTLS() error {
	if c.rd.Buffered() != 0 {
		return errPlaintextLeft
	}
	var written <-chan struct{}
	var config *tls.Config
	c.srv.do(func() {
		c.queue(stanza.New(stanza.NSTLS, "proceed"))
		written, config = c.drained(), c.srv.tls
	})
	<-written
	return c.handshake(c.nc, config)
}

// handshake puts TLS on nc, and the stream on TLS.
func (c *conn) handshake(nc net.Conn, config *tls.Config) error {
	t := tls.Server(nc, config)
	ctx, cancel := context.WithTimeout(context.Background(), writeTime)
	defer cancel()
	if err := t.HandshakeContext(ctx); err != nil {
		return err
	}
	c.tls, c.secure = t, true
	c.rd.Reset(t)
	return c.goOn(t)
}

// goOn makes the stream use nc from now on.
func (c *conn) goOn(nc net.Conn) (err error) {
	c.srv.do(func() {
		if c.closing {
			err = net.ErrClosed
			return
		}
		c.nc = nc
		_ = nc.SetReadDeadline(time.Now().Add(loginTime))
	})
	return err
}

// sasl sends a challenge or the outcome of an exchange step.
func (c *conn) sasl(answer *stanza.Element, err error) (again bool, _ error) {
	if err != nil {
		var se saslError
		if !errors.As(err, &se) {
			return false, err
		}
		c.auth = nil
		c.reply(stanza.New(stanza.NSSASL, "failure", stanza.New(stanza.NSSASL, string(se))))
		if c.tries++; c.tries >= maxTries {
			return false, streamError("policy-violation")
		}
		return false, nil
	}
	c.reply(answer)
	if !answer.Is(stanza.NSSASL, "success") {
		return false, nil
	}
	c.auth = nil
	c.rd.Restart()
	return true, nil
}

// begin takes <auth/>.
func (c *conn) begin(el *stanza.Element) (*stanza.Element, error) {
	name, plus := strings.CutSuffix(el.Get("mechanism"), "-PLUS")
	binding := c.exporter()
	for _, h := range scramHashes {
		if h.name != name || plus && binding == nil {
			continue
		}
		c.auth = &exchange{hash: h, plus: plus, offered: binding != nil, binding: binding, lookup: c.srv.keysOf(h)}
		if el.Text() == "" {
			return stanza.New(stanza.NSSASL, "challenge"), nil
		}
		return c.proceed(el)
	}
	return nil, errMechanism
}

// proceed takes a client's message, with <auth/> or with <response/>.
func (c *conn) proceed(el *stanza.Element) (*stanza.Element, error) {
	msg, err := base64.StdEncoding.DecodeString(el.Text())
	if err != nil {
		return nil, errEncoding
	}
	x := c.auth
	if x.first == "" {
		first, err := x.begin(string(msg))
		if err != nil {
			return nil, err
		}
		return stanza.NewText(stanza.NSSASL, "challenge", base64.StdEncoding.EncodeToString([]byte(first))), nil
	}
	last, err := x.finish(string(msg))
	if err != nil {
		return nil, err
	}
	user, err := jid.New(x.user, Domain, "")
	if err != nil {
		return nil, errNotAuthorized
	}
	// RFC 6120 §6.3.8: acting as somebody else is nobody's right here.
	if as, err := jid.Parse(x.authzid); x.authzid != "" && (err != nil || as != user) {
		return nil, errAuthzid
	}
	c.srv.do(func() { c.user = user })
	return stanza.NewText(stanza.NSSASL, "success", base64.StdEncoding.EncodeToString([]byte(last))), nil
}

// keysOf looks up keys for one exchange.
func (s *Server) keysOf(h scramHash) func(user string) (keys, bool) {
	return func(user string) (keys, bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if address, err := jid.New(user, Domain, ""); err == nil {
			if a := s.st.Accounts[address]; a != nil && a.Keys != nil {
				return a.Keys[h.name], true
			}
		}
		return decoy(h, s.st.Secret, user), false
	}
}

// prebind handles the elements between authentication and bind.
func (c *conn) prebind(el *stanza.Element) (err error) {
	switch {
	case el.Is(nsSM, "resume"):
		// After a no the client binds as usual (XEP-0198 §5).
		c.srv.do(func() {
			c.resume(el)
			c.past = c.sess != nil
		})
		return nil
	case el.Name.Space == nsSM:
		c.reply(smFailed("unexpected-request"))
		return nil
	case el.Is(stanza.NSClient, "iq") && el.Get("type") == "set" && el.Child(stanza.NSBind, "bind") != nil:
		c.srv.do(func() {
			err = c.bind(el)
			c.past = c.sess != nil
		})
		return err
	}
	return streamError("not-authorized")
}

// bind makes the session (RFC 6120 §7).
func (c *conn) bind(iq *stanza.Element) error {
	acct := c.srv.st.Accounts[c.user]
	if acct == nil || c.closing {
		return streamError("not-authorized") // removed meanwhile
	}
	resource := iq.Child(stanza.NSBind, "bind").ChildText(stanza.NSBind, "resource")
	if resource == "" {
		resource = newID()
	}
	full, err := c.user.WithResource(resource)
	if err != nil {
		c.queue(badRequest.reply(iq))
		return nil
	}
	if old := acct.sessions[full.Resource()]; old != nil && old.conn != nil {
		old.conn.shut("conflict") // §7.7.2.2: the older one goes
	} else if old != nil {
		c.srv.end(old)
	}
	if len(acct.sessions) >= maxResources {
		c.srv.endOldest(acct)
	}
	if len(acct.sessions) >= maxResources {
		c.queue(tooMany.reply(iq))
		return nil
	}
	c.sess = &session{acct: acct, jid: full, conn: c, directed: map[jid.JID]bool{}}
	acct.sessions[full.Resource()] = c.sess
	_ = c.nc.SetReadDeadline(time.Time{})
	c.queue(iq.Result(stanza.New(stanza.NSBind, "bind", stanza.NewText(stanza.NSBind, "jid", full.String()))))
	return nil
}
