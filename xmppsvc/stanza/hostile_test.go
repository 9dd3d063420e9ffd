package stanza_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dovekie/xmppsvc/stanza"
)

// after reads the stanza that may be skipped and the one behind it.
func after(t *testing.T, in string) (*stanza.Element, error) {
	t.Helper()
	r := open(t, in+"<message id='next'/>", stanza.Limits{})
	_, first := r.Next()
	el, err := r.Next()
	if err != nil {
		t.Fatalf("the stream ended: %v, then %v", first, err)
	}
	return el, first
}

func TestLongNamesCostOnlyTheirStanza(t *testing.T) {
	long := strings.Repeat("n", 600)
	for name, in := range map[string]string{
		"element":      `<message from='eve@x'><` + long + ` xmlns='urn:u'>x</` + long + `></message>`,
		"empty":        `<message from='eve@x'><` + long + `/></message>`,
		"attribute":    `<message from='eve@x'><x ` + long + `='1'/></message>`,
		"of the top":   `<message from='eve@x' ` + long + `='1'/>`,
		"prefix":       `<message from='eve@x' xmlns:` + long + `='u'><` + long + `:x/></message>`,
		"no short end": `<message from='eve@x'><` + strings.Repeat("é", 400) + `/></message>`,
	} {
		t.Run(name, func(t *testing.T) {
			el, err := after(t, in)
			var dropped *stanza.DroppedError
			if !errors.As(err, &dropped) || dropped.Head.Get("from") != "eve@x" {
				t.Errorf("got %v", err)
			}
			if el.Get("id") != "next" {
				t.Errorf("then %s", el)
			}
		})
	}
}

func TestNamesUpToTheLimitAreNames(t *testing.T) {
	name := strings.Repeat("n", 512)
	e, err := stanza.Parse([]byte("<" + name + "></" + name + ">"))
	if err != nil || e.Name.Local != name {
		t.Errorf("got %v, %v", e, err)
	}
}

// Each prefix is looked for among all declarations in force: 7,000 of them made one stanza
// of 1 MiB cost more than a second.
func TestManyDeclarationsCannotKeepTheReaderBusy(t *testing.T) {
	var b strings.Builder
	b.WriteString("<message xmlns:p='urn:p'>")
	for range 62 {
		b.WriteString("<d")
		for n := range 120 {
			fmt.Fprintf(&b, " xmlns:a%d='u'", n)
		}
		b.WriteString(">")
	}
	tail := strings.Repeat("</d>", 62) + "</message>"
	for kids := 0; b.Len()+len(tail) < 1<<20-1100 && kids < 19_000; kids++ {
		b.WriteString("<p:x p:a='' p:b='' p:c='' p:d='' p:e='' p:f=''/>")
	}
	b.WriteString(tail)
	el, err := after(t, b.String())
	var dropped *stanza.DroppedError
	if !errors.As(err, &dropped) || dropped.Reason != "attributes" || el.Get("id") != "next" {
		t.Errorf("got %v, then %s", err, el)
	}
}
