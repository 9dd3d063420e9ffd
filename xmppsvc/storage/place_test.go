package storage_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

// archived is the n-th message of an archive: of alice, of bob, or ours to one of them.
func archived(n int) model.ArchivedMessage {
	peer := []jid.JID{alice, bob}[n%2]
	m := received(fmt.Sprintf("copy-%d", n), peer, fmt.Sprintf("message %d 你好", n))
	if n%3 == 0 {
		m = written(fmt.Sprintf("own-%d", n), peer, m.Body)
		m.ID = model.MessageID(fmt.Sprintf("copy-%d", n)) // another device may have read it first
		m.Delivery = model.Acked
	}
	m.StanzaID, m.StanzaBy = number(n), me
	m.Time = start.Add(time.Duration(n) * time.Second)
	return model.ArchivedMessage{Message: m, WireID: fmt.Sprint("wire", n)}
}

func archivedPage(from, to int) []model.ArchivedMessage {
	var out []model.ArchivedMessage
	for n := from; n < to; n++ {
		out = append(out, archived(n))
	}
	return out
}

func place(t testing.TB, s *storage.Store, p model.ArchivePage) (placed model.Placed) {
	t.Helper()
	p.Account = me
	update(t, s, func(tx storage.Tx) (err error) {
		placed, err = tx.InsertPage(p)
		return err
	})
	return placed
}

// bodies are the texts of a chat in its order.
func bodies(t testing.TB, s *storage.Store, peer jid.JID) []string {
	t.Helper()
	page, _, err := s.History(t.Context(), chatWith(peer), "", 100_000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range page {
		if m.Kind == model.KindGap {
			out = append(out, "gap "+string(m.Gap))
			continue
		}
		out = append(out, m.Body)
	}
	return out
}

// wanted is the archive from message from on, one chat of it.
func wanted(from, to int, peer jid.JID) []string {
	var out []string
	for n := from; n < to; n++ {
		if m := archived(n).Message; m.Chat.Peer == peer {
			out = append(out, m.Body)
		}
	}
	return out
}

// Whatever came by itself, in whatever order, and however the pages are cut: when the
// archive was read to its end a chat has each message once, in the archive's order.
func TestAnyInterleavingEndsInTheArchivesOrder(t *testing.T) {
	for seed := range uint64(150) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		s := openStore(t)
		n := 20 + rnd.IntN(60)
		first := rnd.IntN(n / 2) // what was read at the first login, backwards
		for to := first; to > 0; {
			from := max(0, to-1-rnd.IntN(9))
			place(t, s, model.ArchivePage{Messages: archivedPage(from, to), Backward: true})
			to = from
		}
		// Ours are here before the server has them; theirs come live, some of them.
		var live []int
		for i := first; i < n; i++ {
			if rnd.IntN(3) > 0 {
				live = append(live, i)
			}
		}
		next := first
		for next < n || len(live) > 0 {
			if len(live) > 0 && (next >= n || rnd.IntN(2) == 0) {
				at := rnd.IntN(min(len(live), 3)) // not quite in order
				m := archived(live[at]).Message
				if m.Outgoing {
					m = written(m.OriginID, m.Chat.Peer, m.Body)
					queue(t, s, m, "")
				} else {
					m.ID = model.MessageID(fmt.Sprintf("live-%d", live[at]))
					insert(t, s, m)
				}
				live = slices.Delete(live, at, at+1)
				continue
			}
			to := min(n, next+1+rnd.IntN(7))
			from := max(first, next-rnd.IntN(3)) // pages may overlap
			place(t, s, model.ArchivePage{Messages: archivedPage(from, to)})
			next = to
		}
		// What came after the last page is settled by another run.
		place(t, s, model.ArchivePage{Messages: archivedPage(first, n)})
		for _, peer := range []jid.JID{alice, bob} {
			if got, want := bodies(t, s, peer), wanted(0, n, peer); !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s:\n got %q\nwant %q", seed, peer, got, want)
			}
		}
	}
}

func TestPagesOfOneChatFillItsPastAndItsGaps(t *testing.T) {
	for seed := range uint64(100) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		s := openStore(t)
		const n, known = 60, 40
		place(t, s, model.ArchivePage{Messages: archivedPage(known, n), Backward: true})
		place(t, s, model.ArchivePage{Messages: archivedPage(0, 6), Backward: true})
		oldest := history(t, s, chatWith(alice))[3]
		var gap model.Message
		update(t, s, func(tx storage.Tx) (err error) {
			gap, err = tx.InsertGap(oldest, model.GapOpen)
			return err
		})
		edge, err := s.Edge(t.Context(), chatWith(alice), gap.ID)
		if err != nil || edge.ID != number(known) || !edge.Settled || edge.Gap != gap.ID || edge.Next != oldest {
			t.Fatalf("edge %+v %v", edge, err)
		}
		for to := known; to > 0; {
			from := max(0, to-2-2*rnd.IntN(6))
			var page []model.ArchivedMessage
			for i := from; i < to; i++ {
				if i%2 == 0 {
					page = append(page, archived(i))
				}
			}
			placed := place(t, s, model.ArchivePage{Messages: page, Backward: true, Before: edge.Next})
			if met := from < 6; placed.Overlap != met {
				t.Fatalf("seed %d: page from %d, overlap %v", seed, from, placed.Overlap)
			}
			if placed.Overlap {
				break
			}
			if edge, err = s.Edge(t.Context(), chatWith(alice), gap.ID); err != nil {
				t.Fatal(err)
			}
			to = from
		}
		update(t, s, func(tx storage.Tx) error {
			_, found, err := tx.RemoveGap(gap.ID)
			if !found {
				t.Error("the gap is gone")
			}
			return err
		})
		if got, want := bodies(t, s, alice), wanted(0, n, alice); !slices.Equal(got, want) {
			t.Fatalf("seed %d\n got %q\nwant %q", seed, got, want)
		}
	}
}

// What is not in the archive is not carried along behind what is.
func TestWhatTheArchiveCannotHaveKeepsItsPlace(t *testing.T) {
	s := openStore(t)
	insert(t, s, received("unnumbered", alice, "not archived"))
	queue(t, s, written("failed", alice, "refused"), "")
	setDelivery(t, s, "failed", model.Failed)
	queue(t, s, written("waits", alice, "on its way"), "")
	m := archived(2)
	insert(t, s, m.Message)
	place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{m}})
	if got, want := bodies(t, s, alice), []string{"not archived", "refused", m.Message.Body, "on its way"}; !slices.Equal(got, want) {
		t.Errorf("it reads %q, want %q", got, want)
	}
}

func TestAMessageOfOursInTheArchiveHasArrived(t *testing.T) {
	s := openStore(t)
	m := written("own-0", alice, archived(0).Message.Body)
	queue(t, s, m, "")
	setDelivery(t, s, "own-0", model.Sent)
	update(t, s, func(tx storage.Tx) error {
		back, err := tx.RequeueSent(me, true)
		if len(back) != 1 || !back[0].Held {
			t.Errorf("not held: %+v", back)
		}
		return err
	})
	placed := place(t, s, model.ArchivePage{Messages: archivedPage(0, 1)})
	if len(placed.Own) != 1 || placed.Own[0].ID != "own-0" || placed.Own[0].Delivery != model.Acked || placed.Known != 1 {
		t.Errorf("%+v", placed)
	}
	if left := outbox(t, s); len(left) != 0 {
		t.Errorf("the outbox still has %v", left)
	}
	if got, err := s.Message(t.Context(), "own-0"); err != nil || got.StanzaID != number(0) {
		t.Errorf("%+v %v", got, err)
	}
}

// A server that took a message and its retry has both in its archive; it is one, and its
// place is that of the first.
func TestRetryOfOursKeepsThePlaceOfTheFirst(t *testing.T) {
	s := openStore(t)
	page := archivedPage(0, 14) // ours to alice are 0, 6 and 12
	again := archived(0)
	again.Message.StanzaID = "again"
	page = append(page, again)
	place(t, s, model.ArchivePage{Messages: page})
	if got, want := bodies(t, s, alice), wanted(0, 14, alice); !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

// What waits at our side keeps its order though the first of it has its place already: an
// answer of the peer may be older there and younger here.
func TestWhatWaitsStaysBehindWhatWasWrittenBefore(t *testing.T) {
	s := openStore(t)
	first, second := archived(6).Message, archived(12).Message // ours to alice
	for _, m := range []model.Message{first, second} {
		queue(t, s, written(m.OriginID, alice, m.Body), "")
	}
	theirs := archived(2)
	insert(t, s, theirs.Message)
	place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{theirs}, Backward: true})
	place(t, s, model.ArchivePage{Messages: archivedPage(3, 8)})
	want := []string{theirs.Message.Body, archived(4).Message.Body, first.Body, second.Body}
	if got := bodies(t, s, alice); !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

// The same where the newest page of the chat has moved ours up: an answer that lies between
// them in the archive came when we had gone on.
func TestWhatWaitsStaysBehindTheNewestPage(t *testing.T) {
	s := openStore(t)
	ours := []model.Message{archived(0).Message, archived(6).Message, archived(12).Message}
	for _, m := range ours {
		queue(t, s, written(m.OriginID, alice, m.Body), "")
	}
	theirs := archived(2)
	insert(t, s, theirs.Message)
	for range 2 {
		place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{archived(0), theirs, archived(6)}, Backward: true})
		want := []string{ours[0].Body, theirs.Message.Body, ours[1].Body, ours[2].Body}
		if got := bodies(t, s, alice); !slices.Equal(got, want) {
			t.Errorf("\n got %q\nwant %q", got, want)
		}
	}
}

// A server may confirm a message and lose it. What we said next is in the archive, and the
// lost one stays before it, whatever else comes.
func TestWhatTheServerLostKeepsItsPlaceAmongOurs(t *testing.T) {
	s := openStore(t)
	lost, next := archived(6).Message, archived(12)
	queue(t, s, written(lost.OriginID, alice, lost.Body), "")
	setDelivery(t, s, lost.OriginID, model.Acked)
	place(t, s, model.ArchivePage{Messages: archivedPage(7, 9)})
	queue(t, s, written(next.Message.OriginID, alice, next.Message.Body), "")
	for from := 9; from < 40; from += 5 {
		place(t, s, model.ArchivePage{Messages: archivedPage(from, from+5)})
	}
	got := bodies(t, s, alice)
	if i := slices.Index(got, lost.Body); i < 0 || i > slices.Index(got, next.Message.Body) {
		t.Errorf("it reads %q, want %q before %q", got, lost.Body, next.Message.Body)
	}
}

// A page may have lacked the first try, which comes to light when its end is read again.
func TestFirstTryThatAPageLackedTakesItsPlace(t *testing.T) {
	const origin = "0a6ddf46-b48a-4bcc-af0e-f31cdd317003"
	for _, ours := range []bool{true, false} {
		s := openStore(t)
		first, second := archived(6), archived(12)
		for _, a := range []*model.ArchivedMessage{&first, &second} {
			if !ours {
				a.Message.Outgoing, a.Message.Delivery, a.Message.From, a.Message.OriginID = false, "", alice, ""
			}
		}
		if !ours {
			first.Message.OriginID = origin
		}
		retry := first
		retry.Message.StanzaID, retry.Message.ID = "again", "again"
		page := []model.ArchivedMessage{first, second, retry}
		for _, p := range [][]model.ArchivedMessage{page[1:], page, page} {
			place(t, s, model.ArchivePage{Messages: p, Passed: map[model.ChatID]model.MessageID{}})
		}
		want := []string{first.Message.Body, second.Message.Body}
		if got := bodies(t, s, alice); !slices.Equal(got, want) {
			t.Errorf("ours %t:\n got %q\nwant %q", ours, got, want)
		}
	}
}

// What has its place already and is moved once more takes along what waits behind it.
func TestWhatWaitsGoesAlongWithWhatHadItsPlace(t *testing.T) {
	s := openStore(t)
	first, second := archived(6), archived(12)
	queue(t, s, written(first.Message.OriginID, alice, first.Message.Body), "")
	place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{first}})
	queue(t, s, written(second.Message.OriginID, alice, second.Message.Body), "")
	theirs := archived(2)
	insert(t, s, theirs.Message)
	update(t, s, func(tx storage.Tx) error { return tx.Settle(me) })
	place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{theirs, first}, Passed: map[model.ChatID]model.MessageID{}})
	want := []string{theirs.Message.Body, first.Message.Body, second.Message.Body}
	if got := bodies(t, s, alice); !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

// A page that lacked a message, as the server had numbered and not yet stored it, is read
// again: what it lacked goes to its place at once, and moves nothing that has its own.
func TestWhatAPageLackedGoesBeforeWhatHasItsPlace(t *testing.T) {
	for _, came := range []bool{true, false} {
		for _, to := range []int{5, 7} { // the second reading may be cut anywhere
			s := openStore(t)
			page := archivedPage(0, 14)
			lacking := slices.DeleteFunc(slices.Clone(page), func(a model.ArchivedMessage) bool { return a.Message.StanzaID == number(4) })
			place(t, s, model.ArchivePage{Messages: lacking})
			if came {
				late := archived(4).Message
				late.ID = "live"
				insert(t, s, late)
			}
			place(t, s, model.ArchivePage{Messages: page[:to], Passed: map[model.ChatID]model.MessageID{}})
			if got, want := bodies(t, s, alice), wanted(0, 14, alice); !slices.Equal(got, want) {
				t.Errorf("came %t, read to %d:\n got %q\nwant %q", came, to, got, want)
			}
		}
	}
}

// So is a peer's, also where the retry came by itself and the first try did not.
func TestRetryThatCameTakesThePlaceOfTheFirst(t *testing.T) {
	s := openStore(t)
	said := func(n int, origin string) model.ArchivedMessage {
		a := archived(2 * n) // of alice
		a.Message.Outgoing, a.Message.Delivery, a.Message.From, a.Message.OriginID = false, "", alice, origin
		return a
	}
	const origin = "b9b72e34-d8df-4104-a97b-b7f35aaaf4f7"
	first, second, third := said(1, origin), said(2, ""), said(1, origin)
	third.Message.StanzaID, third.Message.ID = "again", "live"
	insert(t, s, second.Message)
	insert(t, s, third.Message)
	want := []string{first.Message.Body, second.Message.Body}
	page := []model.ArchivedMessage{first, second, third}
	for range 2 {
		place(t, s, model.ArchivePage{Messages: page, Passed: map[model.ChatID]model.MessageID{}})
		if got := bodies(t, s, alice); !slices.Equal(got, want) {
			t.Errorf("\n got %q\nwant %q", got, want)
		}
	}
}

func TestWhatWasMissedIsUnreadButWhatWeAnsweredIsRead(t *testing.T) {
	s := openStore(t)
	page := []model.ArchivedMessage{archived(2), archived(4)} // alice, twice
	placed := place(t, s, model.ArchivePage{Messages: page})
	if len(placed.Chats) != 1 || placed.Chats[0].Unread != 2 || placed.Chats[0].Last.ID != "copy-4" {
		t.Fatalf("%+v", placed.Chats)
	}
	placed = place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{archived(6), archived(8)}}) // ours, then alice
	if placed.Chats[0].Unread != 1 || placed.Chats[0].ReadUpTo != "copy-6" {
		t.Errorf("%+v", placed.Chats)
	}
	old := place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{archived(0)}, Backward: true})
	if old.Chats[0].Unread != 1 || old.Chats[0].Last.ID != "copy-8" {
		t.Errorf("the past changed what is new: %+v", old.Chats)
	}
}

func TestALossIsShownOnceInAChat(t *testing.T) {
	s := openStore(t)
	place(t, s, model.ArchivePage{Messages: archivedPage(0, 4)})
	lost := map[model.ChatID]bool{}
	place(t, s, model.ArchivePage{Messages: archivedPage(10, 14), Lost: lost})
	place(t, s, model.ArchivePage{Messages: archivedPage(14, 18), Lost: lost})
	want := append(append(wanted(0, 4, alice), "gap lost"), wanted(10, 18, alice)...)
	if got := bodies(t, s, alice); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	// It is part of the history, also after a restart, but it is neither last nor unread.
	chats, err := s.Chats(t.Context(), me)
	if err != nil || chats[0].Last.Kind != model.KindText {
		t.Errorf("%+v %v", chats, err)
	}
}

func TestGapsThatWereBeingFilledCloseTogether(t *testing.T) {
	s := openStore(t)
	place(t, s, model.ArchivePage{Messages: archivedPage(0, 4)})
	live := archived(20).Message
	insert(t, s, live)
	update(t, s, func(tx storage.Tx) error {
		_, err := tx.InsertGap(live.ID, model.GapFilling)
		return err
	})
	place(t, s, model.ArchivePage{Messages: archivedPage(4, 12)})
	want := append(append(wanted(0, 12, alice), "gap filling"), wanted(20, 21, alice)...)
	if got := bodies(t, s, alice); !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
	place(t, s, model.ArchivePage{Messages: archivedPage(12, 21)})
	update(t, s, func(tx storage.Tx) error {
		gaps, err := tx.CloseGaps(me)
		if len(gaps) != 1 || gaps[0].Chat != chatWith(alice) {
			t.Errorf("%+v", gaps)
		}
		return err
	})
	if got := bodies(t, s, alice); !slices.Equal(got, wanted(0, 21, alice)) {
		t.Errorf("%q", got)
	}
}

// BenchmarkCatchUp stores an archive in pages of 100, one page a transaction.
func BenchmarkCatchUp(b *testing.B) {
	s := openStore(b)
	b.ResetTimer()
	for at := 0; at < b.N; at += 100 {
		place(b, s, model.ArchivePage{Messages: archivedPage(at, min(at+100, b.N))})
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
