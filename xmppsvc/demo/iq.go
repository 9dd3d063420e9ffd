package demo

import (
	"strings"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// maxVCard bounds the vCard an account may store, in bytes.
const maxVCard = 64 << 10

// query is what an IQ asks: its type, and its payload's name.
type query struct{ typ, space, local string }

// answer handles one kind of request; the payload of the result may be nil.
type answer func(s *Server, from *session, payload *stanza.Element) (*stanza.Element, *condition)

// accountQuery answers what an account's own sessions ask of it (no "to", or the own
// bare address); nil for the unknown.
func accountQuery(q query) answer {
	return map[query]answer{
		{"get", nsRoster, "query"}:      (*Server).rosterGet,
		{"set", nsRoster, "query"}:      (*Server).rosterSet,
		{"set", xep.NSArchive, "query"}: (*Server).queryArchive,
		{"get", xep.NSArchive, "query"}: archiveForm,
		{"set", xep.NSPubSub, "pubsub"}: (*Server).setPubSub,
		{"get", xep.NSPubSub, "pubsub"}: (*Server).getPubSub,
		{"set", nsCarbons, "enable"}:    carbonsOn,
		{"set", nsCarbons, "disable"}:   carbonsOff,
		{"get", nsVCard, "vCard"}:       ownVCard,
		{"set", nsVCard, "vCard"}:       setVCard,
		{"get", nsDiscoInfo, "query"}:   ownInfo,
		{"get", nsDiscoItems, "query"}:  noItems,
		{"get", nsPing, "ping"}:         done,
		{"set", nsSession, "session"}:   done,
		{"get", nsRegister, "query"}:    (*Server).registered,
		{"set", nsRegister, "query"}:    (*Server).changeRegistration,
		{"get", nsVersion, "query"}:     serverVersion,
		{"get", nsTime, "time"}:         serverTime,
	}[q]
}

// serverQuery answers what is asked of the domain.
func serverQuery(q query) answer {
	return map[query]answer{
		{"get", nsDiscoInfo, "query"}:  serverInfo,
		{"get", nsDiscoItems, "query"}: noItems,
		{"get", nsPing, "ping"}:        done,
		{"get", nsVersion, "query"}:    serverVersion,
		{"get", nsTime, "time"}:        serverTime,
		{"get", nsRegister, "query"}:   (*Server).registered,
		{"set", nsRegister, "query"}:   (*Server).changeRegistration,
		{"set", nsSession, "session"}:  done,
	}[q]
}

// iq routes or answers an IQ (RFC 6120 §8.2.3, RFC 6121 §8.5).
func (s *Server) iq(from *session, el *stanza.Element, to jid.JID) {
	c := wellFormed(el)
	switch {
	case c != nil:
	case to.Domain() != "" && to.Domain() != Domain:
		c = remoteNotFound
	case to.IsFull():
		c = s.forward(el, to)
	case asks(el):
		c = s.answerIQ(from, el, to)
	case to == domainJID:
		s.learned(from, el)
	}
	if c != nil {
		s.bounce(from, el, c)
	}
}

// asks reports whether an IQ wants an answer.
func asks(el *stanza.Element) bool { return el.Get("type") == "get" || el.Get("type") == "set" }

// wellFormed judges an IQ by RFC 6120 §8.2.3.
func wellFormed(el *stanza.Element) *condition {
	typ := el.Get("type")
	if el.Get("id") == "" || !asks(el) && typ != "result" && typ != "error" || asks(el) && len(el.Children()) != 1 {
		return badRequest
	}
	return nil
}

// forward takes an IQ to the session it is for.
func (s *Server) forward(el *stanza.Element, to jid.JID) *condition {
	if acct := s.st.Accounts[to.Bare()]; acct != nil && acct.sessions[to.Resource()] != nil {
		s.deliver(acct.sessions[to.Resource()], el)
		return nil
	}
	return unavailable
}

// answerIQ answers a request to the server, or to an account in whose place it stands.
func (s *Server) answerIQ(from *session, el *stanza.Element, to jid.JID) *condition {
	payload := el.First()
	key := query{el.Get("type"), payload.Name.Space, payload.Name.Local}
	var handle answer
	switch to {
	case jid.JID{}, from.acct.jid:
		handle = accountQuery(key)
	case domainJID:
		handle = serverQuery(key)
	default:
		handle = s.onBehalf(key, to)
	}
	if handle == nil {
		return unavailable
	}
	out, c := handle(s, from, payload)
	if c == nil {
		s.deliver(from, el.Result(out).With("from", to.String()))
	}
	return c
}

// onBehalf answers for another account (RFC 6121 §8.5.1): its vCard, and to those who
// see its presence that it exists.
func (s *Server) onBehalf(key query, to jid.JID) answer {
	acct := s.st.Accounts[to]
	if acct == nil {
		return nil
	}
	return map[query]answer{
		{"get", nsVCard, "vCard"}: func(*Server, *session, *stanza.Element) (*stanza.Element, *condition) {
			return vCard(acct), nil
		},
		{"set", xep.NSArchive, "query"}: othersArchive,
		{"get", xep.NSArchive, "query"}: othersArchive,
		{"get", nsDiscoInfo, "query"}: func(s *Server, from *session, payload *stanza.Element) (*stanza.Element, *condition) {
			if !acct.subscription(from.acct.jid).SeesUs() {
				return nil, unavailable
			}
			return accountInfo(s, from, payload)
		},
	}[key]
}

func done(*Server, *session, *stanza.Element) (*stanza.Element, *condition) { return nil, nil }

func carbonsOn(_ *Server, from *session, _ *stanza.Element) (*stanza.Element, *condition) {
	from.carbons = true
	return nil, nil
}

func carbonsOff(_ *Server, from *session, _ *stanza.Element) (*stanza.Element, *condition) {
	from.carbons = false
	return nil, nil
}

func ownVCard(_ *Server, from *session, _ *stanza.Element) (*stanza.Element, *condition) {
	return vCard(from.acct), nil
}

func setVCard(s *Server, from *session, payload *stanza.Element) (*stanza.Element, *condition) {
	text := payload.String()
	if len(text) > maxVCard {
		return nil, policyViolation
	}
	from.acct.VCard = text
	s.changed()
	return nil, nil
}

// vCard is what an account shows of itself (XEP-0054); an empty one if nothing was set.
func vCard(a *account) *stanza.Element {
	if a.bot != nil {
		return a.bot.vCard()
	}
	if el, err := stanza.Parse([]byte(a.VCard)); err == nil {
		return el
	}
	return stanza.New(nsVCard, "vCard")
}

// disco makes a disco#info answer (XEP-0030).
func disco(payload *stanza.Element, category, typ, name string, features ...string) *stanza.Element {
	out := stanza.New(nsDiscoInfo, "query").With("node", payload.Get("node"))
	out.Add(stanza.New(nsDiscoInfo, "identity").With("category", category).With("type", typ).With("name", name))
	for _, f := range features {
		out.Add(stanza.New(nsDiscoInfo, "feature").With("var", f))
	}
	return out
}

// ownInfo is what an account is to its own sessions: an archive and a place to publish too.
func ownInfo(s *Server, from *session, payload *stanza.Element) (*stanza.Element, *condition) {
	out, c := accountInfo(s, from, payload)
	if c != nil {
		return nil, c
	}
	out.Add(stanza.New(nsDiscoInfo, "identity").With("category", "pubsub").With("type", "pep"))
	for _, f := range append([]string{xep.NSArchive}, pepFeatures...) {
		out.Add(stanza.New(nsDiscoInfo, "feature").With("var", f))
	}
	return out, nil
}

func accountInfo(_ *Server, _ *session, payload *stanza.Element) (*stanza.Element, *condition) {
	if payload.Get("node") != "" {
		return nil, notFound
	}
	return disco(payload, "account", "registered", "", nsDiscoInfo, nsDiscoItems, nsStanzaID, nsVCard), nil
}

func serverInfo(s *Server, _ *session, payload *stanza.Element) (*stanza.Element, *condition) {
	if payload.Get("node") != "" {
		return nil, notFound
	}
	features := []string{nsDiscoInfo, nsDiscoItems, nsPing, nsVersion, nsTime, nsCarbons, nsStanzaID, nsVCard, xep.NSArchive, "msgoffline"}
	if !s.opt.Closed {
		features = append(features, nsRegister)
	}
	return disco(payload, "server", "im", "Dovekie demo", features...), nil
}

func noItems(_ *Server, _ *session, payload *stanza.Element) (*stanza.Element, *condition) {
	return stanza.New(nsDiscoItems, "query").With("node", payload.Get("node")), nil
}

func serverVersion(s *Server, _ *session, _ *stanza.Element) (*stanza.Element, *condition) {
	return version("Dovekie demo server", s.opt.Version), nil
}

func serverTime(s *Server, _ *session, _ *stanza.Element) (*stanza.Element, *condition) {
	return timeNow(s), nil
}

// version answers XEP-0092, without the operating system: that is nobody's business.
func version(name, number string) *stanza.Element {
	out := stanza.New(nsVersion, "query", stanza.NewText(nsVersion, "name", name))
	return out.Add(stanza.NewText(nsVersion, "version", number))
}

// timeNow answers XEP-0202.
func timeNow(s *Server) *stanza.Element {
	now := s.opt.Now()
	zone := strings.Replace(now.Format("-07:00"), "+00:00", "Z", 1)
	return stanza.New(nsTime, "time", stanza.NewText(nsTime, "tzo", zone),
		stanza.NewText(nsTime, "utc", now.UTC().Format("2006-01-02T15:04:05Z")))
}
