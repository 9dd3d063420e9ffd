package xep

import (
	"strconv"
	"strings"

	"dovekie/xmppsvc/stanza"
)

// NSPages is XEP-0059.
const NSPages = "http://jabber.org/protocol/rsm"

// Page says which part of a long answer is wanted. The zero Page wants what the server
// likes to give first.
type Page struct {
	Max    int    // how many at most; 0 says nothing, less than 0 asks for the count alone
	After  string // the id before the page's first
	Before string // the id after the page's last: paging backwards
	Last   bool   // the last page (an empty <before/>); Before is not said then
}

// Element builds the child of a query.
func (p Page) Element() *stanza.Element {
	set := stanza.New(NSPages, "set")
	if p.Max != 0 {
		set.Add(stanza.NewText(NSPages, "max", strconv.Itoa(max(p.Max, 0))))
	}
	if p.After != "" {
		set.Add(stanza.NewText(NSPages, "after", p.After))
	}
	switch {
	case p.Last:
		set.Add(stanza.New(NSPages, "before"))
	case p.Before != "":
		set.Add(stanza.NewText(NSPages, "before", p.Before))
	}
	return set
}

// PageOf reads which page a query wants. A maximum that is no number is none. An id that
// is too long to be one stays as it is, so that a server does not take the question for
// another: no item has it.
func PageOf(query *stanza.Element) (Page, bool) {
	set := query.Child(NSPages, "set")
	if set == nil {
		return Page{}, false
	}
	p := Page{After: set.ChildText(NSPages, "after"), Before: set.ChildText(NSPages, "before")}
	p.Last = set.Child(NSPages, "before") != nil && p.Before == ""
	if el := set.Child(NSPages, "max"); el != nil {
		switch n := count(el.Text()); {
		case n == 0: // XEP-0059 §2.7: zero asks how many there are
			p.Max = -1
		case n > 0:
			p.Max = n
		}
	}
	return p, true
}

// PageResult says which part of the answer came. First and Last are "" for an empty page.
type PageResult struct {
	First, Last string // ids of the page's ends
	Index       int    // of First in the whole, perhaps roughly; -1 if the server did not say
	Count       int    // of the whole, perhaps roughly; -1 if the server did not say
}

// Element builds the child of an answer.
func (r PageResult) Element() *stanza.Element {
	set := stanza.New(NSPages, "set")
	if r.First != "" {
		first := stanza.NewText(NSPages, "first", r.First)
		if r.Index >= 0 {
			first.SetAttr("index", strconv.Itoa(r.Index))
		}
		set.Add(first)
	}
	if r.Last != "" {
		set.Add(stanza.NewText(NSPages, "last", r.Last))
	}
	if r.Count >= 0 {
		set.Add(stanza.NewText(NSPages, "count", strconv.Itoa(r.Count)))
	}
	return set
}

// PageResultOf reads which page an answer is. A number that cannot be one counts as not
// said.
func PageResultOf(answer *stanza.Element) (PageResult, bool) {
	set := answer.Child(NSPages, "set")
	if set == nil {
		return PageResult{Index: -1, Count: -1}, false
	}
	r := PageResult{
		First: identifier(set.ChildText(NSPages, "first")),
		Last:  identifier(set.ChildText(NSPages, "last")),
		Index: -1,
		Count: count(set.ChildText(NSPages, "count")),
	}
	if first := set.Child(NSPages, "first"); first != nil {
		r.Index = count(first.Get("index"))
	}
	return r, true
}

// count is the number of things that s holds, or -1: XEP-0059's integers have no sign and
// are not larger than xs:int.
func count(s string) int {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}
