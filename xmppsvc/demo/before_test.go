package demo_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/xep"
)

// whole reads an archive from its beginning, page by page.
func (c *client) whole(filter string) []past {
	c.tb.Helper()
	var all []past
	after := ""
	for range 100 {
		page, fin := c.history(filter + rsm("<max>100</max>"+after))
		all = append(all, page...)
		complete, _, last, _ := finOf(fin)
		if complete {
			return all
		}
		after = "<after>" + last + "</after>"
	}
	c.tb.Fatal("the pages have no end")
	return nil
}

func TestTheOwnerHasAPast(t *testing.T) {
	bubble(t, func(t *testing.T) {
		dir := t.TempDir()
		s := start(t, demo.Options{Dir: dir})
		began := time.Now()
		c := login(t, s, "me", password, "desk")
		c.write("<presence/>")
		for _, e := range c.record(2 * time.Second) {
			if e.el.Name.Local == "message" {
				t.Errorf("what is past comes as if it were new: %v", e.el)
			}
		}
		all := c.whole("")
		last := map[string]past{}
		said := map[string]string{} // who by id of the message
		marked := map[string]bool{} // messages of the owner up to which somebody had read
		bodies, ids, latest := map[string]int{}, map[string]bool{}, time.Time{}
		for _, p := range all {
			chat, _, _ := strings.Cut(p.el.Get("from"), "/")
			if chat == address("me") {
				chat = p.el.Get("to")
			}
			at, err := time.Parse(time.RFC3339, p.stamp)
			if err != nil || at.Before(latest) || !at.Before(began) || ids[p.id] || ids[p.el.Get("id")] {
				t.Errorf("at %s, behind %v: %v", p.stamp, latest, p.el)
			}
			latest, ids[p.id], ids[p.el.Get("id")] = at, true, true
			if p.body != "" {
				last[chat] = p
				bodies[chat]++
				said[p.el.Get("id")] = p.el.Get("from")
			} else if m, ok := xep.MarkerOf(p.el); !ok || said[m.ID] != address("me")+"/phone" {
				t.Errorf("says nothing about a message before it: %v", p.el)
			} else {
				marked[m.ID] = true
			}
		}
		if len(bodies) != 5 || bodies[address("xiaoman")] < 400 {
			t.Errorf("conversations %v", bodies)
		}
		positions, ok := xep.ReadPositionsOf(c.ask("get", "", xep.ReadPositionsQuery().String()))
		if !ok || len(positions) != len(bodies) {
			t.Errorf("%d read positions", len(positions))
		}
		for _, p := range positions {
			if last[p.Chat.String()].id != p.StanzaID || p.By.String() != address("me") {
				t.Errorf("%v is read up to %s, its last message is %s", p.Chat, p.StanzaID, last[p.Chat.String()].id)
			}
		}
		if len(marked) < 50 {
			t.Errorf("%d evenings were read", len(marked))
		}
		if n := len(c.whole(with("with", address("xiaoman")))); n <= bodies[address("xiaoman")] || n > bodies[address("xiaoman")]+100 {
			t.Errorf("%d of one chat", n)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		c = login(t, start(t, demo.Options{Dir: dir}), "me", password, "desk")
		if again := c.whole(""); len(again) != len(all) || again[0].id != all[0].id {
			t.Errorf("%d messages after a start, %d before", len(again), len(all))
		}
	})
}

func TestStartOverBringsAFreshPast(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		c := owner(t, s)
		before := c.whole("")
		c.write("<message type='chat' to='%s'><body>to be forgotten</body></message>", address("ben"))
		c.expect("an answer", message(address("ben"), ""))
		if err := s.StartOver(t.Context()); err != nil {
			t.Fatal(err)
		}
		c = owner(t, s)
		after := c.whole("")
		if len(after) != len(before) || after[0].id == before[0].id || strings.Contains(fmt.Sprint(after), "forgotten") {
			t.Errorf("%d messages, %d before", len(after), len(before))
		}
	})
}

// The guide is met for the first time, so there is nothing to look back on.
func TestWhoIsNewHasNoPast(t *testing.T) {
	s := start(t, demo.Options{})
	for _, local := range []string{"pip", "echo", "clock", "maya"} {
		if all := login(t, s, "me", password, local).whole(with("with", address(local))); len(all) != 0 {
			t.Errorf("%s: %d messages", local, len(all))
		}
	}
	if all := register(t, s, "alice", "a").whole(""); len(all) != 0 {
		t.Errorf("somebody who registered has %d", len(all))
	}
}
