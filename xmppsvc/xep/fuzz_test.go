package xep_test

import (
	"reflect"
	"testing"
	"unicode/utf8"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// childReaders are all functions that look among the children of a stanza. Each gives
// nil for what is not there.
var childReaders = map[string]func(*stanza.Element) any{
	"form":      found(xep.FormOf),
	"chatstate": found(xep.ChatStateOf),
	"caps":      found(xep.CapsOf),
	"nick":      found(xep.NickOf),
	"receipt":   found(xep.ReceiptOf),
	"request":   found(yes(xep.WantsReceipt)),
	"forwarded": found(xep.ForwardedOf),
	"marker":    found(xep.MarkerOf),
	"markable":  found(yes(xep.IsMarkable)),
	"hint":      found(yes(func(el *stanza.Element) bool { return xep.HasHint(el, xep.NoCopy) })),
	"origin-id": found(text(xep.OriginIDOf)),
	"encrypted": found(xep.EncryptionOf),
	"page":      found(xep.PageOf),
	"came":      found(xep.PageResultOf),
	"result":    found(xep.ArchiveResultOf),
	"fin":       found(xep.ArchiveFinOf),
	"query":     found(xep.ReadArchiveQuery),
	"event":     found(xep.PubSubEventOf),
	"published": found(xep.PublishOf),
	"pubsub":    found(xep.PubSubItemsOf),
	"thread":    found(text(xep.ThreadOf)),
	"ping":      found(yes(xep.IsPing)),
	"delay":     found(func(el *stanza.Element) (xep.Delay, bool) { return xep.DelayOf(el) }),
	"stanza-id": found(text(func(el *stanza.Element) string { return xep.StanzaIDOf(el, self) })),
	"body": found(func(el *stanza.Element) (string, bool) {
		body, _, ok := xep.BodyOf(el, "zh")
		return body, ok
	}),
	"carbon": func(el *stanza.Element) any {
		if c, err := xep.Unwrap(el, self); err == nil {
			return c
		}
		return nil
	},
}

// wholeReaders are those that read the element they are given.
var wholeReaders = map[string]func(*stanza.Element) any{
	"disco":        found(xep.ReadDisco),
	"items":        found(xep.ReadItems),
	"registration": found(xep.ReadRegistration),
	"version":      found(xep.ReadVersion),
	"roster":       found(xep.ReadRoster),
	"prefs":        found(xep.ReadArchivePrefs),
	"positions":    found(xep.ReadPositionsOf),
	"time":         found(xep.ReadLocalTime),
	"error":        found(xep.ErrorOf),
	"presence":     found(presenceOf),
	"request": found(func(el *stanza.Element) (model.SubscriptionRequest, bool) {
		return xep.RequestOf(el, "zh", noon)
	}),
}

func found[T any](f func(*stanza.Element) (T, bool)) func(*stanza.Element) any {
	return func(el *stanza.Element) any {
		if v, ok := f(el); ok {
			return v
		}
		return nil
	}
}

// FuzzDecoders: no element, however odd, makes a reader panic, give senseless values, or
// adopt what stands in somebody else's element.
func FuzzDecoders(f *testing.F) {
	for _, c := range allCases() {
		f.Add([]byte(c.xml))
		f.Add([]byte(`<message from='me@example.org' type='chat' id='1'><body>b</body>` + c.xml + `</message>`))
	}
	f.Add([]byte(carbon("me@example.org", "received", innerReceived)))
	f.Add([]byte(carbon("me@example.org", "sent", innerSent)))
	f.Add([]byte(`<presence from='a@b' type='subscribe'><status>x</status><priority>9</priority></presence>`))
	f.Add([]byte(`<iq type='error' id='1'><error/></iq>`))
	f.Add([]byte(simple))
	f.Add([]byte(complicated))
	f.Fuzz(func(t *testing.T, b []byte) {
		el, err := stanza.Parse(b)
		if err != nil {
			return
		}
		before := el.String()
		for _, read := range wholeReaders {
			check(t, read(el))
		}
		// The same children in a foreign element belong to nobody here.
		foreign := &stanza.Element{Name: el.Name, Attr: el.Attr}
		foreign.Name.Space = "urn:example:foreign"
		foreign.Nodes = el.Nodes
		inside := stanza.New(stanza.NSClient, "message", foreign).With("from", "me@example.org").With("id", "1")
		for name, read := range childReaders {
			check(t, read(el))
			if v := read(inside); v != nil {
				t.Errorf("%s adopts %+v from a foreign parent", name, v)
			}
		}
		if c, ok := xep.CapsOf(el); ok {
			if d, ok := xep.ReadDisco(el.First()); ok && c.Verify(d) {
				t.Log("verified")
			}
		}
		if el.String() != before {
			t.Error("a reader changed its argument")
		}
	})
}

// check looks at what the readers promise of every value.
func check(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case xep.Delay:
		checkYear(t, v.Stamp.Year())
	case xep.Roster:
		for _, it := range v.Items {
			if it.JID.IsZero() || it.JID.IsFull() || len(it.Name) > 1023 || !utf8.ValidString(it.Name) {
				t.Errorf("roster item %+v", it)
			}
		}
	case xep.Items:
		for _, it := range v.Items {
			if it.JID.IsZero() {
				t.Errorf("item %+v", it)
			}
		}
	case model.Presence:
		if v.Priority < -128 || v.Priority > 127 || len(v.Status) > 8192 {
			t.Errorf("presence %+v", v)
		}
	case model.SubscriptionRequest:
		if v.JID.IsZero() || v.JID.IsFull() {
			t.Errorf("request %+v", v)
		}
	case xep.Disco:
		again, ok := xep.ReadDisco(v.Element())
		if !ok || !reflect.DeepEqual(again.Features, v.Features) || len(again.Forms) != len(v.Forms) {
			t.Errorf("disco %+v comes back as %+v", v, again)
		}
		xep.NewCaps("n", v).Verify(v)
	}
}

func checkYear(t *testing.T, year int) {
	t.Helper()
	if year < 1998 || year > 2199 {
		t.Errorf("year %d", year)
	}
}
