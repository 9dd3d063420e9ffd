// Package adapt turns the domain's values into those of the widgets and into words. For
// the UI goroutine.
package adapt

import (
	"strconv"
	"strings"
	"time"

	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Presence is the shape for a show.
func Presence(s model.Show) widgets.Presence {
	switch s {
	case model.ShowAvailable, model.ShowChat:
		return widgets.Available
	case model.ShowAway, model.ShowXA:
		return widgets.Away
	case model.ShowDND:
		return widgets.Busy
	case model.ShowUnavailable:
		return widgets.Offline
	}
	return widgets.Available
}

// Word is the word for a show.
func Word(s model.Show) string {
	switch s {
	case model.ShowAway, model.ShowXA:
		return tr.T("status.away")
	case model.ShowDND:
		return tr.T("status.dnd")
	case model.ShowUnavailable:
		return tr.T("status.offline")
	case model.ShowAvailable, model.ShowChat:
	}
	return tr.T("status.available")
}

// ContactPresence is the shape of a contact; unknown while our own account is offline.
func ContactPresence(a *state.Account, c *state.Contact) widgets.Presence {
	switch {
	case !a.Online():
		return widgets.Unknown
	case c == nil:
		return widgets.NoPresence
	}
	return Presence(c.Best().Show)
}

// ContactLine is the second line of a contact: what it is, when that is not available,
// and its signature.
func ContactLine(a *state.Account, c *state.Contact) string {
	if !a.Online() {
		return tr.T("status.unknown")
	}
	if !c.Subscription.SeenByUs() && c.Ask {
		return tr.T("panel.waiting")
	}
	p := c.Best()
	switch {
	case Presence(p.Show) == widgets.Available:
		return p.Status
	case p.Status == "":
		return Word(p.Show)
	}
	return Word(p.Show) + " · " + p.Status
}

// Avatar is the avatar of somebody by name and address.
func Avatar(name string, address jid.JID, grey bool) widgets.AvatarSpec {
	return widgets.AvatarSpec{Name: name, Address: address.Bare().String(), Gray: grey}
}

// ContactAvatar is the avatar of a contact: without colour unless it is known to be online.
func ContactAvatar(a *state.Account, c *state.Contact) widgets.AvatarSpec {
	return widgets.AvatarSpec{Name: c.Label, Address: c.Address, Gray: !a.Online() || !c.IsOnline()}
}

// PeerAvatar is the avatar of whoever a chat is with: the same one in the list, the tab,
// the head and beside the messages.
func PeerAvatar(s *state.State, id model.ChatID) widgets.AvatarSpec {
	if c := s.Contact(id.Account, id.Peer); c != nil {
		return ContactAvatar(s.Accounts[id.Account], c)
	}
	return Avatar(s.Label(id.Account, id.Peer), id.Peer, false)
}

// Clock is the time of a message: hours and minutes.
func Clock(t time.Time) string { return t.Local().Format("15:04") }

// days is how many days before now's day t's day lies, by the local calendar.
func days(t, now time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.Local().Date()
		return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	}
	return int(day(now).Sub(day(t)).Hours() / 24)
}

// SameDay reports whether both lie on one local day.
func SameDay(a, b time.Time) bool { return days(a, b) == 0 }

// ListTime is the time in a list: the clock today, then yesterday, the weekday, the date.
func ListTime(t, now time.Time) string {
	t = t.Local()
	switch d := days(t, now); {
	case t.IsZero():
		return ""
	case d <= 0:
		return Clock(t)
	case d == 1:
		return tr.T("day.yesterday")
	case d < 7:
		return tr.T("day." + strconv.Itoa(int(t.Weekday())))
	}
	if t.Year() != now.Local().Year() {
		return t.Format("2006/1/2")
	}
	return tr.T("day.short", "m", strconv.Itoa(int(t.Month())), "day", strconv.Itoa(t.Day()))
}

// Day is the date pill above the messages of a day.
func Day(t, now time.Time) string {
	switch days(t, now) {
	case 0:
		return tr.T("day.today")
	case 1:
		return tr.T("day.yesterday")
	}
	t = t.Local()
	key := "day.long"
	if t.Year() != now.Local().Year() {
		key = "day.long_year"
	}
	return tr.T(key,
		"weekday", tr.T("day."+strconv.Itoa(int(t.Weekday()))),
		"day", strconv.Itoa(t.Day()), "m", strconv.Itoa(int(t.Month())),
		"month", tr.T("month."+strconv.Itoa(int(t.Month()))), "year", strconv.Itoa(t.Year()))
}

// OwnName is our own name to show; an account that belongs to nobody in particular gets
// a word for oneself.
func OwnName(a *state.Account) string {
	if a.Settings.Name == "" && a.Settings.Security == model.SecurityInProcess {
		return tr.T("panel.me")
	}
	return a.Label()
}

// Action is a message that says what its sender does, "/me waves" (XEP-0245): the words for
// others to read, with the star that the field puts before them.
func Action(s *state.State, m *model.Message) (text string, is bool) {
	does, is := strings.CutPrefix(m.Body, "/me ")
	if !is || m.Kind != model.KindText || strings.TrimSpace(does) == "" {
		return "", false
	}
	name := s.Label(m.Chat.Account, m.Chat.Peer)
	if a := s.Accounts[m.Chat.Account]; m.Outgoing && a != nil {
		name = OwnName(a)
	}
	return "* " + name + " " + does, true
}

// Nudge is a message that asks for attention: the words for it.
func Nudge(s *state.State, m *model.Message) (text string, is bool) {
	if m.Kind != model.KindNudge {
		return "", false
	}
	name := s.Label(m.Chat.Account, m.Chat.Peer)
	switch {
	case !m.Outgoing:
		return tr.T("nudge.in", "name", name), true
	case m.Delivery == model.Failed || m.InDoubt:
		return tr.T("nudge.failed", "name", name), true
	}
	return tr.T("nudge.out", "name", name), true
}

// Preview is a message in one line.
func Preview(s *state.State, m *model.Message) string {
	if text, is := Nudge(s, m); is {
		return text
	}
	if text, is := Action(s, m); is {
		return text
	}
	text := m.Body
	if m.Kind == model.KindEncrypted {
		text = tr.T("panel.encrypted")
	}
	if m.Outgoing {
		return tr.T("panel.you", "text", text)
	}
	return text
}
