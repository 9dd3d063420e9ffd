package xmpptest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Ejabberd starts an ejabberd of this test's own, which ends with the test.
func Ejabberd(tb testing.TB, opts Options) *Server {
	tb.Helper()
	return newServer(tb, ejabberd{}, opts)
}

// SharedEjabberd is to ejabberd what [SharedProsody] is to Prosody.
func SharedEjabberd(tb testing.TB) *Server {
	tb.Helper()
	return sharedServer(tb, ejabberd{})
}

// ejabberdModules are the usual set with their options, as Debian's example
// configuration has them, without limits on how often one may register or ask.
var ejabberdModules = []string{
	"mod_adhoc: {}",
	"mod_admin_extra: {}",
	"mod_avatar: {}",
	"mod_blocking: {}",
	"mod_caps: {}",
	"mod_carboncopy: {}",
	"mod_client_state: {}",
	"mod_disco: {}",
	"mod_http_api: {}",
	"mod_last: {}",
	"mod_mam: { default: always, assume_mam_usage: true }",
	"mod_muc: { host: rooms.@HOST@, access_create: all, access_persistent: all, default_room_options: { mam: true } }",
	"mod_offline: {}",
	"mod_ping: {}",
	"mod_privacy: {}",
	"mod_private: {}",
	"mod_pubsub: { access_createnode: all, plugins: [flat, pep], force_node_config: " +
		"{ 'eu.siacs.conversations.axolotl.*': { access_model: open }, 'storage:bookmarks': { access_model: whitelist } } }",
	"mod_register: { ip_access: all, access_remove: all }",
	"mod_roster: { versioning: true }",
	"mod_stream_mgmt: { resend_on_timeout: if_offline }",
	"mod_time: {}",
	"mod_vcard: {}",
	"mod_vcard_xupdate: {}",
	"mod_version: { show_os: false }",
}

type ejabberd struct{}

// The program is the Erlang machine: Debian's ejabberdctl can only run as one
// user and only with names on a network of Erlang nodes.
func (ejabberd) program() (path, pkg string) { return "/usr/sbin/ejabberdctl", "ejabberd" }

func (ejabberd) prepare(tb testing.TB, i *instance) {
	tb.Helper()
	if err := os.MkdirAll(i.path("spool"), 0o700); err != nil {
		tb.Fatalf("prepare ejabberd: %v", err)
	}
	if i.opts.SQLArchive {
		prepareSQL(tb, i.path("archive.sqlite"))
	}
	writeFile(tb, i.path("inetrc"), []byte("{lookup,[\"file\",\"native\"]}.\n{host,{127,0,0,1}, [\"localhost\"]}.\n"))
	writeFile(tb, i.path("ejabberd.yml"), []byte(ejabberdConfig(i)))
}

// prepareSQL makes a database with the tables that ejabberd brings along; this version
// does not make them itself.
func prepareSQL(tb testing.TB, path string) {
	tb.Helper()
	requirePrograms(tb, map[string]string{"sqlite3": "sqlite3"})
	if found, err := filepath.Glob("/usr/lib/erlang/lib/p1_sqlite3-*"); err != nil || len(found) == 0 {
		unavailable(tb, "this test needs ejabberd's SQLite (Debian package \"erlang-p1-sqlite3\")")
	}
	tables, err := os.ReadFile("/usr/share/ejabberd/sql/lite.sql")
	if err != nil {
		tb.Fatalf("prepare ejabberd's database: %v", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		tb.Fatalf("prepare ejabberd's database: %v", err)
	}
	cmd := exec.Command("sqlite3", path)
	cmd.Stdin = bytes.NewReader(tables)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("prepare ejabberd's database: %v\n%s", err, out)
	}
}

// apiPath holds the name of the instance's folder, so that another test's
// server on the same port is never taken for ours.
func apiPath(i *instance) string {
	return "/" + strings.NewReplacer("/", "-", "\\", "-").Replace(strings.TrimPrefix(i.dir, "/"))
}

func ejabberdConfig(i *instance) string {
	o := i.opts
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("hosts: [%q]", o.Domain)
	line("loglevel: info\nlog_rotate_count: 0")
	if !o.NoTLS {
		line("certfiles: [%q]", i.path("both.pem"))
	}
	line("s2s_access: none")
	line("auth_method: [internal]")
	line("auth_password_format: %s", ejabberdPasswords(o.Mechanisms))
	if slices.Contains(o.Mechanisms, "SCRAM-SHA-256") {
		line("auth_scram_hash: sha256")
	}
	disabled := []string{"DIGEST-MD5", "X-OAUTH2"} // as Debian has it
	if len(o.Mechanisms) > 0 {
		disabled = without(saslMechanisms, o.Mechanisms)
	}
	line("disable_sasl_mechanisms: [%s]", luaStrings(disabled))
	line("listen:")
	tlsOptions := "no_sslv3, no_tlsv1, no_tlsv1_1, cipher_server_preference, no_compression"
	if o.MaxTLS12 {
		tlsOptions += ", no_tlsv1_3"
	}
	c2s := "max_stanza_size: 262144, protocol_options: [" + tlsOptions + "]"
	if o.NoTLS {
		line("  - { port: %d, ip: 127.0.0.1, module: ejabberd_c2s, max_stanza_size: 262144 }", i.ports.startTLS)
	} else {
		starttls := "starttls_required"
		if o.TLSOptional {
			starttls = "starttls"
		}
		line("  - { port: %d, ip: 127.0.0.1, module: ejabberd_c2s, %s: true, %s }", i.ports.startTLS, starttls, c2s)
		line("  - { port: %d, ip: 127.0.0.1, module: ejabberd_c2s, tls: true, %s }", i.ports.directTLS, c2s)
	}
	line("  - { port: %d, ip: 127.0.0.1, module: ejabberd_http, request_handlers: { %q: mod_http_api } }",
		i.ports.control, apiPath(i))
	line("api_permissions:\n  tests: { who: { ip: 127.0.0.0/8 }, what: '*' }")
	line("modules:")
	for _, m := range ejabberdModules {
		name, _, _ := strings.Cut(m, ":")
		if slices.Contains(o.NoModules, name) || o.NoRegistration && name == "mod_register" {
			continue
		}
		if o.SQLArchive && name == "mod_mam" {
			m = strings.Replace(m, "{ ", "{ db_type: sql, ", 1)
		}
		line("  %s", m)
	}
	if o.SQLArchive {
		line("sql_type: sqlite\nsql_database: %q", i.path("archive.sqlite"))
	}
	line("%s", o.Config)
	return b.String()
}

// ejabberdPasswords is as Debian sets it up, unless a test wants both kinds of
// SCRAM: only a stored password can serve two hashes.
func ejabberdPasswords(mechanisms []string) string {
	if slices.Contains(mechanisms, "SCRAM-SHA-1") && slices.Contains(mechanisms, "SCRAM-SHA-256") {
		return "plain"
	}
	return "scram"
}

// command runs a nameless Erlang node: no distribution, so no epmd and no cookie.
func (ejabberd) command(i *instance) *exec.Cmd {
	cmd := exec.Command("erl", "-noinput", "+K", "true", "+P", "250000",
		"-mnesia", "dir", fmt.Sprintf("%q", i.path("spool")), "-s", "ejabberd")
	cmd.Dir = i.path("spool")
	cmd.Env = plainEnv(
		"HOME="+i.dir,
		"ERL_LIBS="+ejabberdLibs(),
		"ERL_MAX_PORTS=4096",
		"ERL_MAX_ETS_TABLES=1400",
		"ERL_INETRC="+i.path("inetrc"),
		"ERL_CRASH_DUMP="+i.path("crash.dump"),
		"EJABBERD_CONFIG_PATH="+i.path("ejabberd.yml"),
		"EJABBERD_LOG_PATH="+i.path("server.log"),
	)
	return cmd
}

// ejabberdLibs is the folder that holds Debian's ejabberd-VERSION.
func ejabberdLibs() string {
	for _, pattern := range []string{"/usr/lib/*/ejabberd-*", "/usr/lib/ejabberd-*"} {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return filepath.Dir(found[0])
		}
	}
	return "/usr/lib"
}

func (ejabberd) ready(i *instance) error {
	return ejabberdPost(i, "registered_users", map[string]any{"host": i.opts.Domain})
}

func (ejabberd) call(i *instance, op operation) error {
	host := i.opts.Domain
	switch op.Verb {
	case "adduser":
		return ejabberdPost(i, "register", map[string]any{"user": op.User, "host": host, "password": op.Password})
	case "setpassword":
		return ejabberdPost(i, "change_password", map[string]any{"user": op.User, "host": host, "newpass": op.Password})
	case "kick":
		return ejabberdPost(i, "kick_user", map[string]any{"user": op.User, "host": host})
	case "befriend":
		for _, c := range op.Contacts {
			err := ejabberdPost(i, "add_rosteritem", map[string]any{
				"localuser": op.User, "localhost": host, "user": c.Name, "host": host,
				"nick": c.Nick, "group": c.Group, "subs": "both",
			})
			if err != nil {
				return err
			}
		}
		return nil
	default:
		return fmt.Errorf("unknown operation %q", op.Verb)
	}
}

func ejabberdPost(i *instance, command string, arguments map[string]any) error {
	body, err := json.Marshal(arguments)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	url := "http://" + loopback(i.ports.control) + apiPath(i) + "/" + command
	resp, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", resp.Status, answer)
	}
	return nil
}
