package adapt_test

import (
	"strings"
	"testing"
	"time"

	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/event"
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

// conditions are all that RFC 6120 §8.3.3 defines.
var conditions = []string{
	"bad-request", "conflict", "feature-not-implemented", "forbidden", "gone", "internal-server-error", "item-not-found", "jid-malformed",
	"not-acceptable", "not-allowed", "not-authorized", "policy-violation", "recipient-unavailable", "redirect", "registration-required",
	"remote-server-not-found", "remote-server-timeout", "resource-constraint", "service-unavailable", "subscription-required",
	"undefined-condition", "unexpected-request", "a-condition-of-tomorrow", "",
}

func TestShortReasonIsHowTheLongOneBegins(t *testing.T) {
	defer tr.Use("en")
	for _, lang := range []string{"en", "zh"} {
		tr.Use(lang)
		seen := map[string]string{}
		failures := []*model.StanzaError{nil}
		for _, c := range conditions {
			failures = append(failures, &model.StanzaError{Condition: c})
		}
		for _, f := range failures {
			short, long := adapt.ShortReason(f, "example.org"), adapt.Reason(f, "example.org")
			if short == "" || strings.Contains(short+long, "fail.") || strings.Contains(short+long, "why.") || strings.Contains(short+long, "{") {
				t.Errorf("%s %+v: %q, %q", lang, f, short, long)
			}
			if !strings.HasPrefix(strings.ToLower(long), strings.ToLower(short)) {
				t.Errorf("%s %+v: in short %q, but at length %q", lang, f, short, long)
			}
			if other, taken := seen[short]; taken && other != long {
				t.Errorf("%s: %q stands for %q and for %q", lang, short, other, long)
			}
			if f != nil && f.Condition != "a-condition-of-tomorrow" {
				seen[short] = long
			}
		}
	}
}

func TestOnePersonHasOneAvatar(t *testing.T) {
	a := &state.Account{Connection: model.Connection{State: model.Online}}
	c := &state.Contact{Label: "Nora", Address: "nora@example.org"}
	if !adapt.ContactAvatar(a, c).Gray {
		t.Error("somebody offline has colour")
	}
	c.Presence = []model.Presence{{Show: model.ShowAway}}
	if adapt.ContactAvatar(a, c).Gray {
		t.Error("somebody online has none")
	}
	a.Connection.State = model.Waiting
	if !adapt.ContactAvatar(a, c).Gray {
		t.Error("somebody of whom nothing is known has colour")
	}
}

func TestAnActionNamesWhoDoesIt(t *testing.T) {
	tr.Use("en")
	me, nora := jid.MustParse("lin@example.org"), jid.MustParse("nora@example.org")
	s := state.New()
	state.Apply(s, event.Snapshot{Accounts: []event.Account{{Account: model.Account{JID: me, Name: "小满"},
		Contacts: []model.Contact{{RosterItem: model.RosterItem{JID: nora, Name: "Nora"}}}}}})
	said := func(body string, ours bool) *model.Message {
		return &model.Message{Chat: model.ChatID{Account: me, Peer: nora}, Kind: model.KindText, Body: body, Outgoing: ours}
	}
	for _, c := range []struct {
		m             *model.Message
		want, preview string
	}{
		{said("/me waves", false), "* Nora waves", "* Nora waves"},
		{said("/me 挥手", true), "* 小满 挥手", "* 小满 挥手"},
		{said("/me", false), "", "/me"},
		{said("/me  ", false), "", "/me  "},
		{said("/me's hat", false), "", "/me's hat"},
		{said(" /me waves", false), "", " /me waves"},
		{said("/Me waves", true), "", "You: /Me waves"},
	} {
		text, is := adapt.Action(s, c.m)
		if text != c.want || is != (c.want != "") || adapt.Preview(s, c.m) != c.preview {
			t.Errorf("%q: %q, %t, in the list %q", c.m.Body, text, is, adapt.Preview(s, c.m))
		}
	}
	hidden := said("/me waves", false)
	hidden.Kind = model.KindEncrypted
	if _, is := adapt.Action(s, hidden); is {
		t.Error("the body of an encrypted message is no action")
	}
}
