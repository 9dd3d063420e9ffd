package archive

import (
	"context"
	"errors"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xep"
)

// maxLater bounds the fetches that wait until we have caught up.
const maxLater = 100

// place is a place of a chat before which something is fetched.
type place struct {
	peer jid.JID
	gap  model.MessageID
}

// Older fetches the page of the chat before its beginning, or before a gap in it, and
// then calls reply, on the loop: more reports that the archive may have yet more there.
// Who asks while that page is on its way gets the same answer.
func (a *Archive) Older(chat model.ChatID, gap model.MessageID, reply func(more bool, err error)) {
	at := place{chat.Peer, gap}
	waiting, asked := a.fetching[at]
	a.fetching[at] = append(waiting, reply)
	if asked {
		return
	}
	a.older(chat, gap, func(more bool, err error) {
		all := a.fetching[at]
		delete(a.fetching, at)
		for _, reply := range all {
			reply(more, err)
		}
	})
}

func (a *Archive) older(chat model.ChatID, gap model.MessageID, reply func(more bool, err error)) {
	switch {
	case a.absent || !a.cursor.Begun && a.caught:
		reply(false, nil)
		return
	case !a.s.Online():
		reply(false, model.Errorf(model.ErrNotOnline, "the archive cannot be read without a connection"))
		return
	}
	edge, err := a.read.Edge(context.Background(), chat, gap)
	switch {
	case err != nil:
		reply(false, err)
	case edge.Complete:
		reply(false, nil)
	case !edge.Settled && !a.caught && len(a.later) < maxLater:
		// What is here has no place yet, so nothing can be put before it. When the run has
		// ended it has.
		a.later = append(a.later, func() { a.older(chat, gap, reply) })
	default:
		a.fetch(chat, edge, pageSize, reply)
	}
}

// flushLater lets those go on that waited.
func (a *Archive) flushLater() {
	later := a.later
	a.later = nil
	for _, fn := range later {
		fn()
	}
}

func (a *Archive) fetch(chat model.ChatID, edge model.Edge, size int, reply func(bool, error)) {
	asked := xep.ArchiveQuery{With: chat.Peer, Page: xep.Page{Max: size, Before: edge.ID, Last: edge.ID == ""}}
	a.ask(nil, asked, func(q *query, fin xep.ArchiveFin, err error) {
		switch {
		case err == nil && q.full && size > 1:
			a.fetch(chat, edge, max(1, size/4), reply)
		case err == nil:
			a.fetched(chat, edge, q, fin, reply)
		case model.KindOf(err) == model.ErrServerRefused && conditionOf(err) == "item-not-found":
			// What we have is older than what the archive has left.
			a.reached(chat, edge, true)
			reply(false, nil)
		default:
			reply(false, err)
		}
	})
}

// fetched stores the page.
func (a *Archive) fetched(chat model.ChatID, edge model.Edge, q *query, fin xep.ArchiveFin, reply func(bool, error)) {
	page := model.ArchivePage{Backward: true}
	if edge.ID != "" {
		page.Before = edge.Next
	}
	placed := a.enter(q, page)
	ended := fin.Complete && !q.full || len(q.results) == 0
	met := edge.Gap != "" && placed.Overlap
	if ended || met {
		a.reached(chat, edge, ended)
	}
	reply(!ended && !met, nil)
}

// reached takes the gap away that is no more, or notes the beginning of the chat.
func (a *Archive) reached(chat model.ChatID, edge model.Edge, beginning bool) {
	if edge.Gap == "" && beginning {
		if err := a.store().ArchiveComplete(chat); err != nil {
			a.s.Fail(err)
		}
		return
	}
	_, found, err := a.store().RemoveGap(edge.Gap)
	if err != nil {
		a.s.Fail(err)
		return
	}
	if found {
		a.s.Emit(event.MessageRemoved{Chat: chat, ID: edge.Gap})
	}
}

// conditionOf is what a server said, or "".
func conditionOf(err error) string {
	var e *model.Error
	if errors.As(err, &e) {
		return e.Condition
	}
	return ""
}
