package state_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dovekie/app/state"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// crowd is small enough that its members meet the same events often, and so large that
// its list is made ready beforehand.
const crowd = 100

// crowdJID is one of the crowd.
func crowdJID(r *rand.Rand) jid.JID {
	return jid.MustParse(fmt.Sprintf("c%d@example.org", r.IntN(crowd)))
}

// crowdContact is in no, one or several groups, named twice now and then.
func crowdContact(r *rand.Rand, j jid.JID) model.Contact {
	names := []string{"陈思远", "Alex", "alex", "Émile", "阿布", "", "白鹭"}
	var in []string
	for range r.IntN(4) {
		in = append(in, []string{"同事", "观鸟", "Family", "family", ""}[r.IntN(5)])
	}
	return contact(j, names[r.IntN(len(names))], r.IntN(2) == 0, in...)
}

func crowdRoster(r *rand.Rand) []model.Contact {
	var list []model.Contact
	for i := range crowd {
		if r.IntN(3) > 0 {
			list = append(list, crowdContact(r, jid.MustParse(fmt.Sprintf("c%d@example.org", i))))
		}
	}
	return list
}

// crowdEvents are what can happen to the list and the chats of a crowd, in any order.
func crowdEvents(r *rand.Rand, n int) []event.Event {
	evs := []event.Event{event.Snapshot{Accounts: []event.Account{{Account: model.Account{JID: me}, Contacts: crowdRoster(r)}}}}
	for i := range n {
		j := crowdJID(r)
		m := message(j, r.IntN(n))
		switch r.IntN(16) {
		case 0:
			evs = append(evs, event.ContactRemoved{Account: me, JID: j})
		case 1, 2, 3:
			evs = append(evs, event.ContactChanged{Account: me, Contact: crowdContact(r, j)})
		case 4:
			evs = append(evs, event.ChatChanged{Chat: model.Chat{ID: chatID(j), Unread: r.IntN(3), Updated: m.Time, Last: &m}})
		case 5:
			evs = append(evs, event.ChatRemoved{Chat: chatID(j)})
		case 6:
			evs = append(evs, event.MessageAdded{Message: m})
		case 7:
			switch {
			case i%5 == 0:
				evs = append(evs, event.RosterReplaced{Account: me, Contacts: crowdRoster(r)})
			case i%7 == 0:
				evs = append(evs, evs[0])
			}
		default:
			evs = append(evs, event.PresenceChanged{Account: me, JID: j, Presence: crowdContact(r, j).Presence})
		}
	}
	return evs
}

// shape is what the list shows of groups and chats.
func shape(s *state.State) []string {
	var lines []string
	for _, g := range state.Groups(s.Accounts[me]) {
		lines = append(lines, fmt.Sprintf("%s %d/%d", g.Name, g.Online, len(g.Contacts)))
		for _, c := range g.Contacts {
			lines = append(lines, fmt.Sprintf("  %s %s %v", c.Label, c.Address, c.IsOnline()))
		}
	}
	for _, c := range s.Recent(me) {
		lines = append(lines, fmt.Sprintf("%s %d %q", c.ID.Peer, c.Unread, c.Draft))
	}
	return append(lines, fmt.Sprint("unread ", s.Unread(me)))
}

// sortedAnew is a state with the same contacts and chats whose lists were never kept.
func sortedAnew(s *state.State) *state.State {
	fresh := state.New()
	old := s.Accounts[me]
	fresh.Accounts[me] = &state.Account{Settings: old.Settings, Contacts: old.Contacts}
	for id, c := range s.Chats {
		fresh.Chats[id] = c
	}
	return fresh
}

func TestListsKeptBetweenEventsEqualListsSortedAnew(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := state.New()
		s.Choose(me)
		for i, ev := range crowdEvents(r, 200) {
			state.Apply(s, ev)
			if r.IntN(4) == 0 {
				s.SetDraft(chatID(crowdJID(r)), []string{"", "half"}[r.IntN(2)])
			}
			if r.IntN(3) > 0 {
				continue
			}
			if d := cmp.Diff(shape(sortedAnew(s)), shape(s)); d != "" {
				t.Fatalf("seed %d, after event %d (%T): %s", seed, i, ev, d)
			}
		}
	}
}

func TestPortionsOfABatchGiveTheSameListsInWhateverOrderTheyAreRead(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 4))
		evs := crowdEvents(r, 200)
		whole, portioned := state.New(), state.New()
		state.ApplyAll(whole, evs)
		ready := state.Prepare(evs)
		for rest := evs; len(rest) > 0; {
			portioned.Use(ready)
			n, _ := state.ApplySome(portioned, rest, func() bool { return r.IntN(3) > 0 })
			portioned.Use(nil)
			if n < 1 {
				t.Fatal("a portion entered nothing")
			}
			rest = rest[n:]
			if r.IntN(2) == 0 {
				shape(portioned) // as a redraw does
			}
		}
		if d := cmp.Diff(shape(whole), shape(portioned)); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		if d := cmp.Diff(whole, portioned, sameState); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
	}
}

func TestWhatWasGivenKeepsItsOrder(t *testing.T) {
	type given struct {
		groups   []state.Group
		contacts [][]*state.Contact
		chats    []*state.Chat
		had      []*state.Chat
	}
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		s := state.New()
		var all []given
		for _, ev := range crowdEvents(r, 150) {
			state.Apply(s, ev)
			if r.IntN(10) > 0 {
				continue
			}
			g := given{groups: state.Groups(s.Accounts[me]), chats: s.Recent(me)}
			g.had = slices.Clone(g.chats)
			for _, in := range g.groups {
				g.contacts = append(g.contacts, slices.Clone(in.Contacts))
			}
			all = append(all, g)
		}
		for _, g := range all {
			for i := range g.groups {
				if !slices.Equal(g.groups[i].Contacts, g.contacts[i]) {
					t.Fatalf("seed %d: the contacts of %q changed in the hands of their reader", seed, g.groups[i].Name)
				}
			}
			if !slices.Equal(g.chats, g.had) {
				t.Fatalf("seed %d: the chats changed in the hands of their reader", seed)
			}
		}
	}
}

func TestOneWhoComesMovesAloneInTheGroupsOfThatContact(t *testing.T) {
	s := state.New()
	state.Apply(s, event.Snapshot{Accounts: []event.Account{{
		Account: model.Account{JID: me},
		Contacts: []model.Contact{contact(siyuan, "陈思远", true, "同事"), contact(alex, "Alex", false, "同事"),
			contact(jid.MustParse("m@x"), "妈妈", false, "家人")},
	}}})
	before := state.Groups(s.Accounts[me])
	state.Apply(s, event.PresenceChanged{Account: me, JID: alex, Presence: []model.Presence{{Show: model.ShowAway}}})
	after := state.Groups(s.Accounts[me])
	if &after[0].Contacts[0] != &before[0].Contacts[0] {
		t.Error("a group without a change was copied")
	}
	if after[1].Online != 2 || after[1].Contacts[0].Label != "Alex" || before[1].Online != 1 || before[1].Contacts[0].Label != "陈思远" {
		t.Errorf("%d online, first %s; before that %d, %s", after[1].Online, after[1].Contacts[0].Label, before[1].Online, before[1].Contacts[0].Label)
	}
	state.Apply(s, event.PresenceChanged{Account: me, JID: alex})
	if g := state.Groups(s.Accounts[me])[1]; g.Online != 1 || g.Contacts[0].Label != "陈思远" {
		t.Errorf("%d online, first %s", g.Online, g.Contacts[0].Label)
	}
}

func TestFindTakesTheFirstOfAllThatMatch(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 6))
		s := state.New()
		state.ApplyAll(s, crowdEvents(r, 50))
		a := s.Accounts[me]
		for _, query := range []string{"a", "alex", "c1", "s", "@example"} {
			all := state.Find(a, query, len(a.Contacts)+1)
			for most := 1; most < len(all); most++ {
				if !slices.Equal(state.Find(a, query, most), all[:most]) {
					t.Fatalf("seed %d: the first %d of %d for %q are others", seed, most, len(all), query)
				}
			}
			for i := 1; i < len(all); i++ {
				if !all[i-1].IsOnline() && all[i].IsOnline() || all[i-1].IsOnline() == all[i].IsOnline() && all[i-1].Key > all[i].Key {
					t.Fatalf("seed %d: %s stands before %s", seed, all[i-1].Label, all[i].Label)
				}
			}
		}
	}
}
