package jid_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	mellium "mellium.im/xmpp/jid"

	"dovekie/xmppsvc/jid"
)

func TestParsePrepares(t *testing.T) {
	for in, want := range map[string][3]string{
		"alice@example.org":            {"alice", "example.org", ""},
		"Alice@Example.ORG/Phone":      {"alice", "example.org", "Phone"},
		"example.org":                  {"", "example.org", ""},
		"example.org/a@b/c":            {"", "example.org", "a@b/c"},
		"room@muc.example.org/ni@ck":   {"room", "muc.example.org", "ni@ck"},
		"房间@example.org/鱼 和 水":         {"房间", "example.org", "鱼 和 水"},
		"ＡＢＣ@example.org":              {"abc", "example.org", ""},
		"straße@bücher.example":        {"straße", "bücher.example", ""},
		"a@xn--bcher-kva.example":      {"a", "bücher.example", ""},
		"a@192.0.2.1":                  {"a", "192.0.2.1", ""},
		"a@[2001:DB8:0::1]/r":          {"a", "[2001:db8::1]", "r"},
		"a@example.org.":               {"a", "example.org", ""},
		`d'artagnan\20x@example.org`:   {"", "", ""},
		`juliet\40capulet@example.org`: {`juliet\40capulet`, "example.org", ""},
	} {
		j, err := jid.Parse(in)
		if want[1] == "" {
			if err == nil {
				t.Errorf("Parse(%q) = %q", in, j)
			}
			continue
		}
		if got := [3]string{j.Local(), j.Domain(), j.Resource()}; err != nil || got != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, in := range []string{
		"", "@", "/", "@example.org", "alice@", "alice@/r", "a@example.org/", "a b@example.org", "a\x00@example.org",
		"a@exa mple.org", "a@example.org/\x00", "a@b@example.org", "a@\u202eexample.org", "a\u202e@example.org",
		"a@example.org/\u0007", "<a>@example.org", "a&b@example.org", `"a"@example.org`, "a:b@example.org",
		"a@[2001:db8::1", "a@℀.example", "..", "a@example..org", "a@exa'mple.org", "a@example.org:5222", "a@" + strings.Repeat("x", 1024), strings.Repeat("x", 1024) + "@example.org",
		"a@example.org/" + strings.Repeat("x", 1024), strings.Repeat("é", 600) + "@example.org", "\xff@example.org",
		strings.Repeat("a", 1<<20),
	} {
		j, err := jid.Parse(in)
		if err == nil {
			t.Errorf("Parse(%.40q) = %q", in, j)
			continue
		}
		if !errors.Is(err, jid.ErrInvalid) {
			t.Errorf("Parse(%.40q): %v is not ErrInvalid", in, err)
		}
		if len(err.Error()) > 4096 {
			t.Errorf("Parse(%.40q): the error has %d bytes", in, len(err.Error()))
		}
		if !j.IsZero() {
			t.Errorf("Parse(%.40q) gives %q beside its error", in, j)
		}
	}
}

func TestEqualAddressesAreEqualValues(t *testing.T) {
	seen := map[jid.JID]bool{jid.MustParse("alice@example.org/R"): true}
	if !seen[jid.MustParse("ALICE@EXAMPLE.org/R")] {
		t.Error("case of local part and domain counts")
	}
	if seen[jid.MustParse("alice@example.org/r")] {
		t.Error("case of the resource does not count")
	}
}

func TestPartsAndForms(t *testing.T) {
	full := jid.MustParse("alice@example.org/Phone")
	if b := full.Bare(); b.String() != "alice@example.org" || !b.IsBare() || b.IsFull() {
		t.Errorf("Bare: %q", b)
	}
	if full.Server().String() != "example.org" || !full.IsFull() || full.IsBare() || full.IsZero() {
		t.Errorf("Server: %q", full.Server())
	}
	if j, err := full.WithResource("Home"); err != nil || j.String() != "alice@example.org/Home" {
		t.Errorf("WithResource: %q %v", j, err)
	}
	if j, err := full.WithResource(""); err != nil || j != full.Bare() {
		t.Errorf("WithResource(\"\"): %q %v", j, err)
	}
	if _, err := full.WithResource("\x00"); !errors.Is(err, jid.ErrInvalid) {
		t.Errorf("WithResource(NUL): %v", err)
	}
	var zero jid.JID
	if zero.String() != "" || !zero.IsZero() || !zero.Bare().IsZero() {
		t.Errorf("zero: %q", zero)
	}
	if _, err := zero.WithResource("x"); !errors.Is(err, jid.ErrInvalid) {
		t.Errorf("a resource of nobody: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("MustParse did not panic")
		}
	}()
	jid.MustParse("@")
}

func TestTextRoundTrip(t *testing.T) {
	type pair struct {
		A, B jid.JID
		M    map[jid.JID]int
	}
	in := pair{A: jid.MustParse("alice@example.org/鱼"), M: map[jid.JID]int{jid.MustParse("b@example.org"): 1}}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"A":"alice@example.org/鱼","B":"","M":{"b@example.org":1}}`; string(b) != want {
		t.Errorf("%s", b)
	}
	var out pair
	if err := json.Unmarshal(b, &out); err != nil || out.A != in.A || !out.B.IsZero() || out.M[jid.MustParse("b@example.org")] != 1 {
		t.Errorf("%+v %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"A":"@"}`), &out); err == nil || out.A != in.A {
		t.Errorf("an invalid one: %v, %q", err, out.A)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"alice@example.org/Phone", "example.org", "ＡＢＣ@xn--bcher-kva.example/鱼", "a@[::1]/r", "\xff", "a@b/c@d/e",
		"ẞ@example.org", "ﬀ@example.org", "İ@example.org", "ա@example.org", "a@EXAMPLE.org./x", "Σς@example.org",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		j, err := jid.Parse(s)
		if err != nil {
			if !j.IsZero() || !errors.Is(err, jid.ErrInvalid) {
				t.Fatalf("Parse(%q) = %q, %v", s, j, err)
			}
			return
		}
		if j.IsZero() || len(j.Local()) > 1023 || len(j.Domain()) > 1023 || len(j.Resource()) > 1023 {
			t.Fatalf("Parse(%q) = %q", s, j)
		}
		if l, d, r, err := mellium.SplitString(s); err != nil || !jid.SlowEqual(l, d, r, j) {
			t.Fatalf("Parse(%q) = %q, which skipped the preparation", s, j)
		}
		// What we store and compare must not change when it is read again.
		again, err := jid.Parse(j.String())
		if err != nil || again != j {
			t.Fatalf("Parse(%q) = %q, but again %q, %v", s, j, again, err)
		}
		if b := j.Bare(); b.IsFull() || b.Domain() != j.Domain() {
			t.Fatalf("Bare of %q is %q", j, b)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for name, s := range map[string]string{"plain": "alice@example.org/phone", "prepared": "Алиса@пример.example/鱼"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := jid.Parse(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
