package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// terminal is a program that runs on a screen of its own, inside tmux.
type terminal struct {
	t      *testing.T
	socket string
}

func (p *terminal) tmux(args ...string) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "tmux", append([]string{"-f", "/dev/null", "-S", p.socket}, args...)...)
	cmd.Env = append(os.Environ(), "TMUX=", "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %v: %v: %s", args, err, out)
	}
	return string(out)
}

// enter types a line.
func (p *terminal) enter(line string) {
	p.t.Helper()
	p.tmux("send-keys", "-l", line)
	p.tmux("send-keys", "Enter")
}

// shows waits until the text is on the screen.
func (p *terminal) shows(text string) {
	p.t.Helper()
	screen := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if screen = p.tmux("capture-pane", "-p"); strings.Contains(screen, text) {
			return
		}
	}
	p.t.Fatalf("%q does not come on the screen:\n%s", text, screen)
}

// profanity signs a user in with profanity, another team's client.
func profanity(t *testing.T, srv *xmpptest.Server, u xmpptest.User) *terminal {
	t.Helper()
	for _, program := range []string{"profanity", "tmux"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("DOVEKIE_REQUIRE_SERVERS") == "1" {
				t.Fatalf("the package %s is missing", program)
			}
			t.Skipf("the package %s is missing", program)
		}
	}
	home := t.TempDir()
	host, port, _ := strings.Cut(srv.StartTLSAddr(), ":")
	write := func(path, text string) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(home+"/data/profanity/accounts", fmt.Sprintf("[%s]\nenabled=true\njid=%s\nresource=profanity\nserver=%s\nport=%s\ntls.policy=trust\npassword=%s\nlast.activity=false\npresence.login=online\n",
		u.JID(), u.JID(), host, port, u.Password))
	write(home+"/config/profanity/profrc", "[connection]\ncarbons=true\nreceipts.send=true\nreceipts.request=true\n[ui]\nsplash=false\n[chatstates]\nenabled=true\n[notifications]\nmessage=off\n")
	p := &terminal{t, filepath.Join(home, "tmux")}
	p.tmux("new-session", "-d", "-x", "150", "-y", "40",
		"env", "-u", "DBUS_SESSION_BUS_ADDRESS", "HOME="+home, "XDG_DATA_HOME="+home+"/data", "XDG_CONFIG_HOME="+home+"/config",
		"LC_ALL=C.UTF-8", "TERM=screen", "profanity", "-a", u.JID())
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", p.socket, "kill-server").Run() })
	p.shows("logged in successfully")
	return p
}

// TestProfanityAndDovekieUnderstandEachOther: presence both ways, a message each way,
// receipts and a carbon, with a client that others wrote.
func TestProfanityAndDovekieUnderstandEachOther(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	alice, bob := srv.NewUser("olga"), srv.NewUser("paul")
	srv.Befriend(alice, bob)
	a := start(t, t.TempDir())
	a.call("account.connect", login(srv, alice))
	p := profanity(t, srv, bob)

	a.event("bob's presence", func(f fact) bool {
		ps, _ := f["presence"].([]any)
		return f.is("PresenceChanged") && f["jid"] == bob.JID() && len(ps) == 1
	})
	p.shows(alice.Name)
	p.enter(`/status set dnd "writing until four"`)
	a.event("bob's status", func(f fact) bool {
		ps, _ := f["presence"].([]any)
		return f.is("PresenceChanged") && len(ps) == 1 && fact(ps[0].(map[string]any))["show"] == "dnd" &&
			fact(ps[0].(map[string]any))["status"] == "writing until four"
	})
	a.call("presence.set", args{"show": "away", "status": "at the harbour"})
	p.shows("at the harbour")

	id := a.call("message.send", args{"to": bob.JID(), "body": "Hello from Dovekie, 你好"})["id"]
	a.event("profanity's receipt", delivery(id, "delivered"))
	p.enter("/msg " + alice.JID() + " Hello from profanity, 你好")
	got := a.event("the message", incoming("Hello from profanity, 你好")).sub("message")
	if got["chat"] != alice.JID() && got["chat"] != bob.JID() {
		t.Errorf("the message is %v", got)
	}
	p.shows("Hello from Dovekie, 你好")

	// A carbon: bob's second client is ours, and sees what profanity sends.
	b := start(t, t.TempDir())
	b.call("account.connect", login(srv, bob))
	p.enter("A copy for my other client")
	a.event("the message", incoming("A copy for my other client"))
	b.event("the copy", func(f fact) bool {
		m := f.sub("message")
		return f.is("MessageAdded") && m["outgoing"] == true && m["body"] == "A copy for my other client" && m["chat"] == alice.JID()
	})
	// And the other way round: profanity sees what our client of bob's sends.
	b.call("message.send", args{"to": alice.JID(), "body": "Sent from Dovekie as Paul"})
	p.shows("Sent from Dovekie as Paul")
	a.end()
	b.end()
}
