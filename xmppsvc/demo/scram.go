package demo

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// iterations is RFC 7677's recommendation of 4096, more than doubled.
const iterations = 10_000

// scramHash is one SCRAM family member without -PLUS.
type scramHash struct {
	name string
	new  func() hash.Hash
}

// scramHashes in the order of preference.
var scramHashes = []scramHash{{"SCRAM-SHA-256", sha256.New}, {"SCRAM-SHA-1", sha1.New}}

// keys are what the server keeps of a password for one hash (RFC 5802 §3).
type keys struct {
	Salt       []byte `json:"salt"`
	Iterations int    `json:"iterations"`
	Stored     []byte `json:"stored"`
	Server     []byte `json:"server"`
}

// credentials holds the keys of one account by the name of the mechanism.
type credentials map[string]keys

// newCredentials derives the keys of a password; it takes some milliseconds and must
// not run under the server's mutex.
func newCredentials(password string) (credentials, error) {
	// NFKC is what SASLprep (RFC 4013 §2.2) does to all but a few odd characters.
	password = norm.NFKC.String(password)
	c := make(credentials, len(scramHashes))
	for _, h := range scramHashes {
		salt := make([]byte, 16)
		rand.Read(salt)
		salted, err := pbkdf2.Key(h.new, password, salt, iterations, h.new().Size())
		if err != nil {
			return nil, fmt.Errorf("derive keys: %w", err)
		}
		stored := h.new()
		stored.Write(sign(h.new, salted, "Client Key"))
		c[h.name] = keys{Salt: salt, Iterations: iterations, Stored: stored.Sum(nil), Server: sign(h.new, salted, "Server Key")}
	}
	return c, nil
}

func sign(h func() hash.Hash, key []byte, text string) []byte {
	m := hmac.New(h, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// saslError is a SASL failure condition (RFC 6120 §6.5).
type saslError string

func (e saslError) Error() string { return "authentication failed: " + string(e) }

const (
	errMalformed     saslError = "malformed-request"
	errNotAuthorized saslError = "not-authorized"
	errMechanism     saslError = "invalid-mechanism"
	errEncoding      saslError = "incorrect-encoding"
	errAborted       saslError = "aborted"
	errAuthzid       saslError = "invalid-authzid"
)

// exchange is the server's side of one SCRAM exchange (RFC 5802 §5). It does no I/O.
type exchange struct {
	hash    scramHash
	plus    bool   // a -PLUS mechanism was chosen
	offered bool   // -PLUS mechanisms were offered on this connection
	binding []byte // the tls-exporter value (RFC 9266), nil without TLS 1.3
	lookup  func(user string) (k keys, known bool)

	user    string
	authzid string
	known   bool
	keys    keys
	gs2     string
	bare    string // client-first-message-bare
	first   string // server-first-message
	nonce   string
}

// begin takes the client's first message and returns the server's.
func (x *exchange) begin(msg string) (string, error) {
	flag, rest, ok1 := strings.Cut(msg, ",")
	authzid, bare, ok2 := strings.Cut(rest, ",")
	if !ok1 || !ok2 {
		return "", errMalformed
	}
	if err := x.checkBinding(flag); err != nil {
		return "", err
	}
	if authzid != "" {
		name, ok := strings.CutPrefix(authzid, "a=")
		if x.authzid = saslName(name); !ok || x.authzid == "" {
			return "", errMalformed
		}
	}
	x.gs2, x.bare = flag+","+authzid+",", bare
	fields := strings.Split(bare, ",")
	// A leading "m=" announces an extension that must be understood: there is none.
	if len(fields) < 2 || !strings.HasPrefix(fields[0], "n=") || !strings.HasPrefix(fields[1], "r=") || len(fields[1]) < 8 {
		return "", errMalformed
	}
	if x.user = saslName(fields[0][2:]); x.user == "" {
		return "", errMalformed
	}
	x.keys, x.known = x.lookup(x.user)
	x.nonce = fields[1][2:] + rand.Text()
	x.first = "r=" + x.nonce + ",s=" + base64.StdEncoding.EncodeToString(x.keys.Salt) + ",i=" + strconv.Itoa(x.keys.Iterations)
	return x.first, nil
}

// checkBinding judges the gs2 flag (RFC 5802 §6).
func (x *exchange) checkBinding(flag string) error {
	switch {
	case flag == "n" && !x.plus:
		return nil
	case flag == "y" && !x.plus && !x.offered:
		return nil
	case flag == "y" && x.offered:
		// The client believes that we offer no binding, but we do: somebody in
		// between took it away.
		return errNotAuthorized
	case flag == "p=tls-exporter" && x.plus:
		return nil
	}
	return errMalformed
}

// finish takes the client's final message and returns the server's.
func (x *exchange) finish(msg string) (string, error) {
	i := strings.LastIndex(msg, ",p=")
	if i < 0 {
		return "", errMalformed
	}
	without := msg[:i]
	proof, err := base64.StdEncoding.DecodeString(msg[i+3:])
	if err != nil {
		return "", errEncoding
	}
	fields := strings.Split(without, ",")
	if len(fields) < 2 || !strings.HasPrefix(fields[0], "c=") || fields[1] != "r="+x.nonce {
		return "", errMalformed
	}
	bound, err := base64.StdEncoding.DecodeString(fields[0][2:])
	if err != nil {
		return "", errEncoding
	}
	want := []byte(x.gs2)
	if x.plus {
		want = append(want, x.binding...)
	}
	if subtle.ConstantTimeCompare(bound, want) != 1 {
		return "", errNotAuthorized
	}
	auth := x.bare + "," + x.first + "," + without
	key := sign(x.hash.new, x.keys.Stored, auth)
	if len(proof) != len(key) {
		return "", errNotAuthorized
	}
	subtle.XORBytes(key, key, proof)
	h := x.hash.new()
	h.Write(key)
	if subtle.ConstantTimeCompare(h.Sum(nil), x.keys.Stored) != 1 || !x.known {
		return "", errNotAuthorized
	}
	return "v=" + base64.StdEncoding.EncodeToString(sign(x.hash.new, x.keys.Server, auth)), nil
}

// saslName undoes the escapes of a saslname; "" is an invalid one.
func saslName(s string) string {
	if strings.Count(s, "=") != strings.Count(s, "=2C")+strings.Count(s, "=3D") {
		return ""
	}
	return strings.NewReplacer("=2C", ",", "=3D", "=").Replace(s)
}

// decoy is what an unknown user's exchange runs with, the same for the same name, so
// that nobody learns from the salt who has an account.
func decoy(h scramHash, secret []byte, user string) keys {
	salt := sign(sha256.New, secret, "salt:"+h.name+user)[:16]
	stored := make([]byte, h.new().Size())
	rand.Read(stored)
	return keys{Salt: salt, Iterations: iterations, Stored: stored, Server: stored}
}
