package stanza_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"dovekie/xmppsvc/stanza"
)

// FuzzParse: what we accept, encoding/xml accepts and reads the same, and it survives
// being written and read again. (The other way round does not hold: we refuse more.)
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`<message from='a@b'><body>x &lt; y</body></message>`,
		`<message xmlns:e='urn:e' e:from='x'><e:body/></message>`,
		`<a xmlns='u'><![CDATA[x]]>&#x20;</a>`, `<stream:error/>`, "<a b='\r\n\t&#10;'>\r\n</a>", "<\u07140/>",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		e, err := stanza.Parse(in)
		if err != nil {
			return
		}
		again, err := stanza.Parse(e.Append(nil, stanza.NSClient))
		if err != nil {
			t.Fatalf("%q is written as %q: %v", in, e, err)
		}
		if d := cmp.Diff(e, again); d != "" {
			t.Fatalf("%q changes: %s", in, d)
		}
		want, err := oracle(in)
		if newerName(err) {
			return
		}
		if err != nil {
			t.Fatalf("%q: encoding/xml says %v", in, err)
		}
		if got := outline(e); got != want {
			t.Fatalf("%q is %s for us, %s for encoding/xml", in, got, want)
		}
	})
}

// newerName reports an error about a name that only the fifth edition of XML 1.0, to which RFC
// 6120 refers, allows: encoding/xml knows those of the fourth. Names in ASCII are the same.
func newerName(err error) bool {
	var syntax *xml.SyntaxError
	if !errors.As(err, &syntax) {
		return false
	}
	name, ok := strings.CutPrefix(syntax.Msg, "invalid XML name: ")
	return ok && strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII })
}

// FuzzReader: no bytes make the reader panic, hang or keep more than its limits.
func FuzzReader(f *testing.F) {
	f.Add([]byte(`<message><body>x</body></message></stream:stream>`))
	f.Add([]byte(`<a><a><a><a><a><a></a></a></a></a></a></a><b/>`))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := stanza.NewReader(bytes.NewReader(append([]byte(header), in...)), stanza.Limits{StanzaBytes: 200, HardBytes: 1000, Depth: 5, Children: 10})
		if _, err := r.Open(); err != nil {
			t.Fatal(err)
		}
		for {
			e, err := r.Next()
			var dropped *stanza.DroppedError
			if errors.As(err, &dropped) {
				continue
			}
			if err != nil {
				return
			}
			if n := len(outline(e)); n > 5000 {
				t.Fatalf("an element of %d bytes passed the limit", n)
			}
		}
	})
}

func oracle(in []byte) (string, error) {
	const before, after = `<s xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`, `</s>`
	d := xml.NewDecoder(io.MultiReader(bytes.NewReader([]byte(before)), bytes.NewReader(in), bytes.NewReader([]byte(after))))
	var out bytes.Buffer
	for depth := 0; ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if depth++; depth > 1 {
				out.WriteString("<" + tok.Name.Space + " " + tok.Name.Local)
				for _, a := range tok.Attr {
					if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
						out.WriteString("|" + a.Name.Space + " " + a.Name.Local)
					}
				}
				out.WriteString(">")
			}
		case xml.EndElement:
			if depth--; depth > 0 {
				out.WriteString("</>")
			}
		case xml.CharData:
			if depth > 1 {
				out.Write(tok)
			}
		}
	}
}

// outline is the shape and the text; attribute values are left out, as encoding/xml does
// not normalise white space in them.
func outline(e *stanza.Element) string {
	var out bytes.Buffer
	out.WriteString("<" + e.Name.Space + " " + e.Name.Local)
	for _, a := range e.Attr {
		space := a.Name.Space
		out.WriteString("|" + space + " " + a.Name.Local)
	}
	out.WriteString(">")
	for _, n := range e.Nodes {
		switch n := n.(type) {
		case *stanza.Element:
			out.WriteString(outline(n))
		case stanza.Text:
			out.WriteString(string(n))
		}
	}
	out.WriteString("</>")
	return out.String()
}
