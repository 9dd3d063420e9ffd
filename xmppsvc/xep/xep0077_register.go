package xep

import (
	"slices"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// NSRegister is XEP-0077, NSRegisterFeature its stream feature.
const (
	NSRegister        = "jabber:iq:register"
	NSRegisterFeature = "http://jabber.org/features/iq-register"
)

// NSOutOfBand is XEP-0066's jabber:x:oob: a server may name a web page instead.
const NSOutOfBand = "jabber:x:oob"

// Registration is what a server wants to know for a new account. The one without
// contents is the question.
type Registration struct {
	Registered   bool // the account exists already
	Instructions string
	Fields       []string // of the plain form: "username", "password", "email", …
	Form         *Form    // used instead of Fields where it is given
	URL          string   // of a page to register on
}

// registrationFields are those of XEP-0077 §14.1.
var registrationFields = []string{
	"username", "nick", "password", "name", "first", "last", "email", "address", "city", "state", "zip", "phone",
	"url", "date", "misc", "text", "key",
}

// Plain reports whether name and password are all that is needed.
func (r Registration) Plain() bool {
	if r.Form != nil || !slices.Contains(r.Fields, "username") || !slices.Contains(r.Fields, "password") {
		return false
	}
	return !slices.ContainsFunc(r.Fields, func(f string) bool { return f != "username" && f != "password" })
}

// Element builds the question or a server's answer.
func (r Registration) Element() *stanza.Element {
	q := stanza.New(NSRegister, "query")
	if r.Registered {
		q.Add(stanza.New(NSRegister, "registered"))
	}
	if r.Instructions != "" {
		q.Add(stanza.NewText(NSRegister, "instructions", r.Instructions))
	}
	for _, f := range r.Fields {
		q.Add(stanza.New(NSRegister, f))
	}
	if r.Form != nil {
		q.Add(r.Form.Element())
	}
	if r.URL != "" {
		q.Add(stanza.New(NSOutOfBand, "x", stanza.NewText(NSOutOfBand, "url", r.URL)))
	}
	return q
}

// ReadRegistration reads a server's answer.
func ReadRegistration(query *stanza.Element) (Registration, bool) {
	if !query.Is(NSRegister, "query") {
		return Registration{}, false
	}
	r := Registration{
		Registered:   query.Child(NSRegister, "registered") != nil,
		Instructions: clip(query.ChildText(NSRegister, "instructions"), maxText),
		URL:          clip(query.Child(NSOutOfBand, "x").ChildText(NSOutOfBand, "url"), maxText),
	}
	for _, el := range query.Children() {
		if el.Name.Space == NSRegister && slices.Contains(registrationFields, el.Name.Local) {
			r.Fields = append(r.Fields, el.Name.Local)
		}
	}
	if f, ok := FormOf(query); ok {
		r.Form = &f
	}
	return r, true
}

// Register is the query that makes the account, and the one that changes its password
// (XEP-0077 §3.3).
func Register(username string, password model.Secret) *stanza.Element {
	return stanza.New(NSRegister, "query",
		stanza.NewText(NSRegister, "username", username),
		stanza.NewText(NSRegister, "password", password.Reveal()))
}

// RegisterForm is the query that makes the account through the server's form.
func RegisterForm(f Form) *stanza.Element {
	f.Type = "submit"
	return stanza.New(NSRegister, "query", f.Element())
}

// Unregister is the query that deletes the account (XEP-0077 §3.2).
func Unregister() *stanza.Element {
	return stanza.New(NSRegister, "query", stanza.New(NSRegister, "remove"))
}
