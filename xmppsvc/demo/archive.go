package demo

import (
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// The bounds of one account's archive; the oldest messages go first (XEP-0313 §3.2).
const (
	maxArchived      = 20_000
	maxArchivedBytes = 32 << 20
)

// The bounds of one page, whatever was asked for. One message may be over the bytes.
const (
	maxPage      = 100
	maxPageBytes = 1 << 20
)

// archive is what one account sent and got, in the order of its sessions.
type archive struct {
	all   []archived
	first int            // number of all[0]; numbers are not used again
	at    map[string]int // number by id
	bytes int
}

// archived is one message.
type archived struct {
	id   string
	peer jid.JID // full, of the other side; the account itself for a note to self
	time time.Time
	xml  string
}

func newArchive() *archive { return &archive{at: map[string]int{}} }

// add appends a message and lets the oldest go; it returns how many went.
func (a *archive) add(m archived) (expired int) {
	a.at[m.id] = a.first + len(a.all)
	a.all = append(a.all, m)
	a.bytes += len(m.xml)
	for len(a.all)-expired > maxArchived || a.bytes > maxArchivedBytes {
		old := a.all[expired]
		delete(a.at, old.id)
		a.bytes -= len(old.xml)
		expired++
	}
	clear(a.all[:expired])
	a.all = a.all[expired:]
	a.first += expired
	return expired
}

// page is what a question gets.
type page struct {
	messages []archived
	count    int // of all that match, on whatever page
	complete bool
}

// find answers a question; false if it names a message that is not there (XEP-0313
// §4.3: "the server MUST return an item-not-found error").
func (a *archive) find(q xep.ArchiveQuery) (page, bool) {
	from, to := 0, len(a.all)
	if q.After != "" {
		n, ok := a.at[q.After]
		if !ok {
			return page{}, false
		}
		from = n - a.first + 1
	}
	if q.Before != "" {
		n, ok := a.at[q.Before]
		if !ok {
			return page{}, false
		}
		to = n - a.first
	}
	var p page
	var in []int // of those that match, the ones between After and Before
	for i := range a.all {
		if matches(&a.all[i], q) {
			p.count++
			if from <= i && i < to {
				in = append(in, i)
			}
		}
	}
	wanted := q.Max
	switch {
	case wanted < 0:
		wanted = 0
	case wanted == 0:
		wanted = maxPage
	}
	backwards := q.Last || q.Before != ""
	n := a.fit(in, min(wanted, maxPage), backwards)
	p.complete = n == len(in)
	if backwards {
		in = in[len(in)-n:]
	} else {
		in = in[:n]
	}
	for _, i := range in {
		p.messages = append(p.messages, a.all[i])
	}
	return p, true
}

// fit is how many of the messages make one page, counted from its beginning or its end.
func (a *archive) fit(in []int, most int, backwards bool) int {
	n, bytes := 0, 0
	for n < min(most, len(in)) {
		i := in[n]
		if backwards {
			i = in[len(in)-1-n]
		}
		bytes += len(a.all[i].xml)
		if n > 0 && bytes > maxPageBytes {
			break
		}
		n++
	}
	return n
}

// matches applies the filters of XEP-0313 §4.1. A bare address means all its resources;
// the owner's own means what the owner wrote to itself.
func matches(m *archived, q xep.ArchiveQuery) bool {
	switch {
	case !q.Start.IsZero() && m.time.Before(q.Start), !q.End.IsZero() && m.time.After(q.End):
		return false
	case q.With.IsZero():
		return true
	case q.With.IsFull():
		return m.peer == q.With
	}
	return m.peer.Bare() == q.With
}

// archiveID is the id under which an account will find a message, "" if it will not.
func archiveID(acct *account, msg *stanza.Element) string {
	if acct.Keys == nil || !worth(msg) || xep.HasHint(msg, xep.NoPermanentStore) {
		return ""
	}
	return newID()
}

// worth reports whether a message is worth keeping: what somebody said, and how far it
// got. A sender may say otherwise (XEP-0334).
func worth(msg *stanza.Element) bool {
	switch msg.Get("type") {
	case "", "normal", "chat":
	default:
		return false
	}
	if xep.HasHint(msg, xep.NoStore) {
		return false
	}
	_, receipt := xep.ReceiptOf(msg)
	_, marker := xep.MarkerOf(msg)
	return receipt || marker || msg.Child(stanza.NSClient, "body") != nil || xep.HasHint(msg, xep.StoreHint)
}

// archive keeps a message that one side of acct sent or got; an id of "" keeps nothing.
func (s *Server) archive(acct *account, id string, peer jid.JID, msg *stanza.Element) {
	if id != "" {
		s.keepFor(acct, archived{id, peer, s.now(), stamped(msg, acct.jid, "").String()})
	}
}

// queryArchive answers a question about one's own archive: first the messages, then what
// they were (XEP-0313 §4).
func (s *Server) queryArchive(from *session, payload *stanza.Element) (*stanza.Element, *condition) {
	q, ok := xep.ReadArchiveQuery(stanza.NewIQ("set", "", "", payload))
	if !ok {
		return nil, badRequest
	}
	p, ok := from.acct.archive.find(q)
	if !ok {
		return nil, notFound
	}
	fin := xep.ArchiveFin{Complete: p.complete, Stable: true, PageResult: xep.PageResult{Index: -1, Count: p.count}}
	for i, m := range p.messages {
		if i == 0 {
			fin.First = m.id
		}
		fin.Last = m.id
		msg, err := stanza.Parse([]byte(m.xml))
		if err != nil {
			continue // a file that somebody edited
		}
		result := xep.ArchiveResult{QueryID: q.ID, ID: m.id, Forwarded: xep.Forwarded{Delay: xep.Delay{Stamp: m.time}, Stanza: msg}}
		s.deliver(from, stanza.NewMessage("", newID(), from.jid.String(), result.Element()).With("from", from.acct.jid.String()))
	}
	return fin.Element(), nil
}

// archiveForm says what one may ask for (XEP-0313 §4.1.5).
func archiveForm(*Server, *session, *stanza.Element) (*stanza.Element, *condition) {
	return stanza.New(xep.NSArchive, "query", xep.Form{Type: "form", Fields: []xep.Field{
		{Var: "FORM_TYPE", Type: "hidden", Values: []string{xep.NSArchive}},
		{Var: "with", Type: "jid-single"}, {Var: "start", Type: "text-single"}, {Var: "end", Type: "text-single"},
	}}.Element()), nil
}

// othersArchive is nobody's business (XEP-0313 §8.1).
func othersArchive(*Server, *session, *stanza.Element) (*stanza.Element, *condition) {
	return nil, forbidden
}
