package connection

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/trace"
)

var begin = time.Date(2026, 11, 25, 14, 3, 0, 0, time.UTC)

func entry(seq uint64, out bool, name, typ, id, peer, xml string) trace.Entry {
	return trace.Entry{Seq: seq, Time: begin.Add(time.Duration(seq) * time.Millisecond), Kind: trace.KindStanza, Out: out,
		Stanza: name, Type: typ, ID: id, Peer: peer, XML: xml}
}

// shownSeqs scans to the end and gives what is shown.
func shownSeqs(c *console) []uint64 {
	for c.scan() {
	}
	var all []uint64
	for i := range c.shown() {
		all = append(all, c.at(i))
	}
	return all
}

func TestFiltersLetThroughWhatTheySay(t *testing.T) {
	c := &console{}
	c.take([]trace.Entry{
		{Seq: 1, Kind: trace.KindStep, Name: "resolving"},
		entry(2, true, "message", "chat", "a", "nora@example.org/phone", "<message><body>Hello Sea</body></message>"),
		entry(3, false, "presence", "", "", "nora@example.org/phone", "<presence/>"),
		entry(4, false, "iq", "get", "b", "nora@example.org", "<iq/>"),
		entry(5, false, "r", "", "", "", "<r/>"),
		entry(6, false, "message", "chat", "c", "nora@example.organ", "<message><body>你好</body></message>"),
	})
	for _, x := range []struct {
		name string
		f    Filter
		want string
	}{
		{"all", Filter{}, "[2 3 4 5 6]"},
		{"sent", Filter{HideIn: true}, "[2]"},
		{"received", Filter{HideOut: true}, "[3 4 5 6]"},
		{"no messages", Filter{Hidden: [classes]bool{ClassMessage: true}}, "[3 4 5]"},
		{"only the rest", Filter{Hidden: [classes]bool{ClassMessage: true, ClassPresence: true, ClassIQ: true}}, "[5]"},
		{"a text in any case", Filter{Text: "hello sEA"}, "[2]"},
		{"a Chinese text", Filter{Text: "你好"}, "[6]"},
		{"a text in an address", Filter{Text: "PHONE"}, "[2 3]"},
		{"an address and all its devices", Filter{Address: "nora@example.org"}, "[2 3 4]"},
		{"nothing", Filter{Text: "no such thing"}, "[]"},
	} {
		c.setFilter(x.f)
		if got := fmt.Sprint(shownSeqs(c)); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
		for i := range c.shown() {
			if c.place(c.at(i)) != i {
				t.Errorf("%s: place of %d", x.name, c.at(i))
			}
		}
	}
}

func TestWhatComesWhileFilteringIsInItsPlace(t *testing.T) {
	c := &console{}
	var seq uint64
	next := func(n int) []trace.Entry {
		var es []trace.Entry
		for range n {
			seq++
			es = append(es, entry(seq, seq%2 == 0, "message", "chat", "", "a@b", strings.Repeat("x", 2000)))
		}
		return es
	}
	c.take(next(3000))
	c.setFilter(Filter{HideIn: true, Text: "x"})
	turns := 0
	for c.scan() {
		c.take(next(10))
		turns++
	}
	if turns == 0 {
		t.Fatal("all was tested in one turn")
	}
	got := shownSeqs(c)
	if uint64(len(got)) != seq/2 {
		t.Errorf("%d of %d shown", len(got), seq)
	}
	for i := range got {
		if got[i] != uint64(i+1)*2 {
			t.Fatalf("at %d stands %d", i, got[i])
		}
	}
}

func TestTheConsoleHoldsTenThousand(t *testing.T) {
	c := &console{}
	for i := range 35_000 {
		c.take([]trace.Entry{entry(uint64(i+1), false, "iq", "get", fmt.Sprint(i), "a@b", "<iq/>")})
	}
	all := shownSeqs(c)
	if len(c.items) < consoleMost || len(c.items) > consoleMost*11/10 || all[len(all)-1] != 35_000 || len(all) != len(c.items) {
		t.Errorf("%d items, %d shown", len(c.items), len(all))
	}
	if len(c.asks) > len(c.items) {
		t.Errorf("%d questions are remembered", len(c.asks))
	}
	if c.find(1) != nil || c.place(1) != -1 {
		t.Error("the first one is still there")
	}
}

func TestAnswersAreTheirQuestions(t *testing.T) {
	c := &console{}
	c.take([]trace.Entry{
		entry(1, true, "iq", "get", "x", "b.example", ""),
		entry(2, false, "iq", "get", "x", "c@d", ""), // the same id the other way is another matter
		entry(3, false, "iq", "result", "x", "e@f", ""),
		entry(14, false, "iq", "result", "x", "b.example", ""),
		entry(15, true, "iq", "error", "x", "c@d", ""),
		entry(16, true, "iq", "set", "y", "", ""),
		entry(17, false, "iq", "result", "y", "me@b.example", ""), // a server may name us
		entry(18, false, "iq", "result", "y", "me@b.example", ""), // but answers once
	})
	for _, x := range []struct{ seq, pair uint64 }{{1, 14}, {14, 1}, {2, 15}, {15, 2}, {3, 0}, {16, 17}, {17, 16}, {18, 0}} {
		if got := c.find(x.seq).pair; got != x.pair {
			t.Errorf("%d belongs to %d, want %d", x.seq, got, x.pair)
		}
	}
	if got := c.find(14).took; got != 13*time.Millisecond {
		t.Errorf("took %s", got)
	}
}

func TestClearingKeepsTheFilter(t *testing.T) {
	c := &console{}
	c.take([]trace.Entry{entry(1, true, "message", "", "", "a@b", "x")})
	c.setFilter(Filter{HideIn: true})
	c.clear()
	c.take([]trace.Entry{entry(2, false, "message", "", "", "a@b", "x"), entry(3, true, "message", "", "", "a@b", "x")})
	if got := fmt.Sprint(shownSeqs(c)); got != "[3]" {
		t.Error(got)
	}
}

func TestPrettySetsAnElementByItsLevels(t *testing.T) {
	for xml, want := range map[string]string{
		"<presence/>": "<presence/>\n",
		"<message to='a@b'><body>one &amp; two</body><x xmlns='urn:x'/></message>": "<message to='a@b'>\n  <body>one &amp; two</body>\n  <x xmlns='urn:x'/>\n</message>\n",
		"<a><b><c>x</c></b></a>":           "<a>\n  <b>\n    <c>x</c>\n  </b>\n</a>\n",
		"<a>text<b/>more</a>":              "<a>\n  text\n  <b/>\n  more\n</a>\n",
		"<a></a>":                          "<a></a>\n",
		"<body>one\n two</body>":           "<body>\n  one\n  two\n</body>\n",
		"<a href='x>y'>z</a>":              "<a href='x>y'>z</a>\n",
		"<a>\n <b/>\n</a>":                 "<a>\n  <b/>\n</a>\n",
		"<message><body>cut in the mid…":   "<message>\n  <body>\n    cut in the mid…\n",
		"<message><body attr='cut in the…": "<message>\n  <body attr='cut in the…\n",
		"":                                 "",
		"no xml at all":                    "no xml at all\n",
		"</a></b>":                         "</a>\n</b>\n",
		"<body>x\u202Egpj.exe</body>":      "<body>x&#x202E;gpj.exe</body>\n",
		"<a b='\u200B\u2028'>\x7F</a>":     "<a b='&#x200B;&#x2028;'>&#x7F;</a>\n",
		"<a b=日本日 c='1'>":                  "<a b=日本日 c='1'>\n",
		"<a b=1>":                          "<a b=1>\n",
		"<a b='1' c=\"2\" d='it&apos;s'/>": "<a b='1' c=\"2\" d='it&apos;s'/>\n",
	} {
		if got := plain(pretty(xml)); got != want {
			t.Errorf("%q\ngives %q\nwant  %q", xml, got, want)
		}
	}
}

func FuzzPrettyKeepsEveryCharacter(f *testing.F) {
	for _, s := range []string{"<a b='c'>d<e/></a>", "<a", "<a b=", "<a b='", "</", "<>", "< a>", "<a  b='1'/>", "a<b>c</b"} {
		f.Add(s)
	}
	f.Add("<a>b\u202Ec&#x9;</a>")
	f.Add("< =\xcfϸ>0")
	reference := regexp.MustCompile("&#x[0-9A-F]+;")
	// bare leaves out white space, and what is not seen in either form.
	bare := func(s string) string {
		s = reference.ReplaceAllString(s, " ")
		return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
			if hidden(r) {
				return ' '
			}
			return r
		}, s)), "")
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := plain(pretty(s)); bare(got) != bare(s) {
			t.Errorf("%q became %q", s, got)
		}
	})
}

func TestFoldFindsAnyCase(t *testing.T) {
	for _, x := range []struct {
		s, q string
		want bool
	}{
		{"Hello", "hello", true}, {"xHELLOx", "hello", true}, {"hell", "hello", false}, {"hhello", "hello", true},
		{"你好", "好", true}, {"", "a", false}, {"a", "", true}, {"É", "é", false}, {"aAaB", "aab", true},
	} {
		if got := containsFold(x.s, foldASCII(x.q)); got != x.want {
			t.Errorf("%q in %q: %v", x.q, x.s, got)
		}
	}
}
