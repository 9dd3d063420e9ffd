package roster_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature/featuretest"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/roster"
)

var (
	juliet = jid.MustParse("juliet@capulet.example")
	equal  = cmp.Comparer(func(x, y jid.JID) bool { return x == y })
)

// memory is a store that notes what it was told.
type memory struct {
	items   []model.RosterItem
	version string
	log     []string

	presence map[jid.JID][]model.Presence
}

func (m *memory) note(format string, args ...any) error {
	m.log = append(m.log, fmt.Sprintf(format, args...))
	return nil
}

func (m *memory) ReplaceRoster(_ jid.JID, version string, items []model.RosterItem) error {
	return m.note("replace %q with %d", version, len(items))
}

func (m *memory) PutRosterItem(_ jid.JID, version string, item model.RosterItem) error {
	return m.note("put %q %s", version, item.JID)
}

func (m *memory) RemoveRosterItem(_ jid.JID, version string, contact jid.JID) error {
	return m.note("remove %q %s", version, contact)
}

func (m *memory) PutRequest(_ jid.JID, r model.SubscriptionRequest) error {
	return m.note("request of %s", r.JID)
}
func (m *memory) RemoveRequest(_, contact jid.JID) error { return m.note("no request of %s", contact) }

func (m *memory) Roster(context.Context, jid.JID) ([]model.RosterItem, string, error) {
	return m.items, m.version, nil
}

func (m *memory) PutPresence(_, contact jid.JID, all []model.Presence) error {
	if m.presence == nil {
		m.presence = map[jid.JID][]model.Presence{}
	}
	m.presence[contact] = all
	if len(all) == 0 {
		delete(m.presence, contact)
	}
	return nil
}

func (m *memory) ClearPresence(jid.JID) error {
	clear(m.presence)
	return nil
}

func (m *memory) Presence(context.Context, jid.JID) (map[jid.JID][]model.Presence, error) {
	return m.presence, nil
}

func (m *memory) Requests(context.Context, jid.JID) ([]model.SubscriptionRequest, error) {
	return nil, nil
}

func newRoster(t *testing.T, m *memory) (*roster.Roster, *featuretest.Session) {
	t.Helper()
	s := featuretest.New(t, "romeo@verona.example/desk")
	r := roster.New(s, func() roster.Store { return m }, m)
	if err := r.Load(); err != nil {
		t.Fatal(err)
	}
	return r, s
}

// withJuliet is a roster that holds her, subscribed both ways.
func withJuliet(t *testing.T) (*roster.Roster, *featuretest.Session, *memory) {
	m := &memory{items: []model.RosterItem{{JID: juliet, Subscription: model.SubscriptionBoth}}, version: "7"}
	r, s := newRoster(t, m)
	return r, s, m
}

func TestVersionIsNamedOnlyWhenThereIsOne(t *testing.T) {
	r, s := newRoster(t, &memory{})
	r.Open()
	if q := s.TakeSent()[0].First(); strings.Contains(q.String(), "ver=") {
		t.Errorf("first question = %s: the server has not said that it keeps versions", q)
	}
	r, s, _ = withJuliet(t)
	r.Open()
	if q := s.TakeSent()[0].First(); q.Get("ver") != "7" {
		t.Errorf("question = %s, want ver 7", q)
	}
}

func TestServerThatKeepsVersionsIsAskedForOneOnce(t *testing.T) {
	m := &memory{}
	r, s := newRoster(t, m)
	r.Open()
	r.Versioned(true)
	s.Answer(s.TakeSent()[0], `<query xmlns='jabber:iq:roster'><item jid='juliet@capulet.example'/></query>`, nil)
	again := s.TakeSent()
	if len(again) != 1 || !strings.Contains(again[0].String(), "ver=''") {
		t.Fatalf("sent %v, want the question with an empty version", again)
	}
	s.Answer(again[0], `<query xmlns='jabber:iq:roster' ver='9'><item jid='juliet@capulet.example'/></query>`, nil)
	if more := s.TakeSent(); len(more) != 0 {
		t.Errorf("asked again: %v", more)
	}
	if last := m.log[len(m.log)-1]; last != `replace "9" with 1` {
		t.Errorf("stored: %s", last)
	}
}

func TestEmptyAnswerKeepsWhatWeHave(t *testing.T) {
	r, s, m := withJuliet(t)
	r.Open()
	s.Answer(s.TakeSent()[0], "", nil)
	if len(r.Contacts()) != 1 || len(m.log) != 0 || len(s.TakeEvents()) != 0 {
		t.Errorf("contacts %v, stored %v", r.Contacts(), m.log)
	}
}

func TestResourcesAreKeptByPriority(t *testing.T) {
	r, s, _ := withJuliet(t)
	for _, p := range []string{
		`<presence from='juliet@capulet.example/phone'><show>away</show><priority>1</priority></presence>`,
		`<presence from='juliet@capulet.example/desk'><status>here</status><priority>5</priority></presence>`,
		`<presence from='juliet@capulet.example/odd'><show>dancing</show><priority>999999999999</priority></presence>`,
	} {
		el := s.Parse(p)
		r.HandlePresence(jid.MustParse(el.Get("from")), el)
	}
	events := s.TakeEvents()
	last := events[len(events)-1].(event.PresenceChanged)
	var got []string
	for _, p := range last.Presence {
		got = append(got, p.Resource+" "+string(p.Show))
	}
	if d := cmp.Diff([]string{"odd available", "desk available", "phone away"}, got); d != "" {
		t.Errorf("resources (-want +got):\n%s", d)
	}
	gone := s.Parse(`<presence type='unavailable' from='juliet@capulet.example'/>`)
	r.HandlePresence(juliet, gone)
	r.HandlePresence(juliet, gone)
	events = s.TakeEvents()
	if len(events) != 1 || len(events[0].(event.PresenceChanged).Presence) != 0 {
		t.Errorf("events = %v, want her gone, told once", events)
	}
}

func TestLossForgetsPresencesInOneEvent(t *testing.T) {
	r, s, _ := withJuliet(t)
	r.Lost()
	if got := s.TakeEvents(); len(got) != 0 {
		t.Errorf("events = %v, though nobody was here", got)
	}
	el := s.Parse(`<presence from='juliet@capulet.example/phone'/>`)
	r.HandlePresence(jid.MustParse("juliet@capulet.example/phone"), el)
	s.TakeEvents()
	r.Lost()
	got := s.TakeEvents()
	if len(got) != 1 || len(got[0].(event.RosterReplaced).Contacts[0].Presence) != 0 {
		t.Errorf("events = %v, want the list without presences", got)
	}
}

func TestStrangersPresenceIsIgnored(t *testing.T) {
	r, s, _ := withJuliet(t)
	el := s.Parse(`<presence from='eve@evil.example/x'/>`)
	r.HandlePresence(jid.MustParse("eve@evil.example/x"), el)
	if got := s.TakeEvents(); len(got) != 0 {
		t.Errorf("events = %v", got)
	}
}

func TestRequestIsToldOnceAndClosedByTheAnswer(t *testing.T) {
	r, s, m := withJuliet(t)
	tybalt := jid.MustParse("tybalt@capulet.example")
	el := s.Parse(`<presence type='subscribe' from='tybalt@capulet.example'><status>draw!</status>
		<nick xmlns='http://jabber.org/protocol/nick'>T</nick></presence>`)
	r.HandlePresence(tybalt, el)
	r.HandlePresence(tybalt, el) // as after the next login
	want := []event.Event{event.SubscriptionRequested{Account: s.Me.Bare(), Request: model.SubscriptionRequest{
		JID: tybalt, Message: "draw!", Nick: "T", Time: featuretest.Start,
	}}}
	if d := cmp.Diff(want, s.TakeEvents(), equal); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	if len(s.TakeSent()) != 0 {
		t.Error("something was answered without the user")
	}
	if err := r.Deny(tybalt); err != nil {
		t.Fatal(err)
	}
	if sent := s.TakeSent(); len(sent) != 1 || sent[0].Get("type") != "unsubscribed" {
		t.Errorf("sent %v", sent)
	}
	if last := m.log[len(m.log)-1]; last != "no request of tybalt@capulet.example" {
		t.Errorf("stored: %s", last)
	}
}

func TestOfflineAnswersAreRefused(t *testing.T) {
	r, s, _ := withJuliet(t)
	s.Offline = true
	for what, err := range map[string]error{
		"approve": r.Approve(juliet), "deny": r.Deny(juliet), "cancel": r.Cancel(juliet), "request": r.Request(juliet, "", ""),
	} {
		if model.KindOf(err) != model.ErrNotOnline {
			t.Errorf("%s: %v, want not_online", what, err)
		}
	}
	r.Remove(juliet, func(err error) {
		if model.KindOf(err) != model.ErrNotOnline {
			t.Errorf("remove: %v", err)
		}
	})
}

func TestRefusedContactRequestIsNoticed(t *testing.T) {
	m := &memory{items: []model.RosterItem{{JID: juliet, Ask: true}}}
	r, s := newRoster(t, m)
	r.HandlePresence(juliet, s.Parse(`<presence type='error' from='juliet@capulet.example'><error type='cancel'>
		<remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`))
	got := s.TakeEvents()
	if len(got) != 1 || got[0].(event.NoticeRaised).Detail != "remote-server-not-found" {
		t.Errorf("events = %v", got)
	}
}

// A server that resumes a session says nothing of who is there: what is stored must be
// what was known, and after the session nothing.
func TestPresenceIsStoredWithTheSession(t *testing.T) {
	r, s, m := withJuliet(t)
	r.HandlePresence(jid.MustParse("juliet@capulet.example/balcony"), s.Parse(`<presence><show>away</show></presence>`))
	if got := m.presence[juliet]; len(got) != 1 || got[0].Show != model.ShowAway || got[0].Resource != "balcony" {
		t.Fatalf("stored %+v", got)
	}
	again, _ := newRoster(t, m)
	if got := again.Contacts(); len(got) != 1 || len(got[0].Presence) != 1 {
		t.Errorf("loaded %+v", got)
	}
	r.HandlePresence(jid.MustParse("juliet@capulet.example/balcony"), s.Parse(`<presence type='unavailable'/>`))
	if len(m.presence) != 0 {
		t.Errorf("still stored: %+v", m.presence)
	}
	r.HandlePresence(jid.MustParse("juliet@capulet.example/balcony"), s.Parse(`<presence/>`))
	r.Lost()
	if len(m.presence) != 0 {
		t.Errorf("stored beyond the session: %+v", m.presence)
	}
}
