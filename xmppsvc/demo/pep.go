package demo

import (
	"slices"
	"strconv"

	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// The bounds of what one account may publish.
const (
	maxNodes     = 50
	maxNodeItems = 1_000 // what "max" means
	maxItemBytes = 16 << 10
	maxNodeBytes = 1 << 20
)

// node is one of an account's own nodes (XEP-0163). Only the account reads and hears of
// it (XEP-0223): that is all that its clients need of each other here.
type node struct {
	Max   int        `json:"max"`
	Items []nodeItem `json:"items,omitempty"` // the one published last is the last
}

type nodeItem struct {
	ID  string `json:"id"`
	XML string `json:"xml,omitempty"`
}

// pepFeatures are what an account's own address announces (XEP-0163 §6.1).
var pepFeatures = []string{
	xep.NSPubSub + "#publish", xep.NSPublishOptions, xep.NSPubSub + "#persistent-items", xep.NSPubSub + "#retrieve-items",
	xep.NSPubSub + "#retract-items", xep.NSPubSub + "#auto-create", xep.NSPubSub + "#filtered-notifications",
	xep.NSPubSub + "#access-whitelist", xep.NSPubSub + "#multi-items", xep.NSPubSub + "#item-ids",
}

// The refusals of XEP-0060 §7.1.3.
var (
	notPrivate = &condition{kind: "cancel", name: "conflict", detail: xep.NSPubSub + "#errors precondition-not-met"}
	noItemID   = &condition{kind: "modify", name: "bad-request", detail: xep.NSPubSub + "#errors item-required"}
)

// setPubSub publishes or retracts an item.
func (s *Server) setPubSub(from *session, payload *stanza.Element) (*stanza.Element, *condition) {
	iq := stanza.NewIQ("set", "", "", payload)
	if p, ok := xep.PublishOf(iq); ok {
		return s.publish(from.acct, p)
	}
	if name, id, ok := xep.RetractOf(iq); ok {
		return nil, s.retract(from.acct, name, id)
	}
	if payload.Child(xep.NSPubSub, "publish") != nil {
		return nil, noItemID
	}
	return nil, unavailable
}

// publish puts an item on a node, which is made if it is not there.
func (s *Server) publish(acct *account, p xep.Publish) (*stanza.Element, *condition) {
	n, c := acct.nodeFor(p)
	if c != nil {
		return nil, c
	}
	if p.Item.ID == "" {
		p.Item.ID = newID() // XEP-0060 §7.1.2
	}
	item := nodeItem{ID: p.Item.ID}
	if p.Item.Payload != nil {
		item.XML = p.Item.Payload.String()
	}
	if len(item.ID)+len(item.XML) > maxItemBytes || len(p.Node) > maxName {
		return nil, policyViolation
	}
	n.drop(item.ID)
	n.Items = append(n.Items, item)
	n.shrink()
	if acct.Nodes == nil {
		acct.Nodes = map[string]*node{}
	}
	acct.Nodes[p.Node] = n
	s.changed()
	s.notify(acct, xep.PubSubEvent{Node: p.Node, Items: []xep.PubSubItem{p.Item}})
	return stanza.New(xep.NSPubSub, "pubsub", stanza.New(xep.NSPubSub, "publish",
		stanza.New(xep.NSPubSub, "item").With("id", p.Item.ID)).With("node", p.Node)), nil
}

// nodeFor is the node of a publication, a new one if need be. What the client wants the
// node to be, it must be (XEP-0060 §7.1.5); without a wish it is a private one of one item.
func (a *account) nodeFor(p xep.Publish) (*node, *condition) {
	want := &node{Max: 1}
	for _, o := range p.Options {
		value := ""
		if len(o.Values) > 0 {
			value = o.Values[0]
		}
		ok := false
		switch o.Var {
		case "pubsub#access_model":
			ok = value == "whitelist"
		case "pubsub#persist_items":
			ok = value == "true" || value == "1"
		case "pubsub#send_last_published_item":
			ok = value == "never"
		case "pubsub#max_items":
			want.Max, ok = itemsWanted(value)
		}
		if !ok {
			return nil, notPrivate
		}
	}
	have := a.Nodes[p.Node]
	switch {
	case have == nil && len(a.Nodes) >= maxNodes:
		return nil, tooMany
	case have == nil:
		return want, nil
	case slices.ContainsFunc(p.Options, func(o xep.Field) bool { return o.Var == "pubsub#max_items" }) && want.Max != have.Max:
		return nil, notPrivate
	}
	return have, nil
}

func itemsWanted(value string) (int, bool) {
	if value == "max" {
		return maxNodeItems, true
	}
	n, err := strconv.ParseUint(value, 10, 31)
	return min(int(n), maxNodeItems), err == nil && n > 0
}

// drop takes an item off; false if there was none.
func (n *node) drop(id string) bool {
	i := slices.IndexFunc(n.Items, func(it nodeItem) bool { return it.ID == id })
	if i < 0 {
		return false
	}
	n.Items = slices.Delete(n.Items, i, i+1)
	return true
}

// shrink lets the oldest items go that the node has no room for.
func (n *node) shrink() {
	bytes := 0
	for i := len(n.Items) - 1; i >= 0; i-- {
		bytes += len(n.Items[i].ID) + len(n.Items[i].XML)
		if len(n.Items)-i > n.Max || bytes > maxNodeBytes {
			n.Items = slices.Delete(n.Items, 0, i+1)
			return
		}
	}
}

func (s *Server) retract(acct *account, name, id string) *condition {
	n := acct.Nodes[name]
	if n == nil || !n.drop(id) {
		return notFound
	}
	s.changed()
	s.notify(acct, xep.PubSubEvent{Node: name, Retracted: []string{id}})
	return nil
}

// getPubSub answers with the items of a node (XEP-0060 §6.5).
func (s *Server) getPubSub(from *session, payload *stanza.Element) (*stanza.Element, *condition) {
	q, ok := xep.PubSubItemsOf(stanza.NewIQ("get", "", "", payload))
	if !ok {
		return nil, unavailable
	}
	n := from.acct.Nodes[q.Node]
	if n == nil {
		return nil, notFound
	}
	items := n.Items
	switch {
	case len(q.Items) > 0:
		items = nil
		for _, it := range n.Items {
			if slices.ContainsFunc(q.Items, func(w xep.PubSubItem) bool { return w.ID == it.ID }) {
				items = append(items, it)
			}
		}
	case q.Max > 0:
		items = items[max(0, len(items)-q.Max):]
	}
	out := xep.PubSubItems{Node: q.Node}
	for _, it := range items {
		payload, err := stanza.Parse([]byte(it.XML))
		if err != nil {
			payload = nil // there was none
		}
		out.Items = append(out.Items, xep.PubSubItem{ID: it.ID, Payload: payload})
	}
	return out.Element(), nil
}

// notify tells the account's sessions that want to know (XEP-0163 §4.3).
func (s *Server) notify(acct *account, e xep.PubSubEvent) {
	for _, sess := range acct.available() {
		if sess.wants[e.Node] {
			s.deliver(sess, stanza.NewMessage("headline", newID(), sess.jid.String(), e.Element()).With("from", acct.jid.String()))
		}
	}
}
