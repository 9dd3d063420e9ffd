package stream

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"

	"golang.org/x/text/secure/precis"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// mechanism is one exchange of a SASL mechanism: a state machine without I/O.
type mechanism interface {
	name() string
	// first is the initial response.
	first() []byte
	// next answers a challenge.
	next(challenge []byte) ([]byte, error)
	// done judges a success with its additional data (nil for none).
	done(additional []byte) error
}

// plain is PLAIN (RFC 4616). The server proves nothing but its certificate.
type plain struct{ user, password string }

func (plain) name() string                { return mechPlain }
func (p plain) first() []byte             { return []byte("\x00" + p.user + "\x00" + p.password) }
func (plain) next([]byte) ([]byte, error) { return nil, errors.New("PLAIN has no challenge") }
func (plain) done([]byte) error           { return nil }

const mechPlain = "PLAIN"

// choice is a mechanism and, for SCRAM, its gs2 flag: "n", "y" or the type of a channel
// binding.
type choice struct{ mech, flag string }

func (ch choice) plus() bool { return strings.HasSuffix(ch.mech, "-PLUS") }

// binding is the type of the channel binding, or "".
func (ch choice) binding() string {
	if ch.plus() {
		return ch.flag
	}
	return ""
}

// mechanism makes the exchange of a choice for this connection; nil if the connection
// does not have its channel binding.
func (n *negotiation) mechanism(ch choice) mechanism {
	if ch.mech == mechPlain {
		return plain{n.cfg.JID.Local(), n.password}
	}
	var data []byte
	if ch.plus() {
		if data = bindingData(n.t.tls, ch.flag); len(data) == 0 {
			return nil
		}
	}
	if scramHash(ch.mech) == nil {
		return nil
	}
	return newSCRAM(ch.mech, n.cfg.JID.Local(), n.password, ch.flag, data, rand.Text())
}

// preparePassword is the password as it goes into hashes (RFC 8265 §4.2).
func preparePassword(s model.Secret) (string, error) {
	if s.IsZero() {
		return "", fail(model.ErrNoPassword, nil, "A password is needed to sign in.")
	}
	prepared, err := precis.OpaqueString.String(s.Reveal())
	if err != nil {
		// The cause could quote the password.
		return "", fail(model.ErrInvalid, nil, "The password has characters that no password may have.")
	}
	return prepared, nil
}

// auth is <auth/> with the initial response.
func auth(m mechanism) *stanza.Element {
	return stanza.NewText(stanza.NSSASL, "auth", base64.StdEncoding.EncodeToString(m.first())).With("mechanism", m.name())
}

// saslData is the content of a challenge or success: nil for nothing, and "=" stands
// for data of length zero (RFC 6120 §6.4.2).
func saslData(el *stanza.Element) ([]byte, error) {
	switch text := strings.TrimSpace(el.Text()); text {
	case "", "=":
		return nil, nil
	default:
		return base64.StdEncoding.DecodeString(text)
	}
}

// authenticate opens a stream and proves who we are. What the last login used is sent
// with the header; the features that come with the answer are looked at before more is
// sent. A guess that fails is made good once from the offered list before it counts.
func (n *negotiation) authenticate() error {
	n.cfg.state(model.Authenticating)
	guessed, m := n.guess()
	var more []byte
	if m != nil {
		more = n.render(auth(m))
	}
	if err := n.openStream(more); err != nil {
		return err
	}
	best, chooseErr := n.choose()
	if m != nil {
		err := n.finishGuess(guessed, m)
		if err == nil {
			n.used, n.next = guessed, guessed
			if chooseErr == nil {
				n.next = best
			}
			return nil
		}
		var refused *model.Error
		isRefused := errors.As(err, &refused) && refused.Condition != ""
		if !isRefused || chooseErr == nil && best == guessed && refused.Condition == "not-authorized" {
			return err
		}
		n.cfg.Trace.Step("mechanism", guessed.mech+" did not work, choosing from what is offered", 0)
	}
	if chooseErr != nil {
		return chooseErr
	}
	m = n.mechanism(best)
	if err := n.write(n.render(auth(m))); err != nil {
		return err
	}
	n.used, n.next = best, best
	return n.exchange(m)
}

// guess is what the last login used, if this connection can do it. PLAIN is never
// guessed: a password is not sent before the server is heard to ask for it.
func (n *negotiation) guess() (choice, mechanism) {
	h := n.cfg.Hint
	flag := h.Binding
	if flag == "" {
		flag = n.known.Flag
	}
	ch := choice{h.Mechanism, flag}
	if h.Mechanism == "" || h.Mechanism == mechPlain || flag == "" || ch.plus() != (h.Binding != "") {
		return ch, nil
	}
	if m := n.mechanism(ch); m != nil {
		return ch, m
	}
	return ch, nil
}

// finishGuess goes on with a guess if it is still in order: the mechanism is offered,
// and "y" (the client could bind, but thinks the server cannot) is still true. Otherwise
// the exchange is given up before anything is proved with it.
func (n *negotiation) finishGuess(ch choice, m mechanism) error {
	contradicted := ch.flag == "y" && n.feats.offersPlus() || ch.plus() && len(n.feats.bindings) > 0 && !n.feats.lists(ch.flag)
	if n.feats.offers(ch.mech) && !contradicted {
		return n.exchange(m)
	}
	el, err := n.read()
	if err != nil {
		return err
	}
	if el.Is(stanza.NSSASL, "challenge") {
		if err := n.write(n.render(stanza.New(stanza.NSSASL, "abort"))); err != nil {
			return err
		}
		if el, err = n.read(); err != nil {
			return err
		}
	}
	if el.Is(stanza.NSSASL, "failure") {
		return n.refused(el)
	}
	return n.liar(errors.New("success for a mechanism that is not offered"))
}

// exchange runs a mechanism whose <auth/> was sent to its end.
func (n *negotiation) exchange(m mechanism) error {
	s, isSCRAM := m.(*scram)
	if isSCRAM {
		s.offer, s.mustVerify = offerText(n.feats.mechanisms, n.feats.bindings), n.suspect
	}
	for range 4 { // SCRAM takes two; no mechanism of ours more than three
		el, err := n.read()
		if err != nil {
			return err
		}
		data, dataErr := saslData(el)
		switch {
		case el.Is(stanza.NSSASL, "failure"):
			return n.refused(el)
		case !el.Is(stanza.NSSASL, "challenge") && !el.Is(stanza.NSSASL, "success"), dataErr != nil:
			return n.protocol("an answer to signing in that makes no sense")
		case el.Name.Local == "success":
			if err := m.done(data); err != nil {
				return n.liar(err)
			}
			n.confirmed = isSCRAM && s.confirmed
			return nil
		}
		response, err := m.next(data)
		if err != nil {
			return n.liar(err)
		}
		text := base64.StdEncoding.EncodeToString(response)
		if err := n.write(n.render(stanza.NewText(stanza.NSSASL, "response", text))); err != nil {
			return err
		}
	}
	return n.protocol("one challenge after the other")
}

// liar is an exchange in which the server did wrong.
func (n *negotiation) liar(err error) error {
	domain := n.cfg.JID.Domain()
	if errors.Is(err, errShortened) {
		return withHost(fail(model.ErrDowngrade, err,
			"What %s offers for signing in was changed on the way; somebody may be in between.", domain), domain)
	}
	return withHost(fail(model.ErrAuthFailed, err, "%s could not prove that it knows the password, so signing in was stopped.", domain), domain)
}

// refused is a <failure/> (RFC 6120 §6.5). Its Condition is always set.
func (n *negotiation) refused(el *stanza.Element) error {
	name, text := condition(el, stanza.NSSASL)
	if name == "" {
		name = "undefined-condition"
	}
	domain := n.cfg.JID.Domain()
	var e *model.Error
	switch name {
	case "temporary-auth-failure", "aborted":
		e = fail(model.ErrServerRefused, nil, "%s cannot check passwords at the moment.", domain)
	case "account-disabled":
		e = fail(model.ErrAuthFailed, nil, "The account %s is disabled.", n.cfg.JID.Bare())
	case "credentials-expired":
		e = fail(model.ErrAuthFailed, nil, "The password of %s has expired.", n.cfg.JID.Bare())
	case "encryption-required":
		e = fail(model.ErrTLSRequired, nil, "%s asks for an encrypted connection.", domain)
	case "not-authorized":
		e = fail(model.ErrAuthFailed, nil, "The address or the password is wrong.")
	default:
		e = fail(model.ErrAuthFailed, nil, "%s refused to sign us in (%s).", domain, readable(name))
	}
	if text != "" {
		e.Err = errors.New(text)
	}
	e.Condition, e.Host = name, domain
	return e
}
