package xep

import (
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// ArchiveDefault says whose messages a server archives (XEP-0441 §2.1.1).
type ArchiveDefault string

// The policies; "roster" is those of contacts.
const (
	ArchiveAlways ArchiveDefault = "always"
	ArchiveNever  ArchiveDefault = "never"
	ArchiveRoster ArchiveDefault = "roster"
)

// ArchivePrefs is XEP-0441: what our account's archive keeps. The one without contents is
// the question. A server answers a change with what it made of it.
type ArchivePrefs struct {
	Default       ArchiveDefault // "" in the question, and for a policy that nobody knows
	Always, Never []jid.JID      // exceptions; a bare address means all its resources
}

// Element builds the question, the change or the answer.
func (p ArchivePrefs) Element() *stanza.Element {
	el := stanza.New(NSArchive, "prefs").With("default", string(p.Default))
	if p.Default == "" {
		return el
	}
	for _, l := range []struct {
		name string
		all  []jid.JID
	}{{"always", p.Always}, {"never", p.Never}} {
		list := stanza.New(NSArchive, l.name)
		for _, j := range l.all {
			list.Add(stanza.NewText(NSArchive, "jid", j.String()))
		}
		el.Add(list)
	}
	return el
}

// ReadArchivePrefs reads the element; entries without a valid address are left out, those
// that are there twice are there once.
func ReadArchivePrefs(prefs *stanza.Element) (ArchivePrefs, bool) {
	if !prefs.Is(NSArchive, "prefs") {
		return ArchivePrefs{}, false
	}
	p := ArchivePrefs{Always: addresses(prefs.Child(NSArchive, "always")), Never: addresses(prefs.Child(NSArchive, "never"))}
	switch d := ArchiveDefault(prefs.Get("default")); d {
	case ArchiveAlways, ArchiveNever, ArchiveRoster:
		p.Default = d
	}
	return p, true
}

func addresses(list *stanza.Element) []jid.JID {
	var all []jid.JID
	seen := map[jid.JID]bool{}
	for _, el := range list.Children() {
		if !el.Is(NSArchive, "jid") {
			continue
		}
		if j, ok := address(el.Text()); ok && !seen[j] {
			seen[j] = true
			all = append(all, j)
		}
	}
	return all
}
