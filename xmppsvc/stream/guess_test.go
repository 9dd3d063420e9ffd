package stream_test

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/trace"
)

const listExporter = "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-server-end-point'/><channel-binding type='tls-exporter'/></sasl-channel-binding>"

// finish takes a client that sent <auth/> to a bound stream.
func (p *peer) finish() {
	first, challenge := p.scramFirst("server", 4096)
	p.sasl("success", p.scramFinal(first, challenge))
	p.rd.Restart()
	p.open("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
	p.bound()
	p.wait()
}

func TestAListedBindingIsUsedOnTLS13(t *testing.T) {
	seen := make(chan []byte, 1)
	cfg := scriptedConfig(t, scripted(t, func(p *peer) {
		p.secure()
		state := p.conn.(*tls.Conn).ConnectionState()
		p.open(mechanisms("SCRAM-SHA-1", "SCRAM-SHA-1-PLUS") + listExporter)
		first, challenge := p.scramFirst("server", 4096)
		el := p.next()
		raw, err := base64.StdEncoding.DecodeString(el.Text())
		p.must(err)
		c, _, _ := strings.Cut(strings.TrimPrefix(string(raw), "c="), ",")
		bound, err := base64.StdEncoding.DecodeString(c)
		p.must(err)
		want, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
		p.must(err)
		if !bytes.Equal(bound, append([]byte("p=tls-exporter,,"), want...)) {
			p.tb.Errorf("bound to %q", bound)
		}
		seen <- want
		p.sasl("success", signature(p, first, challenge, string(raw)))
		p.rd.Restart()
		p.open("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
		p.bound()
		p.wait()
	}))
	_, e := signIn(t, cfg)
	if !e.PlusUsed || e.Login.ChannelBinding != "tls-exporter" || len(<-seen) != 32 {
		t.Errorf("signed in with %+v", e.Login)
	}
}

func TestAGuessThatTheOfferContradictsIsGivenUp(t *testing.T) {
	var flags []string
	cfg := scriptedConfig(t, scripted(t, func(p *peer) {
		p.secure()
		p.open(mechanisms("SCRAM-SHA-1", "SCRAM-SHA-1-PLUS") + listExporter)
		flags = append(flags, gs2(p.next()))
		p.sasl("challenge", "r=whatever,s=AAAA,i=4096")
		if el := p.next(); !el.Is(stanza.NSSASL, "abort") {
			p.tb.Errorf("sent %s", el.Name.Local)
		}
		p.failure("aborted")
		auth := p.next()
		flags = append(flags, gs2(auth))
		p.failure("not-authorized")
		p.wait()
	}))
	// Last time there was no -PLUS, so "y" was said.
	cfg.Hint = stream.Hint{Mechanism: "SCRAM-SHA-1", Features: []byte(`{"flag":"y"}`)}
	_, _, err := stream.Connect(t.Context(), cfg)
	if model.KindOf(err) != model.ErrAuthFailed || !slices.Equal(flags, []string{"y", "p=tls-exporter"}) {
		t.Errorf("%v, with %q", err, flags)
	}
}

// gs2 is the flag of a client-first-message.
func gs2(auth *stanza.Element) string {
	raw, _ := base64.StdEncoding.DecodeString(auth.Text())
	flag, _, _ := strings.Cut(string(raw), ",")
	return flag
}

func TestANewMechanismIsUsedFromTheNextLoginOn(t *testing.T) {
	cfg := scriptedConfig(t, scripted(t, func(p *peer) {
		p.secure()
		p.open(mechanisms("SCRAM-SHA-1", "SCRAM-SHA-256"))
		p.finish()
	}))
	cfg.Hint = stream.Hint{Mechanism: "SCRAM-SHA-1", Features: []byte(`{"flag":"y"}`)}
	_, e := signIn(t, cfg)
	if e.Login.Mechanism != "SCRAM-SHA-1" || e.Hint.Mechanism != "SCRAM-SHA-256" {
		t.Errorf("signed in by %s, next time by %s", e.Login.Mechanism, e.Hint.Mechanism)
	}
}

func TestWhatComesBeforeConnectIsDoneIsHandedOnFirst(t *testing.T) {
	cfg := inProcess(scriptedConfig(t, scripted(t, func(p *peer) {
		p.open(mechanisms("PLAIN"))
		p.next()
		p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
		p.rd.Restart()
		p.open("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/>")
		p.bound()
		p.next() // presence, which was sent without waiting
		p.send("<message id='early'/><message id='too large'><body>%s</body></message>", strings.Repeat("x", 1<<20))
		if el := p.next(); !el.Is("urn:xmpp:sm:3", "enable") {
			p.tb.Errorf("sent %s", el.Name.Local)
		}
		p.send("<message id='still early'/><enabled xmlns='urn:xmpp:sm:3'/><message id='counts'/></stream:stream>")
	})))
	// Last time there was no stream management: it is switched on when it is seen.
	cfg.Hint.Features = []byte(`{}`)
	cfg.First = []stream.Outgoing{{Element: stanza.NewPresence("", "")}}
	s, e := signIn(t, cfg)
	if !e.SM || e.SMID != "" {
		t.Errorf("established %+v", e)
	}
	var got []string
	for _, in := range all(t, s) {
		text := in.Element.Get("id")
		if in.Counts {
			text += " counted"
		}
		if in.Dropped != "" {
			text += " dropped"
		}
		got = append(got, text)
	}
	if want := []string{"early", "too large dropped", "still early", "counts counted"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEachStepIsInTheTrace(t *testing.T) {
	cfg := scriptedConfig(t, scripted(t, func(p *peer) {
		p.secure()
		p.open(mechanisms("SCRAM-SHA-1"))
		p.finish()
	}))
	var states []model.ConnState
	cfg.OnState = func(s model.ConnState) { states = append(states, s) }
	s, _ := signIn(t, cfg)
	s.Abort()
	entries, _ := cfg.Trace.Since(0)
	var steps []string
	for _, e := range entries {
		if e.Kind == trace.KindStep {
			steps = append(steps, e.Name)
		}
	}
	if want := []string{"resolving", "connecting", "certificate", "securing", "mechanism", "bound", "ended"}; !slices.Equal(steps, want) {
		t.Errorf("steps %q, want %q", steps, want)
	}
	if want := []model.ConnState{model.Resolving, model.Connecting, model.Securing, model.Authenticating, model.Binding}; !slices.Equal(states, want) {
		t.Errorf("states %q, want %q", states, want)
	}
	if c := cfg.Trace.Counters(); c.BytesIn == 0 || c.BytesOut == 0 || c.StanzasOut != 1 || c.StanzasIn != 1 {
		t.Errorf("counted %+v", c)
	}
	noSecrets(t, cfg.Trace, nil)
}
