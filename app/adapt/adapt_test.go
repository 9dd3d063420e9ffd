package adapt_test

import (
	"testing"
	"time"

	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

func TestTimesInListsGrowCoarser(t *testing.T) {
	tr.Use("zh")
	defer tr.Use("en")
	now := time.Date(2026, 11, 22, 9, 30, 0, 0, time.Local)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{now.Add(-4 * time.Minute), "09:26"},
		{now.Add(time.Minute), "09:31"},
		{time.Date(2026, 11, 21, 23, 59, 0, 0, time.Local), "昨天"},
		{time.Date(2026, 11, 20, 8, 0, 0, 0, time.Local), "星期五"},
		{time.Date(2026, 11, 15, 8, 0, 0, 0, time.Local), "11/15"},
		{time.Date(2025, 12, 31, 8, 0, 0, 0, time.Local), "2025/12/31"},
	} {
		if got := adapt.ListTime(c.at, now); got != c.want {
			t.Errorf("%v: %s, want %s", c.at, got, c.want)
		}
	}
	if got := adapt.Day(time.Date(2026, 11, 15, 8, 0, 0, 0, time.Local), now); got != "11月15日 星期日" {
		t.Error(got)
	}
	tr.Use("en")
	if got := adapt.Day(time.Date(2025, 11, 15, 8, 0, 0, 0, time.Local), now); got != "Saturday 15 November 2025" {
		t.Error(got)
	}
	if got := adapt.Day(now, now); got != "Today" {
		t.Error(got)
	}
}

func TestContactLineSaysTheStateOnlyWhenNotAvailable(t *testing.T) {
	tr.Use("en")
	a := &state.Account{Connection: model.Connection{State: model.Online}}
	contact := func(show model.Show, status string) *state.Contact {
		c := &state.Contact{}
		c.JID = jid.MustParse("x@example.org")
		c.Subscription = model.SubscriptionBoth
		if show != model.ShowUnavailable {
			c.Presence = []model.Presence{{Show: show, Status: status}}
		}
		return c
	}
	for _, c := range []struct {
		show         model.Show
		status, want string
		shape        widgets.Presence
	}{
		{model.ShowAvailable, "by the sea", "by the sea", widgets.Available},
		{model.ShowAvailable, "", "", widgets.Available},
		{model.ShowXA, "lunch", "Away · lunch", widgets.Away},
		{model.ShowDND, "", "Do not disturb", widgets.Busy},
		{model.ShowUnavailable, "", "Offline", widgets.Offline},
	} {
		p := contact(c.show, c.status)
		if got := adapt.ContactLine(a, p); got != c.want {
			t.Errorf("%s %q: %q", c.show, c.status, got)
		}
		if got := adapt.ContactPresence(a, p); got != c.shape {
			t.Errorf("%s: shape %d", c.show, got)
		}
	}
	a.Connection.State = model.Waiting
	if got := adapt.ContactPresence(a, contact(model.ShowDND, "")); got != widgets.Unknown {
		t.Errorf("offline ourselves, the contact shows %d", got)
	}
}
