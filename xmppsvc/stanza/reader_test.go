package stanza_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"dovekie/xmppsvc/stanza"
)

const header = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='example.org' version='1.0'>`

func open(tb testing.TB, rest string, l stanza.Limits) *stanza.Reader {
	tb.Helper()
	// One byte at a time: no result may depend on how the bytes are cut.
	r := stanza.NewReader(iotest.OneByteReader(strings.NewReader(header+rest)), l)
	h, err := r.Open()
	if err != nil {
		tb.Fatal(err)
	}
	if got := h.Get("id"); got != "s1" {
		tb.Fatalf("the header's id is %q", got)
	}
	return r
}

func TestStreamIsReadElementByElement(t *testing.T) {
	r := open(t, ` <message from='a@b/c' type="chat"><body>1 &lt; 2 &#x4F60;<![CDATA[<好>]]></body><x xmlns='urn:x' e:from='evil' xmlns:e='urn:e'/></message>`+
		"\n"+`<r xmlns='urn:xmpp:sm:3'/></stream:stream>`, stanza.Limits{})
	m, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if !m.Is(stanza.NSClient, "message") || m.Get("from") != "a@b/c" || m.Get("type") != "chat" {
		t.Errorf("got %s", m)
	}
	if got := m.ChildText(stanza.NSClient, "body"); got != "1 < 2 你<好>" {
		t.Errorf("the body is %q", got)
	}
	x := m.Child("urn:x", "x")
	if x == nil || x.Get("from") != "" {
		t.Errorf("a foreign attribute was taken for ours: %s", m)
	}
	if sm, err := r.Next(); err != nil || !sm.Is("urn:xmpp:sm:3", "r") {
		t.Errorf("got %v, %v", sm, err)
	}
	if _, err := r.Next(); !errors.Is(err, stanza.ErrStreamClosed) {
		t.Errorf("the end gave %v", err)
	}
}

func TestForeignFromIsNotTheSender(t *testing.T) {
	e, err := stanza.Parse([]byte(`<message from='eve@x' xmlns:e='urn:e' e:from='boss@corp' e:type='groupchat'/>`))
	if err != nil {
		t.Fatal(err)
	}
	if e.Get("from") != "eve@x" || e.Get("type") != "" {
		t.Errorf("got from %q, type %q", e.Get("from"), e.Get("type"))
	}
}

func TestInvalidXMLIsRefused(t *testing.T) {
	for name, in := range map[string]string{
		"comment":                 `<a><!-- x --></a>`,
		"processing instruction":  `<a><?x y?></a>`,
		"DTD":                     `<!DOCTYPE a>`,
		"entity":                  `<a>&x;</a>`,
		"mismatched end":          `<a><b></a></b>`,
		"undeclared prefix":       `<x:a/>`,
		"undeclared attribute":    `<a x:b='c'/>`,
		"repeated attribute":      `<a from='a' from='b'/>`,
		"repeated by namespace":   `<a xmlns:x='u' xmlns:y='u' x:b='1' y:b='2'/>`,
		"repeated declaration":    `<a xmlns='u' xmlns='v'/>`,
		"no quotes":               `<a b=c/>`,
		"no space":                `<a b='c'd='e'/>`,
		"< in an attribute":       `<a b='<'/>`,
		"control character":       "<a>\x01</a>",
		"reference to NUL":        `<a>&#0;</a>`,
		"reference to surrogate":  `<a>&#xD800;</a>`,
		"broken UTF-8":            "<a>\xff</a>",
		"broken UTF-8 in section": "<a><![CDATA[\xff]]></a>",
		"U+FFFF":                  "<a>\uFFFF</a>",
		"]]> in text":             `<a>]]></a>`,
		"name from a digit":       `<1a/>`,
		"two colons":              `<a:b:c/>`,
		"bound xml":               `<a xmlns:xml='u'/>`,
		"unbound prefix":          `<a xmlns:x=''/>`,
		"name as a namespace":     `<a xmlns='1a'><1a/></a>`,
	} {
		t.Run(name, func(t *testing.T) {
			var syntax *stanza.SyntaxError
			if e, err := stanza.Parse([]byte(in)); !errors.As(err, &syntax) {
				t.Errorf("got %v, %v", e, err)
			}
		})
	}
}

func TestTwoElementsAreNotOne(t *testing.T) {
	if e, err := stanza.Parse([]byte(`<a/><b/>`)); err == nil {
		t.Errorf("got %s", e)
	}
}

func TestStanzaOverALimitIsSkipped(t *testing.T) {
	deep := strings.Repeat("<d>", 100) + strings.Repeat("</d>", 100)
	var attrs strings.Builder
	for i := range 200 {
		attrs.WriteString(" a" + strings.Repeat("x", i) + "='1'")
	}
	for name, c := range map[string]struct{ in, reason string }{
		"a long body":         {`<message from='eve@x' id='1'><body>` + strings.Repeat("x", 3000) + `</body></message>`, "size"},
		"a long section":      {`<message from='eve@x' id='1'><body><![CDATA[` + strings.Repeat("]", 3000) + `]]></body></message>`, "size"},
		"a long attribute":    {`<message from='eve@x' id='1' x='` + strings.Repeat("<", 0) + strings.Repeat("'>"[1:], 3000) + `'/>`, "size"},
		"a long inner one":    {`<message from='eve@x' id='1'><a b="` + strings.Repeat("/>'", 1000) + `"/><c>d</c></message>`, "size"},
		"deep nesting":        {`<message from='eve@x' id='1'>` + deep + `</message>`, "depth"},
		"many children":       {`<message from='eve@x' id='1'>` + strings.Repeat("<a/>", 60) + `</message>`, "children"},
		"many attributes":     {`<message from='eve@x' id='1'><a` + attrs.String() + `/></message>`, "size"},
		"many short children": {`<message from='eve@x' id='1'>` + strings.Repeat("<a>b</a>", 60) + `</message>`, "children"},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t, c.in+`<presence/>`, stanza.Limits{StanzaBytes: 2000, Depth: 20, Children: 50})
			_, err := r.Next()
			var dropped *stanza.DroppedError
			if !errors.As(err, &dropped) {
				t.Fatalf("got %v", err)
			}
			if dropped.Reason != c.reason || dropped.Bytes != len(c.in) {
				t.Errorf("got %+v for %d bytes", dropped, len(c.in))
			}
			if h := dropped.Head; h.Name.Local != "message" || h.Get("from") != "eve@x" || h.Get("id") != "1" || len(h.Nodes) != 0 {
				t.Errorf("the head is %s", h)
			}
			if p, err := r.Next(); err != nil || !p.Is(stanza.NSClient, "presence") {
				t.Errorf("after it came %v, %v", p, err)
			}
		})
	}
}

func TestStanzaOverTheHardLimitEndsTheStream(t *testing.T) {
	for _, in := range []string{
		`<message><body>` + strings.Repeat("x", 5000),
		`<message x='` + strings.Repeat("x", 5000),
		`<message ` + strings.Repeat(" ", 5000),
		`<message><![CDATA[` + strings.Repeat("x", 5000),
	} {
		r := open(t, in, stanza.Limits{StanzaBytes: 1000, HardBytes: 4000})
		var syntax *stanza.SyntaxError
		if _, err := r.Next(); !errors.As(err, &syntax) {
			t.Errorf("%.20s… gave %v", in, err)
		}
	}
}

func TestKeepalivesCostNothing(t *testing.T) {
	r := open(t, strings.Repeat(" ", 5000)+`<presence/>`, stanza.Limits{StanzaBytes: 1000, HardBytes: 4000})
	if _, err := r.Next(); err != nil {
		t.Error(err)
	}
}

func TestCutStreamIsToldFromAClosedOne(t *testing.T) {
	for in, want := range map[string]error{"": io.EOF, "<mess": io.ErrUnexpectedEOF, "<message><body>x": io.ErrUnexpectedEOF} {
		if _, err := open(t, in, stanza.Limits{}).Next(); !errors.Is(err, want) {
			t.Errorf("%q gave %v", in, err)
		}
	}
}

func TestRestartKeepsWhatWasRead(t *testing.T) {
	r := stanza.NewReader(strings.NewReader(header+`<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`+header+`<presence/>`), stanza.Limits{})
	if _, err := r.Open(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if r.Buffered() == 0 {
		t.Fatal("nothing is buffered")
	}
	r.Restart()
	if _, err := r.Open(); err != nil {
		t.Fatal(err)
	}
	if p, err := r.Next(); err != nil || !p.Is(stanza.NSClient, "presence") {
		t.Errorf("got %v, %v", p, err)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	for _, in := range []string{
		`<message from='a@b' xml:lang='zh'><body>你 &amp; &lt;我&gt; &#13;` + "\n" + `</body></message>`,
		`<iq type='result' id='1'><query xmlns='jabber:iq:roster'><item jid='a@b'><group>好友</group></item></query></iq>`,
		`<message><x xmlns='urn:x' xmlns:e='urn:e' e:from='&apos;"&#10;'><y xmlns=''/><e:z/></x></message>`,
		`<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
		`<a xmlns='urn:a'>one<b/>two<b/>three</a>`,
	} {
		e, err := stanza.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		again, err := stanza.Parse(e.Append(nil, stanza.NSClient))
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		if d := cmp.Diff(e, again); d != "" {
			t.Errorf("%s: %s", in, d)
		}
	}
}

func TestWriterNeverWritesInvalidXML(t *testing.T) {
	e := stanza.NewMessage("chat", "\x00", "a'b\"<>&", stanza.NewText(stanza.NSClient, "body", "\x00\x1b\xff\uFFFE]]>"))
	got, err := stanza.Parse(e.Append(nil, stanza.NSClient))
	if err != nil {
		t.Fatal(err)
	}
	if b := got.ChildText(stanza.NSClient, "body"); b != "����]]>" {
		t.Errorf("the body is %q", b)
	}
}

func TestErrorReplyTurnsTheAddresses(t *testing.T) {
	iq := stanza.NewIQ("get", "1", "a@b/c", nil).With("from", "d@e/f")
	r := iq.ErrorReply("cancel", "service-unavailable", "no")
	if r.Get("to") != "d@e/f" || r.Get("from") != "a@b/c" || r.Get("id") != "1" || r.Get("type") != "error" {
		t.Errorf("got %s", r)
	}
}
