package state

import "slices"

// ordered is a list that is in order at all times: one element moves alone. What was
// given out of it never changes.
type ordered[T any] struct {
	items   []T
	compare func(a, b T) int // no two elements are equal
	given   bool
}

// sortedBy is a list of elements in any order, which it keeps.
func sortedBy[T any](compare func(a, b T) int, items []T) ordered[T] {
	slices.SortFunc(items, compare)
	return ordered[T]{items: items, compare: compare}
}

// give is the list as it is now.
func (o *ordered[T]) give() []T {
	o.given = true
	return o.items
}

// own makes the items the list's alone again.
func (o *ordered[T]) own() {
	if o.given {
		o.items, o.given = slices.Clone(o.items), false
	}
}

func (o *ordered[T]) add(v T) {
	i, found := slices.BinarySearchFunc(o.items, v, o.compare)
	if !found {
		o.own()
		o.items = slices.Insert(o.items, i, v)
	}
}

// remove takes an element out; before it changes, else it would not be found.
func (o *ordered[T]) remove(v T) {
	i, found := slices.BinarySearchFunc(o.items, v, o.compare)
	if found {
		o.own()
		o.items = slices.Delete(o.items, i, i+1)
	}
}
