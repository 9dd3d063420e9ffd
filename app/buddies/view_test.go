package buddies_test

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"dovekie/app/buddies"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
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
func (nobody) Rename(jid.JID)                            {}
func (nobody) Move(jid.JID, string, string)              {}
func (nobody) HideOffline() bool                         { return false }
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
	v, s, _ := newPanelFolding(tb, n)
	return v, s
}

func newPanelFolding(tb testing.TB, n int) (*buddies.View, *state.State, map[string]bool) {
	tb.Helper()
	folded := map[string]bool{}
	tr.Use("en")
	app := test.NewTempApp(tb)
	app.Settings().SetTheme(skin.NewTheme(skin.AlwaysLight, true))
	v := buddies.New(nobody{folded}, buddies.Clock{Now: time.Now, After: never, Measure: func(_ string, fn func()) { fn() }})
	win := test.NewTempWindow(tb, v.Content())
	win.Resize(fyne.NewSize(304, 800))
	s := state.New()
	state.Apply(s, manyContacts(n))
	s.Choose(me)
	return v, s, folded
}

// birds are the sleeping birds that the panel shows.
func birds(v *buddies.View) int {
	if !v.Empty().Visible() {
		return 0
	}
	n := 0
	for _, o := range test.WidgetRenderer(v.Empty()).Objects() {
		if _, ok := o.(*canvas.Raster); ok {
			n++
		}
	}
	return n
}

func TestBirdSleepsInThePanelOnlyWhileAChatIsInFront(t *testing.T) {
	v, s := newPanel(t, 3)
	all := state.Everything()
	v.Render(s, &all, false)
	if birds(v) != 0 {
		t.Error("a bird stands beside contacts")
	}
	v.Searched("nobody")
	if !v.Empty().Visible() || birds(v) != 0 {
		t.Error("nothing found and no chat open: the bird stands on both sides")
	}
	c := s.OpenChat(model.ChatID{Account: me, Peer: contactJID(1)})
	v.Render(s, &c, true)
	if birds(v) != 1 {
		t.Errorf("nothing found beside a chat: %d birds", birds(v))
	}
	v.Searched("")
	if birds(v) != 0 {
		t.Error("the bird stayed when the contacts came back")
	}
	v.Choose(buddies.TabMessages)
	c = s.CloseChat(model.ChatID{Account: me, Peer: contactJID(1)})
	v.Render(s, &c, false)
	if !v.Empty().Visible() || birds(v) != 0 {
		t.Error("no messages and no chat open: the bird stands on both sides")
	}
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

// TestLongStripStandsAboveTheListFromTheFirstMoment: its words take several lines in the
// width of the panel.
func TestLongStripStandsAboveTheListFromTheFirstMoment(t *testing.T) {
	v, _ := newPanel(t, 10)
	strip := widgets.NewStrip(assets.IconNoNetwork, "example.org asked for the password in a weaker way than before. It was not sent.", "Sign in", nil)
	v.SetStrip(strip)
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject
	if end, list := place(strip).Y+strip.MinSize().Height, place(v.List()).Y; end > list || strip.MinSize().Height < 60 {
		t.Errorf("the strip ends at %g, %g high, and the list begins at %g", end, strip.MinSize().Height, list)
	}
}

// never is a timer that does not come.
func never(time.Duration, func()) (stop func()) { return func() {} }
