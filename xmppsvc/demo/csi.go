package demo

import (
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// maxHeld bounds what waits for one session.
const maxHeld = 1_000

// held is what waits while nobody looks at a client (XEP-0352): who came and went, who
// types. Of each only the last word counts.
type held struct {
	order []string
	last  map[string]*stanza.Element
}

// clientState takes <active/> and <inactive/>.
func (s *Server) clientState(sess *session, state string) {
	switch {
	case state == "active":
		s.release(sess)
		sess.held = nil
	case state == "inactive" && sess.held == nil:
		sess.held = &held{last: map[string]*stanza.Element{}}
	}
}

// take keeps a stanza that can wait; false for one that cannot.
func (h *held) take(el *stanza.Element) bool {
	key := idleKey(el)
	if key == "" || len(h.order) >= maxHeld {
		return false
	}
	if h.last[key] == nil {
		h.order = append(h.order, key)
	}
	h.last[key] = el
	return true
}

// mustPrecede reports whether what is held has to go out before el: somebody wrote, or
// what the same sender did before would come behind (RFC 6120 §10.1).
func (h *held) mustPrecede(el *stanza.Element) bool {
	if h == nil || el.Name.Local == "message" {
		return h != nil
	}
	for _, waits := range h.last {
		if waits.Get("from") == el.Get("from") {
			return true
		}
	}
	return false
}

// idleKey names what el says the last word about, "" if it cannot wait.
func idleKey(el *stanza.Element) string {
	from := el.Get("from")
	switch {
	case el.Name.Local == "presence" && (el.Get("type") == "" || el.Get("type") == "unavailable"):
		return "presence " + from
	case el.Name.Local == "message" && onlyTyping(el):
		return "typing " + from
	case el.Name.Local == "message" && el.Get("type") != "error":
		for _, direction := range [...]string{"received", "sent"} {
			if f, ok := xep.ForwardedOf(el.Child(nsCarbons, direction)); ok && onlyTyping(f.Stanza) {
				return direction + " typing " + f.Stanza.Get("from") + " " + f.Stanza.Get("to")
			}
		}
	}
	return ""
}

// onlyTyping reports whether a message says nothing but what somebody is doing.
func onlyTyping(msg *stanza.Element) bool {
	typing := false
	for _, c := range msg.Children() {
		switch {
		case c.Name.Space == nsChatStates:
			typing = true
		case c.Name.Space != nsHints && c.Name.Space != nsStanzaID && !c.Is(stanza.NSClient, "thread"):
			return false
		}
	}
	return typing && msg.Get("type") != "error"
}

// release lets out what a session held back; it goes on holding back.
func (s *Server) release(sess *session) {
	h := sess.held
	if h == nil || len(h.order) == 0 {
		return
	}
	order, last := h.order, h.last
	h.order, h.last = nil, map[string]*stanza.Element{}
	for _, key := range order {
		s.put(sess, last[key], nil)
	}
}
