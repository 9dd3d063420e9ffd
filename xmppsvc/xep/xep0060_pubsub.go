package xep

import (
	"strconv"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// NSPubSub is XEP-0060 as far as an account's own nodes need it (XEP-0163, XEP-0223),
// NSPubSubEvent what its notifications use, NSPublishOptions the kind of form that comes
// with a publication, and the feature that says that a server heeds it.
const (
	NSPubSub         = "http://jabber.org/protocol/pubsub"
	NSPubSubEvent    = NSPubSub + "#event"
	NSPublishOptions = NSPubSub + "#publish-options"
)

// maxItems is how many items of one stanza are read; what comes after them is left out.
const maxItems = 5000

// PubSubItem is one entry of a node.
type PubSubItem struct {
	ID      string
	Payload *stanza.Element // nil when there was none
}

func (i PubSubItem) element(space string) *stanza.Element {
	return stanza.New(space, "item", i.Payload).With("id", i.ID)
}

// PrivateNode are the options of a node that only its owner may read and that keeps
// everything (XEP-0223 §3, XEP-0490 §4.2).
func PrivateNode() []Field {
	return []Field{
		{Var: "pubsub#persist_items", Values: []string{"true"}},
		{Var: "pubsub#max_items", Values: []string{"max"}},
		{Var: "pubsub#send_last_published_item", Values: []string{"never"}},
		{Var: "pubsub#access_model", Values: []string{"whitelist"}},
	}
}

// Publish puts an item on a node of ours. It is the payload of an IQ of type set, without
// an address.
type Publish struct {
	Node    string
	Item    PubSubItem
	Options []Field // what the node must be like; else the server refuses
}

// Element builds the payload.
func (p Publish) Element() *stanza.Element {
	el := stanza.New(NSPubSub, "pubsub", stanza.New(NSPubSub, "publish", p.Item.element(NSPubSub)).With("node", p.Node))
	if len(p.Options) > 0 {
		f := Form{Type: "submit", Fields: []Field{{Var: "FORM_TYPE", Type: "hidden", Values: []string{NSPublishOptions}}}}
		f.Fields = append(f.Fields, p.Options...)
		el.Add(stanza.New(NSPubSub, "publish-options", f.Element()))
	}
	return el
}

// PublishOf reads a publication of exactly one item. The item may be without an id: the
// server chooses one then (XEP-0060 §7.1.2).
func PublishOf(iq *stanza.Element) (Publish, bool) {
	el := iq.Child(NSPubSub, "pubsub")
	publish := el.Child(NSPubSub, "publish")
	items := publish.Children()
	if publish == nil || len(items) != 1 || !items[0].Is(NSPubSub, "item") {
		return Publish{}, false
	}
	p := Publish{Node: identifier(publish.Get("node")), Item: readPubSubItem(items[0])}
	f, _ := FormOf(el.Child(NSPubSub, "publish-options"))
	for _, field := range f.Fields {
		if field.Var != "FORM_TYPE" {
			p.Options = append(p.Options, field)
		}
	}
	return p, p.Node != ""
}

// PubSubItems asks for the items of a node: all of them, or those with the given ids, or
// the newest Max. It is the payload of an IQ of type get, without an address for a node
// of ours; with items it is the answer.
type PubSubItems struct {
	Node  string
	Max   int // 0 says nothing
	Items []PubSubItem
}

// Element builds the question or the answer.
func (p PubSubItems) Element() *stanza.Element {
	items := stanza.New(NSPubSub, "items").With("node", p.Node)
	if p.Max > 0 {
		items.SetAttr("max_items", strconv.Itoa(p.Max))
	}
	for _, it := range p.Items {
		items.Add(it.element(NSPubSub))
	}
	return stanza.New(NSPubSub, "pubsub", items)
}

// PubSubItemsOf reads the question or the answer. Items without an id are left out.
func PubSubItemsOf(iq *stanza.Element) (PubSubItems, bool) {
	items := iq.Child(NSPubSub, "pubsub").Child(NSPubSub, "items")
	if items == nil {
		return PubSubItems{}, false
	}
	p := PubSubItems{Node: identifier(items.Get("node")), Max: max(count(items.Get("max_items")), 0)}
	p.Items, _ = readItems(items, NSPubSub)
	return p, p.Node != ""
}

// Retract builds the payload of an IQ of type set that takes an item off a node of ours;
// whoever listens hears of it.
func Retract(node, id string) *stanza.Element {
	return stanza.New(NSPubSub, "pubsub",
		stanza.New(NSPubSub, "retract", PubSubItem{ID: id}.element(NSPubSub)).With("node", node).With("notify", "true"))
}

// RetractOf reads which item is taken off which node.
func RetractOf(iq *stanza.Element) (node, id string, ok bool) {
	el := iq.Child(NSPubSub, "pubsub").Child(NSPubSub, "retract")
	if el == nil {
		return "", "", false
	}
	node = identifier(el.Get("node"))
	if it := el.Child(NSPubSub, "item"); it != nil {
		id = identifier(it.Get("id"))
	}
	return node, id, node != "" && id != ""
}

// PubSubEvent is a message that tells of a change of a node. Anybody can send one:
// believe it only if From is whose node it is, our bare JID for our own.
type PubSubEvent struct {
	From      jid.JID // zero when the message had no sender, or none that is an address
	Node      string
	Items     []PubSubItem
	Retracted []string // ids that are gone
}

// Element builds the child of the message.
func (e PubSubEvent) Element() *stanza.Element {
	items := stanza.New(NSPubSubEvent, "items").With("node", e.Node)
	for _, it := range e.Items {
		items.Add(it.element(NSPubSubEvent))
	}
	for _, id := range e.Retracted {
		items.Add(stanza.New(NSPubSubEvent, "retract").With("id", id))
	}
	return stanza.New(NSPubSubEvent, "event", items)
}

// PubSubEventOf reads a notification about items; those about the node itself are none.
// An error is none either: it brings back what we sent.
func PubSubEventOf(message *stanza.Element) (PubSubEvent, bool) {
	items := message.Child(NSPubSubEvent, "event").Child(NSPubSubEvent, "items")
	if items == nil || MessageType(message) == "error" {
		return PubSubEvent{}, false
	}
	e := PubSubEvent{Node: identifier(items.Get("node"))}
	e.From, _ = address(message.Get("from"))
	e.Items, e.Retracted = readItems(items, NSPubSubEvent)
	return e, e.Node != ""
}

func readItems(parent *stanza.Element, space string) (items []PubSubItem, retracted []string) {
	for _, el := range parent.Children() {
		if len(items)+len(retracted) == maxItems {
			break
		}
		switch {
		case el.Is(space, "item"):
			if it := readPubSubItem(el); it.ID != "" {
				items = append(items, it)
			}
		case el.Is(space, "retract"):
			if id := identifier(el.Get("id")); id != "" {
				retracted = append(retracted, id)
			}
		}
	}
	return items, retracted
}

func readPubSubItem(el *stanza.Element) PubSubItem {
	return PubSubItem{ID: identifier(el.Get("id")), Payload: el.First()}
}
