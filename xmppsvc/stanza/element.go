// Package stanza holds what travels on an XMPP stream: a lossless element tree, a
// byte-exact reader with limits, and a writer. It is shared by the client and the
// demo server and knows no connection.
//
// Attributes are read only in no namespace: a foreign "e:from" is kept in the tree
// (so that it can be written again) but is never taken for "from".
package stanza

import "encoding/xml"

// Namespaces that the core of RFC 6120 uses.
const (
	NSClient  = "jabber:client"
	NSStream  = "http://etherx.jabber.org/streams"
	NSStanzas = "urn:ietf:params:xml:ns:xmpp-stanzas"
	NSStreams = "urn:ietf:params:xml:ns:xmpp-streams"
	NSTLS     = "urn:ietf:params:xml:ns:xmpp-tls"
	NSSASL    = "urn:ietf:params:xml:ns:xmpp-sasl"
	NSBind    = "urn:ietf:params:xml:ns:xmpp-bind"
	NSXML     = "http://www.w3.org/XML/1998/namespace"
)

// Element is one XML element with everything below it. Nodes holds children and
// text in document order: each is either *Element or Text. An Element is immutable
// once it was handed to somebody else; whoever builds one owns it until then.
type Element struct {
	Name  xml.Name // Name.Space is always the resolved namespace
	Attr  []xml.Attr
	Nodes []Node
}

// Node is *Element or Text.
type Node interface{ node() }

// Text is character data, unescaped.
type Text string

func (*Element) node() {}
func (Text) node()     {}

// New makes an element of the namespace with the given children; a nil child is left
// out, so that optional children can be written in place.
func New(space, local string, children ...Node) *Element {
	e := &Element{Name: xml.Name{Space: space, Local: local}}
	for _, c := range children {
		if el, ok := c.(*Element); ok && el == nil || c == nil {
			continue
		}
		e.Nodes = append(e.Nodes, c)
	}
	return e
}

// NewText makes an element that holds only text.
func NewText(space, local, text string) *Element {
	return New(space, local, Text(text))
}

// With sets an attribute in no namespace ("" removes nothing and sets nothing) and
// returns e, for building in one expression.
func (e *Element) With(name, value string) *Element {
	if value != "" {
		e.SetAttr(name, value)
	}
	return e
}

// SetAttr sets or replaces the attribute in no namespace.
func (e *Element) SetAttr(name, value string) {
	for i, a := range e.Attr {
		if a.Name.Space == "" && a.Name.Local == name {
			e.Attr[i].Value = value
			return
		}
	}
	e.Attr = append(e.Attr, xml.Attr{Name: xml.Name{Local: name}, Value: value})
}

// Get is the value of the attribute in no namespace, or "".
func (e *Element) Get(name string) string {
	for _, a := range e.Attr {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Lang is the value of xml:lang, or "".
func (e *Element) Lang() string {
	for _, a := range e.Attr {
		if a.Name.Local == "lang" && (a.Name.Space == NSXML || a.Name.Space == "xml") {
			return a.Value
		}
	}
	return ""
}

// Is reports whether e (which may be nil) has this full name.
func (e *Element) Is(space, local string) bool {
	return e != nil && e.Name.Local == local && e.Name.Space == space
}

// Child is the first direct child with this full name, or nil. e may be nil.
func (e *Element) Child(space, local string) *Element {
	if e == nil {
		return nil
	}
	for _, n := range e.Nodes {
		if c, ok := n.(*Element); ok && c.Is(space, local) {
			return c
		}
	}
	return nil
}

// Children are all direct child elements, in order. e may be nil.
func (e *Element) Children() []*Element {
	if e == nil {
		return nil
	}
	var out []*Element
	for _, n := range e.Nodes {
		if c, ok := n.(*Element); ok {
			out = append(out, c)
		}
	}
	return out
}

// First is the first direct child element of any name, or nil. e may be nil.
func (e *Element) First() *Element {
	if e == nil {
		return nil
	}
	for _, n := range e.Nodes {
		if c, ok := n.(*Element); ok {
			return c
		}
	}
	return nil
}

// Text is the element's own character data, joined, without that of its children.
// e may be nil.
func (e *Element) Text() string {
	if e == nil {
		return ""
	}
	if len(e.Nodes) == 1 {
		if t, ok := e.Nodes[0].(Text); ok {
			return string(t)
		}
	}
	var out []byte
	for _, n := range e.Nodes {
		if t, ok := n.(Text); ok {
			out = append(out, t...)
		}
	}
	return string(out)
}

// ChildText is Child(space, local).Text().
func (e *Element) ChildText(space, local string) string { return e.Child(space, local).Text() }

// Add appends children and returns e; nil children are left out.
func (e *Element) Add(children ...Node) *Element {
	for _, c := range children {
		if el, ok := c.(*Element); ok && el == nil || c == nil {
			continue
		}
		e.Nodes = append(e.Nodes, c)
	}
	return e
}

// Size is about how many bytes of text the element holds: names, attributes, data.
func (e *Element) Size() int {
	if e == nil {
		return 0
	}
	n := len(e.Name.Space) + len(e.Name.Local)
	for _, a := range e.Attr {
		n += len(a.Name.Local) + len(a.Value)
	}
	for _, c := range e.Nodes {
		switch c := c.(type) {
		case *Element:
			n += c.Size()
		case Text:
			n += len(c)
		}
	}
	return n
}
