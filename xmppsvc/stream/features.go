package stream

import (
	"encoding/json"
	"slices"
	"strings"

	gosrc "gosrc.io/xmpp/stanza"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// Namespaces of features.
const (
	nsSM        = gosrc.NSStreamManagement
	nsBindings  = "urn:xmpp:sasl-cb:0" // XEP-0440
	nsRosterVer = "urn:xmpp:features:rosterver"
	nsCSI       = "urn:xmpp:csi:0" // XEP-0352
	nsSession   = gosrc.NSSession  // RFC 3921
)

// features is what a server offers, from one <stream:features/>.
type features struct {
	el         *stanza.Element
	startTLS   bool
	mechanisms []string
	bindings   []string // types of channel binding, nil if the server lists none
	bind       bool
	session    bool // asked for, not only possible
	sm         bool
	rosterVer  bool
	csi        bool
}

func readFeatures(el *stanza.Element) features {
	f := features{el: el}
	for _, c := range el.Children() {
		switch c.Name.Space {
		case stanza.NSTLS:
			f.startTLS = c.Name.Local == "starttls"
		case stanza.NSSASL:
			f.mechanisms = texts(c, stanza.NSSASL, "mechanism")
		case nsBindings:
			f.bindings = []string{}
			for _, b := range c.Children() {
				if b.Is(nsBindings, "channel-binding") {
					f.bindings = append(f.bindings, b.Get("type"))
				}
			}
		case stanza.NSBind:
			f.bind = c.Name.Local == "bind"
		case nsSession:
			f.session = c.Child(nsSession, "optional") == nil
		case nsSM:
			f.sm = c.Name.Local == "sm"
		case nsRosterVer:
			f.rosterVer = true
		case nsCSI:
			f.csi = c.Name.Local == "csi"
		}
	}
	return f
}

func texts(el *stanza.Element, space, local string) []string {
	var out []string
	for _, c := range el.Children() {
		if c.Is(space, local) {
			out = append(out, strings.TrimSpace(c.Text()))
		}
	}
	return out
}

func (f *features) offers(mech string) bool { return slices.Contains(f.mechanisms, mech) }
func (f *features) lists(typ string) bool   { return slices.Contains(f.bindings, typ) }

// offersPlus reports any channel binding at all, also of mechanisms we do not have.
func (f *features) offersPlus() bool {
	return slices.ContainsFunc(f.mechanisms, func(m string) bool { return strings.HasSuffix(m, "-PLUS") })
}

// choose picks the best mechanism of what is offered, by the rules for old and new
// servers:
//
//   - with channel binding if one of ours is known to work here (see pickBinding). A
//     server that lists types, none of them ours, is taken for one whose list was
//     shortened on the way, unless it confirms its list (XEP-0474);
//   - "y" only where no -PLUS is offered at all: then a server that has it knows that
//     somebody removed it from the list (RFC 5802 §6), even if the list of types was left;
//   - PLAIN only where nobody can read along and SCRAM was never seen.
func (n *negotiation) choose() (choice, error) {
	f, have := &n.feats, bindings(n.t.tls)
	domain := n.cfg.JID.Domain()
	bound, flag, missed := f.choosePlus(have)
	if n.suspect = missed; bound != (choice{}) {
		return bound, nil
	}
	for _, mech := range scramFamily {
		if f.offers(mech) {
			return choice{mech, flag}, nil
		}
	}
	switch {
	case f.offers(mechPlain) && (n.cfg.ScramSeen || n.suspect):
		return choice{}, withHost(fail(model.ErrDowngrade, nil,
			"%s suddenly asks for the bare password; somebody may be in between.", domain), domain)
	case f.offers(mechPlain) && n.t.IsSecure():
		return choice{mechPlain, ""}, nil
	case f.offers(mechPlain):
		return choice{}, withHost(fail(model.ErrTLSRequired, nil, "%s asks for the bare password without encryption.", domain), domain)
	}
	return choice{}, withHost(fail(model.ErrUnsupported, nil, "%s offers no way of signing in that is known.", domain), domain)
}

// choosePlus picks a mechanism with channel binding, the zero choice for none; then flag
// is what SCRAM says of bindings without one.
func (f *features) choosePlus(have []string) (bound choice, flag string, missed bool) {
	switch {
	case len(have) == 0:
		return choice{}, "n", false
	case !f.offersPlus():
		return choice{}, "y", false
	}
	typ, missed := pickBinding(have, f.bindings)
	for _, mech := range scramFamily {
		if typ != "" && f.offers(mech+"-PLUS") {
			return choice{mech + "-PLUS", typ}, "", false
		}
	}
	return choice{}, "n", missed
}

// remembered is what Hint.Features holds: what may be sent behind bind without waiting,
// and the gs2 flag of SCRAM without a channel binding.
type remembered struct {
	SM        bool   `json:"sm,omitempty"`
	Session   bool   `json:"session,omitempty"`
	RosterVer bool   `json:"rosterver,omitempty"`
	Flag      string `json:"flag,omitempty"`
	Manual    bool   `json:"manual,omitempty"` // the endpoint was typed, not looked up
	known     bool
}

// recall reads a hint; anything odd in it is as good as nothing.
func recall(h Hint) remembered {
	var r remembered
	if len(h.Features) == 0 || json.Unmarshal(h.Features, &r) != nil {
		return remembered{}
	}
	if r.Flag != "n" && r.Flag != "y" {
		r.Flag = ""
	}
	r.known = true
	return r
}

// hint is what this login taught.
func (n *negotiation) hint() Hint {
	r := remembered{SM: n.feats.sm, Session: n.feats.session, RosterVer: n.feats.rosterVer, Manual: n.cfg.Address != ""}
	if !n.next.plus() {
		r.Flag = n.next.flag
	}
	raw, err := json.Marshal(r)
	if err != nil {
		raw = nil // it has nothing that could fail
	}
	h := Hint{
		Endpoint: n.t.end.addr, Direct: n.t.end.kind == directTLS,
		Mechanism: n.next.mech, Binding: n.next.binding(), Features: raw,
	}
	if n.t.end.kept {
		h.Endpoint, h.Direct = n.cfg.Hint.Endpoint, n.cfg.Hint.Direct
	}
	return h
}
