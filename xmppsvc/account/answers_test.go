package account_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// read takes n stanzas of the client.
func (v *verona) read(l *line, n int) int {
	n = min(n, len(l.up))
	for _, o := range l.up[:n] {
		l.s.h++
		v.take(l.s, o.Element)
	}
	l.up = l.up[n:]
	return n
}

func (v *verona) take(s *session, el *stanza.Element) {
	switch el.Name.Local {
	case "iq":
		v.answer(s, el)
	case "presence":
		if el.Get("type") == "" && el.Get("to") == "" {
			if !s.here {
				s.here = true
				for _, msg := range v.offline {
					v.say(s, "%s", msg)
				}
				v.offline = nil
			}
			p, _ := xep.PresenceOf(el, "")
			v.said = append(v.said, string(p.Show)+"/"+p.Status)
		}
	case "message":
		if os.Getenv("DBG") != "" {
			fmt.Println("  READ", s.id, s.h, el.ChildText(stanza.NSClient, "body"), el.Get("id"))
		}
		v.message(el)
	}
}

func (v *verona) message(el *stanza.Element) {
	if r, ok := xep.ReceiptOf(el); ok {
		v.receipts = append(v.receipts, r.ID)
	}
	if m, ok := xep.MarkerOf(el); ok {
		v.shown = append(v.shown, m.ID)
	}
	body := el.ChildText(stanza.NSClient, "body")
	if body == "" {
		return
	}
	id := el.Get("id")
	if v.took[id]++; v.took[id] == 1 {
		v.order = append(v.order, id)
	}
	v.keep(archived{with: jid.MustParse(el.Get("to")), own: true, body: body, origin: xep.OriginIDOf(el), wire: id})
}

// answer is how the server answers questions.
func (v *verona) answer(s *session, iq *stanza.Element) {
	payload, id, to := iq.First(), iq.Get("id"), iq.Get("to")
	result := func(format string, args ...any) {
		from := ""
		if to != "" {
			from = " from='" + to + "'"
		}
		v.say(s, "<iq type='result' id='%s'%s>%s</iq>", id, from, fmt.Sprintf(format, args...))
	}
	refuse := func(condition string) {
		v.say(s, `<iq type='error' id='%s' %s><error type='cancel'><%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
			id, map[bool]string{true: "from='" + to + "'"}[to != ""], condition)
	}
	switch {
	case iq.Get("type") == "result" || iq.Get("type") == "error":
	case payload.Is("jabber:iq:roster", "query"):
		var items strings.Builder
		for f := range v.friends {
			fmt.Fprintf(&items, "<item jid='%s' subscription='both'/>", f)
		}
		result("<query xmlns='jabber:iq:roster' ver='1'>%s</query>", items.String())
	case payload.Is("http://jabber.org/protocol/disco#info", "query"):
		result("<query xmlns='http://jabber.org/protocol/disco#info'>%s</query>", v.announced)
	case payload.Is(xep.NSArchive, "query"):
		q, ok := xep.ReadArchiveQuery(iq)
		switch err := v.page(s, q, result); {
		case !ok || v.noArchive:
			refuse("service-unavailable")
		case err != nil:
			refuse(err.Error())
		}
	case payload.Is("urn:xmpp:ping", "ping"), payload.Is("urn:xmpp:carbons:2", "enable"):
		result("")
	default:
		refuse("item-not-found")
	}
}

var errNoItem = errors.New("item-not-found")

// page answers an archive's question.
func (v *verona) page(s *session, q xep.ArchiveQuery, result func(string, ...any)) error {
	if v.noArchive {
		return nil
	}
	var all []archived
	for _, a := range v.held[v.expired:] {
		if (q.With.IsZero() || a.with == q.With) && !a.at.Before(q.Start) {
			all = append(all, a)
		}
	}
	from, to := 0, len(all)
	at := func(id string) int { return slices.IndexFunc(all, func(a archived) bool { return a.id == id }) }
	if q.After != "" {
		if from = at(q.After) + 1; from == 0 {
			return errNoItem
		}
	}
	if q.Before != "" {
		if to = at(q.Before); to < 0 {
			return errNoItem
		}
	}
	complete := to-from <= min(v.limit, q.Max)
	if size := min(v.limit, q.Max); !complete && (q.Last || q.Before != "") {
		from = to - size
	} else if !complete {
		to = from + size
	}
	fin := xep.ArchiveFin{Complete: complete, Stable: true, PageResult: xep.PageResult{Index: -1, Count: -1}}
	if os.Getenv("DBG") != "" {
		fmt.Println("PAGE", q.After, q.Before, q.Last, q.Max, complete, from, to, len(all))
		for _, a := range all[from:to] {
			fmt.Print(a.id, " ", a.body, " own ", a.own, "; ")
		}
		fmt.Println()
	}
	results := all[from:to]
	if v.twist != nil {
		results = v.twist(slices.Clone(results))
	}
	for _, a := range results {
		v.say(s, "%s", a.result(q.ID))
	}
	if from < to {
		fin.First, fin.Last = all[from].id, all[to-1].id
	}
	result("%s", fin.Element().String())
	return nil
}

// result is the message that brings a to who asked.
func (a archived) result(query string) string {
	from, to, origin := a.with.String()+"/b", romeo.String(), ""
	if a.own {
		from, to = romeo.String()+"/desk", a.with.String()
	}
	if a.origin != "" {
		origin = "<origin-id xmlns='urn:xmpp:sid:0' id='" + a.origin + "'/>"
	}
	if a.to != "" {
		to = a.to
	}
	stamp := a.stamp
	if stamp == "" {
		stamp = "<delay xmlns='urn:xmpp:delay' stamp='" + xep.FormatTime(a.at) + "'/>"
	}
	return fmt.Sprintf(`<message from='%s'><result xmlns='urn:xmpp:mam:2' queryid='%s' id='%s'><forwarded xmlns='urn:xmpp:forward:0'>
		%s<message xmlns='jabber:client' type='chat' from='%s' to='%s' id='%s'><body>%s</body>%s%s
		</message></forwarded></result></message>`, romeo, query, a.id, stamp, from, to, a.wire, a.body, origin, a.inside)
}
