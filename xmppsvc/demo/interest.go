package demo

import (
	"strings"

	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// The bounds of what is remembered of clients' capabilities.
const (
	maxKnownCaps = 200
	maxWanted    = 100
)

const notifySuffix = "+notify"

// asking is a question about what a session's caps stand for.
type asking struct {
	id   string
	caps xep.Caps
}

// learn finds out of which nodes a session wants to hear (XEP-0163 §4.2): its caps say
// so, to who knows what they stand for.
func (s *Server) learn(from *session, presence *stanza.Element) {
	if from.bot != nil {
		return
	}
	caps, ok := xep.CapsOf(presence)
	switch {
	case !ok:
		from.wants, from.caps, from.asked = nil, xep.Caps{}, nil
		return
	case caps == from.caps:
		return
	}
	from.caps = caps
	if wants, known := s.interests[caps]; known {
		from.wants, from.asked = wants, nil
		return
	}
	from.wants, from.asked = nil, &asking{newID(), caps}
	s.deliver(from, stanza.NewIQ("get", from.asked.id, from.jid.String(), xep.Disco{Node: caps.Key()}.Element()).With("from", Domain))
}

// learned takes the answer. Only one that fits the hash holds for others too (XEP-0115
// §5.4).
func (s *Server) learned(from *session, iq *stanza.Element) {
	if from.asked == nil || iq.Get("id") != from.asked.id {
		return
	}
	asked := from.asked
	from.asked = nil
	d, ok := xep.ReadDisco(iq.Child(nsDiscoInfo, "query"))
	if !ok || iq.Get("type") != "result" {
		return
	}
	from.wants = map[string]bool{}
	for _, f := range d.Features {
		if node, ok := strings.CutSuffix(f, notifySuffix); ok && len(from.wants) < maxWanted && len(node) <= maxName {
			from.wants[node] = true
		}
	}
	if asked.caps.Verify(d) && len(s.interests) < maxKnownCaps {
		s.interests[asked.caps] = from.wants
	}
}
