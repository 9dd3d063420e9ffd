package trace_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/trace"
)

func parse(tb testing.TB, s string) *stanza.Element {
	tb.Helper()
	el, err := stanza.Parse([]byte(s))
	if err != nil {
		tb.Fatalf("%s: %v", s, err)
	}
	return el
}

func TestTheRingKeepsTheNewest(t *testing.T) {
	tr := trace.New(3)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		tr.Step(name, "", time.Second)
	}
	all, next := tr.Since(0)
	if len(all) != 3 || all[0].Name != "c" || all[2].Name != "e" || all[0].Seq != 3 || next != 6 {
		t.Errorf("kept %+v, next %d", all, next)
	}
	if fresh, _ := tr.Since(next); len(fresh) != 0 {
		t.Errorf("nothing is new, but %+v", fresh)
	}
	tr.Step("f", "detail", 0)
	if fresh, _ := tr.Since(next); len(fresh) != 1 || fresh[0].Name != "f" || fresh[0].Detail != "detail" {
		t.Errorf("new: %+v", fresh)
	}
	if tail, _ := tr.Since(5); len(tail) != 2 {
		t.Errorf("from 5 on: %+v", tail)
	}
}

func TestTextsAreKeptOnlyWhileSomebodyWatches(t *testing.T) {
	tr := trace.New(10)
	el := parse(t, "<message to='a@b' from='c@d' id='1' type='chat'><body>x</body></message>")
	tr.Stanza(true, el)
	tr.WatchStanzas(true)
	tr.Stanza(false, el)
	tr.WatchStanzas(false)
	tr.Stanza(true, el)
	all, _ := tr.Since(0)
	if len(all) != 1 || all[0].Out || all[0].Peer != "c@d" || all[0].Stanza != "message" || all[0].Type != "chat" || !strings.Contains(all[0].XML, "<body>x</body>") {
		t.Errorf("kept %+v", all)
	}
	tr.Bytes(10, 20)
	if c := tr.Counters(); c != (trace.Counters{BytesIn: 10, BytesOut: 20, StanzasIn: 1, StanzasOut: 2}) {
		t.Errorf("counted %+v", c)
	}
}

func TestNoSecretReachesAnEntry(t *testing.T) {
	for _, s := range []string{
		"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>SECRET</auth>",
		"<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>SECRET</response>",
		"<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>SECRET</challenge>",
		"<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>SECRET</success>",
		"<authenticate xmlns='urn:xmpp:sasl:2' mechanism='X'><initial-response>SECRET</initial-response><bind xmlns='urn:xmpp:bind:0'/></authenticate>",
		"<success xmlns='urn:xmpp:sasl:2'><additional-data>SECRET</additional-data><token xmlns='urn:xmpp:fast:0' token='SECRET' expiry='x'/></success>",
		"<iq type='set'><query xmlns='jabber:iq:register'><username>me</username><password>SECRET</password></query></iq>",
		"<iq type='set'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data'><field var='password'><value>SECRET</value></field></x></query></iq>",
		"<iq><x xmlns='jabber:x:data'><field var='muc#roomconfig_roomsecret' type='text-private'><value>SECRET</value></field></x></iq>",
		"<presence><x xmlns='http://jabber.org/protocol/muc'><password>SECRET</password></x></presence>",
		"<message><x xmlns='jabber:x:conference' jid='a@b' password='SECRET'/></message>",
		"<iq><slot xmlns='urn:xmpp:http:upload:0'><put url='https://x'><header name='Authorization'>SECRET</header></put></slot></iq>",
		"<iq><slot xmlns='urn:xmpp:http:upload:0'><put url='https://x/file?v=SECRET'/></slot></iq>",
		"<iq><x xmlns='jabber:x:data' type='submit'><field var='muc#roomconfig_roomsecret'><value>SECRET</value></field></x></iq>",
		"<iq><x xmlns='jabber:x:data' type='submit'><field var='pubsub#auth_Token'><value>SECRET</value></field></x></iq>",
		"<iq type='set'><query xmlns='jabber:iq:auth'><username>me</username><digest>SECRET</digest></query></iq>",
		"<iq type='set'><query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'><conference jid='a@b'><password>SECRET</password></conference></storage></query></iq>",
		"<iq type='set'><jingle xmlns='urn:xmpp:jingle:1'><content><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='x' pwd='SECRET'/></content></jingle></iq>",
		"<iq type='result'><services xmlns='urn:xmpp:extdisco:2'><service type='turn' username='x' password='SECRET'/></services></iq>",
		"<message><result xmlns='urn:xmpp:mam:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'><x xmlns='jabber:x:conference' password='SECRET'/></message></forwarded></result></message>",
	} {
		tr := trace.New(1)
		tr.WatchStanzas(true)
		tr.Stanza(true, parse(t, s))
		all, _ := tr.Since(0)
		if strings.Contains(all[0].XML, "SECRET") || !strings.Contains(all[0].XML, "***") {
			t.Errorf("%s\ngives %s", s, all[0].XML)
		}
	}
}

func TestWhatIsNoSecretStaysAsItIs(t *testing.T) {
	el := parse(t, "<message to='a@b'><body>my password is not here</body><auth xmlns='urn:other'>x</auth></message>")
	if trace.Redact(el) != el {
		t.Error("it was copied")
	}
	secret := parse(t, "<message><body>hello</body><password>x</password></message>")
	before := secret.String()
	if got := trace.Redact(secret).ChildText(stanza.NSClient, "body"); got != "hello" || secret.String() != before {
		t.Errorf("body %q; the original is now %s", got, secret)
	}
}

func TestLongTextsAreCut(t *testing.T) {
	tr := trace.New(1)
	tr.WatchStanzas(true)
	tr.Stanza(true, stanza.NewMessage("", "1", "a@b", stanza.NewText(stanza.NSClient, "body", strings.Repeat("好", 100_000))))
	all, _ := tr.Since(0)
	if n := len(all[0].XML); n > 17<<10 || !strings.HasSuffix(all[0].XML, "好…") {
		t.Errorf("%d bytes, ending %q", n, all[0].XML[n-10:])
	}
}

func TestANilTraceDoesNothing(t *testing.T) {
	var tr *trace.Trace
	tr.Step("a", "", 0)
	tr.Bytes(1, 1)
	tr.Stanza(true, stanza.NewPresence("", ""))
	tr.WatchStanzas(true)
	if all, next := tr.Since(3); all != nil || next != 0 || tr.Watched() || tr.Counters() != (trace.Counters{}) {
		t.Error("it did something")
	}
}

func TestWritersAndReadersDoNotDisturbEachOther(t *testing.T) {
	tr := trace.New(64)
	tr.WatchStanzas(true)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				tr.Step("s", "", 0)
				tr.Stanza(false, stanza.NewPresence("", "a@b"))
			}
		})
	}
	var from, last uint64
	for from <= 4*1000 {
		var some []trace.Entry
		some, from = tr.Since(from)
		for _, e := range some {
			if e.Seq <= last {
				t.Fatalf("%d after %d", e.Seq, last)
			}
			last = e.Seq
		}
	}
	wg.Wait()
}
