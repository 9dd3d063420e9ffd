package storage_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

var compareJID = cmp.Comparer(func(a, b jid.JID) bool { return a == b })

func same(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, compareJID); d != "" {
		t.Errorf("differs (-want +got):\n%s", d)
	}
}

func TestAccountsComeBackTheLastUsedFirst(t *testing.T) {
	dir := t.TempDir()
	s := reopen(t, dir)
	old := model.Account{
		JID: me, Enabled: true, Remember: true, Address: "[::1]:5222", Security: model.SecurityStartTLS,
		CAFile: "/ca.pem", Resource: "dovekie.Xa3", AgentID: "d4565fa7-4d72-4749-b3d3-740edbf87770", Name: "我",
		LastUsed: start,
	}
	recent := model.Account{JID: bob, Security: model.SecurityAuto, LastUsed: start.Add(time.Hour)}
	update(t, s, func(tx storage.Tx) error {
		return errors.Join(tx.PutAccount(model.Account{JID: me, Name: "before"}), tx.PutAccount(recent), tx.PutAccount(old))
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := reopen(t, dir).Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []model.Account{recent, old})
}

func TestAccountMustBeABareAddress(t *testing.T) {
	s := openStore(t)
	for _, j := range []jid.JID{{}, jid.MustParse("me@example.org/phone")} {
		err := s.Update(t.Context(), func(tx storage.Tx) error { return tx.PutAccount(model.Account{JID: j}) })
		if model.KindOf(err) != model.ErrInvalidJID {
			t.Errorf("PutAccount(%q) = %v", j, err)
		}
	}
}

func TestStreamStateIsReplacedAndStartsEmpty(t *testing.T) {
	s := openStore(t)
	got, err := s.StreamState(t.Context(), me)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, storage.StreamState{Account: me})
	want := storage.StreamState{
		Account: me, Hint: []byte(`{"a":1}`), ScramSeen: true, PlusSeen: true, Session: storage.Session{ID: "sm", Handled: 1<<32 - 1, Sent: 7, Acked: 3, JID: jid.MustParse("me@example.org/x"), Location: "h:1"},
	}
	update(t, s, func(tx storage.Tx) error {
		return errors.Join(tx.PutStreamState(storage.StreamState{Account: me, Session: storage.Session{ID: "older"}}), tx.PutStreamState(want))
	})
	if got, err = s.StreamState(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
}

func TestPinsArePerAccountAndDomain(t *testing.T) {
	s := openStore(t)
	addAccount(t, s, bob)
	pin := func(domain, print string) storage.Pin {
		return storage.Pin{Domain: domain, Fingerprint: print, Added: start}
	}
	update(t, s, func(tx storage.Tx) error {
		return errors.Join(
			tx.PutPin(me, pin("b.org", "1")), tx.PutPin(me, pin("b.org", "2")), tx.PutPin(me, pin("a.org", "3")),
			tx.PutPin(me, pin("c.org", "4")), tx.RemovePin(me, "c.org"), tx.PutPin(bob, pin("b.org", "5")))
	})
	got, err := s.Pins(t.Context(), me)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []storage.Pin{pin("a.org", "3"), pin("b.org", "2")})
}

func TestOwnPresenceStartsAvailable(t *testing.T) {
	s := openStore(t)
	show, status, name, err := s.OwnPresence(t.Context(), me)
	if show != model.ShowAvailable || status != "" || name != "" || err != nil {
		t.Errorf("at first: %q %q %q %v", show, status, name, err)
	}
	update(t, s, func(tx storage.Tx) error { return tx.PutOwnPresence(me, model.ShowDND, "忙", "Me") })
	show, status, name, err = s.OwnPresence(t.Context(), me)
	if show != model.ShowDND || status != "忙" || name != "Me" || err != nil {
		t.Errorf("then: %q %q %q %v", show, status, name, err)
	}
}

func TestRosterKeepsItsVersion(t *testing.T) {
	s := openStore(t)
	a := model.RosterItem{JID: alice, Name: "Alice", Groups: []string{"Work", "朋友"}, Subscription: model.SubscriptionBoth}
	b := model.RosterItem{JID: bob, Subscription: model.SubscriptionNone, Ask: true, Approved: true}
	check := func(version string, want ...model.RosterItem) {
		t.Helper()
		items, got, err := s.Roster(t.Context(), me)
		if err != nil || got != version {
			t.Fatalf("version %q, want %q; %v", got, version, err)
		}
		same(t, items, want)
	}
	check("")
	update(t, s, func(tx storage.Tx) error { return tx.ReplaceRoster(me, "v1", []model.RosterItem{b, a}) })
	check("v1", a, b)
	a.Name = "Alicia"
	update(t, s, func(tx storage.Tx) error { return tx.PutRosterItem(me, "v2", a) })
	check("v2", a, b)
	update(t, s, func(tx storage.Tx) error { return tx.RemoveRosterItem(me, "v3", bob) })
	check("v3", a)
	update(t, s, func(tx storage.Tx) error { return tx.ReplaceRoster(me, "v4", nil) })
	check("v4")
}

func TestNewerRequestReplacesTheOlderOne(t *testing.T) {
	s := openStore(t)
	first := model.SubscriptionRequest{JID: alice, Message: "hi", Nick: "A", Time: start}
	again := model.SubscriptionRequest{JID: alice, Message: "please", Nick: "Al", Time: start.Add(2 * time.Second)}
	other := model.SubscriptionRequest{JID: bob, Time: start.Add(time.Second)}
	update(t, s, func(tx storage.Tx) error {
		return errors.Join(tx.PutRequest(me, first), tx.PutRequest(me, other), tx.PutRequest(me, again))
	})
	got, err := s.Requests(t.Context(), me)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []model.SubscriptionRequest{other, again})
	update(t, s, func(tx storage.Tx) error { return tx.RemoveRequest(me, bob) })
	if got, err = s.Requests(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	same(t, got, []model.SubscriptionRequest{again})
}

func TestNothingIsStoredForAnUnknownAccount(t *testing.T) {
	s := reopen(t, t.TempDir())
	for name, fn := range map[string]func(storage.Tx) error{
		"pin":     func(tx storage.Tx) error { return tx.PutPin(me, storage.Pin{Domain: "a"}) },
		"roster":  func(tx storage.Tx) error { return tx.ReplaceRoster(me, "1", nil) },
		"request": func(tx storage.Tx) error { return tx.PutRequest(me, model.SubscriptionRequest{JID: bob}) },
		"message": func(tx storage.Tx) error {
			_, err := tx.InsertMessage(received("1", alice, "x"), "", nil, false)
			return err
		},
	} {
		if err := s.Update(t.Context(), fn); model.KindOf(err) != model.ErrUnknownAccount {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRemovedAccountLeavesNothing(t *testing.T) {
	s := openStore(t)
	addAccount(t, s, bob)
	insert(t, s, received("1", alice, "secret words"))
	queue(t, s, written("2", alice, "unsent"), "k")
	theirs := received("3", alice, "secret of another")
	theirs.Chat.Account = bob
	insert(t, s, theirs)
	update(t, s, func(tx storage.Tx) error {
		return errors.Join(
			tx.PutStreamState(storage.StreamState{Account: me}), tx.PutPin(me, storage.Pin{Domain: "x"}),
			tx.ReplaceRoster(me, "1", []model.RosterItem{{JID: alice}}), tx.PutOwnPresence(me, model.ShowAway, "", ""),
			tx.PutRequest(me, model.SubscriptionRequest{JID: bob}), tx.RemoveAccount(me))
	})
	for table, column := range map[string]string{
		"accounts": "jid", "stream_state": "account", "pins": "account", "roster": "account",
		"roster_version": "account", "requests": "account", "own_presence": "account", "chats": "account",
		"messages": "account", "outbox": "account",
	} {
		n, err := storage.One(s, `select count(*) from `+table+` where `+column+` = ?`, me.String())
		if n != 0 || err != nil {
			t.Errorf("%s: %d rows left, %v", table, n, err)
		}
	}
	found, err := s.Search(t.Context(), model.ChatID{}, "secret", 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, ids(found), []model.MessageID{"3"})
}
