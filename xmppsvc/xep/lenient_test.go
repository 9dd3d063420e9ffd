package xep_test

import (
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

func TestTimesThatCannotBeAreNone(t *testing.T) {
	for in, want := range map[string]time.Time{
		"2026-11-22T12:00:00.25Z":           noon,
		"2026-11-22T20:00:00.250999+08:00":  noon,
		"2026-11-22T12:00:00.250-00:00":     noon,
		" 2026-11-22T12:00:00.250Z\n":       noon,
		"1998-01-01T00:00:00Z":              time.Date(1998, 1, 1, 0, 0, 0, 0, time.UTC),
		"2016-12-31T23:59:60Z":              {},
		"1997-12-31T23:59:59Z":              {},
		"1970-01-01T00:00:00Z":              {},
		"2200-01-01T00:00:00Z":              {},
		"99999-01-01T00:00:00Z":             {},
		"-2026-01-01T00:00:00Z":             {},
		"0000-00-00T00:00:00Z":              {},
		"2026-13-01T00:00:00Z":              {},
		"2026-02-30T00:00:00Z":              {},
		"2026-11-22T12:00:00":               {},
		"20261122T12:00:00":                 {},
		"2026-11-22T12:00:00+99:99":         {},
		"2026-11-22T12:00:00Z, or later":    {},
		"2026-11-22T12:00:00" + long + "Z":  {},
		"2026-11-22T12:00:00." + long + "Z": {},
		"now":                               {},
		"":                                  {},
		"\x00":                              {},
	} {
		got, ok := xep.ParseTime(in)
		if ok == want.IsZero() || !got.Equal(want) {
			t.Errorf("ParseTime(%.40q) = %v, %v", in, got, ok)
		}
		if ok && xep.FormatTime(got) != xep.FormatTime(want) {
			t.Errorf("%q comes back as %s", in, xep.FormatTime(got))
		}
	}
}

var long = strings.Repeat("0", 100_000)

func TestDelayCountsOnlyByWhoIsTrusted(t *testing.T) {
	m := parse(t, `<message>
		<delay xmlns='urn:xmpp:delay' from='eve@evil.example' stamp='2001-01-01T00:00:00Z'/>
		<delay xmlns='urn:xmpp:delay' stamp='2002-01-01T00:00:00Z'/>
		<delay xmlns='urn:xmpp:delay' from='example.org' stamp='never'/>
		<delay xmlns='urn:evil' from='example.org' stamp='2003-01-01T00:00:00Z'/>
		<x xmlns='urn:evil'><delay xmlns='urn:xmpp:delay' from='example.org' stamp='2004-01-01T00:00:00Z'/></x>
		<delay xmlns='urn:xmpp:delay' from='@' stamp='2005-01-01T00:00:00Z'/>
		<delay xmlns='urn:xmpp:delay' from='example.org' stamp='2026-11-22T12:00:00.250Z'/>
	</message>`)
	if d, ok := xep.DelayOf(m, room, self.Server()); !ok || !d.Stamp.Equal(noon) || d.By != self.Server() {
		t.Errorf("trusted: %+v %v", d, ok)
	}
	if d, ok := xep.DelayOf(m, self); ok {
		t.Errorf("by nobody there: %+v", d)
	}
	if d, ok := xep.DelayOf(m); !ok || d.Stamp.Year() != 2001 {
		t.Errorf("any: %+v %v", d, ok)
	}
}

func TestLocalTime(t *testing.T) {
	for zone, want := range map[int]string{
		0:              `<time xmlns='urn:xmpp:time'><tzo>+00:00</tzo><utc>2026-11-22T12:00:00Z</utc></time>`,
		8 * 3600:       `<time xmlns='urn:xmpp:time'><tzo>+08:00</tzo><utc>2026-11-22T12:00:00Z</utc></time>`,
		-5*3600 - 1800: `<time xmlns='urn:xmpp:time'><tzo>-05:30</tzo><utc>2026-11-22T12:00:00Z</utc></time>`,
	} {
		el := xep.LocalTime(noon.In(time.FixedZone("", zone)))
		if el.String() != want {
			t.Errorf("%s, want %s", el, want)
		}
		got, ok := xep.ReadLocalTime(el)
		if _, offset := got.Zone(); !ok || !got.Equal(noon.Truncate(time.Second)) || offset != zone {
			t.Errorf("read %v %v", got, ok)
		}
	}
	for _, tzo := range []string{"", "08:00", "+8:00", "+15:00", "+08:60", "+0800", "*08:00", "+08:00x", "-0x:00", "+-1:00"} {
		el := stanza.New(xep.NSTime, "time", stanza.NewText(xep.NSTime, "tzo", tzo),
			stanza.NewText(xep.NSTime, "utc", "2026-11-22T12:00:00Z"))
		if got, ok := xep.ReadLocalTime(el); ok {
			t.Errorf("zone %q is read as %v", tzo, got)
		}
	}
	if got, ok := xep.ReadLocalTime(parse(t, `<time xmlns='urn:xmpp:time'><tzo>Z</tzo><utc>2026-11-22T12:00:00Z</utc></time>`)); !ok {
		t.Errorf("Z: %v", got)
	}
}

func TestNumbersAreBoundedNeverFatal(t *testing.T) {
	for in, want := range map[string]int{
		"5": 5, "+5": 5, " -7 \n": -7, "127": 127, "128": 127, "-129": -128, "99999999999999999999999": 127,
		"-99999999999999999999999": -128, "": 0, "abc": 0, "1e2": 0, "0x10": 0, "1.5": 0, "٣": 0, "\uff11": 0, "--1": 0,
	} {
		p, ok := xep.PresenceOf(stanza.NewPresence("", "", stanza.NewText(stanza.NSClient, "priority", in)), "")
		if !ok || p.Priority != want {
			t.Errorf("priority %q is %d, want %d", in, p.Priority, want)
		}
	}
}

func TestPresenceIsReadLeniently(t *testing.T) {
	p, ok := xep.PresenceOf(parse(t, `<presence from='a@b'><x xmlns='urn:evil'><show>dnd</show><status>evil</status></x>
		<show xmlns='urn:evil'>dnd</show><show>whatever</show><status xml:lang='de'>weg</status><status>away</status>
		<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/></presence>`), "")
	want := model.Presence{Show: model.ShowAvailable, Status: "away", Caps: "n#v"}
	if !ok {
		t.Fatal("not read")
	}
	same(t, p, want)
	for _, typ := range []string{"subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe", "error", "strange"} {
		if p, ok := xep.PresenceOf(stanza.NewPresence(typ, ""), ""); ok {
			t.Errorf("type %s is read as %+v", typ, p)
		}
	}
	long := stanza.NewPresence("", "", stanza.NewText(stanza.NSClient, "status", strings.Repeat("很", 10_000)))
	if p, _ = xep.PresenceOf(long, ""); len(p.Status) > 8192 || len(p.Status)%3 != 0 {
		t.Errorf("a status of %d bytes", len(p.Status))
	}
}

func TestRequestTellsWhoAndWhy(t *testing.T) {
	el := parse(t, `<presence from='Alice@example.org/x' type='subscribe'><status>嗨</status>
		<nick xmlns='http://jabber.org/protocol/nick'> Alice </nick></presence>`)
	r, ok := xep.RequestOf(el, "", noon)
	if !ok {
		t.Fatal("not read")
	}
	same(t, r, model.SubscriptionRequest{JID: alice, Message: "嗨", Nick: "Alice", Time: noon})
	for _, s := range []string{`<presence type='subscribe'/>`, `<presence from='@' type='subscribe'/>`, `<presence from='a@b'/>`, `<message from='a@b' type='subscribe'/>`} {
		if r, ok := xep.RequestOf(parse(t, s), "", noon); ok {
			t.Errorf("%s is read as %+v", s, r)
		}
	}
}

func TestBodyIsADirectChildOfTheStanza(t *testing.T) {
	for in, want := range map[string][2]string{
		`<message><body>real</body><x xmlns='evil'><body>fake</body></x></message>`:                        {"real", ""},
		`<message><x xmlns='evil'><body>fake</body></x></message>`:                                         {},
		`<message><body xmlns='urn:u'>fake</body></message>`:                                               {},
		`<message><html xmlns='http://jabber.org/protocol/xhtml-im'><body>x</body></html></message>`:       {},
		`<message><e:body xmlns:e='jabber:server'>fake</e:body><body>a&amp;<![CDATA[b]]></body></message>`: {"a&b", ""},
		`<message xml:lang='en'><body>hi</body></message>`:                                                 {"hi", "en"},
		`<message><body xml:lang='en'>hi</body><body xml:lang='zh-CN'>你好</body><body>?</body></message>`:   {"你好", "zh-CN"},
		`<message><body xml:lang='en'>hi</body><body xml:lang='fr'>salut</body></message>`:                 {"hi", "en"},
		`<message><body xml:lang='en'>hi</body><body>default</body></message>`:                             {"default", ""},
		`<message><body>first</body><body>second</body></message>`:                                         {"first", ""},
		`<message xmlns:e='urn:e'><body e:lang='zh'>no</body><body xml:lang='zh'>是</body></message>`:       {"是", "zh"},
		`<message><body>a<b xmlns='urn:u'>inner</b>c</body></message>`:                                     {"ac", ""},
	} {
		body, lang, ok := xep.BodyOf(parse(t, in), "zh")
		if got := [2]string{body, lang}; got != want || ok != (want != [2]string{}) {
			t.Errorf("%s: %q %v, want %q", in, got, ok, want)
		}
	}
}

func TestErrorsAreReadLeniently(t *testing.T) {
	for in, want := range map[string]model.StanzaError{
		`<iq type='error'/>`:                                          {Type: "cancel", Condition: "undefined-condition"},
		`<iq type='error'><error type='odd'/></iq>`:                   {Type: "cancel", Condition: "undefined-condition"},
		`<iq type='error'><x xmlns='u'><error type='auth'/></x></iq>`: {Type: "cancel", Condition: "undefined-condition"},
		`<iq type='error'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><app xmlns='urn:a'/></error></iq>`: {Type: "auth", Condition: "forbidden"},
		`<iq type='error'><error type='wait'><strange xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`:                       {Type: "wait", Condition: "undefined-condition"},
	} {
		if got, ok := xep.ErrorOf(parse(t, in)); !ok || got != want {
			t.Errorf("%s: %+v %v", in, got, ok)
		}
	}
	if e, ok := xep.ErrorOf(parse(t, `<iq type='result'><error type='auth'/></iq>`)); ok {
		t.Errorf("a result with an error: %+v", e)
	}
	err := xep.Refused(model.StanzaError{Condition: "forbidden", Text: "not you"})
	if err.Kind != model.ErrServerRefused || err.Condition != "forbidden" || err.Error() != "the server refused: forbidden (not you)" {
		t.Errorf("%+v", err)
	}
}

func TestMessageTypes(t *testing.T) {
	for typ, want := range map[string]string{"": "normal", "chat": "chat", "odd": "normal", "groupchat": "groupchat", "error": "error", "headline": "headline"} {
		if got := xep.MessageType(stanza.NewMessage(typ, "", "")); got != want {
			t.Errorf("%q is %q", typ, got)
		}
	}
	if got := xep.ThreadOf(parse(t, `<message><thread>t1</thread></message>`)); got != "t1" {
		t.Errorf("thread %q", got)
	}
}
