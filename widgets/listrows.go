package widgets

import (
	"slices"
	"sort"

	"dovekie/widgets/skin"
)

// ListSource has the rows of a list, which asks for those in sight alone: there may be
// thousands, and nobody has to make them all. How many rows there are, of which kinds,
// in which order and with which keys must not change while the list has the source; what
// a row shows may, and is asked for again when the list gets its next source.
type ListSource interface {
	// Spans are runs of rows of one kind, from top to bottom.
	Spans() []ListSpan
	// Row makes a row.
	Row(i int) ListItem
	// Find is the place of the row with the key, -1 for none.
	Find(key string) int
}

// ListSpan is a run of rows of one kind.
type ListSpan struct {
	Kind RowKind
	Len  int
}

// itemSource are rows that were all made beforehand.
type itemSource []ListItem

// Spans implements ListSource.
func (s itemSource) Spans() []ListSpan {
	var spans []ListSpan
	for i := range s {
		if n := len(spans); n > 0 && spans[n-1].Kind == s[i].Kind {
			spans[n-1].Len++
		} else {
			spans = append(spans, ListSpan{s[i].Kind, 1})
		}
	}
	return spans
}

// Row implements ListSource.
func (s itemSource) Row(i int) ListItem { return s[i] }

// Find implements ListSource.
func (s itemSource) Find(key string) int {
	return slices.IndexFunc(s, func(i ListItem) bool { return i.Key == key })
}

// listRows are the rows of a source and where they stand. All rows of a span are equally
// high, so that places are known by span and not by row.
type listRows struct {
	source ListSource
	spans  []placedSpan
	count  int
	bottom float32 // where the last row ends
}

type placedSpan struct {
	ListSpan
	first int     // its first row
	top   float32 // where that stands
}

func newListRows(source ListSource) listRows {
	spans := source.Spans()
	r := listRows{source: source, spans: make([]placedSpan, 0, len(spans)), bottom: listTop}
	for _, s := range spans {
		if s.Len == 0 {
			continue
		}
		if n := len(r.spans); s.Kind == GroupRow && n > 0 && r.spans[n-1].Kind != GroupRow {
			r.bottom += skin.GroupGap
		}
		r.spans = append(r.spans, placedSpan{s, r.count, r.bottom})
		r.count += s.Len
		r.bottom += float32(s.Len) * s.Kind.height()
	}
	return r
}

// span is the span of row i, which must exist.
func (r *listRows) span(i int) *placedSpan {
	n := sort.Search(len(r.spans), func(n int) bool { return r.spans[n].first > i })
	return &r.spans[n-1]
}

// has reports whether there is a row i.
func (r *listRows) has(i int) bool { return i >= 0 && i < r.count }

func (r *listRows) kind(i int) RowKind { return r.span(i).Kind }

func (r *listRows) height(i int) float32 { return r.kind(i).height() }

// top is where row i stands, or the last one ends.
func (r *listRows) top(i int) float32 {
	if i == r.count {
		return r.bottom
	}
	s := r.span(i)
	return s.top + float32(i-s.first)*s.Kind.height()
}

func (r *listRows) row(i int) ListItem { return r.source.Row(i) }

// key is the key of row i, "" when there is no such row.
func (r *listRows) key(i int) string {
	if !r.has(i) {
		return ""
	}
	return r.source.Row(i).Key
}

// end is the height of all rows with the space around them.
func (r *listRows) end() float32 {
	if r.count == 0 {
		return 0
	}
	return r.bottom + listBottom
}

// at is the row at the height y of the content, -1 for none.
func (r *listRows) at(y float32) int {
	i := r.from(y)
	if i == r.count || r.top(i) > y {
		return -1
	}
	return i
}

// from is the first row that reaches below the height y.
func (r *listRows) from(y float32) int {
	n := sort.Search(len(r.spans), func(n int) bool {
		s := &r.spans[n]
		return s.top+float32(s.Len)*s.Kind.height() > y
	})
	if n == len(r.spans) {
		return r.count
	}
	s := &r.spans[n]
	return s.first + max(int((y-s.top)/s.Kind.height()), 0)
}

// sight are the rows from first to before end that show between two heights.
func (r *listRows) sight(top, bottom float32) (first, end int) {
	first = r.from(top)
	end = first
	for end < r.count && r.top(end) < bottom {
		end++
	}
	return first, end
}

// find is the place of the key, looked for first where it may still be.
func (r *listRows) find(key string, guess int) int {
	switch {
	case key == "" || r.count == 0:
		return -1
	case r.key(guess) == key:
		return guess
	}
	return r.source.Find(key)
}
