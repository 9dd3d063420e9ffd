package stream

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
)

// The bounds of the iteration count: RFC 5802 §5.1 asks for 4096 at least, and a server
// must not keep us busy for minutes.
const (
	minIterations = 4096
	maxIterations = 500_000
)

// errShortened is an offer that is not the one the server made (XEP-0474).
var errShortened = errors.New("the offer was changed on the way")

// errLiar is the root of what a server that does not know the password does wrong.
var errLiar = errors.New("the server did not prove itself")

// scram is the client's side of SCRAM (RFC 5802, RFC 7677): no I/O, three steps in
// order. Each instance is used for one exchange.
type scram struct {
	mech     string
	hash     func() hash.Hash
	user     string // escaped
	password string // prepared
	gs2      string // "n,,", "y,," or "p=type,,"
	binding  []byte
	nonce    string

	offer      string // what was offered, as offerText writes it
	mustVerify bool   // the server must confirm what was offered

	clientFirst string // without the gs2 header
	signature   []byte // what the server must send, once it is known
	verified    bool
	confirmed   bool // the offer was confirmed
}

// scramFamily are our mechanisms, best first, each with its variant that binds.
var scramFamily = []string{"SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"}

// scramHash is the hash of a mechanism's name, nil for what is not SCRAM or not ours.
func scramHash(mech string) func() hash.Hash {
	switch strings.TrimSuffix(mech, "-PLUS") {
	case "SCRAM-SHA-1":
		return sha1.New
	case "SCRAM-SHA-256":
		return sha256.New
	case "SCRAM-SHA-512":
		return sha512.New
	}
	return nil
}

// weakerHash compares two mechanisms of ours; what is none of ours is not compared.
func weakerHash(mech, than string) bool {
	a := slices.Index(scramFamily, strings.TrimSuffix(mech, "-PLUS"))
	b := slices.Index(scramFamily, strings.TrimSuffix(than, "-PLUS"))
	return a > b && b >= 0
}

// newSCRAM prepares an exchange. flag is "n", "y" or the type of the binding; nonce is
// at least 18 random bytes, printable and without a comma.
func newSCRAM(mech, user, password, flag string, binding []byte, nonce string) *scram {
	gs2 := flag + ",,"
	if flag != "n" && flag != "y" {
		gs2 = "p=" + gs2
	}
	escape := strings.NewReplacer("=", "=3D", ",", "=2C")
	return &scram{
		mech: mech, hash: scramHash(mech), user: escape.Replace(user), password: password,
		gs2: gs2, binding: binding, nonce: nonce,
	}
}

func (s *scram) name() string { return s.mech }

// first is the client-first-message.
func (s *scram) first() []byte {
	s.clientFirst = "n=" + s.user + ",r=" + s.nonce
	return []byte(s.gs2 + s.clientFirst)
}

// next answers a challenge: the server-first-message with the proof; the
// server-final-message, where a server sends it as a challenge, with nothing.
func (s *scram) next(challenge []byte) ([]byte, error) {
	if s.signature != nil {
		return nil, s.final(challenge)
	}
	c, err := parseChallenge(challenge, s.nonce)
	if err != nil {
		return nil, err
	}
	if err := s.compareOffer(c.offer); err != nil {
		return nil, err
	}
	salted, err := pbkdf2.Key(s.hash, s.password, c.salt, c.iterations, s.hash().Size())
	if err != nil {
		return nil, err
	}
	bound := append([]byte(s.gs2), s.binding...)
	withoutProof := "c=" + base64.StdEncoding.EncodeToString(bound) + ",r=" + c.nonce
	message := []byte(s.clientFirst + "," + string(challenge) + "," + withoutProof)

	clientKey := s.mac(salted, []byte("Client Key"))
	sum := s.hash()
	sum.Write(clientKey)
	proof := s.mac(sum.Sum(nil), message)
	subtle.XORBytes(proof, proof, clientKey)
	s.signature = s.mac(s.mac(salted, []byte("Server Key")), message)
	return []byte(withoutProof + ",p=" + base64.StdEncoding.EncodeToString(proof)), nil
}

// compareOffer checks the server's hash of what it offered (XEP-0474 §5). The proof
// covers the hash, so whoever shortened the list cannot mend it. Servers that do not know
// this send none.
func (s *scram) compareOffer(theirs []byte) error {
	if theirs == nil && !s.mustVerify {
		return nil
	}
	sum := s.hash()
	sum.Write([]byte(s.offer))
	if !hmac.Equal(theirs, sum.Sum(nil)) {
		return errShortened
	}
	s.confirmed = true
	return nil
}

// offerText is what XEP-0474 §5.1 hashes: mechanisms and, from a server that lists them, types
// of channel binding, sorted byte by byte.
func offerText(mechanisms, bindings []string) string {
	const between, apart = "\x1e", "\x1f"
	text := strings.Join(slices.Sorted(slices.Values(mechanisms)), between)
	if bindings != nil {
		text += apart + strings.Join(slices.Sorted(slices.Values(bindings)), between)
	}
	return text
}

// done judges the success: without the server's signature it is none (RFC 5802 §5).
func (s *scram) done(additional []byte) error {
	if s.verified && len(additional) == 0 {
		return nil
	}
	if s.signature == nil {
		return fmt.Errorf("%w: success before any proof", errLiar)
	}
	return s.final(additional)
}

// final checks the server-final-message.
func (s *scram) final(message []byte) error {
	value, ok := bytes.CutPrefix(message, []byte("v="))
	if !ok {
		return fmt.Errorf("%w: no signature", errLiar)
	}
	value, _, _ = bytes.Cut(value, []byte(",")) // extensions
	got, err := base64.StdEncoding.Strict().DecodeString(string(value))
	if err != nil || !hmac.Equal(got, s.signature) {
		return fmt.Errorf("%w: wrong signature", errLiar)
	}
	s.verified = true
	return nil
}

func (s *scram) mac(key, message []byte) []byte {
	m := hmac.New(s.hash, key)
	m.Write(message)
	return m.Sum(nil)
}

// challenge is a server-first-message.
type challenge struct {
	nonce      string
	salt       []byte
	iterations int
	offer      []byte // the hash of what the server offered, nil without
}

// parseChallenge reads "r=…,s=…,i=…" and perhaps extensions. An extension that must be
// understood ("m=") is an error, as is a nonce that does not extend ours: it shows that
// the server answers another exchange.
func parseChallenge(b []byte, nonce string) (challenge, error) {
	fields := strings.Split(string(b), ",")
	if len(fields) < 3 {
		return challenge{}, errors.New("the challenge is incomplete")
	}
	r, okR := strings.CutPrefix(fields[0], "r=")
	s, okS := strings.CutPrefix(fields[1], "s=")
	i, okI := strings.CutPrefix(fields[2], "i=")
	if !okR || !okS || !okI {
		return challenge{}, errors.New("the challenge is malformed")
	}
	if !strings.HasPrefix(r, nonce) || len(r) == len(nonce) || !printable(r) {
		return challenge{}, fmt.Errorf("%w: the nonce is not ours, extended", errLiar)
	}
	salt, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(salt) == 0 {
		return challenge{}, errors.New("the challenge has no salt")
	}
	n, err := strconv.ParseUint(i, 10, 31)
	if err != nil || n < minIterations || n > maxIterations {
		return challenge{}, fmt.Errorf("%w: unreasonable iteration count", errLiar)
	}
	offer, err := offerHash(fields[3:])
	return challenge{nonce: r, salt: salt, iterations: int(n), offer: offer}, err
}

// offerHash is the hash of the offer among a challenge's extensions, nil without.
func offerHash(extensions []string) ([]byte, error) {
	for _, e := range extensions {
		if h, ok := strings.CutPrefix(e, "h="); ok {
			sum, err := base64.StdEncoding.Strict().DecodeString(h)
			if err != nil || len(sum) == 0 {
				return nil, errors.New("the hash of the offer is malformed")
			}
			return sum, nil
		}
	}
	return nil, nil
}

// printable: %x21-2B / %x2D-7E (RFC 5802 §7); the comma is cut already.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7e {
			return false
		}
	}
	return true
}
