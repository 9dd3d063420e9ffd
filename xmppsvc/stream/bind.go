package stream

import (
	"errors"
	"strconv"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// Ids of our own requests while signing in.
const (
	idBind    = "bind"
	idSession = "session"
)

// maxEarly bounds what is kept for the account until Connect is done.
const maxEarly = 1000

// bind opens the stream after authentication, takes a resource (RFC 6120 §7), switches
// stream management on and sends what the account wants to have sent first. What the
// server offered last time is sent in one write with the header; otherwise its offer is
// waited for. Binding itself is mandatory (RFC 6120 §7.2), so it never waits.
func (n *negotiation) bind() error {
	n.cfg.state(model.Binding)
	n.t.rd.Restart()
	more := n.resource()
	if n.known.known {
		n.pipelined = true
		more = append(more, n.opening(n.known.SM, n.known.Session)...)
	}
	if err := n.openStream(more); err != nil {
		return err
	}
	if !n.feats.bind {
		return n.protocol("no offer to bind")
	}
	if n.pipelined {
		n.countTrips()
		if err := n.await(); err != nil || n.known.SM || !n.feats.sm {
			return err
		}
		// New on this server since last time: from here on it counts.
		if err := n.write(n.enable()); err != nil {
			return err
		}
		return n.await()
	}
	if err := n.await(); err != nil {
		return err
	}
	if more = n.opening(n.feats.sm, n.feats.session); len(more) > 0 {
		if err := n.write(more); err != nil {
			return err
		}
	}
	n.countTrips()
	return n.await()
}

// resource asks for a resource.
func (n *negotiation) resource() []byte {
	request := stanza.New(stanza.NSBind, "bind")
	if n.cfg.Resource != "" {
		request.Add(stanza.NewText(stanza.NSBind, "resource", n.cfg.Resource))
	}
	return n.render(stanza.NewIQ("set", idBind, "", request))
}

// bindHere is bind on a stream that is open: the offer is known.
func (n *negotiation) bindHere() error {
	n.cfg.state(model.Binding)
	if !n.feats.bind {
		return n.protocol("no offer to bind")
	}
	if err := n.write(append(n.resource(), n.opening(n.feats.sm, n.feats.session)...)); err != nil {
		return err
	}
	n.countTrips()
	return n.await()
}

// countTrips is called when all was written. What the account did not give us to send
// first it can only send after the answer.
func (n *negotiation) countTrips() {
	n.trips = n.t.roundTrips()
	if len(n.cfg.First) == 0 {
		n.trips++
	}
}

// enable asks for stream management. Resumption is asked for so that the server keeps
// what it could not deliver.
func (n *negotiation) enable() []byte {
	n.ledger.on = true
	n.waiting = true
	return n.render(stanza.New(nsSM, "enable").With("resume", "true"))
}

// opening is all that follows bind; what comes after <enable/> counts.
func (n *negotiation) opening(sm, session bool) []byte {
	var out []byte
	if session {
		out = n.render(stanza.NewIQ("set", idSession, "", stanza.New(nsSession, "session")))
	}
	if sm {
		out = append(out, n.enable()...)
	}
	for _, o := range n.cfg.First {
		n.ledger.push(o)
		out = append(out, n.render(o.Element)...)
	}
	n.ledger.wrote(len(n.ledger.queue))
	return out
}

// await reads until bind and <enable/> are answered.
func (n *negotiation) await() error {
	for n.bound.IsZero() || n.waiting {
		if err := n.step(); err != nil {
			return err
		}
	}
	return nil
}

// step takes one element after bind was asked for. A stanza over a limit ends nothing
// here either.
func (n *negotiation) step() error {
	el, err := n.read()
	switch {
	case el.Is(stanza.NSClient, "iq") && el.Get("id") == idBind && n.bound.IsZero():
		return n.takeResource(el)
	case el.Is(stanza.NSClient, "iq") && el.Get("id") == idSession:
		return nil // its answer changes nothing: servers that refuse it do not need it
	case el != nil && el.Name.Space == nsSM && n.waiting:
		n.takeManagement(el)
		return nil
	}
	return n.keep(el, err)
}

// keep holds on to what the account gets before all else, in order: stanzas that are no
// answers to us. They came before stream management was on and do not count.
func (n *negotiation) keep(el *stanza.Element, err error) error {
	var dropped *stanza.DroppedError
	switch {
	case err != nil && !errors.As(err, &dropped):
		return err
	case len(n.early) >= maxEarly:
		return n.protocol("too much before it said that we are signed in")
	case dropped != nil:
		n.early = append(n.early, Inbound{Element: dropped.Head, Dropped: dropped.Reason})
	case el.IsStanza():
		n.early = append(n.early, Inbound{Element: el})
	}
	return nil
}

// takeManagement reads the answer to <enable/>.
func (n *negotiation) takeManagement(el *stanza.Element) {
	switch el.Name.Local {
	case "enabled":
		n.waiting = false
		if v := el.Get("resume"); v == "true" || v == "1" {
			n.smID, n.location = el.Get("id"), el.Get("location")
			n.longest = seconds(el.Get("max"))
		}
	case "failed":
		n.waiting = false
		n.ledger = ledger{}
	}
}

// seconds reads a number of seconds (xs:unsignedInt); anything else is 0.
func seconds(s string) time.Duration {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// takeResource reads the answer to bind.
func (n *negotiation) takeResource(el *stanza.Element) error {
	n.answered = true
	domain := n.cfg.JID.Domain()
	if el.Get("type") == "result" {
		full, err := jid.Parse(el.Child(stanza.NSBind, "bind").ChildText(stanza.NSBind, "jid"))
		if err != nil || !full.IsFull() || full.Bare() != n.cfg.JID.Bare() {
			return n.protocol("an address that is not ours")
		}
		n.bound = full
		return nil
	}
	name, text := condition(el.Child(stanza.NSClient, "error"), stanza.NSStanzas)
	e := fail(model.ErrServerRefused, nil, "%s refused the connection (%s).", domain, readable(name))
	if name == "conflict" {
		e = fail(model.ErrConflict, nil, "This account is signed in from here already.")
	}
	if text != "" {
		e.Err = errors.New(text)
	}
	e.Condition, e.Host = name, domain
	return e
}
