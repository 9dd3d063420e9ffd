// Package disco is who can do what (XEP-0030): our own answer and its hash in our
// presence (XEP-0115), what our server and our account offer, and what the programs of
// our contacts can, asked once per hash and not once per contact. The small questions
// that everybody may be asked live here too: version (XEP-0092), time (0202), ping (0199).
package disco

import (
	"context"

	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// node names our program in the caps; nobody follows it.
const node = "urn:dovekie"

const (
	// maxKnown bounds the hashes that are remembered.
	maxKnown = 2048
	// maxFeatures bounds, in bytes, what is remembered of one; honest programs list some 3 kB.
	maxFeatures = 16 << 10
	// maxAsked bounds the questions that are open: their number is that of the programs our
	// contacts use, not what one of them makes up.
	maxAsked = 512
)

// Software is what we tell about our program. The operating system is nobody's business.
type Software struct{ Name, Version string }

// Contacts tells who may learn that we are here (roster.Roster).
type Contacts interface {
	SeesUs(j jid.JID) bool
}

// Store keeps what our account announces, in the transaction of the batch at hand.
type Store interface {
	PutFeatures(account jid.JID, features []string) error
}

// Reader gives it back.
type Reader interface {
	Features(ctx context.Context, account jid.JID) ([]string, error)
}

// Disco belongs to one account's loop.
type Disco struct {
	s        feature.Session
	store    func() Store
	read     Reader
	software Software
	contacts Contacts
	answer   xep.Disco // ours, without a node
	caps     xep.Caps

	server  xep.Disco            // of our server
	account xep.Disco            // of our own account on it
	known   map[string]xep.Disco // by Caps.Key, verified
	asked   map[string]bool      // keys on their way
	uses    map[jid.JID]string   // the Caps.Key of each resource that is online
}

var (
	_ feature.Feature         = (*Disco)(nil)
	_ feature.Loader          = (*Disco)(nil)
	_ feature.Opener          = (*Disco)(nil)
	_ feature.Resumed         = (*Disco)(nil)
	_ feature.Lost            = (*Disco)(nil)
	_ feature.PresenceHandler = (*Disco)(nil)
	_ feature.IQHandler       = (*Disco)(nil)
)

// New makes it for a program that can do what the namespaces say, besides what this
// package does itself.
func New(s feature.Session, store func() Store, read Reader, software Software, contacts Contacts, namespaces []string) *Disco {
	d := &Disco{
		s: s, store: store, read: read, software: software, contacts: contacts,
		known: map[string]xep.Disco{}, asked: map[string]bool{}, uses: map[jid.JID]string{},
	}
	d.answer = xep.Disco{
		Identities: []xep.Identity{{Category: "client", Type: "pc", Name: software.Name}},
		Features:   append(d.Namespaces(), namespaces...),
	}
	d.caps = xep.NewCaps(node, d.answer)
	return d
}

// Namespaces are what this package answers.
func (d *Disco) Namespaces() []string {
	return []string{xep.NSDiscoInfo, xep.NSDiscoItems, xep.NSCaps, xep.NSVersion, xep.NSTime, xep.NSPing}
}

// Caps is the child of our presence that says what we can do.
func (d *Disco) Caps() *stanza.Element { return d.caps.Element() }

// Load reads what our account announced last: a session that is resumed after a crash
// brings messages before anything can be asked.
func (d *Disco) Load() error {
	features, err := d.read.Features(context.Background(), d.s.Self().Bare())
	if err == nil && len(d.account.Features) == 0 {
		d.account.Features = features
	}
	return err
}

// Open asks our account and our server, ahead of the presence that brings what waited:
// whether its ids can be believed must be known then.
func (d *Disco) Open() {
	d.askAccount()
	d.ask(d.s.Self().Server(), "", func(info xep.Disco) { d.server = info }, func(error) {})
}

// askAccount asks our account, until it says something: without an answer what it sends
// twice could not be told.
func (d *Disco) askAccount() {
	d.ask(d.s.Self().Bare(), "", func(info xep.Disco) {
		d.account = info
		if size(info.Features) > maxFeatures {
			return
		}
		if err := d.store().PutFeatures(d.s.Self().Bare(), info.Features); err != nil {
			d.s.Fail(err)
		}
	}, func(err error) {
		if model.KindOf(err) == model.ErrTimeout {
			d.askAccount()
		}
	})
}

// Resumed asks again what a crash made us forget.
func (d *Disco) Resumed(fresh bool) {
	if fresh {
		d.Open()
	}
}

// Lost forgets who uses which program, but not what the programs can do.
func (d *Disco) Lost() { clear(d.uses) }

// Known reports whether our account ever said what it announces.
func (d *Disco) Known() bool { return len(d.account.Features) > 0 }

// OwnAccount reports whether our own account announced the namespace.
func (d *Disco) OwnAccount(ns string) bool { return d.account.Has(ns) }

// Server reports whether our server announced the namespace.
func (d *Disco) Server(ns string) bool { return d.server.Has(ns) }

// Supports reports whether any resource of the contact announced the namespace.
func (d *Disco) Supports(contact jid.JID, ns string) bool {
	for resource, key := range d.uses {
		if resource.Bare() == contact.Bare() && d.can(key).Has(ns) {
			return true
		}
	}
	return false
}

// can is what the program of a hash announces, as far as it is known; who has ours is never
// asked.
func (d *Disco) can(key string) xep.Disco {
	if key == d.caps.Key() {
		return d.answer
	}
	return d.known[key]
}

// HandlePresence notes the program of a contact's resource, and asks the first one that
// comes with a hash that is new.
func (d *Disco) HandlePresence(from jid.JID, el *stanza.Element) feature.Verdict {
	caps, ok := xep.CapsOf(el)
	if el.Get("type") != "" || !ok || !d.contacts.SeesUs(from) || from.IsBare() {
		delete(d.uses, from)
		return feature.Pass
	}
	key := caps.Key()
	if len(d.uses) >= 8*maxKnown {
		return feature.Pass
	}
	d.uses[from] = key
	if _, known := d.known[key]; known || d.asked[key] || key == d.caps.Key() || len(d.asked) >= maxAsked {
		return feature.Pass
	}
	d.asked[key] = true
	d.ask(from, key, func(info xep.Disco) {
		// "the receiving entity MUST NOT … cache" what the hash does not prove (§5.4).
		if caps.Verify(info) && size(info.Features) <= maxFeatures {
			d.learn(key, info.Features)
		}
	}, func(error) {})
	return feature.Pass
}

// learn remembers what a program can do. When it is too much all is forgotten and asked
// again as it is met, so that nobody can fill it up for good.
func (d *Disco) learn(key string, features []string) {
	if len(d.known) >= maxKnown {
		clear(d.known)
	}
	d.known[key] = xep.Disco{Features: features}
}

func size(list []string) int {
	n := 0
	for _, s := range list {
		n += len(s) + 16
	}
	return n
}

// ask puts the question; then is called only with an answer, failed when there is none.
func (d *Disco) ask(to jid.JID, node string, then func(xep.Disco), failed func(error)) {
	iq := stanza.NewIQ("get", "", to.String(), xep.Disco{Node: node}.Element())
	d.s.Ask(iq, func(answer *stanza.Element, err error) {
		delete(d.asked, node)
		if err != nil {
			failed(err)
			return
		}
		if info, ok := xep.ReadDisco(answer.Child(xep.NSDiscoInfo, "query")); ok {
			then(info)
		}
	})
}
