package storage

import (
	"math"

	"github.com/google/uuid"

	"dovekie/xmppsvc/model"
)

// The order of a chat is the archive's. What comes by itself is appended with a wide gap
// (see gap); a page of the archive is woven in: a message that is not here gets a place
// next to its neighbour in the archive, and one that is here stays, unless it stands on
// the wrong side of that neighbour.
//
// A lane is one chat while a page passes. Its edge is the position of the message that
// passed last: a page that goes forward puts everything behind it, one that goes backward
// before it.

const (
	// stride is how far apart messages of a page lie.
	stride = 1 << 16
	// shift is how much room is made when there is none left between two neighbours.
	shift = 1 << 40

	none = math.MinInt64
	end  = math.MaxInt64
)

type lane struct {
	id       model.ChatID
	key      int64
	edge     int64 // none or end: nothing passed yet, and nothing there either
	beyond   int64 // of the neighbour on the far side of the edge, once it was looked up
	looked   bool
	unread   int
	read     int64 // the read position, none without
	moved    bool  // messages changed their order, or are new
	readTo   model.MessageID
	lowest   int64 // of the gap below which a backward page overlaps
	start    int64 // behind what had its place
	newest   bool  // of a backward page: nothing had its place
	overlap  bool
	told     bool
	previous bool // there was a message before
	nudges   bool // there may be some behind the edge
}

// InsertPage implements Tx.
func (t *tx) InsertPage(p model.ArchivePage) (model.Placed, error) {
	w := weaver{t: t, page: p, lanes: map[model.ChatID]*lane{}, out: model.Placed{Added: map[string]bool{}}}
	err := w.run()
	return w.out, typed("store a page of the archive", err)
}

type weaver struct {
	t     *tx
	page  model.ArchivePage
	lanes map[model.ChatID]*lane
	order []*lane
	out   model.Placed
}

func (w *weaver) run() error {
	n := len(w.page.Messages)
	for i := range n {
		a := &w.page.Messages[i]
		if w.page.Backward {
			a = &w.page.Messages[n-1-i]
		}
		if err := validate(a.Message); err != nil {
			return err
		}
		l, err := w.lane(a.Message.Chat, a.Message.Time.UnixMilli())
		if err != nil {
			return err
		}
		if err := w.pass(l, a); err != nil {
			return err
		}
	}
	for _, l := range w.order {
		if err := w.finish(l); err != nil {
			return err
		}
	}
	return nil
}

// lane opens the chat and finds where the page begins in it.
func (w *weaver) lane(id model.ChatID, now int64) (*lane, error) {
	if l := w.lanes[id]; l != nil {
		return l, nil
	}
	chat, err := w.t.openChat(id, now)
	if err != nil {
		return nil, err
	}
	l := &lane{id: id, key: chat.key, read: none, lowest: none, previous: chat.end != 0}
	if err = w.readTo(l); err == nil && w.page.Backward {
		err = w.beginBackward(l)
	} else if err == nil {
		err = w.beginForward(l)
	}
	if err != nil {
		return nil, err
	}
	w.lanes[id] = l
	w.order = append(w.order, l)
	return l, nil
}

// beginForward: where the page before this one ended; or before the first of the page that
// has its place (see Settle) already; or behind what has its place. In a chat where nothing
// has, before all. A beginning too far behind does no harm, as the page brings along what it
// passed over; one too far ahead would put the page into the past.
func (w *weaver) beginForward(l *lane) error {
	_, err := w.t.get(`select ifnull(max(position), ?) from messages where chat = ? and archived = 1`,
		[]any{int64(none), l.key}, &l.edge)
	l.start = l.edge
	if err != nil || w.page.Passed == nil || l.edge == none {
		return err
	}
	if id, ok := w.page.Passed[l.id]; ok {
		found, err := w.t.get(`select position from messages where chat = ? and id = ?`, []any{l.key, string(id)}, &l.edge)
		if err != nil || found {
			return err
		}
	}
	return w.beginAgain(l)
}

// beginAgain looks for the first of the page that has its place.
func (w *weaver) beginAgain(l *lane) error {
	for i := range w.page.Messages {
		m := w.page.Messages[i].Message
		if m.Chat != l.id {
			continue
		}
		key, err := w.t.find(m)
		if err != nil {
			return err
		}
		found, err := w.t.get(`select ifnull((select max(p.position) from messages p where p.chat = m.chat and p.position < m.position), ?)
			from messages m where m.key = ? and m.chat = ? and m.archived = 1`, []any{int64(none), key, l.key}, &l.edge)
		if err != nil || found {
			return err
		}
	}
	return nil
}

// passedTo notes where the lane has come to.
func (w *weaver) passedTo(l *lane) error {
	if w.page.Passed == nil {
		return nil
	}
	var id string
	found, err := w.t.get(`select id from messages where chat = ? and position = ?`, []any{l.key, l.edge}, &id)
	if found {
		w.page.Passed[l.id] = model.MessageID(id)
	}
	return err
}

// beginBackward: right before the row that was named, or before what the archive has
// shown, or at the end.
func (w *weaver) beginBackward(l *lane) error {
	l.edge = end
	if w.page.Before != "" {
		found, err := w.t.get(`select position from messages where chat = ? and id = ?`, []any{l.key, string(w.page.Before)}, &l.edge)
		if err != nil || !found {
			return err
		}
		_, err = w.t.get(`select ifnull(max(position), ?) from messages where chat = ? and kind = 'gap' and position < ?`,
			[]any{int64(none), l.key, l.edge}, &l.lowest)
		return err
	}
	_, err := w.t.get(`select ifnull(min(position), ?) from messages where chat = ? and archived = 1`,
		[]any{int64(end), l.key}, &l.edge)
	if err == nil && l.edge == end {
		l.newest = true
		err = w.beginAtTop(l)
	}
	return err
}

// beginAtTop: of a chat where nothing has its place, the page is the newest; what came after it
// stays behind it.
func (w *weaver) beginAtTop(l *lane) error {
	top := int64(none)
	for i := range w.page.Messages {
		if m := &w.page.Messages[i].Message; m.Chat == l.id {
			key, err := w.t.find(*m)
			if err != nil {
				return err
			}
			at := int64(none)
			if _, err := w.t.get(`select position from messages where key = ? and chat = ?`, []any{key, l.key}, &at); err != nil {
				return err
			}
			top = max(top, at)
		}
	}
	if top != none {
		l.edge = top + 1
	}
	return nil
}

// pass takes one message.
func (w *weaver) pass(l *lane, a *model.ArchivedMessage) error {
	key, err := w.t.find(a.Message)
	if err != nil {
		return err
	}
	if key != 0 {
		w.out.Known++
		return w.passKnown(l, a, key)
	}
	if key, err = w.t.retried(a.Message); err != nil {
		return err
	}
	if key != 0 {
		w.out.Known++
		return w.passRetry(l, a, key)
	}
	return w.insert(l, a)
}

// passRetry takes one that the archive holds more than once: the first try has the place.
// What is here may be a later one that came by itself.
func (w *weaver) passRetry(l *lane, a *model.ArchivedMessage, key int64) error {
	if w.page.Backward {
		return nil
	}
	var at int64
	var archived bool
	found, err := w.t.get(`select position, archived from messages where key = ? and chat = ?`, []any{key, l.key}, &at, &archived)
	if err != nil || !found || archived && at <= l.edge {
		return err
	}
	if err := w.rename(a, key); err != nil {
		return err
	}
	return w.passKnown(l, a, key)
}

// rename gives a message the id of the copy whose place it takes.
func (w *weaver) rename(a *model.ArchivedMessage, key int64) error {
	return w.t.do(`update messages set stanza_id = ?, stanza_by = ? where key = ?`, a.Message.StanzaID, a.Message.StanzaBy.String(), key)
}

// passKnown takes one that is here.
func (w *weaver) passKnown(l *lane, a *model.ArchivedMessage, key int64) error {
	var at, chat int64
	var archived bool
	var id string
	if _, err := w.t.get(`select position, archived, chat, stanza_id from messages where key = ?`, []any{key}, &at, &archived, &chat, &id); err != nil {
		return err
	}
	if a.Message.Outgoing {
		if err := w.arrived(key, a.Message); err != nil {
			return err
		}
	}
	if chat != l.key {
		return nil // kept elsewhere by an earlier version
	}
	if id != "" && id != a.Message.StanzaID {
		if w.page.Backward || at <= l.edge {
			return nil // a retry of ours: it stays where it is
		}
		// The first try, which an earlier page lacked.
		if err := w.rename(a, key); err != nil {
			return err
		}
	}
	if !archived {
		if err := w.t.do(`update messages set archived = 1 where key = ?`, key); err != nil {
			return err
		}
	}
	if l.lowest != none && at < l.lowest {
		l.overlap = true
	}
	return w.moveKnown(l, key, at, archived)
}

// moveKnown takes one that is here, at that position, to its place.
func (w *weaver) moveKnown(l *lane, key, at int64, archived bool) error {
	if at == l.edge {
		return nil
	}
	stays, err := w.stays(l, at, archived)
	if err != nil {
		return err
	}
	if stays {
		l.edge, l.looked = at, false
		return nil
	}
	l.start = min(l.start, at) // what we wrote after it goes along
	if at, err = w.slot(l); err != nil {
		return err
	}
	l.moved = true
	return w.t.do(`update messages set position = ? where key = ?`, at, key)
}

// stays tells whether a message that is here stands on the right side. A page that goes backward
// takes it along where others lie between that came by themselves: it is of ours, and got its
// place while it waited. If the pages end here, those others must lie before them.
func (w *weaver) stays(l *lane, at int64, archived bool) (bool, error) {
	if !w.page.Backward {
		return w.staysForward(l, at, archived)
	}
	between := false
	_, err := w.t.get(`select exists (select 1 from messages where chat = ? and position > ? and position < ? and archived = 0
		and kind <> 'gap' and stanza_id <> '' and key not in (select message from outbox))`, []any{l.key, at, l.edge}, &between)
	return at < l.edge && !between, err
}

// staysForward: what has no place yet comes before what has one, because the page would have
// shown that first. It came after a page that lacked it.
func (w *weaver) staysForward(l *lane, at int64, archived bool) (bool, error) {
	if archived || at < l.edge {
		return at > l.edge, nil
	}
	between := false
	_, err := w.t.get(`select exists (select 1 from messages where chat = ? and position > ? and position < ? and archived = 1 and kind <> 'gap')`,
		[]any{l.key, l.edge, at}, &between)
	return !between, err
}

// arrived is for a message of ours: that the archive has it is as good as an ack.
func (w *weaver) arrived(key int64, m model.Message) error {
	if err := w.t.adopt(key, m.StanzaBy, m.StanzaID); err != nil {
		return err
	}
	var id string
	if _, err := w.t.get(`select id from messages where key = ?`, []any{key}, &id); err != nil {
		return err
	}
	own, changed, err := w.t.setDelivery(model.MessageID(id), model.Acked, false, nil)
	if changed {
		w.out.Own = append(w.out.Own, own)
	}
	return err
}

// approach readies the edge for a message that is not here.
func (w *weaver) approach(l *lane) error {
	switch {
	case w.page.Backward && l.edge == end:
		// Nothing of the page is here: it lies before what has not reached the server.
		_, err := w.t.get(`select ifnull(min(position), ?) from messages where chat = ? and outgoing = 1 and archived = 0
			and delivery in ('queued', 'sent', 'failed')`, []any{int64(end), l.key}, &l.edge)
		return err
	case w.page.Backward || w.page.Lost == nil || w.page.Lost[l.id]:
		return nil
	}
	w.page.Lost[l.id] = true
	if !l.previous {
		return nil
	}
	return w.gap(l, model.GapLost)
}

// insert stores a message that is not here.
func (w *weaver) insert(l *lane, a *model.ArchivedMessage) error {
	if err := w.approach(l); err != nil {
		return err
	}
	if err := w.passNudges(l, a.Message.Time); err != nil {
		return err
	}
	at, err := w.slot(l)
	if err != nil {
		return err
	}
	m := a.Message
	m.Position = at
	m.Live = m.Live && !w.page.Backward // the past is not unread
	m.Time = m.Time.UTC().Truncate(1e6)
	key, err := w.t.row(row{Message: m, chat: l.key, wireID: a.WireID, raw: a.Raw, archived: true, markable: a.Markable})
	if err != nil {
		return err
	}
	l.moved = true
	w.out.Added[m.StanzaID] = true
	if m.Kind == model.KindText {
		if err := w.t.do(`insert into message_text (rowid, body) values (?, ?)`, key, indexed(m.Body)); err != nil {
			return err
		}
	}
	if !w.page.Backward && m.Outgoing {
		l.readTo, l.read, l.unread = m.ID, at, 0 // who answers has read
	}
	if countsUnread(m) && at > l.read {
		l.unread++
	}
	return nil
}

func (w *weaver) gap(l *lane, s model.GapState) error {
	at, err := w.slot(l)
	if err == nil {
		_, err = w.t.gapRow(l.id, l.key, at, s)
	}
	return err
}

// carry moves what the page has passed over along with the edge, in its order: it came by
// itself, so it lies behind the page in the archive, and what was said one after the other
// is never shown the other way round while the pages come. What the archive cannot have, as
// it was never numbered, never left us or was left out, stays.
func (w *weaver) carry(l *lane) error {
	if w.page.Backward || l.edge == l.start {
		return nil
	}
	var keys []int64
	err := w.t.each(background, func(row scanner) error {
		keys = append(keys, 0)
		return row.Scan(&keys[len(keys)-1])
	}, `select key from messages where chat = ? and position > ? and position < ? and archived = 0
		and (kind not in ('gap', 'nudge') and (stanza_id <> '' or outgoing = 1 and delivery <> 'failed' and not `+leftOut+`)
			or kind = 'gap' and (select state from gaps where message = key) = 'filling') order by position`,
		l.key, l.start, l.edge)
	for _, key := range keys {
		if err != nil {
			return err
		}
		var at int64
		if at, err = w.slot(l); err == nil {
			err = w.t.do(`update messages set position = ? where key = ?`, at, key)
		}
		l.moved = true
	}
	return err
}

// finish brings what the chat's row says in line with its messages.
func (w *weaver) finish(l *lane) error {
	w.out.Overlap = w.out.Overlap || l.overlap
	if err := w.passedTo(l); err != nil {
		return err
	}
	if err := w.carry(l); err != nil {
		return err
	}
	if err := w.follow(l); err != nil {
		return err
	}
	if !l.moved && l.readTo == "" {
		return nil
	}
	err := w.t.do(`update chats set unread = unread + ?2,
			last_message = (select key from messages where chat = ?1 and kind not in ('unused', 'gap') order by position desc limit 1),
			updated = ifnull((select time from messages where chat = ?1 and kind not in ('unused', 'gap') order by position desc limit 1), updated),
			read_position = ifnull((select position from messages where id = chats.read_up_to), read_position)
		where id = ?1`, l.key, l.unread)
	if err != nil {
		return err
	}
	var c model.Chat
	if l.readTo != "" {
		c, _, err = w.t.markDisplayed(l.id, l.readTo)
	} else {
		c, err = w.t.chat(l.id)
	}
	if err != nil {
		return err
	}
	w.out.Chats = append(w.out.Chats, c)
	return nil
}

// gapRow stores a gap at a position that is free.
func (t *tx) gapRow(chat model.ChatID, key, at int64, s model.GapState) (model.Message, error) {
	m := model.Message{
		ID: model.MessageID(uuid.NewString()), Chat: chat, Kind: model.KindGap, From: chat.Account, Position: at, Gap: s,
	}
	var neighbour int64
	if _, err := t.get(`select ifnull((select time from messages where chat = ? and position > ? order by position limit 1), 0)`,
		[]any{key, at}, &neighbour); err != nil {
		return m, err
	}
	m.Time = fromMillis(neighbour)
	rowKey, err := t.row(row{Message: m, chat: key})
	if err != nil {
		return m, err
	}
	return m, t.do(`insert into gaps (message, state) values (?, ?)`, rowKey, string(s))
}
