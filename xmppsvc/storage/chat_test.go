package storage_test

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

func markDisplayed(t *testing.T, s *storage.Store, id string) (c model.Chat, changed bool) {
	t.Helper()
	update(t, s, func(tx storage.Tx) (err error) {
		c, changed, err = tx.MarkDisplayed(chatWith(alice), model.MessageID(id))
		return err
	})
	return c, changed
}

func TestUnreadCountsLiveMessagesOfOthers(t *testing.T) {
	s := openStore(t)
	step := func(m model.Message, unread int) {
		t.Helper()
		if in := insert(t, s, m); in.Chat.Unread != unread {
			t.Errorf("%s: unread %d, want %d", m.ID, in.Chat.Unread, unread)
		}
	}
	step(received("1", alice, "a"), 1)
	old := received("2", alice, "from the archive")
	old.Live = false
	step(old, 1)
	step(written("3", alice, "ours"), 1)
	secret := received("4", alice, "")
	secret.Kind = model.KindEncrypted
	step(secret, 2)
	reaction := received("5", alice, "")
	reaction.Kind = model.KindUnused
	step(reaction, 2)
	step(received("6", alice, "b"), 3)

	c, changed := markDisplayed(t, s, "2")
	if !changed || c.Unread != 2 || c.ReadUpTo != "2" {
		t.Errorf("after 2: %+v", c)
	}
	if c, changed = markDisplayed(t, s, "1"); changed || c.Unread != 2 || c.ReadUpTo != "2" {
		t.Errorf("backwards: %+v", c)
	}
	if c, changed = markDisplayed(t, s, "6"); !changed || c.Unread != 0 || c.Last.ID != "6" {
		t.Errorf("after 6: %+v", c)
	}
	if _, changed = markDisplayed(t, s, "6"); changed {
		t.Error("the same again changed something")
	}
	step(received("7", alice, "c"), 1)
}

func TestMarkDisplayedNeedsAMessageOfTheChat(t *testing.T) {
	s := openStore(t)
	insert(t, s, received("1", bob, "x"))
	for _, id := range []model.MessageID{"1", "none"} {
		err := s.Update(t.Context(), func(tx storage.Tx) error {
			_, _, err := tx.MarkDisplayed(chatWith(alice), id)
			return err
		})
		if !errors.Is(err, storage.ErrNotFound) || model.KindOf(err) != model.ErrInvalid {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestHistoryPagesGoBackwards(t *testing.T) {
	s := openStore(t)
	for i := range 10 {
		insert(t, s, received(number(i), alice, "x"))
		insert(t, s, received("b"+number(i), bob, "x"))
	}
	page := func(before string, limit int, complete bool, want ...model.MessageID) {
		t.Helper()
		got, end, err := s.History(t.Context(), chatWith(alice), model.MessageID(before), limit)
		if err != nil || end != complete {
			t.Errorf("before %q: complete %v, %v", before, end, err)
		}
		same(t, ids(got), want)
	}
	page("", 4, false, "000006", "000007", "000008", "000009")
	page("000006", 4, false, "000002", "000003", "000004", "000005")
	page("000002", 2, true, "000000", "000001")
	page("000000", 5, true)
	got, end, err := s.History(t.Context(), chatWith(room), "", 5)
	if len(got) != 0 || !end || err != nil {
		t.Errorf("unknown chat: %v %v %v", got, end, err)
	}
	if _, _, err = s.History(t.Context(), chatWith(alice), "b000001", 5); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a message of another chat: %v", err)
	}
	if _, _, err = s.History(t.Context(), chatWith(alice), "", 0); model.KindOf(err) != model.ErrInvalid {
		t.Errorf("no limit: %v", err)
	}
}

func TestChatsComeNewestFirstWithTheirLastMessage(t *testing.T) {
	s := openStore(t)
	at := func(m model.Message, seconds int) model.Message {
		m.Time = start.Add(time.Duration(seconds) * time.Second)
		return m
	}
	insert(t, s, at(received("1", alice, "a"), 1))
	insert(t, s, at(received("2", bob, "b"), 2))
	insert(t, s, at(written("3", alice, "c"), 3))
	chats, err := s.Chats(t.Context(), me)
	if err != nil || len(chats) != 2 {
		t.Fatal(chats, err)
	}
	if c := chats[0]; c.ID != chatWith(alice) || c.Last.ID != "3" || c.Unread != 1 || !c.Updated.Equal(start.Add(3*time.Second)) {
		t.Errorf("first: %+v", c)
	}
	if c := chats[1]; c.ID != chatWith(bob) || c.Last.ID != "2" || c.Last.Body != "b" {
		t.Errorf("second: %+v", c)
	}
}

func TestRemovedChatLeavesNothing(t *testing.T) {
	s := openStore(t)
	insert(t, s, received("1", alice, "gone words"))
	insert(t, s, received("2", bob, "kept words"))
	queue(t, s, written("3", alice, "unsent words"), "k")
	update(t, s, func(tx storage.Tx) error { return tx.RemoveChat(chatWith(alice)) })
	found, err := s.Search(t.Context(), model.ChatID{}, "words", 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, ids(found), []model.MessageID{"2"})
	same(t, history(t, s, chatWith(alice)), []model.MessageID(nil))
	same(t, outbox(t, s), []model.MessageID(nil))
	if in := insert(t, s, received("4", alice, "again")); in.Chat.Unread != 1 || in.Chat.ReadUpTo != "" {
		t.Errorf("the new chat: %+v", in.Chat)
	}
	update(t, s, func(tx storage.Tx) error { return tx.RemoveChat(chatWith(room)) })
}

// The words must not stay in free pages or in the index.
func TestRemovedChatIsNotInTheFileAnyMore(t *testing.T) {
	dir := t.TempDir()
	s := reopen(t, dir)
	addAccount(t, s, me)
	for i := range 300 {
		insert(t, s, received("b"+number(i), bob, "zygote kept "+number(i)))
		if i%30 == 0 { // so few that the index would not be merged by itself
			insert(t, s, received(number(i), alice, "zyzzyva 鴸鵂"+number(i)))
		}
	}
	update(t, s, func(tx storage.Tx) error { return tx.RemoveChat(chatWith(alice)) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(dbIn(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"zyva", "鴸", "鵂"} {
		if bytes.Contains(b, []byte(word)) {
			t.Errorf("%s is still there", word)
		}
	}
	if !bytes.Contains(b, []byte("zygote")) {
		t.Error("what was kept is gone")
	}
}

func TestMarksOfAChatStayWhateverComes(t *testing.T) {
	dir := t.TempDir()
	s := reopen(t, dir)
	marks := model.ChatMarks{Pinned: true, Muted: true}
	mark := func(peer model.ChatID, m model.ChatMarks) {
		t.Helper()
		update(t, s, func(tx storage.Tx) error {
			c, err := tx.MarkChat(peer, m, start)
			if err == nil && c.ChatMarks != m {
				t.Errorf("marked as %+v, told as %+v", m, c.ChatMarks)
			}
			return err
		})
	}
	update(t, s, func(tx storage.Tx) error { return tx.PutAccount(model.Account{JID: me}) })
	mark(chatWith(bob), model.ChatMarks{Muted: true}) // nothing will be said there
	mark(chatWith(alice), marks)                      // before the first message
	if in := insert(t, s, received("m1", alice, "hello")); in.Chat.ChatMarks != marks {
		t.Errorf("after a message: %+v", in.Chat.ChatMarks)
	}
	if c, _ := markDisplayed(t, s, "m1"); c.ChatMarks != marks {
		t.Errorf("after reading: %+v", c.ChatMarks)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, dir)
	chats, err := s.Chats(t.Context(), me)
	if err != nil || len(chats) != 2 || chats[0].ChatMarks != marks || chats[1].ID != chatWith(bob) || chats[1].Last != nil || !chats[1].Muted {
		t.Errorf("at the next start: %+v, %v", chats, err)
	}
	mark(chatWith(alice), model.ChatMarks{})
	update(t, s, func(tx storage.Tx) error { return tx.RemoveChat(chatWith(alice)) })
	if in := insert(t, s, received("m2", alice, "again")); in.Chat.ChatMarks != (model.ChatMarks{}) {
		t.Errorf("a chat made anew: %+v", in.Chat.ChatMarks)
	}
}
