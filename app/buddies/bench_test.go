package buddies_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"dovekie/app/buddies"
	"dovekie/app/state"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Each of these is what one call on the UI goroutine does with 5,000 contacts in 10
// groups; the bound for such a call is 8 ms.

const many = 5000

// batch is what came, made ready beforehand as the pump does it, which is not timed.
type batch struct {
	events []event.Event
	ready  state.Prepared
}

func made(events ...event.Event) batch { return batch{events, state.Prepare(events)} }

// enter is what the window does with it. It can be entered again, since nothing of it
// changes in between.
func (m batch) enter(s *state.State) state.Change {
	s.Use(maps.Clone(m.ready))
	c := state.ApplyAll(s, m.events)
	s.Use(nil)
	return c
}

// shownPanel shows all contacts.
func shownPanel(b *testing.B) (*buddies.View, *state.State, map[string]bool) {
	b.Helper()
	v, s, folded := newPanelFolding(b, many)
	all := state.Everything()
	v.Render(s, &all, false)
	b.ReportAllocs()
	return v, s, folded
}

func contactJID(i int) jid.JID { return jid.MustParse(fmt.Sprintf("c%d@example.org", i)) }

func presence(i int, show model.Show) event.PresenceChanged {
	ev := event.PresenceChanged{Account: me, JID: contactJID(i)}
	if show != "" {
		ev.Presence = []model.Presence{{Show: show, Status: "by the sea"}}
	}
	return ev
}

func BenchmarkSnapshot(b *testing.B) {
	v, _, _ := shownPanel(b)
	snapshot := made(manyContacts(many))
	for b.Loop() {
		s := state.New()
		snapshot.enter(s)
		all := s.Choose(me)
		v.Render(s, &all, false)
	}
}

func BenchmarkRosterReplaced(b *testing.B) {
	v, s, _ := shownPanel(b)
	list := manyContacts(many).Accounts[0].Contacts
	for i := range list {
		if i%2 == 0 {
			list[i].Presence = []model.Presence{{Show: model.ShowAway}}
		}
	}
	replaced := made(event.RosterReplaced{Account: me, Contacts: list})
	for b.Loop() {
		c := replaced.enter(s)
		v.Render(s, &c, false)
	}
}

func BenchmarkConnectionLostAndBack(b *testing.B) {
	v, s, _ := shownPanel(b)
	list := manyContacts(many).Accounts[0].Contacts
	to := func(st model.ConnState) batch {
		return made(event.RosterReplaced{Account: me, Contacts: list},
			event.ConnectionChanged{Account: me, Connection: model.Connection{State: st}})
	}
	lost, back := to(model.Waiting), to(model.Online)
	for b.Loop() {
		for _, m := range []batch{lost, back} {
			c := m.enter(s)
			v.Render(s, &c, false)
		}
	}
}

func BenchmarkSearchTyped(b *testing.B) {
	for _, query := range []string{"c", "siyuan", "csy", "4321", "nobody"} {
		b.Run(query, func(b *testing.B) {
			v, _, _ := shownPanel(b)
			for b.Loop() {
				v.Searched(query)
			}
		})
	}
	b.Run("ended", func(b *testing.B) {
		v, _, _ := shownPanel(b)
		for b.Loop() {
			v.Searched("")
		}
	})
}

func BenchmarkFoldAllAndUnfoldAll(b *testing.B) {
	v, s, folded := shownPanel(b)
	for b.Loop() {
		for _, on := range []bool{true, false} {
			for i := range 10 {
				folded[fmt.Sprintf("Group %d", i)] = on
			}
			v.Render(s, &state.Change{Roster: true}, false)
		}
	}
}

func BenchmarkFrameOfTenStatuses(b *testing.B) {
	v, s, _ := shownPanel(b)
	for i := range 50 {
		state.Apply(s, presence(i*97, model.ShowAvailable))
	}
	i := 0
	for b.Loop() {
		var c state.Change
		for range 10 {
			i++
			c.Add(state.Apply(s, presence(i%50*97, []model.Show{model.ShowAway, model.ShowDND, model.ShowAvailable}[i%3])))
		}
		v.Render(s, &c, false)
	}
}

func BenchmarkFrameOfTenComingAndGoing(b *testing.B) {
	v, s, _ := shownPanel(b)
	i := 0
	for b.Loop() {
		var c state.Change
		for range 10 {
			i++
			c.Add(state.Apply(s, presence(i*97%many, []model.Show{model.ShowAway, ""}[i/many%2])))
		}
		v.Render(s, &c, false)
	}
}

func BenchmarkContactRenamed(b *testing.B) {
	v, s, _ := shownPanel(b)
	i := 0
	for b.Loop() {
		i++
		contact := model.Contact{RosterItem: model.RosterItem{JID: contactJID(i * 97 % many), Name: fmt.Sprint("Renamed ", i),
			Groups: []string{fmt.Sprintf("Group %d", i%10)}, Subscription: model.SubscriptionBoth}}
		c := state.Apply(s, event.ContactChanged{Account: me, Contact: contact})
		v.Render(s, &c, false)
	}
}

func BenchmarkAllComeAndGoInTwoBatches(b *testing.B) {
	v, s, _ := shownPanel(b)
	come, gone := make([]event.Event, many), make([]event.Event, many)
	for i := range many {
		come[i], gone[i] = presence(i*7%many, model.ShowAvailable), presence(i*7%many, "")
	}
	for b.Loop() {
		for _, batch := range [][]event.Event{come, gone} {
			c := state.ApplyAll(s, batch)
			v.Render(s, &c, false)
		}
	}
}

func BenchmarkMessageArrivesAmongThousandsOfChats(b *testing.B) {
	v, s, _ := shownPanel(b)
	chat := func(i, n int) event.ChatChanged {
		id := model.ChatID{Account: me, Peer: contactJID(i)}
		at := time.Unix(int64(n)*60, 0)
		return event.ChatChanged{Chat: model.Chat{ID: id, Unread: n % 3, Updated: at,
			Last: &model.Message{ID: model.MessageID(fmt.Sprint("m", n)), Chat: id, Body: "hello", Time: at}}}
	}
	for i := range many {
		state.Apply(s, chat(i, i))
	}
	for tab, name := range map[int]string{buddies.TabContacts: "contacts", buddies.TabMessages: "messages"} {
		b.Run(name, func(b *testing.B) {
			v.Choose(tab)
			n := many
			for b.Loop() {
				n++
				c := state.Apply(s, chat(n*97%many, n))
				v.Render(s, &c, false)
			}
		})
	}
}
