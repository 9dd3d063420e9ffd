package connection

import (
	"strings"
	"testing"
	"time"

	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

// online is a connection as Prosody makes them; Number n begins n hours after the start.
func online(n int) trace.Connection {
	at := begin.Add(time.Duration(n) * time.Hour)
	ms := func(n int) time.Time { return at.Add(time.Duration(n) * time.Millisecond) }
	return trace.Connection{
		Number: n, Begun: at, Up: ms(36), BytesIn: 12_345, BytesOut: 678,
		Steps: []trace.Step{
			{Name: "resolving", Detail: "xmpp.example.org:5222 (STARTTLS)", Time: ms(1), Took: time.Millisecond},
			{Name: "connecting", Detail: "xmpp.example.org:5222 (STARTTLS)", Time: ms(3), Took: 2 * time.Millisecond},
			{Name: "certificate", Detail: "valid for example.org", Time: ms(20)},
			{Name: "securing", Detail: "TLS 1.3, TLS_AES_128_GCM_SHA256", Time: ms(22), Took: 19 * time.Millisecond},
			{Name: "mechanism", Detail: "SCRAM-SHA-256-PLUS with tls-exporter", Time: ms(28), Took: 6 * time.Millisecond},
			{Name: "bound", Detail: "lin@example.org/x, stream management true, 7 round trips", Time: ms(36), Took: 8 * time.Millisecond},
			{Name: "online", Time: ms(36), Took: 36 * time.Millisecond},
		},
		Login:   model.Login{JID: jid.MustParse("lin@example.org/dovekie-1"), Mechanism: "SCRAM-SHA-256-PLUS", ChannelBinding: "tls-exporter", TLSVersion: "1.3", RoundTrips: 7},
		Managed: true, Keeps: 10 * time.Minute, Verdict: trace.Verified,
		Chain: []trace.Certificate{{Subject: "CN=example.org", Names: []string{"example.org", "*.example.org"}, Issuer: "CN=R11,O=Let's Encrypt", NotBefore: begin, NotAfter: begin.AddDate(0, 3, 0), SPKI: strings.Repeat("ab12", 16), Key: "ECDSA P-256"}},
	}
}

func ended(c trace.Connection, after time.Duration, cause model.ErrorKind) trace.Connection {
	c.Ended = c.Begun.Add(after)
	c.Steps = append(c.Steps, trace.Step{Name: "ended", Detail: "x", Time: c.Ended})
	c.Cause, c.Detail = cause, "read tcp: connection reset"
	return c
}

func failed(n int, cause model.ErrorKind) trace.Connection {
	c := trace.Connection{Number: n, Begun: begin, Cause: cause, Detail: "no route to host", Ended: begin.Add(2300 * time.Millisecond)}
	c.Steps = []trace.Step{
		{Name: "resolving", Detail: "xmpp.example.org:5222 (STARTTLS)", Time: begin, Took: 0},
		{Name: "connecting", Detail: "xmpp.example.org:5222: It cannot be reached.", Time: c.Ended, Took: 2 * time.Second},
	}
	return c
}

func rowsOf(t *timeline) string {
	var b strings.Builder
	for _, r := range t.rows {
		if s := rowText(r.what); s != "" {
			b.WriteString(s + "\n")
		}
	}
	return b.String()
}

func TestTheTimelineBeginsWithTheNewestUnfolded(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"Online for 1 h 0 min · Connected in 36 ms · 7 round trips\nServer lookup",
			"Encryption · TLS 1.3, TLS_AES_128_GCM_SHA256", "Sign-in method · SCRAM-SHA-256-PLUS · channel binding: tls-exporter", "Session · New session · kept for 10 min after a loss",
			"Certificate · Verified: example.org", "CN=example.org · example.org, *.example.org", "SHA-256 · ab12 ab12",
			"Was online for 16 min · The connection broke", "Attempt failed · Server not reachable · 2.3 s"},
		"zh": {"已在线 1 小时 0 分钟", "查找服务器", "断线后保留 10 分钟", "证书 · 已验证：example.org", "曾在线 16 分钟 · 连接中断", "连接失败 · 无法连接服务器 · 2.3 s"},
	} {
		tr.Use(lang)
		tl := &timeline{}
		tl.set([]trace.Connection{failed(1, model.ErrUnreachable), ended(online(2), 17*time.Minute, model.ErrUnreachable), online(3)}, "example.org", begin.Add(4*time.Hour+50*time.Millisecond))
		got := rowsOf(tl)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, got)
			}
		}
		if strings.Contains(got, "{") || strings.Contains(got, "conn.") {
			t.Errorf("%s: a text is missing in\n%s", lang, got)
		}
	}
	tr.Use("en")
}

func TestFoldingStaysWithItsConnection(t *testing.T) {
	tl := &timeline{}
	all := []trace.Connection{ended(online(1), time.Minute, ""), online(2)}
	tl.set(all, "example.org", begin)
	folded := len(tl.rows)
	tl.fold(2)
	tl.set(all, "example.org", begin)
	if len(tl.rows) != 2 || tl.headAt(tl.rows[0].id) != 2 {
		t.Fatalf("%d rows, of %d", len(tl.rows), folded)
	}
	tl.fold(1)
	all = append(all, online(3))
	tl.set(all, "example.org", begin)
	heads := 0
	for i := range tl.rows {
		if tl.headAt(tl.rows[i].id) > 0 {
			heads++
		}
		if tl.Find(tl.rows[i].id) != i {
			t.Errorf("row %d is found at %d", i, tl.Find(tl.rows[i].id))
		}
	}
	if heads != 3 || !tl.isOpen(1) || tl.isOpen(2) || !tl.isOpen(3) {
		t.Errorf("%d heads; folds %v", heads, tl.folds)
	}
}

func TestStepsStandByTheirBeginningWithinTheWhole(t *testing.T) {
	c := online(1)
	rows := stepRows(&c, "example.org")
	names := ""
	for _, r := range rows {
		names += r.Name + "/"
		if r.From < 0 || r.To > 1 || r.From > r.To || r.Bad {
			t.Errorf("%+v", r)
		}
	}
	if names != "Server lookup/Connection/Encryption/Sign-in/Session/Total/" {
		t.Error(names)
	}
	if last := rows[len(rows)-1]; !last.Total || last.Took != "36 ms" {
		t.Errorf("%+v", last)
	}
	for _, r := range rows[2:] {
		if r.Detail != "" {
			t.Errorf("the facts tell that already: %+v", r)
		}
	}
	c = failed(1, model.ErrUnreachable)
	rows = stepRows(&c, "example.org")
	if rows[0].Bad || !rows[1].Bad || rows[1].Detail != "xmpp.example.org:5222 · Server not reachable" {
		t.Errorf("what failed is not marked: %+v", rows)
	}
	c.Steps[1].Detail = "xmpp.example.org:5222 (STARTTLS): It cannot be reached."
	if rows = stepRows(&c, "example.org"); rows[1].Detail != "Server not reachable" {
		t.Errorf("the address stands there twice: %+v", rows)
	}
}

func TestEveryEndHasItsMarkAndItsWords(t *testing.T) {
	trying := trace.Connection{Number: 1, Begun: begin, Steps: []trace.Step{{Name: "securing"}}}
	for _, x := range []struct {
		c    trace.Connection
		mark widgets.Mark
		bad  bool
		want string
	}{
		{online(1), widgets.MarkUp, false, "Connected in 36 ms"},
		{trying, widgets.MarkTrying, false, "Encryption"},
		{ended(online(1), time.Minute, ""), widgets.MarkOver, false, "You signed out"},
		{ended(online(1), time.Minute, model.ErrConflict), widgets.MarkOver, true, "Signed in elsewhere"},
		{failed(1, model.ErrAuthFailed), widgets.MarkFailed, true, "Wrong password"},
		{failed(1, model.ErrCancelled), widgets.MarkOver, false, "You signed out"},
	} {
		r := headRow(&x.c, "example.org", begin, false)
		if r.Mark != x.mark || r.Bad != x.bad || !strings.Contains(r.Note, x.want) {
			t.Errorf("%s: %+v", x.want, r)
		}
	}
}

func TestAmountsAndTimesAreShort(t *testing.T) {
	for n, want := range map[uint64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 12_345: "12 kB", 999_400: "999 kB", 999_600: "1.0 MB", 1_500_000: "1.5 MB", 3_000_000_000_000: "3000 GB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "", 20 * time.Microsecond: "< 0.1 ms", 420 * time.Microsecond: "0.4 ms", 23 * time.Millisecond: "23 ms", 2300 * time.Millisecond: "2.3 s"} {
		if got := Took(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{5 * time.Second: "5 s", 17 * time.Minute: "17 min", 75 * time.Minute: "1 h 15 min", 50 * time.Hour: "2 d 2 h"} {
		if got := Lasted(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
