package stream_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"hash"
	"slices"
	"strings"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/xmpptest"
)

var hashes = map[string]func() hash.Hash{"SCRAM-SHA-1": sha1.New, "SCRAM-SHA-256": sha256.New, "SCRAM-SHA-512": sha512.New}

func mac(h func() hash.Hash, key []byte, text string) []byte {
	m := hmac.New(h, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func sum(h func() hash.Hash, b []byte) []byte {
	s := h()
	s.Write(b)
	return s.Sum(nil)
}

// exchanged is what a server saw of one exchange.
type exchanged struct {
	mech, gs2 string
	bound     []byte // behind the gs2 header in "c="
}

// scram is the server's side of RFC 5802, written from there: it checks the proof and gives
// its own. extension is added to the challenge, by the hash in use.
func (p *peer) scram(extension func(h func() hash.Hash) string) exchanged {
	auth := p.next()
	raw, err := base64.StdEncoding.DecodeString(auth.Text())
	p.must(err)
	var x exchanged
	x.mech = auth.Get("mechanism")
	h := hashes[strings.TrimSuffix(x.mech, "-PLUS")]
	flag, bare, _ := strings.Cut(string(raw), ",,")
	x.gs2 = flag
	_, nonce, _ := strings.Cut(bare, ",r=")
	challenge := fmt.Sprintf("r=%sserver,s=%s,i=4096", nonce, base64.StdEncoding.EncodeToString([]byte("salt and pepper")))
	if extension != nil {
		challenge += extension(h)
	}
	p.sasl("challenge", challenge)
	raw, err = base64.StdEncoding.DecodeString(p.next().Text())
	p.must(err)
	unproved, proof64, _ := strings.Cut(string(raw), ",p=")
	c64, _, _ := strings.Cut(strings.TrimPrefix(unproved, "c="), ",")
	c, err := base64.StdEncoding.DecodeString(c64)
	p.must(err)
	x.bound = bytes.TrimPrefix(c, []byte(flag+",,"))
	salted, err := pbkdf2.Key(h, scriptedPass, []byte("salt and pepper"), 4096, h().Size())
	p.must(err)
	message := bare + "," + challenge + "," + unproved
	stored := sum(h, mac(h, salted, "Client Key"))
	clientKey, err := base64.StdEncoding.DecodeString(proof64)
	p.must(err)
	subtle.XORBytes(clientKey, clientKey, mac(h, stored, message))
	if !bytes.Equal(sum(h, clientKey), stored) {
		p.failure("not-authorized")
		p.wait()
		p.must(errNotAuthorized)
	}
	p.sasl("success", "v="+base64.StdEncoding.EncodeToString(mac(h, mac(h, salted, "Server Key"), message)))
	p.rd.Restart()
	p.open(offerBind)
	p.bound()
	return x
}

var errNotAuthorized = fmt.Errorf("not authorized")

// lists is a server's list of channel bindings (XEP-0440).
func lists(types ...string) string {
	var b strings.Builder
	for _, t := range types {
		fmt.Fprintf(&b, "<channel-binding type='%s'/>", t)
	}
	return "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>" + b.String() + "</sasl-channel-binding>"
}

// confirms is the extension of XEP-0474 §5.1 for an offer, worked out here once more.
func confirms(mechs, types []string) func(h func() hash.Hash) string {
	return func(h func() hash.Hash) string {
		text := strings.Join(slices.Sorted(slices.Values(mechs)), "\x1e")
		if types != nil {
			text += "\x1f" + strings.Join(slices.Sorted(slices.Values(types)), "\x1e")
		}
		return ",h=" + base64.StdEncoding.EncodeToString(sum(h, []byte(text)))
	}
}

// The rules for servers of all ages, on the wire.
func TestHowWeSignInByWhatIsOffered(t *testing.T) {
	all := []string{"SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS", "PLAIN"}
	bare := []string{"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"}
	const exporter, unique, endPoint = "tls-exporter", "tls-unique", "tls-server-end-point"
	for name, c := range map[string]struct {
		tls12     bool
		mechs     []string
		types     []string
		confirmed bool // XEP-0474
		mech, gs2 string
		kind      model.ErrorKind
	}{
		"all, TLS 1.3":                       {false, all, []string{endPoint, exporter}, false, "SCRAM-SHA-512-PLUS", "p=" + exporter, ""},
		"all, confirmed":                     {false, all, []string{endPoint, exporter}, true, "SCRAM-SHA-512-PLUS", "p=" + exporter, ""},
		"all, TLS 1.2":                       {true, all, []string{endPoint, exporter, unique}, false, "SCRAM-SHA-512-PLUS", "p=" + exporter, ""},
		"TLS 1.2 without exporter":           {true, all, []string{endPoint, unique}, false, "SCRAM-SHA-512-PLUS", "p=" + unique, ""},
		"TLS ends before the server":         {false, all, []string{endPoint}, false, "SCRAM-SHA-512-PLUS", "p=" + endPoint, ""},
		"tls-unique on TLS 1.3 is none":      {false, all, []string{unique, endPoint}, false, "SCRAM-SHA-512-PLUS", "p=" + endPoint, ""},
		"an older -PLUS before a newer bare": {false, []string{"SCRAM-SHA-512", "SCRAM-SHA-1-PLUS"}, []string{exporter}, false, "SCRAM-SHA-1-PLUS", "p=" + exporter, ""},
		"no list, TLS 1.2":                   {true, all, nil, false, "SCRAM-SHA-512-PLUS", "p=" + unique, ""},
		"no list, TLS 1.3":                   {false, all, nil, false, "SCRAM-SHA-512", "n", ""},
		"an empty list, TLS 1.3":             {false, all, []string{}, true, "SCRAM-SHA-512", "n", ""},
		"no -PLUS":                           {false, bare, nil, false, "SCRAM-SHA-512", "y", ""},
		"no -PLUS, but a list":               {false, bare, []string{exporter}, false, "SCRAM-SHA-512", "y", ""},
		"no -PLUS, confirmed":                {false, bare, nil, true, "SCRAM-SHA-512", "y", ""},
		"none of our types":                  {false, all, []string{"tls-new"}, false, "", "", model.ErrDowngrade},
		"none of our types, confirmed":       {false, all, []string{"tls-new"}, true, "SCRAM-SHA-512", "n", ""},
		"only SHA-256":                       {false, []string{"SCRAM-SHA-256", "PLAIN"}, nil, false, "SCRAM-SHA-256", "y", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := make(chan exchanged, 2)
			state := make(chan tls.ConnectionState, 2)
			cfg := scriptedConfig(t, scripted(t, func(p *peer) {
				if c.tls12 {
					p.highest = tls.VersionTLS12
				}
				p.secure()
				offer := mechanisms(c.mechs...)
				if c.types != nil {
					offer += lists(c.types...)
				}
				p.open(offer)
				var extension func(func() hash.Hash) string
				if c.confirmed {
					extension = confirms(c.mechs, c.types)
				}
				state <- p.conn.(*tls.Conn).ConnectionState()
				seen <- p.scram(extension)
				p.wait()
			}))
			cfg.PlusSeen = true
			s, e, err := stream.Connect(t.Context(), cfg)
			if model.KindOf(err) != c.kind {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				return
			}
			defer s.Abort()
			got := <-seen
			if got.mech != c.mech || got.gs2 != c.gs2 || e.Login.Mechanism != c.mech {
				t.Errorf("by %s with %s", got.mech, got.gs2)
			}
			if want := bindingOf(t, <-state, strings.TrimPrefix(c.gs2, "p=")); !bytes.Equal(got.bound, want) {
				t.Errorf("bound to %x, want %x", got.bound, want)
			}
			plus := strings.HasSuffix(c.mech, "-PLUS")
			if e.PlusUsed != plus || e.BindingLost != (!plus && !c.confirmed) || e.Login.ChannelBinding != strings.TrimPrefix(c.gs2, "p=") && plus {
				t.Errorf("established %+v", e)
			}
		})
	}
}

// bindingOf is the server's view of a channel binding.
func bindingOf(tb testing.TB, cs tls.ConnectionState, typ string) []byte {
	tb.Helper()
	switch typ {
	case "tls-exporter":
		out, err := cs.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
		if err != nil {
			tb.Fatal(err)
		}
		return out
	case "tls-unique":
		return cs.TLSUnique
	case "tls-server-end-point": // the certificate is signed with SHA-256
		out := sha256.Sum256(scriptedCert().pair.Certificate[0])
		return out[:]
	}
	return []byte{}
}

func TestAWeakerHashIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		before    string
		mechs     []string
		types     []string
		confirmed bool
		weaker    bool
	}{
		"weaker":                {"SCRAM-SHA-256", []string{"SCRAM-SHA-1"}, nil, false, true},
		"weaker, confirmed":     {"SCRAM-SHA-256", []string{"SCRAM-SHA-1"}, nil, true, false},
		"weaker, bound":         {"SCRAM-SHA-512-PLUS", []string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"}, []string{"tls-exporter"}, false, false},
		"weaker, and lost":      {"SCRAM-SHA-512-PLUS", []string{"SCRAM-SHA-256"}, nil, false, true},
		"the same, not bound":   {"SCRAM-SHA-256-PLUS", []string{"SCRAM-SHA-256"}, nil, false, false},
		"stronger":              {"SCRAM-SHA-1", []string{"SCRAM-SHA-256"}, nil, false, false},
		"nothing is remembered": {"", []string{"SCRAM-SHA-1"}, nil, false, false},
		"PLAIN was used":        {"PLAIN", []string{"SCRAM-SHA-1"}, nil, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := scriptedConfig(t, scripted(t, func(p *peer) {
				p.secure()
				offer := mechanisms(c.mechs...)
				if c.types != nil {
					offer += lists(c.types...)
				}
				p.open(offer)
				var extension func(func() hash.Hash) string
				if c.confirmed {
					extension = confirms(c.mechs, c.types)
				}
				p.scram(extension)
				p.wait()
			}))
			cfg.Hint.Mechanism = c.before // without a flag it is not guessed
			if _, e := signIn(t, cfg); e.HashWeaker != c.weaker {
				t.Errorf("weaker: %t, with %s", e.HashWeaker, e.Login.Mechanism)
			}
		})
	}
}

// The newest hash, as a server of others speaks it.
func TestSHA512OnEjabberd(t *testing.T) {
	for _, tls12 := range []bool{false, true} {
		srv := xmpptest.Ejabberd(t, xmpptest.Options{MaxTLS12: tls12, Mechanisms: []string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS"}})
		u := srv.AddUser("strong", "p\u00e4ss, word=")
		want := "SCRAM-SHA-512"
		if tls12 {
			want += "-PLUS"
		}
		cfg := config(t, srv, u, srv.DirectTLSAddr(), model.SecurityDirectTLS)
		for range 2 {
			_, e := signIn(t, cfg)
			if e.Login.Mechanism != want {
				t.Errorf("signed in by %+v", e.Login)
			}
			cfg.Hint = e.Hint
		}
		cfg.Password = model.NewSecret("wrong")
		if _, _, err := stream.Connect(t.Context(), cfg); model.KindOf(err) != model.ErrAuthFailed {
			t.Errorf("with a wrong password: %v", err)
		}
	}
}
