package demo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/stanza"
)

const mam = "xmlns='urn:xmpp:mam:2'"

// past is one message out of an archive.
type past struct {
	id, body string
	el       *stanza.Element
	stamp    string
}

// history asks for the own archive; inside is what stands in the query.
func (c *client) history(inside string) ([]past, *stanza.Element) {
	c.tb.Helper()
	id := fmt.Sprint("h", time.Now().UnixNano())
	c.write("<iq type='set' id='%s'><query %s queryid='%s'>%s</query></iq>", id, mam, id, inside)
	var out []past
	fin := c.expect("the end of the results", func(el *stanza.Element) bool {
		if r := el.Child("urn:xmpp:mam:2", "result"); r != nil && el.Name.Local == "message" {
			f := r.Child("urn:xmpp:forward:0", "forwarded")
			m := f.Child(stanza.NSClient, "message")
			if r.Get("queryid") != id || el.Get("from") != c.jid.Bare().String() {
				c.tb.Errorf("a result of %s from %s", r.Get("queryid"), el.Get("from"))
			}
			out = append(out, past{r.Get("id"), m.ChildText(stanza.NSClient, "body"), m, f.Child("urn:xmpp:delay", "delay").Get("stamp")})
		}
		return el.Get("id") == id
	})
	return out, fin
}

func with(fields ...string) string {
	form := "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>"
	for i := 0; i < len(fields); i += 2 {
		form += "<field var='" + fields[i] + "'><value>" + fields[i+1] + "</value></field>"
	}
	return form + "</x>"
}

func rsm(inside string) string {
	return "<set xmlns='http://jabber.org/protocol/rsm'>" + inside + "</set>"
}

func bodiesOf(all []past) string {
	var b []string
	for _, p := range all {
		b = append(b, p.body)
	}
	return strings.Join(b, " ")
}

func finOf(el *stanza.Element) (complete bool, first, last, count string) {
	fin := el.Child("urn:xmpp:mam:2", "fin")
	set := fin.Child("http://jabber.org/protocol/rsm", "set")
	return fin.Get("complete") == "true", set.ChildText("http://jabber.org/protocol/rsm", "first"),
		set.ChildText("http://jabber.org/protocol/rsm", "last"), set.ChildText("http://jabber.org/protocol/rsm", "count")
}

func TestArchiveIsAnnouncedWhereItIs(t *testing.T) {
	c := register(t, start(t, demo.Options{}), "alice", "a")
	disco := "<query xmlns='http://jabber.org/protocol/disco#info'/>"
	for to, want := range map[string]bool{address("alice"): true, demo.Domain: true, "": true} {
		if el := c.ask("get", to, disco); strings.Contains(el.String(), "'urn:xmpp:mam:2'") != want {
			t.Errorf("%s: %v", to, el)
		}
	}
	if el := c.ask("get", "", "<query "+mam+"/>"); !strings.Contains(el.String(), "var='with'") {
		t.Errorf("the form: %v", el)
	}
}

func TestBothSidesHaveTheirOwnArchive(t *testing.T) {
	s := start(t, demo.Options{})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	phone := login(t, s, "alice", password, "phone")
	phone.write("<presence/>")
	phone.ask("set", "", "<enable xmlns='urn:xmpp:carbons:2'/>")
	a.write("<message type='chat' id='m1' to='%s'><body>hello</body><stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='forged'/></message>", address("bob"), address("alice"))
	live := b.expect("the message", message(address("alice"), "hello"))
	carbon := phone.expect("the carbon", func(el *stanza.Element) bool { return el.Child("urn:xmpp:carbons:2", "sent") != nil }).First().First().First()
	hers, _ := a.history("")
	his, _ := b.history("")
	if len(hers) != 1 || len(his) != 1 || hers[0].id == his[0].id {
		t.Fatalf("%v, %v", hers, his)
	}
	if stanzaID(live) != his[0].id || stanzaID(carbon) != hers[0].id {
		t.Errorf("live %s and %s, archived %s and %s", stanzaID(live), stanzaID(carbon), his[0].id, hers[0].id)
	}
	for _, p := range []past{hers[0], his[0]} {
		if p.el.Get("from") != a.jid.String() || p.el.Get("to") != address("bob") || p.el.Get("id") != "m1" ||
			strings.Contains(p.el.String(), "forged") {
			t.Errorf("archived %v", p.el)
		}
		if at, err := time.Parse(time.RFC3339, p.stamp); err != nil || time.Since(at) > time.Minute {
			t.Errorf("stamp %q", p.stamp)
		}
	}
	if el := b.ask("set", address("alice"), "<query "+mam+"/>"); condition(el) != "forbidden" {
		t.Errorf("another's archive: %v", el)
	}
}

func TestWhatIsArchivedAndWhatIsNot(t *testing.T) {
	s := start(t, demo.Options{})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	const hints = "xmlns='urn:xmpp:hints'"
	cases := []struct {
		inside string
		want   bool
	}{
		{"type='chat'><body>x</body>", true},
		{"><body>x</body>", true},
		{"type='chat'><received xmlns='urn:xmpp:receipts' id='m'/>", true},
		{"type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='m'/>", true},
		{"type='chat'><x xmlns='urn:x'/><store " + hints + "/>", true},
		{"type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/>", false},
		{"type='chat'><x xmlns='urn:x'/>", false},
		{"type='chat'><body>x</body><no-store " + hints + "/>", false},
		{"type='chat'><body>x</body><no-permanent-store " + hints + "/>", false},
		{"type='headline'><body>x</body>", false},
		{"type='error'><body>x</body>", false},
		{"type='groupchat'><body>x</body>", false},
	}
	total := 0
	for n, c := range cases {
		a.write("<message id='m%d' to='%s' %s</message>", n, b.jid, c.inside)
		live := b.expect(c.inside, func(el *stanza.Element) bool { return el.Get("id") == fmt.Sprint("m", n) })
		if c.want {
			total++
		}
		if all, _ := b.history(""); len(all) != total || (stanzaID(live) != "") != c.want {
			t.Errorf("%s: %d archived, %d expected; live %v", c.inside, len(all), total, live)
		}
	}
	if all, _ := a.history(""); len(all) != total {
		t.Errorf("the sender has %d, %d expected", len(all), total)
	}
	a.write("<message type='chat' id='no' to='%s'><body>nobody</body></message>", address("nobody"))
	a.expect("the bounce", func(el *stanza.Element) bool { return el.Get("id") == "no" && el.Get("type") == "error" })
	if all, _ := a.history(""); len(all) != total {
		t.Error("what was refused is archived")
	}
}

func TestPagesOfTheArchive(t *testing.T) {
	s := start(t, demo.Options{})
	a := register(t, s, "alice", "a")
	var ids []string
	for n := range 250 {
		a.write("<message type='chat' to='%s'><body>%d</body></message>", address("alice"), n)
		ids = append(ids, stanzaID(a.expect("a note to herself", message(address("alice"), fmt.Sprint(n)))))
	}
	for name, c := range map[string]struct {
		ask                 string
		from, to            int
		complete, isNothing bool
	}{
		"no page":           {"", 0, 100, false, false},
		"too large a page":  {rsm("<max>5000</max>"), 0, 100, false, false},
		"the first":         {rsm("<max>10</max>"), 0, 10, false, false},
		"the next":          {rsm("<max>10</max><after>" + ids[9] + "</after>"), 10, 20, false, false},
		"up to the end":     {rsm("<max>50</max><after>" + ids[199] + "</after>"), 200, 250, true, false},
		"behind the end":    {rsm("<max>50</max><after>" + ids[249] + "</after>"), 0, 0, true, true},
		"the last":          {rsm("<max>10</max><before/>"), 240, 250, false, false},
		"the one before":    {rsm("<max>10</max><before>" + ids[240] + "</before>"), 230, 240, false, false},
		"down to the start": {rsm("<max>10</max><before>" + ids[7] + "</before>"), 0, 7, true, false},
		"before the start":  {rsm("<before>" + ids[0] + "</before>"), 0, 0, true, true},
		"between two":       {rsm("<after>" + ids[10] + "</after><before>" + ids[20] + "</before>"), 11, 20, true, false},
		"the count alone":   {rsm("<max>0</max>"), 0, 0, false, true},
		"nonsense for max":  {rsm("<max>-3</max>"), 0, 100, false, false},
	} {
		got, el := a.history(c.ask)
		complete, first, last, count := finOf(el)
		if len(got) != c.to-c.from || complete != c.complete || count != "250" {
			t.Errorf("%s: %d messages, complete %v, count %s", name, len(got), complete, count)
			continue
		}
		for i, p := range got {
			if p.id != ids[c.from+i] || p.body != fmt.Sprint(c.from+i) {
				t.Fatalf("%s: %s at %d", name, p.body, i)
			}
		}
		if c.isNothing != (first == "" && last == "") || !c.isNothing && (first != ids[c.from] || last != ids[c.to-1]) {
			t.Errorf("%s: from %q to %q", name, first, last)
		}
	}
	for _, ask := range []string{"<after>x</after>", "<before>x</before>"} {
		if _, el := a.history(rsm(ask)); condition(el) != "item-not-found" {
			t.Errorf("%s: %v", ask, el)
		}
	}
	for _, ask := range []string{with("with", "@"), with("start", "soon"), with("colour", "blue")} {
		if _, el := a.history(ask); condition(el) != "bad-request" {
			t.Errorf("%s: %v", ask, el)
		}
	}
}

func TestArchiveIsFiltered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		a, b, c := register(t, s, "alice", "a"), register(t, s, "bob", "b"), register(t, s, "carol", "c")
		began := time.Now().UTC()
		say := func(from *client, to, body string) {
			from.write("<message type='chat' to='%s'><body>%s</body></message>", to, body)
			synctest.Wait()
			time.Sleep(time.Hour)
		}
		say(a, address("bob"), "1")
		say(b, a.jid.String(), "2")
		say(c, address("alice"), "3")
		say(a, c.jid.String(), "4")
		say(a, address("alice"), "5")
		at := func(hour int) string { return began.Add(time.Duration(hour) * time.Hour).Format(time.RFC3339) }
		for _, q := range []struct{ ask, want, count string }{
			{"", "1 2 3 4 5", "5"},
			{with("with", address("bob")), "1 2", "2"},
			{with("with", strings.ToUpper(address("bob"))), "1 2", "2"},
			{with("with", b.jid.String()), "2", "1"},
			{with("with", address("carol")), "3 4", "2"},
			{with("with", address("nobody")), "", "0"},
			{with("with", address("alice")), "5", "1"},
			{with("start", at(2)), "3 4 5", "3"},
			{with("end", at(1)), "1 2", "2"},
			{with("start", at(1), "end", at(2)), "2 3", "2"},
			{with("with", address("bob"), "start", at(1)), "2", "1"},
			{with("with", address("bob")) + rsm("<max>1</max><before/>"), "2", "2"},
		} {
			got, el := a.history(q.ask)
			if _, _, _, count := finOf(el); bodiesOf(got) != q.want || count != q.count {
				t.Errorf("%s: %q of %s, want %q of %s", q.ask, bodiesOf(got), count, q.want, q.count)
			}
		}
	})
}

func TestArchiveOutlivesTheServer(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "server.archive")
	s := start(t, demo.Options{Dir: dir})
	a := register(t, s, "alice", "a")
	write := func(c *client, body string) {
		c.write("<message type='chat' to='%s'><body>%s</body></message>", address("alice"), body)
		c.expect("it", message(address("alice"), body))
	}
	write(a, "one")
	write(a, "two")
	before, _ := a.history("")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"owner":"alice@dovekie.test","id":"torn`); err != nil { // power was cut
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	s = start(t, demo.Options{Dir: dir})
	a = login(t, s, "alice", password, "a")
	a.write("<presence/>")
	write(a, "three")
	after, _ := a.history("")
	if bodiesOf(after) != "one two three" || !slices.EqualFunc(before, after[:2], func(x, y past) bool { return x.id == y.id && x.stamp == y.stamp }) {
		t.Errorf("%v, then %v", before, after)
	}
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st, err)
	}
}

func TestWhoTakesANameDoesNotGetItsPast(t *testing.T) {
	dir := t.TempDir()
	s := start(t, demo.Options{Dir: dir})
	a := register(t, s, "alice", "a")
	a.write("<message type='chat' to='%s'><body>secret</body></message>", address("alice"))
	a.expect("it", message(address("alice"), "secret"))
	a.ask("set", demo.Domain, "<query xmlns='jabber:iq:register'><remove/></query>")
	a.ended()
	a = register(t, s, "alice", "a")
	if all, _ := a.history(""); len(all) != 0 {
		t.Errorf("%v", all)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	a = login(t, start(t, demo.Options{Dir: dir}), "alice", password, "a")
	if all, _ := a.history(""); len(all) != 0 {
		t.Errorf("after a start: %v", all)
	}
}
