package stream

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"hash"
	"strings"
	"testing"

	"mellium.im/sasl"
)

// The exchanges printed in RFC 5802 §5 and RFC 7677 §3.
func TestSCRAMSpeaksAsTheRFCsPrint(t *testing.T) {
	for _, c := range []struct{ mech, nonce, server, final, success string }{
		{
			"SCRAM-SHA-1", "fyko+d2lbbFgONRv9qkxdawL",
			"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
			"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
		},
		{
			"SCRAM-SHA-256", "rOprNGfwEbeRWgbNEkqO",
			"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
			"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
		},
	} {
		s := newSCRAM(c.mech, "user", "pencil", "n", nil, c.nonce)
		if got, want := string(s.first()), "n,,n=user,r="+c.nonce; got != want {
			t.Errorf("%s begins %q, want %q", c.mech, got, want)
		}
		got, err := s.next([]byte(c.server))
		if err != nil || string(got) != c.final {
			t.Errorf("%s answers %q, %v; want %q", c.mech, got, err, c.final)
		}
		if err := s.done([]byte(c.success)); err != nil {
			t.Errorf("%s: %v", c.mech, err)
		}
	}
}

// mellium.im/sasl is the other side, written by somebody else.
func TestSCRAMAgreesWithAnotherImplementation(t *testing.T) {
	salt := []byte("0123456789abcdef")
	for mech, h := range map[string]struct {
		theirs sasl.Mechanism
		hash   func() hash.Hash
	}{"SCRAM-SHA-1": {sasl.ScramSha1, sha1.New}, "SCRAM-SHA-256": {sasl.ScramSha256, sha256.New}} {
		t.Run(mech, func(t *testing.T) {
			server := sasl.NewServer(h.theirs, func(*sasl.Negotiator) bool { return true },
				sasl.SaltedCredentials(func(user, _ []byte, _ string) ([]byte, []byte, int64, error) {
					if string(user) != "jürgen" {
						return nil, nil, 0, sasl.ErrAuthn
					}
					return salt, sasl.SCRAMSaltPassword(h.hash, []byte("pass, word"), salt, 4096), 4096, nil
				}))
			s := newSCRAM(mech, "jürgen", "pass, word", "n", nil, "abcdefghijklmnopqrstuvwx")
			_, challenge, err := server.Step(s.first())
			if err != nil {
				t.Fatalf("their first step: %v", err)
			}
			final, err := s.next(challenge)
			if err != nil {
				t.Fatalf("our answer: %v", err)
			}
			_, success, err := server.Step(final)
			if err != nil {
				t.Fatalf("they refused us: %v", err)
			}
			if err := s.done(success); err != nil {
				t.Fatalf("we refused them: %v", err)
			}
		})
	}
}

func TestHostileChallengesAreRefused(t *testing.T) {
	const nonce = "clientnonce"
	for name, text := range map[string]string{
		"empty":                "",
		"nonce not extended":   "r=clientnonce,s=QSXCR+Q6sek8bf92,i=4096",
		"another nonce":        "r=othernonce+more,s=QSXCR+Q6sek8bf92,i=4096",
		"nonce with a space":   "r=clientnonce more,s=QSXCR+Q6sek8bf92,i=4096",
		"one iteration":        "r=clientnonceX,s=QSXCR+Q6sek8bf92,i=1",
		"4095 iterations":      "r=clientnonceX,s=QSXCR+Q6sek8bf92,i=4095",
		"500001 iterations":    "r=clientnonceX,s=QSXCR+Q6sek8bf92,i=500001",
		"30000000 iterations":  "r=clientnonceX,s=QSXCR+Q6sek8bf92,i=30000000",
		"2^64 iterations":      "r=clientnonceX,s=QSXCR+Q6sek8bf92,i=18446744073709551616",
		"negative iterations":  "r=clientnonceX,s=QSXCR+Q6sek8bf92,i=-4096",
		"signed iterations":    "r=clientnonceX,s=QSXCR+Q6sek8bf92,i=+4096",
		"no iterations":        "r=clientnonceX,s=QSXCR+Q6sek8bf92,i=",
		"short last field":     "r=clientnonceX,s=QSXCR+Q6sek8bf92,i",
		"no salt":              "r=clientnonceX,s=,i=4096",
		"salt that is none":    "r=clientnonceX,s=***,i=4096",
		"mandatory extension":  "m=new,r=clientnonceX,s=QSXCR+Q6sek8bf92,i=4096",
		"fields out of order":  "s=QSXCR+Q6sek8bf92,r=clientnonceX,i=4096",
		"an error for a start": "e=other-error",
	} {
		if _, err := parseChallenge([]byte(text), nonce); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := parseChallenge([]byte("r=clientnonceX,s=QSXCR+Q6sek8bf92,i=4096,x=later"), nonce); err != nil {
		t.Errorf("an extension that may be ignored: %v", err)
	}
}

func TestSuccessWithoutProofIsAFailure(t *testing.T) {
	begun := func() *scram { return newSCRAM("SCRAM-SHA-1", "user", "pencil", "n", nil, "fyko+d2lbbFgONRv9qkxdawL") }
	answered := func() *scram {
		s := begun()
		s.first()
		if _, err := s.next([]byte("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096")); err != nil {
			t.Fatal(err)
		}
		return s
	}
	const right = "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="
	for name, err := range map[string]error{
		"at once":           begun().done([]byte(right)),
		"at once and empty": begun().done(nil),
		"no data":           answered().done(nil),
		"empty signature":   answered().done([]byte("v=")),
		"wrong signature":   answered().done([]byte("v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
		"cut signature":     answered().done([]byte("v=rmF9pqV8S7suAoZWja4dJRkFs")),
		"an error":          answered().done([]byte("e=invalid-proof")),
	} {
		if !errors.Is(err, errLiar) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := answered()
	if rest, err := s.next([]byte(right)); err != nil || len(rest) != 0 {
		t.Errorf("the signature as a challenge: %q, %v", rest, err)
	}
	if err := s.done(nil); err != nil {
		t.Errorf("empty success after the signature: %v", err)
	}
}

func TestNamesAreEscaped(t *testing.T) {
	s := newSCRAM("SCRAM-SHA-1", "a=b,c", "pencil", "y", nil, "nonce")
	if got := string(s.first()); got != "y,,n=a=3Db=2Cc,r=nonce" {
		t.Errorf("begins %q", got)
	}
}

func TestBindingIsPartOfTheProof(t *testing.T) {
	s := newSCRAM("SCRAM-SHA-1-PLUS", "user", "pencil", bindUnique, []byte("12 bytes xyz"), "nonce")
	if got := string(s.first()); !strings.HasPrefix(got, "p=tls-unique,,n=user") {
		t.Errorf("begins %q", got)
	}
	got, err := s.next([]byte("r=nonceX,s=QSXCR+Q6sek8bf92,i=4096"))
	if err != nil || !strings.HasPrefix(string(got), "c=cD10bHMtdW5pcXVlLCwxMiBieXRlcyB4eXo=,r=nonceX,") {
		t.Errorf("answers %q, %v", got, err)
	}
}

func FuzzChallenge(f *testing.F) {
	for _, s := range []string{"r=nX,s=QSXCR+Q6sek8bf92,i=4096", "r=nX,s=QSXC,i", "e=x", "m=,r=n", "r=n,,,", "r=nX,s=QQ==,i=4096,"} {
		f.Add([]byte(s), "n")
	}
	f.Fuzz(func(t *testing.T, b []byte, nonce string) {
		c, err := parseChallenge(b, nonce)
		if err != nil {
			return
		}
		if c.iterations < minIterations || c.iterations > maxIterations || len(c.salt) == 0 ||
			!strings.HasPrefix(c.nonce, nonce) || len(c.nonce) <= len(nonce) || strings.ContainsAny(c.nonce, ", \x00\n") {
			t.Errorf("taken: %q gives %+v", b, c)
		}
	})
}

func BenchmarkSaltingAPassword(b *testing.B) {
	for name, h := range map[string]func() hash.Hash{"SHA-1": sha1.New, "SHA-256": sha256.New} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := pbkdf2.Key(h, "a password", []byte("0123456789abcdef"), 10_000, h().Size()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The example of XEP-0474 §6.3.
func TestAnOfferIsComparedWithTheServers(t *testing.T) {
	offer := offerText([]string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"}, []string{bindEndPoint, bindExporter})
	const hash = "h=G6k/rBLDqgOhRRaCuuatSDFkJ08="
	for _, c := range []struct {
		name, offer, extension string
		must, confirmed        bool
		err                    error
	}{
		{"the same", offer, "," + hash, false, true, nil},
		{"the same, beside another", offer, ",x=y," + hash, true, true, nil},
		{"shortened", offerText([]string{"SCRAM-SHA-1"}, nil), "," + hash, false, false, errShortened},
		{"a server that does not know of it", offer, "", false, false, nil},
		{"not confirmed where it must be", offer, "", true, false, errShortened},
	} {
		s := newSCRAM("SCRAM-SHA-1", "user", "pencil", "n", nil, "nonce")
		s.offer, s.mustVerify = c.offer, c.must
		s.first()
		_, err := s.next([]byte("r=nonceX,s=QSXCR+Q6sek8bf92,i=4096" + c.extension))
		if !errors.Is(err, c.err) || s.confirmed != c.confirmed {
			t.Errorf("%s: %v, %t", c.name, err, s.confirmed)
		}
	}
}
