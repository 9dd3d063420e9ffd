package xep

import (
	"slices"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// The namespaces of XEP-0030.
const (
	NSDiscoInfo  = "http://jabber.org/protocol/disco#info"
	NSDiscoItems = "http://jabber.org/protocol/disco#items"
)

// Disco is what an entity says about itself: a disco#info answer. One without contents
// is the question.
type Disco struct {
	Node       string
	Identities []Identity
	Features   []string
	Forms      []Form // XEP-0128
}

// Identity is what an entity is, "client/pc" for instance.
type Identity struct{ Category, Type, Lang, Name string }

// Has reports whether the feature is listed.
func (d Disco) Has(feature string) bool { return slices.Contains(d.Features, feature) }

// Is reports whether the entity has this identity; an empty type means any.
func (d Disco) Is(category, typ string) bool {
	return slices.ContainsFunc(d.Identities, func(i Identity) bool {
		return i.Category == category && (typ == "" || i.Type == typ)
	})
}

// Element builds the question or the answer.
func (d Disco) Element() *stanza.Element {
	q := stanza.New(NSDiscoInfo, "query").With("node", d.Node)
	for _, i := range d.Identities {
		el := stanza.New(NSDiscoInfo, "identity").With("category", i.Category).With("type", i.Type).With("name", i.Name)
		setLang(el, i.Lang)
		q.Add(el)
	}
	for _, f := range d.Features {
		q.Add(stanza.New(NSDiscoInfo, "feature").With("var", f))
	}
	for _, f := range d.Forms {
		q.Add(f.Element())
	}
	return q
}

// ReadDisco reads a disco#info query element. Everything is kept as it came, repeated
// entries too: they matter to Caps.Verify.
func ReadDisco(query *stanza.Element) (Disco, bool) {
	if !query.Is(NSDiscoInfo, "query") {
		return Disco{}, false
	}
	d := Disco{Node: query.Get("node")}
	for _, el := range query.Children() {
		switch {
		case el.Is(NSDiscoInfo, "identity"):
			d.Identities = append(d.Identities, Identity{el.Get("category"), el.Get("type"), el.Lang(), el.Get("name")})
		case el.Is(NSDiscoInfo, "feature"):
			d.Features = append(d.Features, el.Get("var"))
		default:
			if f, ok := readForm(el); ok {
				d.Forms = append(d.Forms, f)
			}
		}
	}
	return d, true
}

// Items is a disco#items answer; one without items is the question.
type Items struct {
	Node  string
	Items []Item
}

// Item is one thing an entity has: a service of a server, a room of a service.
type Item struct {
	JID        jid.JID
	Node, Name string
}

// Element builds the question or the answer.
func (i Items) Element() *stanza.Element {
	q := stanza.New(NSDiscoItems, "query").With("node", i.Node)
	for _, it := range i.Items {
		q.Add(stanza.New(NSDiscoItems, "item").With("jid", it.JID.String()).With("node", it.Node).With("name", it.Name))
	}
	return q
}

// ReadItems reads a disco#items query element; items without a valid address are left
// out.
func ReadItems(query *stanza.Element) (Items, bool) {
	if !query.Is(NSDiscoItems, "query") {
		return Items{}, false
	}
	items := Items{Node: query.Get("node")}
	for _, el := range query.Children() {
		if !el.Is(NSDiscoItems, "item") {
			continue
		}
		if j, ok := address(el.Get("jid")); ok {
			items.Items = append(items.Items, Item{j, el.Get("node"), clip(el.Get("name"), maxName)})
		}
	}
	return items, true
}
