package storage

import (
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"sync"

	"dovekie/xmppsvc/model"
)

const (
	rawMax      = 64 << 10 // compressed; more is not kept
	unpackedMax = 16 << 20 // no stanza is longer
)

// small is the element that is wrapped and not made smaller: what a better way would save of
// half a kilobyte costs a sixth of catching up.
const small = 1 << 10

// wrappers and deflaters write what the same reader reads. The latter are the fastest ones:
// a better one clears half a megabyte for each element.
var (
	wrappers  = sync.Pool{New: func() any { return deflater(flate.NoCompression) }}
	deflaters = sync.Pool{New: func() any { return deflater(flate.BestSpeed) }}
)

func deflater(level int) *flate.Writer {
	w, _ := flate.NewWriter(nil, level) // fails only for an unknown level
	return w
}

// pack compresses an element; nil when there is none or it stays over the limit.
func pack(raw []byte) ([]byte, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	pool := &deflaters
	if len(raw) <= small {
		pool = &wrappers
	}
	w := pool.Get().(*flate.Writer)
	defer pool.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil || b.Len() > rawMax {
		return nil, err
	}
	return b.Bytes(), nil
}

// Raw is the XML of the element that the message came in, nil when none was kept (there
// was none, or it was too large); errors as Message.
func (s *Store) Raw(ctx context.Context, id model.MessageID) ([]byte, error) {
	var packed []byte
	found, err := s.read.one(ctx, `select raw from messages where id = ?`, []any{string(id)}, &packed)
	switch {
	case err != nil:
		return nil, typed("read the element", err)
	case !found:
		return nil, model.Errorf(model.ErrInvalid, "no such message: %w", ErrNotFound)
	case packed == nil:
		return nil, nil
	}
	out, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), unpackedMax))
	if err != nil {
		return nil, typed("read the element", fmt.Errorf("unpack: %w", err))
	}
	return out, nil
}
