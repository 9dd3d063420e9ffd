// Package roster keeps the contact list: the server's items (RFC 6121 §2) by version
// (XEP-0237), who may see whose presence (§3), and the presence of every resource (§4).
//
// The list of last time is there from the start. What the server says replaces it;
// nothing is changed here because a command was given, only because the server pushed.
package roster

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// Store is what the roster writes, in the transaction of the batch at hand.
type Store interface {
	ReplaceRoster(account jid.JID, version string, items []model.RosterItem) error
	PutRosterItem(account jid.JID, version string, item model.RosterItem) error
	RemoveRosterItem(account jid.JID, version string, contact jid.JID) error
	PutRequest(account jid.JID, r model.SubscriptionRequest) error
	RemoveRequest(account, contact jid.JID) error
	PutPresence(account, contact jid.JID, all []model.Presence) error
	ClearPresence(account jid.JID) error
}

// Reader is what it reads when it is loaded.
type Reader interface {
	Roster(ctx context.Context, account jid.JID) (items []model.RosterItem, version string, err error)
	Requests(ctx context.Context, account jid.JID) ([]model.SubscriptionRequest, error)
	Presence(ctx context.Context, account jid.JID) (map[jid.JID][]model.Presence, error)
}

// Roster is the contact list of one account; it belongs to the account's loop.
type Roster struct {
	s     feature.Session
	store func() Store
	read  Reader

	items     map[jid.JID]model.RosterItem
	version   string
	versioned bool // the server keeps versions
	requests  map[jid.JID]model.SubscriptionRequest
	presence  map[jid.JID]map[string]model.Presence // of contacts, by resource
}

var (
	_ feature.Feature         = (*Roster)(nil)
	_ feature.Loader          = (*Roster)(nil)
	_ feature.Opener          = (*Roster)(nil)
	_ feature.Resumed         = (*Roster)(nil)
	_ feature.Lost            = (*Roster)(nil)
	_ feature.IQHandler       = (*Roster)(nil)
	_ feature.PresenceHandler = (*Roster)(nil)
)

// New makes an empty roster. store is asked only while a batch runs.
func New(s feature.Session, store func() Store, read Reader) *Roster {
	return &Roster{s: s, store: store, read: read, presence: map[jid.JID]map[string]model.Presence{}}
}

// Namespaces are none: a roster is not announced.
func (r *Roster) Namespaces() []string { return nil }

// Load reads the list of last time, and the presences if there is a session to go on with:
// a server that resumes it does not tell them again.
func (r *Roster) Load() error {
	items, version, err := r.read.Roster(context.Background(), r.self())
	if err != nil {
		return err
	}
	requests, err := r.read.Requests(context.Background(), r.self())
	if err != nil {
		return err
	}
	known, err := r.read.Presence(context.Background(), r.self())
	if err != nil {
		return err
	}
	r.presence = map[jid.JID]map[string]model.Presence{}
	for j, all := range known {
		r.presence[j] = map[string]model.Presence{}
		for _, p := range all {
			r.presence[j][p.Resource] = p
		}
	}
	r.replace(items, version)
	r.requests = map[jid.JID]model.SubscriptionRequest{}
	for _, q := range requests {
		r.requests[q.JID] = q
	}
	return nil
}

// Open asks for what changed since the version we have.
func (r *Roster) Open() { r.get(r.version != "") }

// Resumed asks again what a crash made us forget: the answer may have been on its way.
func (r *Roster) Resumed(fresh bool) {
	if fresh {
		r.Open()
	}
}

// Versioned hears whether the server keeps versions; before the first login that is not
// known, and §2.6.2 forbids to say "ver" to a server that does not.
func (r *Roster) Versioned(yes bool) { r.versioned = yes }

// Lost forgets all presences: nobody will tell us that they changed. One event says so
// of all contacts, so that whoever goes while we are away is not shown as here afterwards.
func (r *Roster) Lost() {
	if err := r.store().ClearPresence(r.self()); err != nil {
		r.s.Fail(err)
	}
	if len(r.presence) == 0 {
		return
	}
	clear(r.presence)
	r.s.Emit(event.RosterReplaced{Account: r.self(), Contacts: r.Contacts()})
}

// Item is the server's entry for the contact, if there is one.
func (r *Roster) Item(contact jid.JID) (model.RosterItem, bool) {
	item, ok := r.items[contact.Bare()]
	return item, ok
}

// SeesUs reports whether j may know that we are here: one of our own resources, or a
// contact with that subscription.
func (r *Roster) SeesUs(j jid.JID) bool {
	item, ok := r.items[j.Bare()]
	return j.Bare() == r.self() || ok && item.Subscription.SeesUs()
}

// Contacts is the whole list with presences, in no order.
func (r *Roster) Contacts() []model.Contact {
	out := make([]model.Contact, 0, len(r.items))
	for j := range r.items {
		out = append(out, r.contact(j))
	}
	return out
}

func (r *Roster) contact(j jid.JID) model.Contact {
	return model.Contact{RosterItem: r.items[j], Presence: r.resources(j)}
}

// keepPresence stores what we know of a contact's resources.
func (r *Roster) keepPresence(j jid.JID) {
	if err := r.store().PutPresence(r.self(), j, r.resources(j)); err != nil {
		r.s.Fail(err)
	}
}

// resources are the available ones of a contact, highest priority first.
func (r *Roster) resources(j jid.JID) []model.Presence {
	var out []model.Presence
	for _, p := range r.presence[j] {
		out = append(out, p)
	}
	slices.SortFunc(out, func(x, y model.Presence) int {
		return cmp.Or(y.Priority-x.Priority, y.Time.Compare(x.Time), strings.Compare(x.Resource, y.Resource))
	})
	return out
}

func (r *Roster) self() jid.JID { return r.s.Self().Bare() }

func (r *Roster) replace(items []model.RosterItem, version string) {
	r.items, r.version = make(map[jid.JID]model.RosterItem, len(items)), version
	for _, item := range items {
		r.items[item.JID] = item
	}
}

// get asks for the roster; with the version, even an empty one, the server may answer
// with nothing and push what changed (RFC 6121 §2.6.3).
func (r *Roster) get(withVersion bool) {
	query := xep.RosterQuery(r.version, withVersion)
	r.s.Ask(stanza.NewIQ("get", "", "", query), func(answer *stanza.Element, err error) {
		if err == nil {
			r.result(answer, withVersion)
		}
	})
}

func (r *Roster) result(answer *stanza.Element, askedByVersion bool) {
	list, ok := xep.ReadRoster(answer.Child(xep.NSRoster, "query"))
	if !ok {
		return // what we have is the present version
	}
	if list.Version == "" && r.versioned && !askedByVersion {
		r.get(true) // once, so that the next login has a version to name
	}
	var items []model.RosterItem
	for _, item := range list.Items {
		if !item.Removed {
			items = append(items, item.RosterItem)
		}
	}
	r.replace(items, list.Version)
	if err := r.store().ReplaceRoster(r.self(), list.Version, items); err != nil {
		r.s.Fail(err)
	}
	for j := range r.presence {
		if _, still := r.items[j]; !still {
			delete(r.presence, j)
			r.keepPresence(j)
		}
	}
	r.s.Emit(event.RosterReplaced{Account: r.self(), Contacts: r.Contacts()})
}

// HandleIQ takes roster pushes.
func (r *Roster) HandleIQ(from jid.JID, iq *stanza.Element) feature.Verdict {
	push, ok := xep.ReadRoster(iq.Child(xep.NSRoster, "query"))
	if !ok || iq.Get("type") != "set" {
		return feature.Pass
	}
	// "A receiving client MUST ignore the stanza unless it has no 'from' attribute … or it
	// has a 'from' attribute whose value matches the user's bare JID" (RFC 6121 §2.1.6;
	// CVE-2015-8688).
	if !from.IsZero() && from != r.self() {
		return feature.Pass
	}
	r.s.Send(iq.Result(nil))
	if push.Version != "" {
		r.version = push.Version
	}
	for _, item := range push.Items {
		r.push(item)
	}
	return feature.Handled
}

func (r *Roster) push(item xep.RosterItem) {
	if item.Removed {
		delete(r.items, item.JID)
		delete(r.presence, item.JID)
		r.keepPresence(item.JID)
		if err := r.store().RemoveRosterItem(r.self(), r.version, item.JID); err != nil {
			r.s.Fail(err)
		}
		r.s.Emit(event.ContactRemoved{Account: r.self(), JID: item.JID})
		return
	}
	r.items[item.JID] = item.RosterItem
	if !item.Subscription.SeenByUs() {
		delete(r.presence, item.JID)
		r.keepPresence(item.JID)
	}
	if err := r.store().PutRosterItem(r.self(), r.version, item.RosterItem); err != nil {
		r.s.Fail(err)
	}
	r.s.Emit(event.ContactChanged{Account: r.self(), Contact: r.contact(item.JID)})
}
