package buddies_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"dovekie/app/buddies"
	"dovekie/app/state"
	"dovekie/widgets"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// drawn is what the list draws, in the order of its rows, with the height of each.
func drawn(v *buddies.View) []string {
	var lines []string
	for _, o := range test.WidgetRenderer(v.List()).Objects() {
		row, ok := o.(*fyne.Container)
		if !ok {
			continue
		}
		line := fmt.Sprint(row.Position().Y)
		for _, part := range row.Objects {
			if text, ok := part.(*canvas.Text); ok {
				line += " | " + text.Text
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// rows are all rows of the list, in sight or not.
func rows(v *buddies.View) []widgets.ListItem {
	items := make([]widgets.ListItem, v.List().Len())
	for i := range items {
		items[i] = v.List().Row(i)
	}
	return items
}

// anyEvent is something that changes what the panel shows, of contacts that all exist in
// the beginning.
func anyEvent(r *rand.Rand, contacts int) event.Event {
	i := r.IntN(contacts)
	chat := model.ChatID{Account: me, Peer: contactJID(i)}
	m := model.Message{ID: model.MessageID(fmt.Sprint("m", i)), Chat: chat, Kind: model.KindText, From: chat.Peer, Body: "hello",
		Time: time.Unix(int64(r.IntN(1e6)), 0), Position: int64(r.IntN(1000))}
	switch r.IntN(14) {
	case 0:
		return event.ContactRemoved{Account: me, JID: contactJID(i)}
	case 1, 2:
		return event.ContactChanged{Account: me, Contact: model.Contact{RosterItem: model.RosterItem{
			JID: contactJID(i), Name: fmt.Sprint("New ", r.IntN(50)), Groups: []string{fmt.Sprint("Group ", r.IntN(12)), fmt.Sprint("Group ", r.IntN(12))},
			Subscription: model.SubscriptionBoth}}}
	case 3:
		return event.SubscriptionRequested{Account: me, Request: model.SubscriptionRequest{JID: contactJID(r.IntN(4)), Message: "add me"}}
	case 4:
		return event.SubscriptionAnswered{Account: me, JID: contactJID(r.IntN(4))}
	case 5:
		return event.ChatChanged{Chat: model.Chat{ID: chat, Unread: r.IntN(3), Updated: m.Time, Last: &m}}
	case 6:
		return event.ConnectionChanged{Account: me, Connection: model.Connection{State: []model.ConnState{model.Online, model.Waiting}[r.IntN(2)]}}
	case 7:
		if r.IntN(10) == 0 {
			return event.RosterReplaced{Account: me, Contacts: manyContacts(contacts).Accounts[0].Contacts}
		}
		return event.TypingChanged{Chat: chat, From: chat.Peer, State: model.ChatComposing}
	}
	return presence(i, []model.Show{model.ShowAvailable, model.ShowAway, model.ShowDND, "", ""}[r.IntN(5)])
}

func TestListDrawnBetweenPortionsEndsAsOneDrawnOnce(t *testing.T) {
	const contacts = 120
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		v, s, folded := newPanelFolding(t, contacts)
		evs := make([]event.Event, 300)
		for i := range evs {
			evs[i] = anyEvent(r, contacts)
		}
		ready := state.Prepare(evs)
		var pending state.Change
		for rest := evs; len(rest) > 0; {
			s.Use(ready)
			n, c := state.ApplySome(s, rest, func() bool { return r.IntN(2) > 0 })
			s.Use(nil)
			rest = rest[n:]
			pending.Add(c)
			switch r.IntN(8) {
			case 0:
				v.List().Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, float32(r.IntN(2000)-1000))})
			case 1:
				folded[fmt.Sprint("Group ", r.IntN(12))] = r.IntN(2) == 0
			case 2:
				v.Searched([]string{"new", "c1", ""}[r.IntN(3)])
			case 3:
				v.Choose(r.IntN(2))
			case 4: // the window goes on without a redraw of ours
			default:
				v.Render(s, &pending, false)
				pending = state.Change{}
			}
		}
		v.Searched("")
		tab := r.IntN(2)
		v.Choose(tab)
		v.List().BeginAtTop()
		v.Render(s, &pending, false)

		once, whole, same := newPanelFolding(t, contacts)
		maps.Copy(same, folded)
		state.ApplyAll(whole, evs)
		once.Choose(tab)
		all := state.Everything()
		once.Render(whole, &all, false)
		if d := cmp.Diff(rows(once), rows(v)); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		if d := cmp.Diff(drawn(once), drawn(v)); d != "" {
			t.Fatalf("seed %d, drawn: %s", seed, d)
		}
	}
}

func TestWhatOneReadsStaysWhileThePortionsOfAListCome(t *testing.T) {
	v, s := newPanel(t, many)
	all := state.Everything()
	v.Render(s, &all, false)
	v.List().Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -70_000)})
	before := drawn(v)
	if len(before) < 8 {
		t.Fatalf("in sight are %q", before)
	}
	for i := range 40 {
		var c state.Change
		for n := range 5 { // newcomers above what is read, and others who come online there
			c.Add(state.Apply(s, event.ContactChanged{Account: me, Contact: model.Contact{RosterItem: model.RosterItem{
				JID: contactJID(many + 5*i + n), Name: fmt.Sprint("Newcomer ", n), Groups: []string{"Group 0"}}}}))
			c.Add(state.Apply(s, presence((5*i+n)*10+1, model.ShowAway)))
		}
		v.Render(s, &c, false)
		if d := cmp.Diff(before, drawn(v)); d != "" {
			t.Fatalf("after portion %d: %s", i, d)
		}
	}
}
