package demo

import (
	"crypto/sha1"
	"encoding/base64"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

const (
	botResource = "demo"
	botNode     = "urn:dovekie:demo"
	botName     = "Dovekie demo contact"
	maxPlans    = 1_000

	returnTime = 20 * time.Second // until a contact that is away sees what was written
	stayTime   = 3 * time.Minute
	acceptTime = time.Second

	receiptTime = 150 * time.Millisecond  // until a contact's program has said that it got something
	nudgeTime   = 1200 * time.Millisecond // until a contact nudges back
	maxUnread   = 1_000
)

// botFeatures are what a contact answers to disco, in the order of XEP-0115 §5.1.
var botFeatures = []string{nsCaps, nsChatStates, nsDiscoInfo, nsVersion, nsAttention, nsMarkers, nsPing, nsReceipts, nsTime}

// bot is a contact that lives in the server. Its methods run under the server's mutex.
type bot struct {
	*contact
	srv  *Server
	acct *account
	sess *session // nil while it is offline

	receipts  []*stanza.Element // that are on their way
	unread    []heard           // what it has not looked at, oldest first
	plans     []plan            // what it is about to say, oldest first
	turn      int               // of its lines
	nudging   bool              // it is about to nudge
	returning bool              // will come online because somebody wrote
	leaving   int               // counts up, so that an old plan to leave is void
	minutes   int               // the clock: how many minutes to call still
	seen      map[string]phaseSeen
	comments  int // the guide: on presence so far
}

// phaseSeen is the presence of one resource, as the guide saw it last.
type phaseSeen struct{ show, status string }

// plan is one message to be typed and sent.
type plan struct {
	to   jid.JID
	text string
	wait time.Duration
	then func()
}

// heard is a message that a contact got.
type heard struct {
	from jid.JID // full
	text string
	lang lang
	id   string // to say that it was seen, "" if nobody wants to know
	typ  string
}

// addBot puts a contact into the world; a fresh world has it on the owner's list.
func (s *Server) addBot(c *contact, fresh bool) {
	address := jid.MustParse(c.local + "@" + Domain)
	acct := s.st.Accounts[address]
	if acct == nil {
		acct = s.st.add(address, nil)
	}
	if acct.Keys != nil {
		return // somebody registered the name before the contact existed
	}
	b := &bot{contact: c, srv: s, acct: acct, seen: map[string]phaseSeen{}}
	acct.bot = b
	s.bots[address] = b
	if fresh && c.group != (words{}) {
		owner := s.st.Accounts[s.owner]
		owner.Roster[address] = &item{
			Name: c.name.in(s.script.lang), Groups: []string{c.group.in(s.script.lang)}, Subscription: model.SubscriptionBoth,
		}
		acct.Roster[s.owner] = &item{Subscription: model.SubscriptionBoth}
	}
	if !c.away || s.st.Done[c.step] {
		b.arrive()
	}
}

// arrive brings the contact online, or shows its new presence.
func (b *bot) arrive() {
	if b.sess == nil {
		full, err := b.acct.jid.WithResource(botResource)
		if err != nil {
			return
		}
		b.sess = &session{acct: b.acct, jid: full, bot: b, directed: map[jid.JID]bool{}}
		b.acct.sessions[full.Resource()] = b.sess
	}
	p := phase{b.show, b.status}
	if b.srv.st.Done[b.step] {
		p = b.after
	}
	b.returning = false
	el := stanza.NewPresence("", "")
	if p.show != "" {
		el.Add(stanza.NewText(stanza.NSClient, "show", p.show))
	}
	el.Add(stanza.NewText(stanza.NSClient, "status", p.status.in(b.srv.script.lang)),
		stanza.New(nsCaps, "c").With("hash", "sha-1").With("node", botNode).With("ver", botVer()))
	b.srv.fromSession(b.sess, el)
}

// leave takes the contact offline.
func (b *bot) leave() {
	if b.sess == nil {
		return
	}
	b.srv.fromSession(b.sess, stanza.NewPresence("unavailable", ""))
	delete(b.acct.sessions, b.sess.jid.Resource())
	b.sess = nil
	b.unread, b.plans = nil, nil
}

// missed brings a contact that is away online a while after somebody wrote to it; then
// the server hands it what was kept. The one the script brings waits for the script.
func (b *bot) missed() {
	if b.sess != nil || b.returning || b.local != localLater {
		return
	}
	b.returning = true
	b.srv.after(returnTime, func() {
		b.arrive()
		b.stay()
	})
}

// stay postpones the end of a visit.
func (b *bot) stay() {
	b.leaving++
	mine := b.leaving
	b.srv.after(stayTime, func() {
		if b.leaving == mine && len(b.plans) == 0 {
			b.leave()
		}
	})
}

// receive takes what the router brought.
func (b *bot) receive(el *stanza.Element) {
	if b.sess == nil {
		return
	}
	from, err := jid.Parse(el.Get("from"))
	if err != nil {
		return
	}
	switch el.Name.Local {
	case "message":
		b.hear(el, from)
	case "presence":
		b.notice(el, from)
	case "iq":
		b.answer(el)
	}
}

// hear confirms a message and answers it.
func (b *bot) hear(el *stanza.Element, from jid.JID) {
	body := el.ChildText(stanza.NSClient, "body")
	typ := el.Get("type")
	if xep.WantsAttention(el) && typ != "error" {
		b.nudged(from)
	}
	if body == "" || typ != "" && typ != "chat" && typ != "normal" {
		return
	}
	if xep.WantsReceipt(el) {
		b.confirm(stanza.NewMessage(typ, newID(), from.String(), xep.Receipt{ID: el.Get("id")}.Element(), xep.StoreHint.Element()))
	}
	if from.Bare() == b.srv.owner {
		b.srv.script.heard++
	}
	if b.local == localLater {
		b.stay()
	}
	h := heard{from: from, text: body, lang: languageOf(body, b.srv.script.lang), typ: typ}
	if xep.IsMarkable(el) {
		h.id = el.Get("id")
	}
	if len(b.unread) < maxUnread {
		b.unread = append(b.unread, h)
	}
	if len(b.unread) == 1 {
		b.srv.after(b.reading(body), b.read)
	}
}

// nudged nudges back (XEP-0224), once for those that come before.
func (b *bot) nudged(by jid.JID) {
	if b.nudging || b.local == b.srv.opt.Mute {
		return
	}
	b.nudging = true
	b.srv.after(nudgeTime, func() {
		b.nudging = false
		b.send(stanza.NewMessage("headline", newID(), by.String(), xep.Attention(), xep.OriginID(newID())))
	})
}

// confirm sends a receipt a moment later, in the order of what it confirms.
func (b *bot) confirm(receipt *stanza.Element) {
	if b.receipts = append(b.receipts, receipt); len(b.receipts) > 1 {
		return
	}
	b.srv.after(receiptTime, func() {
		all := b.receipts
		b.receipts = nil
		for _, r := range all {
			b.send(r)
		}
	})
}

// read looks at all that came, says up to where, and answers each.
func (b *bot) read() {
	all := b.unread
	b.unread = nil
	seen := map[jid.JID]bool{}
	for _, h := range slices.Backward(all) {
		// XEP-0333 §4.2: "If multiple messages are displayed at once an entity SHOULD only
		// send a <displayed/> marker for the most recent, received message."
		if h.id != "" && !seen[h.from] {
			seen[h.from] = true
			b.send(stanza.NewMessage(h.typ, newID(), h.from.String(), xep.Marker{Name: "displayed", ID: h.id}.Element(), xep.StoreHint.Element()))
		}
	}
	for _, h := range all {
		b.reply(h)
	}
}

// reading is how long it takes until a text was looked at: longer for who is busy.
func (b *bot) reading(text string) time.Duration {
	switch b.local {
	case localEcho, localClock:
		return 200 * time.Millisecond
	}
	d := min(400*time.Millisecond+time.Duration(utf8.RuneCountInString(text))*12*time.Millisecond, 1200*time.Millisecond)
	if b.sess.presence.ChildText(stanza.NSClient, "show") != "" {
		d *= 2
	}
	return d
}

// notice answers subscription requests and lets the guide see the owner's presence.
func (b *bot) notice(el *stanza.Element, from jid.JID) {
	switch el.Get("type") {
	case "subscribe":
		b.srv.after(acceptTime, func() { b.accept(from.Bare()) })
	case "subscribed":
		if b.local == localAsker && from == b.srv.owner && !b.srv.st.Done[stepAdded] {
			b.srv.done(stepAdded)
			b.say(from, sayAdded.in(b.srv.script.lang), 3*time.Second, nil)
		}
	case "", "unavailable":
		if b.local == localGuide && from.Bare() == b.srv.owner {
			b.watch(el, from)
		}
	}
}

// accept lets somebody see the contact, and asks the same in return.
func (b *bot) accept(who jid.JID) {
	if b.sess == nil {
		return // the request waits, and comes again with the next visit
	}
	if _, asked := b.acct.Requests[who]; !asked {
		return
	}
	b.send(stanza.NewPresence("subscribed", who.String()))
	if !b.acct.subscription(who).SeenByUs() {
		b.ask(who, "")
	}
}

// ask sends a subscription request with the contact's name (XEP-0172 §4.2).
func (b *bot) ask(who jid.JID, message string) {
	el := stanza.NewPresence("subscribe", who.String())
	if message != "" {
		el.Add(stanza.NewText(stanza.NSClient, "status", message))
	}
	b.send(el.Add(stanza.NewText(nsNick, "nick", b.name.in(b.srv.script.lang))))
}

// answer handles an IQ to the contact's one resource.
func (b *bot) answer(el *stanza.Element) {
	if typ := el.Get("type"); typ != "get" && typ != "set" {
		return
	}
	payload := el.First()
	var out *stanza.Element
	switch {
	case el.Get("type") == "set":
	case payload.Is(nsDiscoInfo, "query") && (payload.Get("node") == "" || payload.Get("node") == botNode+"#"+botVer()):
		out = disco(payload, "client", "bot", botName, botFeatures...)
	case payload.Is(nsVersion, "query"):
		out = version(botName, b.srv.opt.Version)
	case payload.Is(nsTime, "time"):
		out = timeNow(b.srv)
	case payload.Is(nsPing, "ping"):
		b.send(el.Result(nil))
		return
	}
	if out == nil {
		b.send(unavailable.reply(el))
		return
	}
	b.send(el.Result(out))
}

// say plans a message; it is typed and sent when those planned before are out.
func (b *bot) say(to jid.JID, text string, wait time.Duration, then func()) {
	if len(b.plans) >= maxPlans {
		return
	}
	b.plans = append(b.plans, plan{to, text, wait, then})
	if len(b.plans) == 1 {
		b.begin()
	}
}

// begin types the first plan and sends it a little later. A long queue goes faster.
func (b *bot) begin() {
	p := b.plans[0]
	b.send(stanza.NewMessage("chat", newID(), p.to.String(), stanza.New(nsChatStates, "composing"), stanza.New(nsHints, "no-store")))
	b.srv.after(p.wait/time.Duration(min(len(b.plans), 50)), func() {
		if len(b.plans) == 0 {
			return // it left meanwhile
		}
		b.plans = b.plans[1:]
		b.tell(p.to, p.text)
		if p.then != nil {
			p.then()
		}
		if len(b.plans) > 0 {
			b.begin()
		}
	})
}

// tell sends a message at once.
func (b *bot) tell(to jid.JID, text string) {
	id := newID()
	b.send(stanza.NewMessage("chat", id, to.String(), stanza.NewText(stanza.NSClient, "body", text),
		stanza.New(nsChatStates, "active"), xep.ReceiptRequest(), xep.Markable(), xep.OriginID(id)))
}

func (b *bot) send(el *stanza.Element) {
	if b.sess != nil {
		b.srv.fromSession(b.sess, el)
	}
}

// vCard says in both languages what this is.
func (b *bot) vCard() *stanza.Element {
	l := b.srv.script.lang
	return stanza.New(nsVCard, "vCard",
		stanza.NewText(nsVCard, "FN", b.name.in(l)),
		stanza.NewText(nsVCard, "NICKNAME", b.name.in(l)),
		stanza.NewText(nsVCard, "NOTE", note.in(l)),
		stanza.NewText(nsVCard, "DESC", note.in(l)+"\n"+b.about.in(l)))
}

// typing is how long a text takes to type.
func typing(text string) time.Duration {
	return min(600*time.Millisecond+time.Duration(utf8.RuneCountInString(text))*25*time.Millisecond, 2200*time.Millisecond)
}

// botVer is the verification string of the contacts' capabilities (XEP-0115 §5.1).
func botVer() string {
	sorted := slices.Sorted(slices.Values(botFeatures))
	sum := sha1.Sum([]byte("client/bot//" + botName + "<" + strings.Join(sorted, "<") + "<"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
