package storage

import (
	"time"
)

// No archive keeps a nudge: it is a headline (XEP-0313 §5.1.1). So it never gets a place of
// its own there; it keeps the one behind what was said before it.

// readTo finds how far the chat was read, by what an archive can have: somebody who has seen
// a nudge has not seen what they missed before it.
func (w *weaver) readTo(l *lane) error {
	_, err := w.t.get(`select position from messages where chat = ?1 and kind <> 'nudge'
		and position <= (select read_position from chats where id = ?1) order by position desc limit 1`, []any{l.key}, &l.read)
	if err == nil && !w.page.Backward {
		_, err = w.t.get(`select exists (select 1 from messages where chat = ? and kind = 'nudge'
			and position > ifnull((select max(position) from messages where chat = ? and archived = 1), ?))`,
			[]any{l.key, l.key, int64(none)}, &l.nudges)
	}
	return err
}

// passNudges moves the edge behind the nudges that follow it and are older than a message
// which is not here. The clocks may differ, but only by them can it be told.
func (w *weaver) passNudges(l *lane, now time.Time) error {
	if !l.nudges {
		return nil
	}
	passed, err := w.t.get(`select position from messages where chat = ?1 and position > ?2 and kind = 'nudge' and time <= ?3
		and position < ifnull((select min(position) from messages where chat = ?1 and position > ?2 and kind <> 'nudge'), ?4)
		order by position desc limit 1`, []any{l.key, l.edge, now.UnixMilli(), int64(end)}, &l.edge)
	if passed {
		l.looked = false
	}
	return err
}
