package xmpptest

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Domain is what a server serves unless its Options say otherwise.
const Domain = "dovekie.test"

// Options describe a server that differs from the usual one. The zero value is
// a healthy server: valid certificate, TLS 1.2 and 1.3, the server's own choice
// of mechanisms, registration in band, both STARTTLS and direct TLS.
type Options struct {
	// Domain is the served domain; "" stands for the constant Domain.
	Domain string
	// Certificate is the kind shown by both ports.
	Certificate Certificate
	// NoTLS leaves STARTTLS out and lets clients sign in without it. There is
	// no direct TLS port then.
	NoTLS bool
	// TLSOptional keeps STARTTLS and direct TLS and lets clients sign in without
	// either too, so that what is on the wire can be read.
	TLSOptional bool
	// MaxTLS12 makes TLS 1.2 the highest version (and with it tls-unique possible).
	MaxTLS12 bool
	// Mechanisms, if not empty, are the only SASL mechanisms that may be offered,
	// for instance {"PLAIN"} or {"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"}.
	Mechanisms []string
	// NoRegistration refuses accounts made in band (XEP-0077).
	NoRegistration bool
	// NoModules are modules of the usual set to leave out, by the server's own
	// names ("smacks" or "mod_stream_mgmt").
	NoModules []string
	// SQLArchive lets the server keep its archive in SQLite. With their usual ones ejabberd
	// (Mnesia) reads all that a user has for every message it stores, and Prosody (files) for
	// every page it gives: some hundred messages are the limit of the one, some thousand of
	// the other.
	SQLArchive bool
	// Interfaces are addresses of this machine that Prosody serves clients at beside the
	// loopback one, at the same ports.
	Interfaces []string
	// Config is added to the global part of the configuration, in the server's
	// own language (Lua or YAML).
	Config string
}

// User is an account on a test server.
type User struct {
	Name, Domain, Password string
}

// JID is the bare address.
func (u User) JID() string { return u.Name + "@" + u.Domain }

// Server is a running server. Its methods fail the test they were asked by, so
// they belong on the test's goroutine.
type Server struct {
	tb testing.TB
	*instance
}

// instance is what several tests may share.
type instance struct {
	kind   backend
	opts   Options
	dir    string
	litter string // removed by the janitor if the test process dies
	ca     *authority
	leaf   *x509.Certificate
	ports  ports
	users  atomic.Int64

	mu   sync.Mutex // guards proc
	proc *process
}

// ports are the loopback ports of an instance; they stay the same over restarts.
type ports struct{ startTLS, directTLS, control int }

// backend is what differs between the two programs.
type backend interface {
	// program is the executable, Debian's package of it the second value.
	program() (path, pkg string)
	// prepare writes the configuration of the instance into its folder.
	prepare(tb testing.TB, i *instance)
	// command is how to run it in the foreground.
	command(i *instance) *exec.Cmd
	// ready asks the running program whether it is ours and complete.
	ready(i *instance) error
	// call carries out an operation in the running program.
	call(i *instance, op operation) error
}

// operation is a request to a running server.
type operation struct {
	Verb     string    `json:"verb"` // adduser, setpassword, kick, befriend
	User     string    `json:"user"`
	Password string    `json:"password,omitempty"`
	Contacts []Contact `json:"contacts,omitempty"`
}

// Contact is an entry for [Server.AddContacts]: the local name of an account on
// the same server (which need not exist), the name to show, and a group or "".
type Contact struct {
	Name  string `json:"name"`
	Nick  string `json:"nick,omitempty"`
	Group string `json:"group,omitempty"`
}

// newServer starts an instance that ends with the test.
func newServer(tb testing.TB, kind backend, opts Options) *Server {
	tb.Helper()
	requireProgram(tb, kind)
	s := &Server{tb: tb, instance: newInstance(tb, kind, opts, tb.TempDir(), "")}
	tb.Cleanup(s.halt)
	return s
}

// requireProgram skips the test, or fails it where servers are required.
func requireProgram(tb testing.TB, kind backend) {
	tb.Helper()
	path, pkg := kind.program()
	requirePrograms(tb, map[string]string{path: pkg})
}

// requirePrograms takes programs with the Debian packages that hold them.
func requirePrograms(tb testing.TB, packages map[string]string) {
	tb.Helper()
	for path, pkg := range packages {
		if _, err := exec.LookPath(path); err == nil {
			continue
		}
		unavailable(tb, fmt.Sprintf("this test needs the program %s (Debian package %q)", path, pkg))
	}
}

// unavailable skips the test, or fails it where servers are required.
func unavailable(tb testing.TB, why string) {
	tb.Helper()
	if os.Getenv("DOVEKIE_REQUIRE_SERVERS") == "1" {
		tb.Fatal(why)
	}
	tb.Skip(why)
}

// newInstance writes configuration and certificates below dir and starts the
// server, on other ports if somebody was quicker. The janitor removes litter.
func newInstance(tb testing.TB, kind backend, opts Options, dir, litter string) *instance {
	tb.Helper()
	if opts.Domain == "" {
		opts.Domain = Domain
	}
	i := &instance{kind: kind, opts: opts, dir: dir, litter: litter, ca: newAuthority(tb, "Dovekie test authority")}
	writeFile(tb, i.path("ca.pem"), encode(i.ca.cert))
	i.leaf = i.ca.issue(tb, dir, opts.Domain, opts.Certificate)
	var err error
	for range 3 {
		free, portErr := freePorts(3)
		if portErr != nil {
			tb.Fatalf("start a test server: %v", portErr)
		}
		i.ports = ports{startTLS: free[0], directTLS: free[1], control: free[2]}
		kind.prepare(tb, i)
		if err = i.launch(); err == nil {
			return i
		}
	}
	program, _ := kind.program()
	tb.Fatalf("start %s: %v\n%s", program, err, i.log())
	return nil
}

// launch starts the program and waits until it answers as ours.
func (i *instance) launch() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.proc != nil {
		return errors.New("the server runs already")
	}
	cmd := i.kind.command(i)
	out, err := os.OpenFile(i.path("output.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	p, err := startProcess(cmd, i.litter)
	if err != nil {
		return err
	}
	if err := p.waitReady(60*time.Second, func() error { return i.kind.ready(i) }); err != nil {
		p.stop(syscall.SIGKILL)
		return err
	}
	i.proc = p
	return nil
}

// end stops the program with sig; false if it did not run.
func (i *instance) end(sig syscall.Signal) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.proc == nil {
		return false
	}
	i.proc.stop(sig)
	i.proc = nil
	return true
}

// halt ends the server at the end of its test.
func (i *instance) halt() { i.end(syscall.SIGTERM) }

func (i *instance) path(name string) string { return filepath.Join(i.dir, name) }

func (i *instance) log() string {
	var all strings.Builder
	for _, name := range []string{"output.log", "server.log"} {
		text, err := os.ReadFile(i.path(name))
		if err != nil {
			continue // not written yet
		}
		all.Write(text)
	}
	return all.String()
}

// Domain is the served domain.
func (s *Server) Domain() string { return s.opts.Domain }

// StartTLSAddr is the host:port of the port that begins in plain text. With
// Options.NoTLS it stays so.
func (s *Server) StartTLSAddr() string { return loopback(s.ports.startTLS) }

// DirectTLSAddr is the host:port of the port that begins with TLS (XEP-0368).
func (s *Server) DirectTLSAddr() string {
	if s.opts.NoTLS {
		s.tb.Helper()
		s.tb.Fatal("a server without TLS has no direct TLS port")
	}
	return loopback(s.ports.directTLS)
}

// CAFile is the authority's certificate, PEM.
func (s *Server) CAFile() string { return s.path("ca.pem") }

// CAPool holds the authority's certificate alone.
func (s *Server) CAPool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.ca.cert)
	return pool
}

// Leaf is the certificate that the server shows at present.
func (s *Server) Leaf() *x509.Certificate { return s.leaf }

// Log is what the server wrote so far, for failure messages and for tests that
// look for secrets in it.
func (s *Server) Log() string { return s.log() }

// AddUser makes an account. The password is stored as the server stores it.
func (s *Server) AddUser(name, password string) User {
	s.tb.Helper()
	s.do(operation{Verb: "adduser", User: name, Password: password})
	return User{Name: name, Domain: s.opts.Domain, Password: password}
}

// NewUser makes an account that no other test of this process uses; its name
// begins with prefix.
func (s *Server) NewUser(prefix string) User {
	s.tb.Helper()
	n := s.users.Add(1)
	return s.AddUser(fmt.Sprintf("%s%d", prefix, n), fmt.Sprintf("secret of %s %d", prefix, n))
}

// SetPassword changes an account's password behind the back of who is signed in, and
// gives the user who knows the new one.
func (s *Server) SetPassword(u User, password string) User {
	s.tb.Helper()
	s.do(operation{Verb: "setpassword", User: u.Name, Password: password})
	u.Password = password
	return u
}

// Befriend puts each on the other's list with subscription "both", as if they
// had asked and agreed long ago.
func (s *Server) Befriend(a, b User) {
	s.tb.Helper()
	s.AddContacts(a, Contact{Name: b.Name, Nick: b.Name, Group: "Friends"})
	s.AddContacts(b, Contact{Name: a.Name, Nick: a.Name, Group: "Friends"})
}

// AddContacts writes entries with subscription "both" into the list of owner,
// who learns of them by roster pushes when signed in.
func (s *Server) AddContacts(owner User, contacts ...Contact) {
	s.tb.Helper()
	s.do(operation{Verb: "befriend", User: owner.Name, Contacts: contacts})
}

// KillSessions ends every stream of the user with a stream error, as an
// administrator would.
func (s *Server) KillSessions(u User) {
	s.tb.Helper()
	s.do(operation{Verb: "kick", User: u.Name})
}

func (s *Server) do(op operation) {
	s.tb.Helper()
	if err := s.kind.call(s.instance, op); err != nil {
		s.tb.Fatalf("%s %s on the test server: %v", op.Verb, op.User, err)
	}
}

// Stop ends the server in good order; its ports refuse connections until Start.
func (s *Server) Stop() {
	s.tb.Helper()
	if !s.end(syscall.SIGTERM) {
		s.tb.Fatal("stop: the test server does not run")
	}
}

// Crash kills the server without a chance to save or to say goodbye.
func (s *Server) Crash() {
	s.tb.Helper()
	if !s.end(syscall.SIGKILL) {
		s.tb.Fatal("crash: the test server does not run")
	}
}

// Start runs a stopped server again: same ports, same data, same certificate.
func (s *Server) Start() {
	s.tb.Helper()
	if err := s.launch(); err != nil {
		s.tb.Fatalf("start the test server again: %v\n%s", err, s.log())
	}
}

// Restart is Stop and Start.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Stop()
	s.Start()
}

// UseCertificate gives the server a new certificate and key of that kind and
// restarts it, as after a renewal, or as when somebody stands in between.
func (s *Server) UseCertificate(kind Certificate) {
	s.tb.Helper()
	s.leaf = s.ca.issue(s.tb, s.dir, s.opts.Domain, kind)
	s.Restart()
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", fmt.Sprint(port)) }
