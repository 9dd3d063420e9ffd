package stream_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
)

func TestServersThatDoWrongWhileSigningIn(t *testing.T) {
	secured := func(mechs ...string) func(p *peer) {
		return func(p *peer) {
			p.secure()
			p.open(mechanisms(mechs...))
		}
	}
	scram := secured("SCRAM-SHA-1", "PLAIN")
	for name, c := range map[string]struct {
		script func(p *peer)
		kind   model.ErrorKind
		says   string // part of the message
	}{
		"starttls stripped": {func(p *peer) {
			p.open(mechanisms("PLAIN"))
			p.wait()
		}, model.ErrTLSRequired, "no encryption"},
		"starttls refused": {func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>")
		}, model.ErrTLSRequired, "refused to encrypt"},
		"plain text behind proceed": {func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><stream:features>%s</stream:features>", mechanisms("PLAIN"))
			p.wait()
		}, model.ErrProtocol, "between asking for encryption and having it"},
		"goodbye behind proceed": {func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
		}, model.ErrServerRefused, "shutting down"},
		"goodbye in a new stream behind proceed": {func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " +
				"id='2' from='scripted.test' version='1.0'><stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
		}, model.ErrServerRefused, "shutting down"},
		"features in a new stream behind proceed": {func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "+
				"id='2' from='scripted.test' version='1.0'><stream:features>%s</stream:features>", mechanisms("PLAIN"))
			p.wait()
		}, model.ErrProtocol, "between asking for encryption and having it"},
		"goodbye instead of a handshake": {func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
			time.Sleep(100 * time.Millisecond)
			p.send("<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
		}, model.ErrUnreachable, "ended the connection"},
		"half a goodbye behind proceed": {func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><stream:error>")
			p.wait()
		}, model.ErrProtocol, "between asking for encryption and having it"},
		"end behind proceed": {func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>")
		}, model.ErrUnreachable, "ended the connection"},
		"conflict behind proceed": {func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
		}, model.ErrProtocol, "between asking for encryption and having it"},
		"wrong signature": {func(p *peer) {
			scram(p)
			p.scramFinal(p.scramFirst("server", 4096))
			p.sasl("success", "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
			p.wait()
		}, model.ErrAuthFailed, "could not prove"},
		"no signature": {func(p *peer) {
			scram(p)
			p.scramFinal(p.scramFirst("server", 4096))
			p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
			p.wait()
		}, model.ErrAuthFailed, "could not prove"},
		"success before the challenge": {func(p *peer) {
			scram(p)
			p.next()
			p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
			p.wait()
		}, model.ErrAuthFailed, "could not prove"},
		"nonce not extended": {func(p *peer) {
			scram(p)
			p.scramFirst("", 4096)
			p.wait()
		}, model.ErrAuthFailed, "could not prove"},
		"one iteration": {func(p *peer) {
			scram(p)
			p.scramFirst("server", 1)
			p.wait()
		}, model.ErrAuthFailed, "could not prove"},
		"thirty million iterations": {func(p *peer) {
			scram(p)
			p.scramFirst("server", 30_000_000)
			p.wait()
		}, model.ErrAuthFailed, "could not prove"},
		"challenges without end": {func(p *peer) {
			secured("PLAIN")(p)
			for {
				p.next()
				p.sasl("challenge", "more")
			}
		}, model.ErrAuthFailed, ""},
		"challenge that is no base64": {func(p *peer) {
			scram(p)
			p.next()
			p.send("<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>!</challenge>")
			p.wait()
		}, model.ErrProtocol, ""},
		"wrong password": {func(p *peer) {
			scram(p)
			p.scramFinal(p.scramFirst("server", 4096))
			p.failure("not-authorized")
			p.wait()
		}, model.ErrAuthFailed, "password is wrong"},
		"busy": {func(p *peer) {
			scram(p)
			p.scramFinal(p.scramFirst("server", 4096))
			p.failure("temporary-auth-failure")
			p.wait()
		}, model.ErrServerRefused, "at the moment"},
		"no mechanism of ours": {func(p *peer) {
			secured("DIGEST-MD5", "ANONYMOUS")(p)
			p.wait()
		}, model.ErrUnsupported, ""},
		"a list of bindings without any of ours": {func(p *peer) {
			p.secure()
			p.open(mechanisms("SCRAM-SHA-1", "SCRAM-SHA-1-PLUS") +
				"<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-new'/></sasl-channel-binding>")
			p.scramFirst("server", 4096) // which does not confirm that list
			p.wait()
		}, model.ErrDowngrade, ""},
		"somebody else's address": {func(p *peer) {
			secured("PLAIN")(p)
			p.next()
			p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
			p.rd.Restart()
			p.open("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
			p.send("<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>eve@%s/here</jid></bind></iq>", p.next().Get("id"), scriptedDomain)
			p.wait()
		}, model.ErrProtocol, "not ours"},
		"resource taken": {func(p *peer) {
			secured("PLAIN")(p)
			p.next()
			p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
			p.rd.Restart()
			p.open("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
			p.send("<iq type='error' id='%s'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>", p.next().Get("id"))
			p.wait()
		}, model.ErrConflict, ""},
		"stream error": {func(p *peer) {
			p.secure()
			p.open("")
			p.send("<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Too\u202e many\n logins</text></stream:error></stream:stream>")
		}, model.ErrUnsupported, ""},
		"host unknown": {func(p *peer) {
			_, err := p.rd.Open()
			p.must(err)
			p.send("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
		}, model.ErrServerRefused, "does not serve"},
		"see other host": {func(p *peer) {
			_, err := p.rd.Open()
			p.must(err)
			p.send("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>evil.example</see-other-host></stream:error></stream:stream>")
		}, model.ErrServerRefused, "not followed"},
		"not XMPP at all": {func(p *peer) {
			p.send("HTTP/1.1 400 Bad Request\r\n\r\n")
			p.wait()
		}, model.ErrProtocol, ""},
		"a DTD": {func(p *peer) {
			p.send("<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><stream:stream>")
			p.wait()
		}, model.ErrProtocol, ""},
		"too large an offer": {func(p *peer) {
			p.secure()
			p.open(mechanisms("SCRAM-SHA-1", strings.Repeat("X", 1<<20)))
			p.wait()
		}, model.ErrTooLarge, ""},
		"a hash of another offer": {func(p *peer) {
			scram(p)
			raw, err := base64.StdEncoding.DecodeString(p.next().Text())
			p.must(err)
			_, nonce, _ := strings.Cut(string(raw), ",r=")
			p.sasl("challenge", "r="+nonce+"X,s=QSXCR+Q6sek8bf92,i=4096,h=G6k/rBLDqgOhRRaCuuatSDFkJ08=")
			p.wait()
		}, model.ErrDowngrade, "changed on the way"},
		"only TLS 1.1": {func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
			p.must(tls.Server(p.conn, &tls.Config{Certificates: []tls.Certificate{scriptedCert().pair}, MaxVersion: tls.VersionTLS11}).Handshake())
		}, model.ErrTLSRequired, "good enough"},
		"gone at once": {func(*peer) {}, model.ErrUnreachable, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := scriptedConfig(t, scripted(t, c.script))
			start := time.Now()
			s, _, err := stream.Connect(t.Context(), cfg)
			if err == nil {
				s.Abort()
				t.Fatal("signed in")
			}
			if model.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v (%s), want %s %q", err, model.KindOf(err), c.kind, c.says)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			noSecrets(t, cfg.Trace, err)
		})
	}
}

func TestPLAINAfterSCRAMIsADowngrade(t *testing.T) {
	cfg := scriptedConfig(t, scripted(t, func(p *peer) {
		p.secure()
		p.open(mechanisms("PLAIN"))
		if el, err := p.rd.Next(); err == nil {
			p.tb.Errorf("the client sent %s", el.Name.Local)
		}
	}))
	cfg.ScramSeen = true
	_, _, err := stream.Connect(t.Context(), cfg)
	if model.KindOf(err) != model.ErrDowngrade {
		t.Errorf("got %v", err)
	}
	noSecrets(t, cfg.Trace, err)
}

func TestASilentServerEndsInATimeout(t *testing.T) {
	cfg := scriptedConfig(t, scripted(t, func(p *peer) { p.wait() }))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, _, err := stream.Connect(ctx, cfg)
	if model.KindOf(err) != model.ErrTimeout || time.Since(start) > 2*time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
}

func TestCancellingEndsAnAttemptAtOnce(t *testing.T) {
	for name, script := range map[string]func(p *peer){
		"in the header": func(p *peer) { p.wait() },
		"in TLS": func(p *peer) {
			p.open(offerTLS)
			p.next()
			p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
			_, _ = p.conn.Read(make([]byte, 9))
			time.Sleep(time.Second)
		},
		"while signing in": func(p *peer) { p.secure(); p.open(mechanisms("SCRAM-SHA-1")); p.wait() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := scriptedConfig(t, scripted(t, script))
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel)
			start := time.Now()
			_, _, err := stream.Connect(ctx, cfg)
			if model.KindOf(err) != model.ErrCancelled || time.Since(start) > time.Second {
				t.Errorf("got %v after %v", err, time.Since(start))
			}
		})
	}
}

func TestAddressesThatLeadNowhere(t *testing.T) {
	closed := scripted(t, func(*peer) {})
	for name, c := range map[string]struct {
		change func(*stream.Config)
		kind   model.ErrorKind
	}{
		"refused port":          {func(c *stream.Config) { c.Address = "127.0.0.1:1" }, model.ErrUnreachable},
		"unknown host":          {func(c *stream.Config) { c.Address = "nowhere.invalid:5222" }, model.ErrUnknownHost},
		"no account":            {func(c *stream.Config) { c.JID = c.JID.Server() }, model.ErrInvalidJID},
		"no password":           {func(c *stream.Config) { c.Password = model.Secret{} }, model.ErrNoPassword},
		"impossible password":   {func(c *stream.Config) { c.Password = model.NewSecret("bell\a") }, model.ErrInvalid},
		"plain text far away":   {func(c *stream.Config) { c.Security, c.Address = model.SecurityPlaintext, "192.0.2.1:5222" }, model.ErrTLSRequired},
		"plain text to a name":  {func(c *stream.Config) { c.Security, c.Address = model.SecurityPlaintext, "" }, model.ErrTLSRequired},
		"no such thing as this": {func(c *stream.Config) { c.Address = "127.0.0.1:99999" }, model.ErrInvalid},
	} {
		cfg := scriptedConfig(t, closed)
		c.change(&cfg)
		_, _, err := stream.Connect(t.Context(), cfg)
		if model.KindOf(err) != c.kind {
			t.Errorf("%s: %v (%s), want %s", name, err, model.KindOf(err), c.kind)
		}
		if says := err.Error(); name == "unknown host" && !strings.Contains(says, "nowhere.invalid") {
			t.Errorf("%s: %q does not name it", name, says)
		}
		var told *model.Error
		if !errors.As(err, &told) || told.Message == "" || !strings.HasSuffix(told.Message, ".") {
			t.Errorf("%s: %q is no sentence", name, err)
		}
	}
}
