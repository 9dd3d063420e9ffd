package storage_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

func TestMessageComesBackAsItWasStored(t *testing.T) {
	s := openStore(t)
	m := model.Message{
		ID: "1", Chat: chatWith(room), Kind: model.KindEncrypted, From: jid.MustParse("room@muc.example.org/鱼"),
		Occupant: "occ", Body: "", Time: start.Add(1500 * time.Microsecond).In(time.FixedZone("", 3600)), Live: true,
		StanzaID: "s1", StanzaBy: room, Encryption: "urn:xmpp:omemo:2", Lang: "zh", OriginID: "theirs",
	}
	in := insert(t, s, m)
	if in.Known || !in.Message.Live || in.Message.Position <= 0 || in.Chat.Unread != 1 {
		t.Fatalf("inserted %+v", in)
	}
	got, err := s.Message(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	want := in.Message
	want.Live = false // what comes from storage is not new
	want.Time = start.Add(time.Millisecond)
	same(t, got, want)
	same(t, *in.Chat.Last, want)
}

func TestFailureComesBack(t *testing.T) {
	s := openStore(t)
	queue(t, s, written("1", alice, "x"), "")
	f := &model.StanzaError{Type: "cancel", Condition: "item-not-found", Text: "no such user"}
	update(t, s, func(tx storage.Tx) error {
		_, changed, err := tx.SetDelivery("1", model.Failed, false, f)
		if !changed {
			t.Error("not changed")
		}
		return err
	})
	got, err := s.Message(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	same(t, got.Failure, f)
	if m, changed := setDelivery(t, s, "1", model.Queued); !changed || m.Failure != nil {
		t.Errorf("after the retry: %+v", m)
	}
}

func TestSameArchiveIDIsOneMessage(t *testing.T) {
	s := openStore(t)
	m := received("1", alice, "once")
	m.StanzaID, m.StanzaBy = "arch-1", me
	insert(t, s, m)
	m.ID, m.Body = "2", "twice"
	in := insert(t, s, m)
	if !in.Known || in.Message.ID != "1" || in.Message.Body != "once" || in.Chat.Unread != 1 {
		t.Fatalf("second: %+v", in)
	}
	same(t, history(t, s, chatWith(alice)), []model.MessageID{"1"})
}

func TestArchiveIDCountsPerArchiveAndAccount(t *testing.T) {
	s := openStore(t)
	addAccount(t, s, bob)
	add := func(id string, account, by jid.JID) {
		m := received(id, alice, "x")
		m.Chat.Account, m.StanzaID, m.StanzaBy = account, "same", by
		if in := insert(t, s, m); in.Known {
			t.Errorf("%s is taken for %s", id, in.Message.ID)
		}
	}
	add("1", me, me)
	add("2", me, room)
	add("3", bob, me)
}

// Whoever sends chooses the message id, so an equal id proves nothing.
func TestSamePeerIDTwiceIsTwoMessages(t *testing.T) {
	s := openStore(t)
	for _, id := range []string{"1", "2"} {
		m := received(id, alice, "the same text")
		m.OriginID = "peer-id"
		update(t, s, func(tx storage.Tx) error {
			in, err := tx.InsertMessage(m, "peer-id", nil, false)
			if in.Known {
				t.Errorf("%s is taken for known", id)
			}
			return err
		})
	}
	same(t, history(t, s, chatWith(alice)), []model.MessageID{"1", "2"})
}

// A sender who was not told that a message arrived sends it again with its UUID.
func TestRetryOfAPeerIsOneMessage(t *testing.T) {
	s := openStore(t)
	const id = "7b0c3ab1-96cc-4d0d-9d0b-0b8a4f4d7c11"
	try := func(key, text, by string) storage.Inserted {
		m := received(key, alice, text)
		m.OriginID, m.StanzaID, m.StanzaBy = id, by, me
		return insert(t, s, m)
	}
	try("1", "the same text", "s1")
	if in := try("2", "the same text", "s2"); !in.Known || in.Message.ID != "1" {
		t.Errorf("the retry is %+v", in)
	}
	if in := try("3", "another text", "s3"); in.Known {
		t.Error("what was said is hidden behind an id")
	}
	other := received("4", bob, "the same text")
	other.OriginID = id
	if in := insert(t, s, other); in.Known {
		t.Error("somebody else's id hides a message")
	}
	placed := place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{
		{Message: with(received("5", alice, "the same text"), id, "s1")},
		{Message: with(received("6", alice, "the same text"), id, "s2")},
	}})
	if placed.Known != 2 || len(placed.Added) != 0 {
		t.Errorf("the archive holds both tries: %+v", placed)
	}
	same(t, history(t, s, chatWith(alice)), []model.MessageID{"1", "3"})
}

func with(m model.Message, origin, stanzaID string) model.Message {
	m.OriginID, m.StanzaID, m.StanzaBy = origin, stanzaID, me
	return m
}

func TestOurOriginIDIsOneMessageInItsChat(t *testing.T) {
	s := openStore(t)
	queue(t, s, written("1", alice, "hello"), "")
	copied := written("2", alice, "hello")
	copied.OriginID, copied.StanzaID, copied.StanzaBy = "1", "arch-7", me
	in := insert(t, s, copied)
	if !in.Known || in.Message.ID != "1" || in.Message.StanzaID != "arch-7" {
		t.Fatalf("the copy: %+v", in)
	}
	// Known by the archive's id from now on, also without the origin-id.
	copied.ID, copied.OriginID = "3", ""
	if in = insert(t, s, copied); !in.Known || in.Message.ID != "1" {
		t.Fatalf("the archive's copy: %+v", in)
	}
	elsewhere := written("4", bob, "hello")
	elsewhere.OriginID = "1"
	if in = insert(t, s, elsewhere); in.Known {
		t.Error("taken for the message of another chat")
	}
	forged := received("5", alice, "not ours")
	forged.OriginID = "1"
	if in = insert(t, s, forged); in.Known {
		t.Error("a peer's message is taken for ours")
	}
}

func TestSetStanzaIDNeverTakesAnothersID(t *testing.T) {
	s := openStore(t)
	theirs := received("1", alice, "x")
	theirs.StanzaID, theirs.StanzaBy = "a", me
	insert(t, s, theirs)
	queue(t, s, written("2", alice, "y"), "")
	set := func(id model.MessageID, stanzaID string) string {
		update(t, s, func(tx storage.Tx) error { return tx.SetStanzaID(id, me, stanzaID) })
		m, err := s.Message(t.Context(), "2")
		if err != nil {
			t.Fatal(err)
		}
		return m.StanzaID
	}
	for _, c := range []struct{ id, give, want string }{
		{"2", "a", ""}, {"none", "b", ""}, {"2", "c", "c"}, {"2", "d", "c"}, {"1", "e", "c"},
	} {
		if got := set(model.MessageID(c.id), c.give); got != c.want {
			t.Errorf("SetStanzaID(%s, %s): ours is %q, want %q", c.id, c.give, got, c.want)
		}
	}
	if m, err := s.Message(t.Context(), "1"); err != nil || m.StanzaID != "a" {
		t.Errorf("a received message changed: %q %v", m.StanzaID, err)
	}
}

func TestMessagesStayInTheOrderOfHandlingWhateverTheirClocksSay(t *testing.T) {
	s := openStore(t)
	var want []model.MessageID
	for i := range 20 {
		m := received(number(i), alice, "x")
		m.Time = start.Add(time.Duration(rand.IntN(1e6)) * time.Second)
		want = append(want, m.ID)
		if in := insert(t, s, m); in.Chat.Last.ID != m.ID {
			t.Errorf("last is %s after %s", in.Chat.Last.ID, m.ID)
		}
	}
	same(t, history(t, s, chatWith(alice)), want)
}

func TestUnusedMessagesAreKeptRawAndNeverShown(t *testing.T) {
	s := openStore(t)
	m := received("1", alice, "")
	m.Kind, m.StanzaID, m.StanzaBy = model.KindUnused, "s", me
	raw := []byte("<message><reactions/></message>")
	update(t, s, func(tx storage.Tx) error {
		in, err := tx.InsertMessage(m, "w", raw, false)
		if in.Chat.Unread != 0 || in.Chat.Last != nil {
			t.Errorf("it counts: %+v", in.Chat)
		}
		return err
	})
	if got := history(t, s, chatWith(alice)); len(got) != 0 {
		t.Errorf("shown: %v", got)
	}
	if chats, err := s.Chats(t.Context(), me); len(chats) != 0 || err != nil {
		t.Errorf("chats: %v %v", chats, err)
	}
	got, err := s.Raw(t.Context(), "1")
	if err != nil || !bytes.Equal(got, raw) {
		t.Errorf("raw: %q %v", got, err)
	}
	m.ID = "2"
	if in := insert(t, s, m); !in.Known {
		t.Error("a repeated one is not known")
	}
}

func TestRawIsKeptUpToItsLimit(t *testing.T) {
	s := openStore(t)
	noise := make([]byte, 70<<10)
	for i := range noise {
		noise[i] = byte(rand.IntN(256))
	}
	for id, c := range map[string]struct {
		raw  []byte
		want []byte
	}{
		"1": {nil, nil},
		"2": {[]byte(strings.Repeat("<a/>", 200<<10)), []byte(strings.Repeat("<a/>", 200<<10))},
		"3": {noise, nil},
	} {
		update(t, s, func(tx storage.Tx) error {
			_, err := tx.InsertMessage(received(id, alice, "x"), "", c.raw, false)
			return err
		})
		got, err := s.Raw(t.Context(), model.MessageID(id))
		if err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%s: %d bytes, want %d; %v", id, len(got), len(c.want), err)
		}
	}
	if _, err := s.Raw(t.Context(), "none"); !errors.Is(err, storage.ErrNotFound) {
		t.Error(err)
	}
}

func TestMessageThatCannotBeIsRefused(t *testing.T) {
	s := openStore(t)
	for name, change := range map[string]func(*model.Message){
		"no id":         func(m *model.Message) { m.ID = "" },
		"no peer":       func(m *model.Message) { m.Chat.Peer = jid.JID{} },
		"full account":  func(m *model.Message) { m.Chat.Account = jid.MustParse("me@example.org/x") },
		"unknown kind":  func(m *model.Message) { m.Kind = "song" },
		"id by nobody":  func(m *model.Message) { m.StanzaID = "1" },
		"queued theirs": func(*model.Message) {},
	} {
		m := received("1", alice, "x")
		change(&m)
		err := s.Update(t.Context(), func(tx storage.Tx) error {
			if name == "queued theirs" {
				_, err := tx.QueueMessage(m, "")
				return err
			}
			_, err := tx.InsertMessage(m, "", nil, false)
			return err
		})
		if model.KindOf(err) != model.ErrInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnknownMessageSaysSo(t *testing.T) {
	s := openStore(t)
	_, err := s.Message(t.Context(), "none")
	if !errors.Is(err, storage.ErrNotFound) || model.KindOf(err) != model.ErrInvalid {
		t.Error(err)
	}
	if _, err = s.ChatOf(t.Context(), "none"); !errors.Is(err, storage.ErrNotFound) {
		t.Error(err)
	}
	insert(t, s, received("1", alice, "x"))
	if c, err := s.ChatOf(t.Context(), "1"); c != chatWith(alice) || err != nil {
		t.Error(c, err)
	}
}
