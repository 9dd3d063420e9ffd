package rpc

import (
	"errors"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/model"
)

// wholePage is a page of n messages before the message. It is full unless nothing older
// can be had: what is not here comes from the archive. The page is then read anew, in one
// piece, because the archive gives what is here already its place, too: two parts read one
// after the other could show a message twice, or out of its order.
func wholePage(n int, before model.MessageID, history func(before model.MessageID, n int) ([]model.Message, bool, error)) ([]model.Message, bool, error) {
	had := 0
	for {
		page, complete, err := history(before, n)
		if errors.Is(err, xmppsvc.ErrArchive) {
			return nil, true, nil // nothing older can be had while the archive is away
		}
		if err != nil || complete || len(page) >= n || len(page) <= had {
			return page, complete, err
		}
		had = len(page)
		older, _, err := history(page[0].ID, n-len(page))
		if errors.Is(err, xmppsvc.ErrArchive) {
			return page, true, nil
		}
		if err != nil && model.KindOf(err) != model.ErrInvalid { // that message may just have gone
			return nil, false, err
		}
		if err == nil && len(older) == 0 { // nothing before what was here; perhaps behind it
			page, _, err = history(before, n)
			return page, true, err
		}
	}
}
