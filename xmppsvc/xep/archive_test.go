package xep_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// inIQ reads what is the payload of an IQ of the given type.
func inIQ[T any](typ string, f func(*stanza.Element) (T, bool)) reader {
	return func(el *stanza.Element) (any, bool) {
		v, ok := f(stanza.NewIQ(typ, "1", "", el))
		return v, ok
	}
}

const archivedMessage = `<message xmlns='jabber:client' type='chat' id='m1'><body>hi</body></message>`

var (
	somePage  = xep.Page{Max: 50, After: "a<1"}
	somePrefs = xep.ArchivePrefs{Default: xep.ArchiveRoster, Always: []jid.JID{alice}, Never: []jid.JID{bob, room}}
	someQuery = xep.ArchiveQuery{
		ID: "q1", With: alice, Start: noon, End: noon.Add(time.Hour), Page: xep.Page{Max: 20, Last: true},
	}
	someFin    = xep.ArchiveFin{Complete: true, Stable: true, PageResult: xep.PageResult{First: "a", Last: "b", Index: 3, Count: 7}}
	someResult = xep.ArchiveResult{QueryID: "q1", ID: "a1", Forwarded: xep.Forwarded{
		Delay:  xep.Delay{Stamp: noon},
		Stanza: stanza.NewMessage("chat", "m1", "", stanza.NewText(stanza.NSClient, "body", "hi")),
	}}
)

var archiveCases = []roundTrip{
	{
		"page", `<set xmlns='http://jabber.org/protocol/rsm'><max>50</max><after>a&lt;1</after></set>`,
		somePage.Element(), within("message", xep.PageOf), somePage,
	},
	{
		"page before", `<set xmlns='http://jabber.org/protocol/rsm'><max>50</max><before>b</before></set>`,
		xep.Page{Max: 50, Before: "b"}.Element(), within("message", xep.PageOf), xep.Page{Max: 50, Before: "b"},
	},
	{
		"last page", `<set xmlns='http://jabber.org/protocol/rsm'><max>1</max><before/></set>`,
		xep.Page{Max: 1, Last: true}.Element(), within("message", xep.PageOf), xep.Page{Max: 1, Last: true},
	},
	{
		"count alone", `<set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set>`,
		xep.Page{Max: -1}.Element(), within("message", xep.PageOf), xep.Page{Max: -1},
	},
	{
		"page that came", `<set xmlns='http://jabber.org/protocol/rsm'><first index='0'>a</first><last>b</last><count>800</count></set>`,
		xep.PageResult{First: "a", Last: "b", Count: 800}.Element(), within("message", xep.PageResultOf),
		xep.PageResult{First: "a", Last: "b", Count: 800},
	},
	{
		"page that came without numbers", `<set xmlns='http://jabber.org/protocol/rsm'><first>a</first><last>b</last></set>`,
		xep.PageResult{First: "a", Last: "b", Index: -1, Count: -1}.Element(), within("message", xep.PageResultOf),
		xep.PageResult{First: "a", Last: "b", Index: -1, Count: -1},
	},
	{
		"empty page", `<set xmlns='http://jabber.org/protocol/rsm'><count>0</count></set>`,
		xep.PageResult{Index: -1}.Element(), within("message", xep.PageResultOf), xep.PageResult{Index: -1},
	},
	{
		"query", `<query xmlns='urn:xmpp:mam:2' queryid='q1'><x xmlns='jabber:x:data' type='submit'>` +
			`<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>` +
			`<field var='with'><value>alice@example.org</value></field>` +
			`<field var='start'><value>2026-11-22T12:00:00.250Z</value></field>` +
			`<field var='end'><value>2026-11-22T13:00:00.250Z</value></field></x>` +
			`<set xmlns='http://jabber.org/protocol/rsm'><max>20</max><before/></set></query>`,
		someQuery.Element(), inIQ("set", xep.ReadArchiveQuery), someQuery,
	},
	{
		"query for everything", `<query xmlns='urn:xmpp:mam:2' queryid='q'/>`,
		xep.ArchiveQuery{ID: "q"}.Element(), inIQ("set", xep.ReadArchiveQuery), xep.ArchiveQuery{ID: "q"},
	},
	{
		"result", `<result xmlns='urn:xmpp:mam:2' queryid='q1' id='a1'><forwarded xmlns='urn:xmpp:forward:0'>` +
			`<delay xmlns='urn:xmpp:delay' stamp='2026-11-22T12:00:00.250Z'/>` + archivedMessage + `</forwarded></result>`,
		someResult.Element(), within("message", xep.ArchiveResultOf), someResult,
	},
	{
		"fin", `<fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'>` +
			`<first index='3'>a</first><last>b</last><count>7</count></set></fin>`,
		someFin.Element(), inIQ("result", xep.ArchiveFinOf), someFin,
	},
	{
		"fin of a page", `<fin xmlns='urn:xmpp:mam:2' stable='false'><set xmlns='http://jabber.org/protocol/rsm'/></fin>`,
		xep.ArchiveFin{PageResult: xep.PageResult{Index: -1, Count: -1}}.Element(), inIQ("result", xep.ArchiveFinOf),
		xep.ArchiveFin{PageResult: xep.PageResult{Index: -1, Count: -1}},
	},
	{
		"preferences", `<prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>alice@example.org</jid></always>` +
			`<never><jid>bob@example.net</jid><jid>room@muc.example.org</jid></never></prefs>`,
		somePrefs.Element(), read(xep.ReadArchivePrefs), somePrefs,
	},
	{
		"preferences without exceptions", `<prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never/></prefs>`,
		xep.ArchivePrefs{Default: xep.ArchiveAlways}.Element(), read(xep.ReadArchivePrefs), xep.ArchivePrefs{Default: xep.ArchiveAlways},
	},
	{
		"preferences wanted", `<prefs xmlns='urn:xmpp:mam:2'/>`,
		xep.ArchivePrefs{}.Element(), read(xep.ReadArchivePrefs), xep.ArchivePrefs{},
	},
}

func TestPageNumbersThatCannotBeAreNotSaid(t *testing.T) {
	for in, want := range map[string]int{
		"0": 0, "7": 7, " 12\n": 12, "2147483647": 2147483647, "": -1, "-1": -1, "+5": -1, "2147483648": -1,
		"99999999999999999999999": -1, "1e3": -1, "0x10": -1, "1.5": -1, "many": -1, "٣": -1, "\x00": -1,
		strings.Repeat("9", 100_000): -1,
	} {
		set := stanza.New(xep.NSPages, "set", stanza.NewText(xep.NSPages, "first", "a").With("index", in),
			stanza.NewText(xep.NSPages, "count", in), stanza.NewText(xep.NSPages, "max", in))
		parent := stanza.New(xep.NSArchive, "fin", set)
		r, ok := xep.PageResultOf(parent)
		if !ok || r.Count != want || r.Index != want {
			t.Errorf("%.40q is read as %+v, want %d", in, r, want)
		}
		p, ok := xep.PageOf(parent)
		wanted := map[bool]int{true: -1, false: max(want, 0)}[want == 0]
		if !ok || p.Max != wanted {
			t.Errorf("a maximum of %.40q is read as %+v, want %d", in, p, wanted)
		}
	}
	if r, ok := xep.PageResultOf(stanza.New(xep.NSArchive, "fin")); ok || r.Count != -1 || r.Index != -1 {
		t.Errorf("no page: %+v %v", r, ok)
	}
}

// A cut id would be another one; one that is left out would be another question.
func TestPageIDsAreWholeOrNone(t *testing.T) {
	long := strings.Repeat("x", 3000)
	set := func(name string) *stanza.Element {
		return stanza.New("", "", stanza.New(xep.NSPages, "set", stanza.NewText(xep.NSPages, name, long)))
	}
	if r, _ := xep.PageResultOf(set("first")); r.First != "" {
		t.Errorf("first of %d bytes", len(r.First))
	}
	if r, _ := xep.PageResultOf(set("last")); r.Last != "" {
		t.Errorf("last of %d bytes", len(r.Last))
	}
	if p, _ := xep.PageOf(set("before")); p.Before != long || p.Last {
		t.Errorf("before of %d bytes, last page %v", len(p.Before), p.Last)
	}
}

func TestArchiveQueryIsRefusedRatherThanMisread(t *testing.T) {
	form := func(fields string) string {
		return `<iq type='set' id='1'><query xmlns='urn:xmpp:mam:2' queryid='q'><x xmlns='jabber:x:data' type='submit'>` +
			`<field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>` + fields + `</x></query></iq>`
	}
	for in, want := range map[string]bool{
		form(``): true,
		form(`<field var='with'><value>alice@example.org/x</value></field>`):                                        true,
		form(`<field var='with'><value>@</value></field>`):                                                          false,
		form(`<field var='with'/>`):                                                                                 false,
		form(`<field var='start'><value>yesterday</value></field>`):                                                 false,
		form(`<field var='end'><value>99999-01-01T00:00:00Z</value></field>`):                                       false,
		form(`<field var='before-id'><value>a</value></field>`):                                                     false,
		form(`<field var='FORM_TYPE'><value>urn:xmpp:mam:1</value></field>`):                                        false,
		form(`<field xmlns='urn:u' var='with'><value>@</value></field>`):                                            true,
		`<iq type='get' id='1'><query xmlns='urn:xmpp:mam:2'/></iq>`:                                                false,
		`<iq type='result' id='1'><query xmlns='urn:xmpp:mam:2'/></iq>`:                                             false,
		`<message type='set'><query xmlns='urn:xmpp:mam:2'/></message>`:                                             false,
		`<iq type='set' id='1'><query xmlns='urn:xmpp:mam:1'/></iq>`:                                                false,
		`<iq type='set' id='1'><x xmlns='u'><query xmlns='urn:xmpp:mam:2'/></x></iq>`:                               false,
		`<iq xmlns:e='u' e:type='set' id='1'><query xmlns='urn:xmpp:mam:2'/></iq>`:                                  false,
		`<iq type='set' id='1'><query xmlns='urn:xmpp:mam:2' queryid='` + strings.Repeat("1", 2000) + `'/></iq>`:    true,
		`<iq type='set' id='1'><query xmlns='urn:xmpp:mam:2'><set xmlns='urn:u'><max>x</max></set></query></iq>`:    true,
		`<iq type='set' id='1'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'/></query></iq>`: true,
	} {
		if q, ok := xep.ReadArchiveQuery(parse(t, in)); ok != want {
			t.Errorf("%.300s: %+v %v", in, q, ok)
		}
	}
	if _, ok := xep.ReadArchiveQuery(nil); ok {
		t.Error("a query in nothing")
	}
}

// The sender is told, never judged: only who asked can judge.
func TestArchiveResultTellsWhoSentIt(t *testing.T) {
	result := func(attr, inner string) string {
		return `<message ` + attr + `><result xmlns='urn:xmpp:mam:2' queryid='q' id='a'>` +
			`<forwarded xmlns='urn:xmpp:forward:0'>` + inner + `</forwarded></result></message>`
	}
	for in, want := range map[string]string{
		result(``, archivedMessage):                                       "",
		result(`from='me@example.org'`, archivedMessage):                  "me@example.org",
		result(`from='ME@Example.org'`, archivedMessage):                  "me@example.org",
		result(`from='me@example.org/x'`, archivedMessage):                "me@example.org/x",
		result(`from='eve@evil.example'`, archivedMessage):                "eve@evil.example",
		result(`xmlns:e='u' e:from='me@example.org'`, archivedMessage):    "",
		result(`from='eve@x' xmlns:e='u' e:from='me@y'`, archivedMessage): "eve@x",
	} {
		r, ok := xep.ArchiveResultOf(parse(t, in))
		if !ok || r.From.String() != want || r.QueryID != "q" || r.ID != "a" {
			t.Errorf("%s: %+v %v", in, r, ok)
		}
	}
	for _, in := range []string{
		result(`from='@'`, archivedMessage),
		result(``, ``),
		result(``, archivedMessage+archivedMessage),
		result(``, `<presence xmlns='jabber:client'/>`),
		result(``, `<message xmlns='jabber:server'/>`),
		strings.Replace(result(``, archivedMessage), " id='a'", "", 1),
		strings.Replace(result(``, archivedMessage), " id='a'", " xmlns:e='u' e:id='a'", 1),
		strings.Replace(result(``, archivedMessage), " id='a'", " id='"+strings.Repeat("a", 2000)+"'", 1),
		strings.Replace(result(``, archivedMessage), "mam:2", "mam:1", 1),
		`<message><x xmlns='u'>` + someResult.Element().String() + `</x></message>`,
		`<message><result xmlns='urn:xmpp:mam:2' id='a'>` + archivedMessage + `</result></message>`,
		`<presence>` + someResult.Element().String() + `</presence>`,
	} {
		if r, ok := xep.ArchiveResultOf(parse(t, in)); ok || r.Stanza != nil {
			t.Errorf("%.300s: %+v", in, r)
		}
	}
}

func TestArchiveFinIsReadLeniently(t *testing.T) {
	for in, want := range map[string]xep.ArchiveFin{
		`<fin xmlns='urn:xmpp:mam:2'/>`:                               {Stable: true, PageResult: xep.PageResult{Index: -1, Count: -1}},
		`<fin xmlns='urn:xmpp:mam:2' complete='1' stable='0'/>`:       {Complete: true, PageResult: xep.PageResult{Index: -1, Count: -1}},
		`<fin xmlns='urn:xmpp:mam:2' complete='yes' stable='true'/>`:  {Stable: true, PageResult: xep.PageResult{Index: -1, Count: -1}},
		`<fin xmlns='urn:xmpp:mam:2' xmlns:e='u' e:complete='true'/>`: {Stable: true, PageResult: xep.PageResult{Index: -1, Count: -1}},
		`<fin xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><count>-3</count><last> b </last></set></fin>`: {
			Stable: true, PageResult: xep.PageResult{Last: " b ", Index: -1, Count: -1},
		},
	} {
		got, ok := xep.ArchiveFinOf(parse(t, `<iq type='result' id='1'>`+in+`</iq>`))
		if !ok || got != want {
			t.Errorf("%s: %+v %v", in, got, ok)
		}
	}
	for _, in := range []string{
		`<iq type='error' id='1'><fin xmlns='urn:xmpp:mam:2'/></iq>`, `<iq type='result' id='1'><fin xmlns='urn:xmpp:mam:1'/></iq>`,
		`<message type='result'><fin xmlns='urn:xmpp:mam:2'/></message>`, `<iq type='result' id='1'/>`,
	} {
		if f, ok := xep.ArchiveFinOf(parse(t, in)); ok {
			t.Errorf("%s: %+v", in, f)
		}
	}
}

func TestArchivePrefsAreReadLeniently(t *testing.T) {
	p, ok := xep.ReadArchivePrefs(parse(t, `<prefs xmlns='urn:xmpp:mam:2' default='sometimes'><x xmlns='u'><always/></x>
		<always><jid>Alice@Example.org</jid><jid>@</jid><jid/><jid>alice@example.org</jid><jid xmlns='u'>bob@example.net</jid></always>
		<never xmlns='u'><jid xmlns='urn:xmpp:mam:2'>bob@example.net</jid></never></prefs>`))
	if !ok {
		t.Fatal("not read")
	}
	same(t, p, xep.ArchivePrefs{Always: []jid.JID{alice}})
	var many strings.Builder
	for i := range 5000 {
		many.WriteString(`<jid>u` + strconv.Itoa(i) + `@example.org</jid>`)
	}
	if p, _ := xep.ReadArchivePrefs(parse(t, `<prefs xmlns='urn:xmpp:mam:2' default='never'><never>`+many.String()+`</never></prefs>`)); len(p.Never) != 5000 {
		t.Errorf("%d of 5000 exceptions", len(p.Never))
	}
}
