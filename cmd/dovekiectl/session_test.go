package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dovekie/xmppsvc/xmpptest"
)

// TestSessionOfEveryMethod goes through all methods of the table against real servers,
// with two programs that talk to each other.
func TestSessionOfEveryMethod(t *testing.T) {
	t.Run("Prosody", func(t *testing.T) { sessionOfEveryMethod(t, xmpptest.SharedProsody(t)) })
	t.Run("ejabberd", func(t *testing.T) { sessionOfEveryMethod(t, xmpptest.SharedEjabberd(t)) })
}

func sessionOfEveryMethod(t *testing.T, srv *xmpptest.Server) {
	alice, bob := srv.NewUser("alice"), srv.NewUser("bob")
	a, b := start(t, t.TempDir()), start(t, t.TempDir())
	used := map[string]bool{}
	call := func(c *ctl, method string, p any) fact {
		t.Helper()
		used[method] = true
		return c.call(method, p)
	}

	a.event("the snapshot", func(f fact) bool { return f.is("Snapshot") })
	l := call(a, "account.connect", login(srv, alice))
	if l["mechanism"] == "" || l["tls_version"] == "" || l["resumed"] != false {
		t.Errorf("connect said %v", l)
	}
	if n, _ := l["round_trips"].(float64); n < 3 || n > 7 {
		t.Errorf("the first login took %v round trips by STARTTLS, more than 7", l["round_trips"])
	}
	if jid, _ := l["jid"].(string); !strings.HasPrefix(jid, alice.JID()+"/") {
		t.Errorf("the jid is %q", jid)
	}
	call(b, "account.connect", login(srv, bob))

	if got := call(a, "account.list", args{})["accounts"].([]any); len(got) != 1 || fact(got[0].(map[string]any))["state"] != "online" {
		t.Errorf("the accounts are %v", got)
	}
	if got := call(a, "account.status", args{"account": alice.JID()}); got["state"] != "online" {
		t.Errorf("the status is %v", got)
	}

	call(a, "roster.set", args{"jid": bob.JID(), "name": "鲍勃", "groups": []string{"朋友"}})
	call(a, "contact.subscribe", args{"jid": bob.JID(), "message": "是我，爱丽丝"})
	r := b.event("the request", func(f fact) bool { return f.is("SubscriptionRequested") })
	if r["jid"] != alice.JID() {
		t.Errorf("the request is %v", r)
	}
	call(b, "contact.approve", args{"jid": alice.JID()})
	call(b, "contact.subscribe", args{"jid": alice.JID()})
	a.event("bob's request", func(f fact) bool { return f.is("SubscriptionRequested") })
	call(a, "contact.approve", args{"jid": bob.JID()})
	a.event("both", func(f fact) bool {
		c := f.sub("contact")
		return f.is("ContactChanged") && c["jid"] == bob.JID() && c["subscription"] == "both"
	})
	b.event("both", func(f fact) bool {
		c := f.sub("contact")
		return f.is("ContactChanged") && c["jid"] == alice.JID() && c["subscription"] == "both"
	})

	call(b, "presence.set", args{"show": "dnd", "status": "赶稿到四点"})
	a.event("bob's status", func(f fact) bool {
		ps, _ := f["presence"].([]any)
		return f.is("PresenceChanged") && len(ps) == 1 && fact(ps[0].(map[string]any))["status"] == "赶稿到四点"
	})
	contacts := call(a, "roster.list", args{})["contacts"].([]any)
	if c := fact(contacts[0].(map[string]any)); c["name"] != "鲍勃" || c["subscription"] != "both" || len(c["presence"].([]any)) != 1 {
		t.Errorf("the contact is %v", c)
	}

	sent := call(a, "message.send", args{"to": bob.JID(), "body": "晚上好，去看海吗？", "key": "k1"})
	again := call(a, "message.send", args{"to": bob.JID(), "body": "晚上好，去看海吗？", "key": "k1"})
	if sent["id"] != again["id"] {
		t.Errorf("the same key gave %v and %v", sent["id"], again["id"])
	}
	got := b.event("the message", incoming("晚上好，去看海吗？")).sub("message")
	if got["live"] != true || got["origin_id"] != sent["id"] || got["chat"] != alice.JID() {
		t.Errorf("the message is %v", got)
	}
	a.event("the receipt", delivery(sent["id"], "delivered"))
	call(b, "chat.mark_displayed", args{"chat": alice.JID(), "id": got["id"]})
	b.event("nothing unread", func(f fact) bool {
		return f.is("ChatChanged") && f["chat"] == alice.JID() && f["unread"] == 0.0 && f["read_up_to"] == got["id"]
	})
	a.event("the marker", delivery(sent["id"], "displayed"))
	call(b, "message.nudge", args{"to": alice.JID()})
	a.event("the nudge", func(f fact) bool {
		m := f.sub("message")
		return f.is("MessageAdded") && m["kind"] == "nudge" && m["chat"] == bob.JID() && m["body"] == ""
	})
	a.event("being nudged", func(f fact) bool { return f.is("Nudged") && f["chat"] == bob.JID() })
	if got := call(b, "account.privacy", args{"markers": false}); got["markers"] != false || got["receipts"] != true || got["typing"] != true {
		t.Errorf("privacy is %v", got)
	}

	page := call(b, "history.page", args{"chat": alice.JID()})
	if ms := page["messages"].([]any); len(ms) != 2 || page["complete"] != true || fact(ms[0].(map[string]any))["id"] != got["id"] {
		t.Errorf("the page is %v", page)
	}
	for _, q := range []string{"看海", "海", "晚上好"} {
		if ms := call(b, "history.search", args{"query": q})["messages"].([]any); len(ms) != 1 {
			t.Errorf("searching %s found %d", q, len(ms))
		}
	}

	tapped(t, call(a, "connection.trace", args{}), call(a, "connection.traffic", args{}))

	call(a, "contact.unsubscribe", args{"jid": bob.JID()})
	call(a, "contact.deny", args{"jid": bob.JID()})
	a.event("no subscription", func(f fact) bool {
		c := f.sub("contact")
		return f.is("ContactChanged") && c["jid"] == bob.JID() && c["subscription"] == "none"
	})
	call(a, "roster.remove", args{"jid": bob.JID()})
	a.event("bob gone", func(f fact) bool { return f.is("ContactRemoved") && f["jid"] == bob.JID() })

	bounced := call(a, "message.send", args{"to": "nobody-" + alice.Name + "@" + srv.Domain(), "body": "hello?"})
	a.event("the bounce", delivery(bounced["id"], "failed"))
	call(a, "message.retry", args{"chat": "nobody-" + alice.Name + "@" + srv.Domain(), "id": bounced["id"]})

	call(a, "account.disconnect", args{})
	if got := call(a, "account.status", args{}); got["state"] != "offline" {
		t.Errorf("the status is %v", got)
	}
	carol := "carol-" + alice.Name
	call(a, "account.register", args{"jid": carol + "@" + srv.Domain(), "password": "second secret", "address": srv.DirectTLSAddr(), "security": "direct_tls", "ca_file": srv.CAFile()})
	a.refused("which_account", "account.status", args{})
	call(a, "account.remove", args{"account": carol + "@" + srv.Domain()})
	a.refused("unsupported", "presence.set", args{"show": "invisible"})

	used["account.trust"] = trusted(t)
	a.end()
	b.end()
	for _, m := range tableOfMethods(t) {
		if !used[m] {
			t.Errorf("%s was not called", m)
		}
	}
}

// tapped looks at what the second tap tells of a connection that is up.
func tapped(t *testing.T, tr, traffic fact) {
	t.Helper()
	all, _ := tr["connections"].([]any)
	if len(all) != 1 {
		t.Fatalf("the connections are %v", tr)
	}
	c := fact(all[0].(map[string]any))
	if certs, _ := c["certificates"].([]any); len(certs) == 0 || c["verdict"] != "verified" || c["up"] == nil || c["ended"] != nil {
		t.Errorf("the connection is %v", c)
	}
	names := ""
	for _, s := range tr["steps"].([]any) {
		names += fact(s.(map[string]any))["name"].(string) + " "
	}
	if !strings.Contains(names, "securing ") || !strings.HasSuffix(names, "online ") || tr["next"] == 0.0 {
		t.Errorf("the steps are %s, next %v", names, tr["next"])
	}
	for _, of := range []string{"session", "month"} {
		if n := traffic.sub(of); n["bytes_in"] == 0.0 || n["stanzas_out"] == 0.0 {
			t.Errorf("%s is %v", of, n)
		}
	}
}

// trusted goes through the question about a certificate that no authority signed.
func trusted(t *testing.T) bool {
	srv := xmpptest.Prosody(t, xmpptest.Options{Certificate: xmpptest.SelfSigned})
	u := srv.NewUser("dora")
	data := t.TempDir()
	c := start(t, data)
	p := login(srv, u)
	delete(p, "ca_file")
	refused := c.refused("certificate_rejected", "account.connect", p)
	if refused.Error.Data.Fingerprint == "" || refused.Error.Data.Reason == "" {
		t.Errorf("the refusal is %+v", refused.Error)
	}
	c.event("the question", func(f fact) bool {
		return f.is("CertificateRejected") && f["fingerprint_sha256"] == refused.Error.Data.Fingerprint
	})
	c.call("account.trust", args{"account": u.JID(), "fingerprint_sha256": refused.Error.Data.Fingerprint, "remember": true})
	c.call("account.connect", p)
	c.end()
	// Remembered: a new process does not ask again.
	c = start(t, data)
	c.call("account.connect", p)
	c.end()
	return true
}

func describe(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary, "rpc", "--describe").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func tableOfMethods(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+\\.[a-z_]+)` ").FindAllStringSubmatch(describe(t), -1) {
		names = append(names, m[1])
	}
	if len(names) < 18 {
		t.Fatalf("the table has only %d methods", len(names))
	}
	return names
}

func TestReadmeHoldsTheTableOfMethods(t *testing.T) {
	for _, name := range []string{"README.md"} {
		readme, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(readme), describe(t)) {
			t.Errorf("%s does not hold what `dovekiectl rpc --describe` prints", name)
		}
	}
}

// TestReadmeNamesWhatWeSpeak: a codec without its line in the README is a feature that
// nobody can find.
func TestReadmeNamesWhatWeSpeak(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../xmppsvc/xep/xep[0-9]*.go")
	if err != nil || len(files) < 15 {
		t.Fatalf("only %d codecs were found: %v", len(files), err)
	}
	for _, f := range files {
		number := filepath.Base(f)[len("xep"):][:4]
		if !strings.Contains(string(readme), "XEP-"+number) {
			t.Errorf("README.md does not name XEP-%s", number)
		}
	}
}
