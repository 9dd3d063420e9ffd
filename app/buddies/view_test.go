package buddies_test

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/app/buddies"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// nobody wants nothing.
type nobody struct{ folded map[string]bool }

func (nobody) OpenChat(jid.JID, model.MessageID)         {}
func (nobody) SetSignature(string)                       {}
func (nobody) Answer(jid.JID, bool)                      {}
func (nobody) FindMessages(string)                       {}
func (nobody) Menu(buddies.Menu, jid.JID, fyne.Position) {}
func (nobody) AddContact(string)                         {}
func (n nobody) Folded() map[string]bool                 { return n.folded }
func (n nobody) Fold(group string, folded bool)          { n.folded[group] = folded }

var me = jid.MustParse("me@example.org")

func manyContacts(n int) event.Snapshot {
	list := make([]model.Contact, n)
	for i := range list {
		list[i].JID = jid.MustParse(fmt.Sprintf("c%d@example.org", i))
		list[i].Name = fmt.Sprintf("陈思远 %d", i)
		list[i].Groups = []string{fmt.Sprintf("Group %d", i%10)}
		list[i].Subscription = model.SubscriptionBoth
	}
	return event.Snapshot{Accounts: []event.Account{{Account: model.Account{JID: me}, Connection: model.Connection{State: model.Online}, Contacts: list}}}
}

func newPanel(tb testing.TB, n int) (*buddies.View, *state.State) {
	tb.Helper()
	tr.Use("en")
	app := test.NewTempApp(tb)
	app.Settings().SetTheme(skin.NewTheme(skin.AlwaysLight, true))
	v := buddies.New(nobody{map[string]bool{}}, time.Now)
	win := test.NewTempWindow(tb, v.Content())
	win.Resize(fyne.NewSize(304, 800))
	s := state.New()
	state.Apply(s, manyContacts(n))
	s.Choose(me)
	return v, s
}

func BenchmarkFirstListOfFiveThousand(b *testing.B) {
	v, s := newPanel(b, 5000)
	all := state.Everything()
	for b.Loop() {
		v.Render(s, &all, false)
	}
}

func BenchmarkOnePresenceOfFiveThousand(b *testing.B) {
	v, s := newPanel(b, 5000)
	all := state.Everything()
	v.Render(s, &all, false)
	i := 0
	for b.Loop() {
		i++
		c := state.Apply(s, event.PresenceChanged{Account: me, JID: jid.MustParse(fmt.Sprintf("c%d@example.org", i%5000)), Presence: []model.Presence{{Show: model.ShowAway}}})
		v.Render(s, &c, false)
	}
}
