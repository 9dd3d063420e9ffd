package stream

import (
	"context"
	"net/url"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

const (
	nsRegister = "jabber:iq:register"
	nsForms    = "jabber:x:data"
	nsOOB      = "jabber:x:oob"
	idFields   = "register1"
	idCreate   = "register2"
)

// Register makes the account c.JID with c.Password on its server (XEP-0077) over a
// stream of its own, which is closed again. Errors are *model.Error: ErrConflict for a
// name that is taken, ErrUnsupported for a server that does not allow it or wants more
// than a name and a password; its web page, if it names one, stands in the message.
func Register(ctx context.Context, c Config) error {
	n := &negotiation{ctx: ctx, cfg: &c}
	password, err := preparePassword(c.Password)
	if err != nil {
		return err
	}
	n.password = password
	if err := n.connect(); err != nil {
		return err
	}
	defer n.t.abort()
	if err := n.register(); err != nil {
		return explain(ctx, err, c.JID.Domain())
	}
	// The account exists; how the stream ends changes nothing.
	_ = n.write([]byte(stanza.CloseStream))
	return nil
}

// register asks what is needed, and gives it if it is a name and a password.
func (n *negotiation) register() error {
	if err := n.openAnonymously(); err != nil {
		return err
	}
	query := stanza.New(nsRegister, "query")
	answer, err := n.ask(stanza.NewIQ("get", idFields, n.cfg.JID.Domain(), query))
	if err != nil {
		return err
	}
	fields := answer.Child(nsRegister, "query")
	if answer.Get("type") != "result" || fields == nil {
		return n.notHere(answer)
	}
	form := fields.Child(nsForms, "x")
	legacy := fields.Child(nsRegister, "username") != nil && fields.Child(nsRegister, "password") != nil
	switch {
	case form != nil && !simple(form), !legacy && form == nil:
		return n.elsewhere(fields)
	case form != nil:
		query.Add(n.fill(form))
	default:
		query.Add(stanza.NewText(nsRegister, "username", n.cfg.JID.Local()),
			stanza.NewText(nsRegister, "password", n.password))
	}
	answer, err = n.ask(stanza.NewIQ("set", idCreate, n.cfg.JID.Domain(), query))
	if err != nil {
		return err
	}
	if answer.Get("type") != "result" {
		return n.notCreated(answer, fields)
	}
	n.cfg.Trace.Step("registered", n.cfg.JID.Bare().String(), 0)
	return nil
}

// openAnonymously opens the stream without naming the account, which does not exist.
func (n *negotiation) openAnonymously() error {
	n.t.begin()
	if _, err := n.t.Write(stanza.OpenStream("", n.cfg.JID.Domain(), "", n.cfg.Lang)); err != nil {
		return err
	}
	return n.features()
}

// ask sends an IQ and reads until its answer.
func (n *negotiation) ask(iq *stanza.Element) (*stanza.Element, error) {
	if err := n.write(n.render(iq)); err != nil {
		return nil, err
	}
	for range maxEarly {
		el, err := n.read()
		if err != nil {
			return nil, err
		}
		if t := el.Get("type"); el.Is(stanza.NSClient, "iq") && el.Get("id") == iq.Get("id") && (t == "result" || t == "error") {
			return el, nil
		}
	}
	return nil, n.protocol("everything but an answer")
}

// simple reports a form that wants nothing but a name and a password: no picture to
// read, no address to confirm.
func simple(form *stanza.Element) bool {
	seen := map[string]bool{}
	for _, f := range form.Children() {
		if !f.Is(nsForms, "field") {
			continue
		}
		name, typ := f.Get("var"), f.Get("type")
		seen[name] = true
		known := name == "username" || name == "password" || typ == "hidden" || typ == "fixed"
		if !known && f.Child(nsForms, "required") != nil || name == "ocr" || f.Child("urn:xmpp:media-element", "media") != nil {
			return false
		}
	}
	return seen["username"] && seen["password"]
}

// fill answers a simple form; hidden fields go back as they came (XEP-0004 §3.3).
func (n *negotiation) fill(form *stanza.Element) *stanza.Element {
	out := stanza.New(nsForms, "x").With("type", "submit")
	for _, f := range form.Children() {
		name := f.Get("var")
		value := f.ChildText(nsForms, "value")
		switch {
		case !f.Is(nsForms, "field") || name == "":
			continue
		case name == "username":
			value = n.cfg.JID.Local()
		case name == "password":
			value = n.password
		case f.Get("type") != "hidden":
			continue
		}
		out.Add(stanza.New(nsForms, "field", stanza.NewText(nsForms, "value", value)).With("var", name))
	}
	return out
}

// elsewhere is a server that wants more than we can give; it may name a web page.
func (n *negotiation) elsewhere(fields *stanza.Element) error {
	domain := n.cfg.JID.Domain()
	page := fields.Child(nsOOB, "x").ChildText(nsOOB, "url")
	if u, err := url.Parse(page); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		return withHost(fail(model.ErrUnsupported, nil, "%s makes accounts on its web page: %s", domain, readable(u.String())), domain)
	}
	return withHost(fail(model.ErrUnsupported, nil, "%s asks for more than a name and a password; please make the account on its web page.", domain), domain)
}

// notHere is a server that refuses to say what it needs.
func (n *negotiation) notHere(answer *stanza.Element) error {
	domain := n.cfg.JID.Domain()
	name, _ := condition(answer.Child(stanza.NSClient, "error"), stanza.NSStanzas)
	e := fail(model.ErrUnsupported, nil, "%s does not let new accounts be made from here.", domain)
	e.Condition, e.Host = name, domain
	return e
}

// notCreated is the refusal of the account itself (XEP-0077 §3.1).
func (n *negotiation) notCreated(answer, fields *stanza.Element) error {
	domain := n.cfg.JID.Domain()
	name, text := condition(answer.Child(stanza.NSClient, "error"), stanza.NSStanzas)
	said := ""
	if text != "" {
		said = ": " + text
	}
	var e *model.Error
	switch name {
	case "conflict":
		e = fail(model.ErrConflict, nil, "The name %s is taken on %s.", n.cfg.JID.Local(), domain)
	case "not-allowed", "forbidden", "service-unavailable", "feature-not-implemented":
		return n.notHere(answer)
	case "not-acceptable":
		if fields.Child(nsOOB, "x") != nil {
			return n.elsewhere(fields)
		}
		e = fail(model.ErrInvalid, nil, "%s did not accept the name or the password%s", domain, ended(said))
	case "jid-malformed", "bad-request":
		e = fail(model.ErrInvalid, nil, "%s did not accept the name or the password%s", domain, ended(said))
	default:
		e = fail(model.ErrServerRefused, nil, "%s did not make the account (%s)%s", domain, readable(name), ended(said))
	}
	e.Condition, e.Host = name, domain
	return e
}

// ended gives a sentence its end.
func ended(s string) string {
	if s != "" && (s[len(s)-1] == '.' || s[len(s)-1] == '!') {
		return s
	}
	return s + "."
}
