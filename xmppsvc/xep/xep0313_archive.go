package xep

import (
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// NSArchive is XEP-0313.
const NSArchive = "urn:xmpp:mam:2"

// ArchiveQuery asks an archive for messages, oldest first. It is the payload of an IQ of
// type set to the archive's address.
type ArchiveQuery struct {
	ID         string    // comes back with every result; never leave it out
	With       jid.JID   // only messages with this address; zero: with anybody
	Start, End time.Time // only from and up to these moments; zero: no bound
	Page
}

// Element builds the payload.
func (q ArchiveQuery) Element() *stanza.Element {
	f := Form{Type: "submit", Fields: []Field{{Var: "FORM_TYPE", Type: "hidden", Values: []string{NSArchive}}}}
	add := func(name, value string) { f.Fields = append(f.Fields, Field{Var: name, Values: []string{value}}) }
	if !q.With.IsZero() {
		add("with", q.With.String())
	}
	if !q.Start.IsZero() {
		add("start", FormatTime(q.Start))
	}
	if !q.End.IsZero() {
		add("end", FormatTime(q.End))
	}
	el := stanza.New(NSArchive, "query").With("queryid", q.ID)
	if len(f.Fields) > 1 {
		el.Add(f.Element())
	}
	if q.Page != (Page{}) {
		el.Add(q.Page.Element())
	}
	return el
}

// ReadArchiveQuery reads the IQ that asks. Unlike other readers it is strict about what
// narrows the question, because an archive must not answer another one: ok is false for
// a filter that it does not know or cannot understand.
func ReadArchiveQuery(iq *stanza.Element) (q ArchiveQuery, ok bool) {
	el := iq.Child(NSArchive, "query")
	if !iq.Is(stanza.NSClient, "iq") || iq.Get("type") != "set" || el == nil {
		return q, false
	}
	q.ID = identifier(el.Get("queryid"))
	q.Page, _ = PageOf(el)
	f, filtered := FormOf(el)
	if !filtered {
		return q, true
	}
	for _, field := range f.Fields {
		var value string
		if len(field.Values) > 0 {
			value = field.Values[0]
		}
		switch field.Var {
		case "FORM_TYPE":
			ok = value == NSArchive
		case "with":
			q.With, ok = address(value)
		case "start":
			q.Start, ok = ParseTime(value)
		case "end":
			q.End, ok = ParseTime(value)
		default:
			ok = false
		}
		if !ok {
			return ArchiveQuery{}, false
		}
	}
	return q, true
}

// ArchiveResult is one message out of an archive. Anybody can send a message that looks
// so. XEP-0313 §8.2: "A client MUST verify the source of MAM query results against an open
// query (i.e. checking the stanza 'from' matches the entity that was queried) and MUST
// either ignore or otherwise disregard […] unsolicited results". Only the caller knows
// what it asked, so it believes a result only if
//
//   - From is the archive it asked: for our own archive our bare JID, or zero, since a
//     stanza without a sender is from our account (RFC 6120 §8.1.2.1), and
//   - QueryID is that of a query that is still open there.
//
// What stands inside is a message as it was, and no wrapper in it (a carbon, a result) is
// to be opened again.
type ArchiveResult struct {
	From    jid.JID // of the message that brought it; zero when it had none
	QueryID string
	ID      string // in the archive; the same as the live message's stanza-id
	Forwarded
}

// Element builds the child of the message that an archive sends.
func (r ArchiveResult) Element() *stanza.Element {
	return stanza.New(NSArchive, "result", r.Forwarded.Element()).With("queryid", r.QueryID).With("id", r.ID)
}

// ArchiveResultOf reads a result; one that holds no message, has no id or comes from an
// address that is none is no result. Who sent it is for the caller to check, see there.
func ArchiveResultOf(message *stanza.Element) (r ArchiveResult, ok bool) {
	el := message.Child(NSArchive, "result")
	if !message.Is(stanza.NSClient, "message") || el == nil {
		return r, false
	}
	if from := message.Get("from"); from != "" {
		if r.From, ok = address(from); !ok {
			return r, false
		}
	}
	r.QueryID, r.ID = identifier(el.Get("queryid")), identifier(el.Get("id"))
	r.Forwarded, ok = ForwardedOf(el)
	if !ok || r.ID == "" || !r.Stanza.Is(stanza.NSClient, "message") {
		return ArchiveResult{}, false
	}
	return r, true
}

// ArchiveFin ends the results of a query: it is the payload of the IQ's answer.
type ArchiveFin struct {
	Complete bool // nothing lies beyond this page in the direction of paging
	Stable   bool // the archive says nothing else: its order will not change
	PageResult
}

// Element builds the payload.
func (f ArchiveFin) Element() *stanza.Element {
	el := stanza.New(NSArchive, "fin", f.PageResult.Element())
	if f.Complete {
		el.SetAttr("complete", "true")
	}
	if !f.Stable {
		el.SetAttr("stable", "false")
	}
	return el
}

// ArchiveFinOf reads the answer that ends a query. That it answers our question is what
// the IQ's id and sender say, as for every answer.
func ArchiveFinOf(iq *stanza.Element) (ArchiveFin, bool) {
	el := iq.Child(NSArchive, "fin")
	if !iq.Is(stanza.NSClient, "iq") || iq.Get("type") != "result" || el == nil {
		return ArchiveFin{}, false
	}
	stable := el.Get("stable")
	f := ArchiveFin{Complete: boolean(el.Get("complete")), Stable: stable == "" || boolean(stable)}
	f.PageResult, _ = PageResultOf(el)
	return f, true
}
