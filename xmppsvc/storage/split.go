package storage

import (
	"math"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// SplitOff implements Tx.
func (t *tx) SplitOff(account jid.JID, last int64) ([]model.Message, error) {
	var lanes []*lane
	err := t.each(background, func(row scanner) error {
		l := &lane{id: model.ChatID{Account: account}, read: none, lowest: none}
		lanes = append(lanes, l)
		return row.Scan(&l.key, address{&l.id.Peer})
	}, `select id, peer from chats where account = ? order by id`, account.String())
	w := weaver{t: t, page: model.ArchivePage{Backward: true}}
	var gaps []model.Message
	for _, l := range lanes {
		if err != nil {
			break
		}
		var gap model.Message
		if gap, err = w.splitOff(l, last); err == nil && gap.ID != "" {
			gaps = append(gaps, gap)
		}
	}
	return gaps, typed("split off what is older", err)
}

// splitOff gives the gap, or none. What our account has numbered is in its archive, and this
// reading should have shown it if it were not older than what that has.
func (w *weaver) splitOff(l *lane, last int64) (gap model.Message, err error) {
	found := false
	if _, err := w.t.get(`select exists (select 1 from messages where chat = ? and archived = 0
		and key <= ? and kind <> 'gap' and stanza_id <> '')`, []any{l.key, last}, &found); err != nil || !found {
		return gap, err
	}
	l.edge = end
	if _, err := w.t.get(`select ifnull(min(position), ?3) from messages where chat = ?1 and (archived = 1 or key > ?2) and kind <> 'gap'`,
		[]any{l.key, last, int64(math.MaxInt64)}, &l.edge); err != nil {
		return gap, err
	}
	at, err := w.slot(l)
	if err != nil {
		return gap, err
	}
	return w.t.gapRow(l.id, l.key, at, model.GapOpen)
}
