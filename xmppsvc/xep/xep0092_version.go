package xep

import "dovekie/xmppsvc/stanza"

// NSVersion is XEP-0092.
const NSVersion = "jabber:iq:version"

// Version is a program's name and version; the empty one is the question. We never send
// an OS: it helps only whoever looks for a weakness.
type Version struct{ Name, Version, OS string }

// Element builds the question or the answer.
func (v Version) Element() *stanza.Element {
	q := stanza.New(NSVersion, "query")
	for _, f := range [...][2]string{{"name", v.Name}, {"version", v.Version}, {"os", v.OS}} {
		if f[1] != "" {
			q.Add(stanza.NewText(NSVersion, f[0], f[1]))
		}
	}
	return q
}

// ReadVersion reads an answer.
func ReadVersion(query *stanza.Element) (Version, bool) {
	if !query.Is(NSVersion, "query") {
		return Version{}, false
	}
	return Version{
		Name:    clip(query.ChildText(NSVersion, "name"), maxName),
		Version: clip(query.ChildText(NSVersion, "version"), maxName),
		OS:      clip(query.ChildText(NSVersion, "os"), maxName),
	}, true
}
