package storage

// slot is a free position right behind (before) the edge, which moves there.
func (w *weaver) slot(l *lane) (int64, error) {
	if !l.looked {
		query := `select ifnull(min(position), ?) from messages where chat = ? and position > ?`
		far := int64(end)
		if w.page.Backward {
			query, far = `select ifnull(max(position), ?) from messages where chat = ? and position < ?`, none
		}
		if _, err := w.t.get(query, []any{far, l.key, l.edge}, &l.beyond); err != nil {
			return 0, err
		}
		l.looked = true
	}
	low, high := l.edge, l.beyond
	if w.page.Backward {
		low, high = high, low
	}
	switch {
	case low == none && high == end:
		l.edge = gap
	case high == end && w.page.Backward: // the edge is the end of the chat
		l.edge, l.beyond = low+gap, low
	case high == end:
		l.edge = low + gap
	case low == none && w.page.Backward:
		l.edge = high - gap
	case low == none: // the page begins before all that is here
		l.edge, l.beyond = high-gap, high
	default:
		return w.between(l, low, high)
	}
	return l.edge, nil
}

// between finds room between two neighbours, or makes some.
func (w *weaver) between(l *lane, low, high int64) (int64, error) {
	if high-low < 2 {
		if err := w.t.do(`update messages set position = position + ? where chat = ? and position >= ?`, int64(shift), l.key, high); err != nil {
			return 0, err
		}
		if err := w.t.do(`update chats set read_position = read_position + ? where id = ? and read_position >= ?`, int64(shift), l.key, high); err != nil {
			return 0, err
		}
		if l.read >= high {
			l.read += shift
		}
		l.moved = true
		high += shift
		if !w.page.Backward {
			l.beyond = high
		}
	}
	room := min((high-low)/2, stride)
	if w.page.Backward {
		l.edge = high - room
	} else {
		l.edge = low + room
	}
	return l.edge, nil
}

// leftOut tells of a message of ours that the archive has one that we sent after it and not
// this one, though the server confirmed it: it stays before that one. Theirs have the id that
// we gave them; what another device sent says nothing.
const leftOut = `(stanza_id = '' and delivery in ('acked', 'delivered', 'displayed') and exists (select 1 from messages later
	where later.key > messages.key and +later.chat = messages.chat and later.outgoing = 1 and later.archived = 1 and later.id = later.origin_id))`

// follow moves what waits behind the newest page of a chat in which nothing had its place: the
// archive will have it there, and what we said before it may have gone up with an answer.
func (w *weaver) follow(l *lane) error {
	if !l.newest {
		return nil
	}
	top := int64(none)
	if _, err := w.t.get(`select ifnull(max(position), ?) from messages where chat = ? and archived = 1`, []any{int64(none), l.key}, &top); err != nil {
		return err
	}
	var keys []int64
	err := w.t.each(background, func(row scanner) error {
		keys = append(keys, 0)
		return row.Scan(&keys[len(keys)-1])
	}, `select key from messages where chat = ? and position > ? and position < ? and archived = 0
		and kind not in ('gap', 'nudge') and outgoing = 1 and stanza_id = '' and delivery <> 'failed' and not `+leftOut+` order by position`, l.key, l.edge, top)
	up, to := weaver{t: w.t}, &lane{key: l.key, edge: top, read: l.read}
	for _, key := range keys {
		if err != nil {
			return err
		}
		var at int64
		if at, err = up.slot(to); err == nil {
			err = w.t.do(`update messages set position = ? where key = ?`, at, key)
		}
		l.moved = true
	}
	return err
}
