package xmpptest

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Prosody starts a Prosody of this test's own, which ends with the test.
func Prosody(tb testing.TB, opts Options) *Server {
	tb.Helper()
	return newServer(tb, prosody{}, opts)
}

// controlModule makes a running Prosody take operations on a loopback port.
//
//go:embed mod_xmpptest.lua
var controlModule []byte

// prosodyModules are the usual set: what Debian enables, and what a messenger
// can use beyond it.
var prosodyModules = []string{
	"roster", "saslauth", "tls", "disco", "carbons", "pep", "private", "blocklist", "vcard4", "vcard_legacy",
	"mam", "smacks", "csi_simple", "ping", "time", "version", "register", "offline", "bookmarks", "lastactivity",
	"presence", "message", "iq", "c2s",
}

// saslMechanisms are all the mechanisms that one of the servers may offer.
var saslMechanisms = []string{
	"PLAIN", "DIGEST-MD5", "EXTERNAL", "ANONYMOUS", "OAUTHBEARER", "X-OAUTH2", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS",
	"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS",
}

type prosody struct{}

func (prosody) program() (path, pkg string) { return "prosody", "prosody" }

func (prosody) prepare(tb testing.TB, i *instance) {
	tb.Helper()
	for _, dir := range []string{"data", "modules", "certs"} {
		if err := os.MkdirAll(i.path(dir), 0o700); err != nil {
			tb.Fatalf("prepare Prosody: %v", err)
		}
	}
	if i.opts.SQLArchive {
		if found, err := filepath.Glob("/usr/lib/*/lua/*/dbd/sqlite3.so"); err != nil || len(found) == 0 {
			unavailable(tb, "this test needs Prosody's SQLite (Debian package \"lua-dbi-sqlite3\")")
		}
	}
	writeFile(tb, i.path("modules/mod_xmpptest.lua"), controlModule)
	writeFile(tb, i.path("prosody.cfg.lua"), []byte(prosodyConfig(i)))
}

func prosodyConfig(i *instance) string {
	o := i.opts
	modules := []string{"xmpptest"}
	for _, m := range prosodyModules {
		left := slices.Contains(o.NoModules, m) || o.NoTLS && m == "tls" || o.NoRegistration && m == "register"
		if !left {
			modules = append(modules, m)
		}
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("run_as_root = true")
	line("pidfile = %q", i.path("prosody.pid"))
	line("data_path = %q", i.path("data"))
	line("plugin_paths = { %q }", i.path("modules"))
	line("log = { info = %q }", i.path("server.log"))
	line("interfaces = { %s }", luaStrings(append([]string{"127.0.0.1"}, o.Interfaces...)))
	line("c2s_ports = { %d }", i.ports.startTLS)
	line("xmpptest_ports = { %d }\nxmpptest_interfaces = { \"127.0.0.1\" }", i.ports.control)
	line("http_ports = { }\nhttps_ports = { }")
	line("modules_enabled = { %s }", luaStrings(modules))
	line(`modules_disabled = { "s2s" }`)
	line("allow_registration = %t", !o.NoRegistration)
	line("network_settings = { nagle = false }")
	line("authentication = %q", prosodyAuthentication(o.Mechanisms))
	if slices.Contains(o.Mechanisms, "SCRAM-SHA-256") {
		line(`password_hash = "SHA-256"`)
	}
	if len(o.Mechanisms) > 0 {
		line("disable_sasl_mechanisms = { %s }", luaStrings(without(saslMechanisms, o.Mechanisms)))
		line("insecure_sasl_mechanisms = { }")
	}
	if o.NoTLS {
		line("c2s_require_encryption = false\nallow_unencrypted_plain_auth = true")
	} else {
		line("c2s_require_encryption = %t", !o.TLSOptional)
		line("c2s_direct_tls_ports = { %d }", i.ports.directTLS)
		protocol := "tlsv1_2+"
		if o.MaxTLS12 {
			protocol = "tlsv1_2"
		}
		line("ssl = { key = %q; certificate = %q; protocol = %q; }", i.path("key.pem"), i.path("cert.pem"), protocol)
	}
	if o.SQLArchive {
		line("storage = { archive = \"sql\" }\nsql = { driver = \"SQLite3\"; database = %q }", i.path("archive.sqlite"))
	}
	line("%s", o.Config)
	line("VirtualHost %q", o.Domain)
	line("\tdisco_items = { { %q, \"Rooms\" } }", "rooms."+o.Domain)
	line("Component %q \"muc\"", "rooms."+o.Domain)
	line("\tmodules_enabled = { \"muc_mam\" }")
	line("\trestrict_room_creation = false")
	return b.String()
}

// prosodyAuthentication is hashed with SHA-1, as Debian sets it up, unless a
// test wants both kinds of SCRAM: only a stored password can serve two hashes.
func prosodyAuthentication(mechanisms []string) string {
	if slices.Contains(mechanisms, "SCRAM-SHA-1") && slices.Contains(mechanisms, "SCRAM-SHA-256") {
		return "internal_plain"
	}
	return "internal_hashed"
}

func (prosody) command(i *instance) *exec.Cmd {
	cmd := exec.Command("prosody", "-F", "--config", i.path("prosody.cfg.lua"))
	cmd.Dir = i.dir
	cmd.Env = plainEnv("HOME=" + i.dir)
	return cmd
}

// ready also asks for the instance's folder, so that another test's server on
// the same port is never taken for ours.
func (prosody) ready(i *instance) error {
	answer, err := prosodyAsk(i, operation{Verb: "where"})
	if err != nil {
		return err
	}
	if answer.Where != i.path("data") {
		return errors.New("somebody else's server holds the port")
	}
	for _, port := range []int{i.ports.startTLS, i.ports.directTLS} {
		if port == i.ports.directTLS && i.opts.NoTLS {
			continue
		}
		conn, err := net.DialTimeout("tcp", loopback(port), time.Second)
		if err != nil {
			return err
		}
		_ = conn.Close()
	}
	return nil
}

func (prosody) call(i *instance, op operation) error {
	_, err := prosodyAsk(i, op)
	return err
}

// prosodyAnswer is the control module's reply.
type prosodyAnswer struct {
	OK    bool   `json:"ok"`
	Error string `json:"error"`
	Where string `json:"where"`
}

func prosodyAsk(i *instance, op operation) (prosodyAnswer, error) {
	var answer prosodyAnswer
	conn, err := net.DialTimeout("tcp", loopback(i.ports.control), time.Second)
	if err != nil {
		return answer, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return answer, err
	}
	if err := json.NewEncoder(conn).Encode(op); err != nil {
		return answer, err
	}
	line, err := bufio.NewReader(conn).ReadBytes('\n')
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return answer, err
	}
	if !answer.OK {
		return answer, errors.New(answer.Error)
	}
	return answer, nil
}

func luaStrings(list []string) string {
	quoted := make([]string, len(list))
	for n, s := range list {
		quoted[n] = fmt.Sprintf("%q", s)
	}
	return strings.Join(quoted, ", ")
}

// without returns the members of all that are not in keep.
func without(all, keep []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(keep, s) })
}
