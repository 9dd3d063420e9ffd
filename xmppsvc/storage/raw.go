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

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.DefaultCompression) // fails only for an unknown level
	return w
}}

// pack compresses an element; nil when there is none or it stays over the limit.
func pack(raw []byte) ([]byte, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
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
