package main_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

func TestBadLinesAreAnsweredAndDoNotEndTheSession(t *testing.T) {
	c := start(t, t.TempDir())
	for line, code := range map[string]int{
		`{`:    -32700,
		`"x"`:  -32600,
		`[]`:   -32600,
		`null`: -32600,
		`{"jsonrpc":"1.0","id":1,"method":"account.list"}`:                                              -32600,
		`{"jsonrpc":"2.0","id":{},"method":"account.list"}`:                                             -32600,
		`{"jsonrpc":"2.0","method":7}`:                                                                  -32600,
		`"` + strings.Repeat("x", 1<<20) + `"`:                                                          -32600,
		`{"jsonrpc":"2.0","id":"a","method":"no.such"}`:                                                 -32601,
		`{"jsonrpc":"2.0","id":"a","method":"account.list","params":[]}`:                                -32602,
		`{"jsonrpc":"2.0","id":"a","method":"message.send","params":{"to":"a@b","boddy":"x"}}`:          -32602,
		`{"jsonrpc":"2.0","id":"a","method":"history.page","params":{"chat":"a@b","limit":501}}`:        -32602,
		`{"jsonrpc":"2.0","id":"a","method":"presence.set","params":{"account":"a@b","show":"asleep"}}`: -32602,
	} {
		if a := c.raw(line); a.Error == nil || a.Error.Code != code {
			t.Errorf("%.60s gave %+v instead of %d", line, a.Error, code)
		}
	}
	c.call("account.list", args{})
	c.end()
}

func TestErrorsHaveTheirKind(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("erin")
	c := start(t, t.TempDir())
	ok := login(srv, u)
	with := func(name string, value any) args {
		p := args{}
		for k, v := range ok {
			p[k] = v
		}
		p[name] = value
		return p
	}
	refusing, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := refusing.Addr().String()
	_ = refusing.Close()

	c.refused("which_account", "message.send", args{"to": "a@b", "body": "x"})
	c.refused("invalid_jid", "account.connect", with("jid", "@@"))
	c.refused("no_password", "account.connect", with("password", ""))
	c.refused("auth_failed", "account.connect", with("password", "wrong"))
	c.refused("auth_failed", "account.connect", with("jid", "nobody-at-all@"+srv.Domain()))
	c.refused("unreachable", "account.connect", with("address", closed))
	c.refused("certificate_rejected", "account.connect", with("ca_file", ""))
	c.call("account.connect", ok)
	for method, p := range map[string]args{
		"roster.set":   {"account": u.JID(), "jid": "not an address@"},
		"message.send": {"account": u.JID(), "to": "a b@c", "body": "x"},
	} {
		c.refused("invalid_jid", method, p)
	}
	c.call("account.disconnect", args{"account": u.JID()})
	c.refused("not_online", "roster.set", args{"account": u.JID(), "jid": "x@" + srv.Domain()})
	c.end()
}

func TestNoPasswordReachesTheDiskOrALog(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("frank")
	const secret = "correct horse 电池 staple"
	srv.AddUser(u.Name+"x", secret)
	dir := t.TempDir()
	c := start(t, dir, "--log-level", "debug")
	p := login(srv, u)
	p["jid"], p["password"], p["remember"] = u.Name+"x@"+srv.Domain(), secret, true
	c.call("account.connect", p)
	c.refused("auth_failed", "account.connect", args{"jid": u.JID(), "password": secret + "!", "address": srv.StartTLSAddr(), "ca_file": srv.CAFile()})
	c.end()
	if strings.Contains(c.stderr.String(), "horse") {
		t.Errorf("the log holds the password")
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), "horse") {
			t.Errorf("%s holds the password", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPasswordComesFromTheEnvironment(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("gina")
	dir := t.TempDir()
	c := start(t, dir)
	c.call("account.connect", login(srv, u))
	c.end()
	to := srv.NewUser("hugo")
	code, out, errs := exitCode(t, "", []string{"DOVEKIE_PASSWORD=" + u.Password}, "send", "--data", dir, "--to", to.JID(), "你好")
	if code != 0 || !strings.Contains(out, "acked") {
		t.Errorf("send ended with %d, %q, %q", code, out, errs)
	}
	code, out, _ = exitCode(t, "", nil, "history", "--data", dir, to.JID())
	if code != 0 || !strings.Contains(out, "你好") {
		t.Errorf("history ended with %d, %q", code, out)
	}
	code, out, _ = exitCode(t, "", nil, "search", "--data", dir, "--json", "你好")
	if code != 0 || !strings.Contains(out, `"body":"你好"`) {
		t.Errorf("search ended with %d, %q", code, out)
	}
	if code, _, errs = exitCode(t, "", nil, "roster", "--data", dir); code != 0 {
		t.Errorf("roster ended with %d, %q", code, errs)
	}
}

func TestSecondProcessOnAFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	c := start(t, dir)
	c.call("account.list", args{})
	code, out, errs := exitCode(t, "", nil, "rpc", "--data", dir)
	if code != 3 || out != "" || !strings.Contains(errs, "used by another Dovekie") {
		t.Errorf("the second ended with %d, %q, %q", code, out, errs)
	}
	c.end()
}

func TestWrongUsageIsExplained(t *testing.T) {
	for _, args := range [][]string{{"nonsense"}, {"send"}, {"rpc", "--no-such"}, {"history"}} {
		code, out, errs := exitCode(t, "", nil, args...)
		if code != 2 || out != "" || errs == "" || strings.Contains(errs, "goroutine") {
			t.Errorf("%v ended with %d, %q, %q", args, code, out, errs)
		}
	}
}

func TestPipedScriptFinishesBeforeItSignsOut(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("ivan")
	script := `{"jsonrpc":"2.0","id":1,"method":"account.connect","params":{"jid":"` + u.JID() + `","password":"` + u.Password + `","address":"` + srv.StartTLSAddr() + `","ca_file":"` + srv.CAFile() + `"}}` + "\n"
	code, out, errs := exitCode(t, script, nil, "rpc", "--data", t.TempDir())
	if code != 0 || !strings.Contains(out, `"round_trips"`) {
		t.Errorf("ended with %d, %q, %q", code, out, errs)
	}
}

func TestServeDemoIsAServerForOthers(t *testing.T) {
	ca := filepath.Join(t.TempDir(), "ca.pem")
	out, stop := serveDemo(t, ca)
	defer stop()
	c := start(t, t.TempDir())
	l := c.call("account.connect", args{"jid": out["address"], "password": out["password"], "address": out["listening"], "ca_file": ca})
	if l["channel_binding"] == "" {
		t.Errorf("the demo server was reached without channel binding: %v", l)
	}
	c.event("the guide", func(f fact) bool { return f.is("MessageAdded") && f.sub("message")["outgoing"] == false })
	c.end()
}

// serveDemo starts the demo server and returns what it printed, by its first words.
func serveDemo(t *testing.T, ca string) (map[string]string, func()) {
	t.Helper()
	d := &ctl{tb: t}
	cmd := command(t, "serve-demo", "--data", t.TempDir(), "--ca-file", ca)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = &d.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	buf := make([]byte, 4096)
	text := ""
	for deadline := time.Now().Add(patience); !strings.Contains(text, "ca-file"); {
		n, err := pipe.Read(buf)
		text += string(buf[:n])
		if err == io.EOF || time.Now().After(deadline) {
			t.Fatalf("serve-demo said %q, %q", text, d.stderr.String())
		}
	}
	for _, l := range strings.Split(text, "\n") {
		if f := strings.Fields(l); len(f) > 1 {
			out[f[0]] = f[len(f)-1]
		}
	}
	return out, func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve-demo ended with %v: %s", err, d.stderr.String())
		}
	}
}
