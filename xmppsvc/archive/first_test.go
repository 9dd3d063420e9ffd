package archive_test

import (
	"slices"
	"testing"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

func TestFirstLoginReadsTheNewestAndLaterOnesWhatWasMissed(t *testing.T) {
	w := newWorld(t)
	w.limit = 50
	w.says(juliet, 300)
	w.says(nurse, 400)
	w.bind()
	w.serve(100)
	w.same(juliet, w.holds(juliet, 200))
	w.same(nurse, w.holds(nurse, 0))
	if !w.asked[0].Last || w.asked[0].Max == 0 {
		t.Errorf("asked %+v, want the last page", w.asked[0])
	}
	if w.caughtUp != 1 || len(w.missed) != 0 {
		t.Errorf("caught up %d times, %d missed: the past is not missed", w.caughtUp, len(w.missed))
	}
	chats, err := w.store.Chats(t.Context(), romeo)
	if err != nil || chats[0].Unread != 0 {
		t.Errorf("%+v %v: what is old is not unread", chats, err)
	}
	w.says(juliet, 120)
	w.asked = nil
	w.bind()
	w.serve(100)
	w.same(juliet, w.holds(juliet, 200))
	if w.asked[0].After != "a0694" || len(w.missed) != 120 {
		t.Errorf("asked %+v and %d missed; want what is behind the last five seconds, 120", w.asked[0], len(w.missed))
	}
	// A page that was asked before we were there is not the last word.
	w.says(juliet, 1)
	w.asked = nil
	w.bind()
	w.serve(100)
	if len(w.asked) != 2 || w.asked[1].After != "a0820" {
		t.Errorf("asked %+v", w.asked)
	}
}

func TestFirstReadingThatWasCutBeginsAnew(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 60)
	w.says(nurse, 5)
	w.bind()
	w.serve(3)
	w.live(w.held[64])
	w.says(juliet, 30)
	w.live(w.held[92])
	w.bind()
	w.serve(2)
	w.says(juliet, 30)
	w.bind()
	w.serve(100)
	w.same(juliet, w.holds(juliet, 0))
	w.same(nurse, w.holds(nurse, 0))
	if w.caughtUp != 1 {
		t.Errorf("caught up %d times", w.caughtUp)
	}
}

// The first reading was cut, and when it begins anew the newest messages do not reach down to
// what it had brought: between lies a gap, which closes when somebody scrolls there.
func TestFirstReadingThatBeginsAnewShowsWhatItSkips(t *testing.T) {
	w := newWorld(t)
	w.limit = 50
	w.says(juliet, 80)
	w.bind()
	w.serve(1) // the newest 50
	w.says(juliet, 60)
	w.says(nurse, 480)
	w.says(juliet, 5)
	w.bind()
	w.serve(100)
	chat := model.ChatID{Account: romeo, Peer: juliet}
	all := w.holds(juliet, 0)
	newest := len(all) - 20 // of juliet's, 20 are among the newest 500
	w.same(juliet, append(append(slices.Clone(all[30:80]), "[open]"), all[newest:]...))
	gap, ok := last[event.MessageAdded](w.s.TakeEvents())
	if !ok || gap.Message.Gap != model.GapOpen {
		t.Fatalf("nobody was told of the gap: %+v", gap)
	}
	for more := true; more; {
		w.do(func() { w.a.Older(chat, gap.Message.ID, func(yes bool, err error) { more = yes && err == nil }) })
		w.serve(10)
	}
	w.same(juliet, all[30:])
	if removed, ok := last[event.MessageRemoved](w.s.TakeEvents()); !ok || removed.ID != gap.Message.ID {
		t.Error("nobody was told that the gap is closed")
	}
	for more := true; more; {
		w.do(func() { w.a.Older(chat, "", func(yes bool, err error) { more = yes && err == nil }) })
		w.serve(10)
	}
	w.same(juliet, all)
}

// An account may be set so that its server keeps nothing (XEP-0441): the user must know.
func TestArchiveThatIsSwitchedOffIsTold(t *testing.T) {
	for settings, told := range map[string]bool{
		"<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>":                                  true,
		"<prefs xmlns='urn:xmpp:mam:2' default='never'><always><jid>juliet@capulet.example</jid></always></prefs>": false,
		"<prefs xmlns='urn:xmpp:mam:2' default='roster'/>":                                                         false,
		"<prefs xmlns='urn:xmpp:mam:2' default='always'/>":                                                         false,
		"": false,
	} {
		w := newWorld(t)
		questions := 0
		for range 2 {
			w.bind()
			w.serve(10)
			for _, el := range w.settings {
				questions++
				var err error
				if settings == "" {
					err = &model.Error{Kind: model.ErrServerRefused, Condition: "service-unavailable"}
				}
				w.do(func() { w.s.Answer(el, settings, err) })
			}
			w.settings = nil
		}
		notice, ok := last[event.NoticeRaised](w.s.TakeEvents())
		if questions != 1 || ok != told || ok && notice.Kind != event.NoticeArchiveOff {
			t.Errorf("%s: asked %d times, told %t", settings, questions, ok)
		}
	}
}
