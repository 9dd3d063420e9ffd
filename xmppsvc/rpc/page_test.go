package rpc

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/model"
)

// shelf is a chat whose older messages come out of an archive when nothing else is left.
type shelf struct {
	here, archive []model.MessageID // oldest first
	move          bool              // the archive moves the newest of what is here to the front
	behind        bool              // the archive's lie behind what is here
	err           error
	reads         int
}

func (s *shelf) history(before model.MessageID, n int) ([]model.Message, bool, error) {
	s.reads++
	end := len(s.here)
	if before != "" {
		if end = slices.Index(s.here, before); end < 0 {
			return nil, false, model.Errorf(model.ErrInvalid, "no such message in this chat")
		}
	}
	if end == 0 && s.err != nil {
		return nil, false, s.err
	}
	if end == 0 && s.behind && len(s.archive) > 0 {
		s.here, s.archive = append(s.here, s.archive...), nil
		return nil, true, nil
	}
	if end == 0 && len(s.archive) > 0 {
		from := max(0, len(s.archive)-n)
		s.here = append(slices.Clone(s.archive[from:]), s.here...)
		end = len(s.archive) - from
		s.archive = s.archive[:from]
		if s.move {
			last := len(s.here) - 1
			s.here = append([]model.MessageID{s.here[last]}, s.here[:last]...)
			end++
		}
	}
	var page []model.Message
	for _, id := range s.here[max(0, end-n):end] {
		page = append(page, model.Message{ID: id})
	}
	return page, end <= n && len(s.archive) == 0, nil
}

func TestPageIsReadInOnePiece(t *testing.T) {
	down := fmt.Errorf("%w: offline", xmppsvc.ErrArchive)
	for name, c := range map[string]struct {
		shelf    shelf
		before   model.MessageID
		n        int
		want     []model.MessageID
		complete bool
		err      bool
	}{
		"all here":               {shelf{here: ids("abcd")}, "", 3, ids("bcd"), false, false},
		"the rest from there":    {shelf{here: ids("cd"), archive: ids("ab")}, "", 4, ids("abcd"), true, false},
		"in several steps":       {shelf{here: ids("g"), archive: ids("abcdef")}, "", 5, ids("cdefg"), false, false},
		"what is here moves":     {shelf{here: ids("cd"), archive: ids("ab"), move: true}, "", 5, ids("dabc"), true, false},
		"what comes lies behind": {shelf{here: ids("ab"), archive: ids("cd"), behind: true}, "", 5, ids("abcd"), true, false},
		"older ones":             {shelf{here: ids("cde"), archive: ids("ab")}, "d", 3, ids("abc"), true, false},
		"none":                   {shelf{}, "", 3, nil, true, false},
		"the archive is away":    {shelf{here: ids("cd"), archive: ids("ab"), err: down}, "", 4, ids("cd"), true, false},
		"nothing is here":        {shelf{archive: ids("ab"), err: down}, "", 4, nil, true, false},
		"the disk is full":       {shelf{here: ids("cd"), archive: ids("ab"), err: errors.New("full")}, "", 4, nil, false, true},
		"not of this chat":       {shelf{here: ids("cd")}, "x", 4, nil, false, true},
		"no more than needed":    {shelf{here: ids("ab"), archive: ids("xyz")}, "", 2, ids("ab"), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			page, complete, err := wholePage(c.n, c.before, c.shelf.history)
			var got []model.MessageID
			for _, m := range page {
				got = append(got, m.ID)
			}
			if !slices.Equal(got, c.want) || complete != c.complete || (err != nil) != c.err {
				t.Errorf("%v, complete %v, %v after %d reads", got, complete, err, c.shelf.reads)
			}
			if c.shelf.reads > 2*c.n+2 {
				t.Errorf("%d reads", c.shelf.reads)
			}
		})
	}
}

func ids(letters string) (out []model.MessageID) {
	for _, r := range letters {
		out = append(out, model.MessageID(r))
	}
	return out
}
