package trace_test

import (
	"strings"
	"testing"

	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/trace"
)

func TestAHugeAttributeIsCutToo(t *testing.T) {
	tr := trace.New(10)
	tr.WatchStanzas(true)
	huge := strings.Repeat("é", 400_000)
	tr.Stanza(false, stanza.NewMessage(huge, huge, "").With("from", huge))
	entries, _ := tr.Since(0)
	e := entries[0]
	if n := len(e.ID) + len(e.Type) + len(e.Peer) + len(e.XML) + len(e.Stanza); n > 64<<10 {
		t.Errorf("one entry holds %d bytes", n)
	}
}
