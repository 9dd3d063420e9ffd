package connection

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app/adapt"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

// drawing is a row of the timeline as a value.
type drawing interface {
	Draw(width float32, dark bool) []fyne.CanvasObject
}

// timelineRow is one line of the timeline.
type timelineRow struct {
	id      uint64
	version uint64
	number  int // of the connection
	what    drawing
	copied  string // what copying the row gives
}

// timeline is the list of all connections, the newest first, some of them unfolded. It
// is the widgets.Rows of the first page.
type timeline struct {
	rows   []timelineRow
	width  float32
	folds  map[int]bool // whether the user left it unfolded
	newest int
}

// perConnection is the room that the ids of a connection's rows have.
const perConnection = 1000

// set takes the connections, oldest first. The newest one is unfolded until the user
// folds it.
func (t *timeline) set(all []trace.Connection, host string, now time.Time) {
	t.rows = t.rows[:0:0]
	t.newest = 0
	if n := len(all); n > 0 {
		t.newest = all[n-1].Number
	}
	for i := len(all) - 1; i >= 0; i-- {
		c := &all[i]
		t.add(c, headRow(c, host, now, t.isOpen(c.Number)), "")
		if !t.isOpen(c.Number) {
			continue
		}
		t.add(c, widgets.GapRow{}, "")
		for _, s := range stepRows(c, host) {
			t.add(c, s, s.Name+" "+s.Took+" "+s.Detail)
		}
		t.add(c, widgets.GapRow{}, "")
		t.addFacts(c, "", connectionFacts(c, host, now))
		for n, cert := range c.Chain {
			t.addFacts(c, certificateTitle(c, n, host), certificateFacts(cert))
		}
		t.add(c, widgets.GapRow{Rule: true}, "")
	}
}

func (t *timeline) isOpen(number int) bool {
	if open, told := t.folds[number]; told {
		return open
	}
	return number == t.newest
}

// fold folds or unfolds a connection.
func (t *timeline) fold(number int) {
	if t.folds == nil {
		t.folds = map[int]bool{}
	}
	t.folds[number] = !t.isOpen(number)
}

func (t *timeline) addFacts(c *trace.Connection, title string, facts []widgets.FactRow) {
	if title != "" && len(facts) > 0 {
		t.add(c, widgets.CaptionLine{Text: title}, "")
	}
	for _, f := range facts {
		t.add(c, f, f.Value)
	}
}

func (t *timeline) add(c *trace.Connection, what drawing, copied string) {
	n := uint64(0)
	for i := len(t.rows) - 1; i >= 0 && t.rows[i].number == c.Number; i-- {
		n++
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%T%+v", what, what)
	t.rows = append(t.rows, timelineRow{
		id: uint64(c.Number)*perConnection + n + 1, version: h.Sum64(), number: c.Number, what: what, copied: copied,
	})
}

// headRow is the line that a connection folds into.
func headRow(c *trace.Connection, host string, now time.Time, open bool) widgets.ConnectionRow {
	r := widgets.ConnectionRow{
		Open: open, Time: clock(c.Begun, now),
		Bytes: tr.T("conn.bytes", "in", Bytes(c.BytesIn), "out", Bytes(c.BytesOut)),
	}
	switch {
	case c.Ended.IsZero() && c.Up.IsZero():
		r.Mark, r.Title = widgets.MarkTrying, tr.T("conn.trying")
		if n := len(c.Steps); n > 0 {
			r.Note = stepName(c.Steps[n-1].Name)
		}
	case c.Ended.IsZero():
		r.Mark, r.Title, r.Note = widgets.MarkUp, tr.T("conn.up", "for", Lasted(now.Sub(c.Up))), madeWords(c)
	case c.Up.IsZero() && c.Cause == model.ErrCancelled:
		r.Mark, r.Title, r.Note = widgets.MarkOver, tr.T("conn.given_up"), tr.T("conn.by_you")
	case c.Up.IsZero():
		r.Mark, r.Bad = widgets.MarkFailed, true
		r.Title, r.Note = tr.T("conn.failed"), endWords(c, host)+" · "+Took(c.Ended.Sub(c.Begun))
	default:
		r.Mark, r.Title, r.Note = widgets.MarkOver, tr.T("conn.was_up", "for", Lasted(c.Ended.Sub(c.Up))), endWords(c, host)
		r.Bad = c.Cause != ""
	}
	return r
}

// endWords says in a few words why a connection ended; the head of the page says in a
// sentence what can be done.
func endWords(c *trace.Connection, host string) string {
	switch {
	case c.Cause == "" || c.Cause == model.ErrCancelled:
		return tr.T("conn.by_you")
	case !c.Up.IsZero() && (c.Cause == model.ErrUnreachable || c.Cause == model.ErrTimeout):
		return tr.T("conn.broke") // what could not be reached came later
	case tr.Has("conn.short." + string(c.Cause)):
		return tr.T("conn.short." + string(c.Cause))
	}
	return tr.Kind(c.Cause, host)
}

// madeWords is how long it took to be online.
func madeWords(c *trace.Connection) string {
	return tr.T("conn.made", "in", Took(c.Up.Sub(c.Begun))) + " · " + tripWords(c.Login)
}

// loginWords is how somebody signed in, in a line.
func loginWords(l model.Login) string {
	words := []string{tr.T("conn.no_tls")}
	if l.TLSVersion != "" {
		words[0] = "TLS " + l.TLSVersion
	}
	for _, w := range []string{l.Mechanism, l.ChannelBinding} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(append(words, sessionWords(l)), " · ")
}

func sessionWords(l model.Login) string {
	if l.Resumed {
		return tr.T("conn.resumed")
	}
	return tr.T("conn.new_session")
}

func tripWords(l model.Login) string { return tr.T("conn.trips", "n", strconv.Itoa(l.RoundTrips)) }

// stepName is the word for a step; one that nobody translated names itself.
func stepName(name string) string {
	if key := "conn.step." + name; tr.Has(key) {
		return tr.T(key)
	}
	return name
}

// inFacts are the steps whose outcome stands among the facts once a connection is made.
var inFacts = []string{"securing", "mechanism", "bound", "resumed", "online"}

// stepsOf are the steps in the order in which they were begun, and when the last one was
// done. The end is no step of getting a connection and stands among the facts.
func stepsOf(c *trace.Connection) (steps []trace.Step, end time.Time) {
	end = c.Begun
	for _, s := range c.Steps {
		if s.Name == "ended" {
			continue
		}
		end = s.Time
		if s.Name != "certificate" || c.Up.IsZero() { // it takes no time of its own; the facts tell of it
			steps = append(steps, s)
		}
	}
	// What was done within a step is told at its end, before that one's.
	slices.SortStableFunc(steps, func(a, b trace.Step) int {
		if a.Name == "online" || b.Name == "online" { // the sum of all stands last
			return cmp.Compare(bit(a.Name == "online"), bit(b.Name == "online"))
		}
		return a.Time.Add(-a.Took).Compare(b.Time.Add(-b.Took))
	})
	return steps, end
}

// stepRows shows the steps; what the facts or a row before tell is not told again.
func stepRows(c *trace.Connection, host string) []widgets.StepRow {
	steps, end := stepsOf(c)
	total := float32(max(end.Sub(c.Begun), 1))
	rows := make([]widgets.StepRow, 0, len(steps))
	told := map[string]bool{}
	for i, s := range steps {
		to := s.Time.Sub(c.Begun)
		r := widgets.StepRow{
			Name: stepName(s.Name), Took: Took(s.Took), Detail: s.Detail,
			From: float32(to-s.Took) / total, To: float32(to) / total, Total: s.Name == "online",
		}
		describeStep(&r, s, c, host)
		if told[r.Detail] || !c.Up.IsZero() && slices.Contains(inFacts, s.Name) {
			r.Detail = ""
		}
		if at, why, ok := strings.Cut(r.Detail, " · "); ok && told[at] {
			r.Detail = why
		}
		told[r.Detail] = true
		r.Bad = r.Bad || i == len(steps)-1 && !c.Ended.IsZero() && c.Up.IsZero() && c.Cause != model.ErrCancelled
		rows = append(rows, r)
	}
	return rows
}

// describeStep says in words what the step of that name came to.
func describeStep(r *widgets.StepRow, s trace.Step, c *trace.Connection, host string) {
	switch s.Name {
	case "certificate":
		r.Detail = verdictWords(c, host)
		r.Bad = c.Verdict == trace.Refused
	case "connecting":
		// What worked ends with the way in brackets, what did not with a sentence.
		if r.Bad = !strings.HasSuffix(s.Detail, ")"); r.Bad && strings.HasSuffix(s.Detail, unreached) {
			at, _, _ := strings.Cut(s.Detail, ": ")
			r.Detail = at + " · " + tr.T("conn.short."+string(model.ErrUnreachable))
		}
	}
}

// unreached is how a detail ends that says no more than its kind does.
const unreached = " cannot be reached."

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// connectionFacts are what stays true of a connection once it is made.
func connectionFacts(c *trace.Connection, host string, now time.Time) []widgets.FactRow {
	var facts []widgets.FactRow
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, widgets.FactRow{Label: tr.T("conn.fact." + key), Value: value})
		}
	}
	if !c.Up.IsZero() {
		l := c.Login
		add("address", l.JID.String())
		secured := tr.T("conn.no_tls")
		for _, s := range c.Steps {
			if s.Name == "securing" && l.TLSVersion != "" {
				secured = s.Detail
			}
		}
		add("encryption", secured)
		binding := tr.T("conn.no_binding")
		if l.ChannelBinding != "" {
			binding = tr.T("conn.binding", "how", l.ChannelBinding)
		}
		add("signin", l.Mechanism+" · "+binding)
		session := sessionWords(l)
		switch {
		case c.Managed && c.Keeps > 0:
			session += " · " + tr.T("conn.keeps", "for", Lasted(c.Keeps))
		case c.Managed:
			session += " · " + tr.T("conn.managed")
		default:
			session += " · " + tr.T("conn.unmanaged")
		}
		add("session", session)
	}
	if !c.Ended.IsZero() {
		if !c.Up.IsZero() {
			add("trips", madeWords(c))
		}
		add("ended", clock(c.Ended, now)+" · "+endWords(c, host))
		if c.Cause != "" && !strings.HasSuffix(c.Detail, unreached) {
			add("detail", detailWords(c.Detail))
		}
	}
	if c.RetryAt.After(c.Begun) {
		add("retry", clock(c.RetryAt, now))
	}
	return facts
}

// certificateTitle heads the n-th certificate of the chain: what was made of the first,
// and where the chain ends.
func certificateTitle(c *trace.Connection, n int, host string) string {
	switch cert := c.Chain[n]; {
	case n == 0:
		return tr.T("conn.certificate") + " · " + verdictWords(c, host)
	case n == len(c.Chain)-1 && cert.Subject == cert.Issuer && c.Verdict == trace.Verified:
		return tr.T("conn.root")
	}
	return tr.T("conn.signed_by")
}

// verdictWords is what was made of the certificate.
func verdictWords(c *trace.Connection, host string) string {
	switch c.Verdict {
	case trace.Verified:
		return tr.T("conn.verified", "host", host)
	case trace.Pinned:
		return tr.T("conn.pinned")
	case trace.Accepted:
		return tr.T("conn.accepted")
	case trace.Refused:
		return tr.T("conn.refused")
	}
	return ""
}

func certificateFacts(c trace.Certificate) []widgets.FactRow {
	fact := func(key, value string) widgets.FactRow {
		return widgets.FactRow{Label: tr.T(key), Value: value}
	}
	subject := c.Subject
	if len(c.Names) > 0 {
		names := strings.Join(c.Names, ", ")
		if subject != "" && subject != "CN="+names {
			names = subject + " · " + names
		}
		subject = names
	}
	facts := []widgets.FactRow{fact("cert.subject", subject)}
	if c.Issuer != c.Subject {
		facts = append(facts, fact("cert.issuer", c.Issuer))
	}
	return append(facts,
		fact("cert.valid", tr.T("cert.valid_span", "from", adapt.Date(c.NotBefore), "to", adapt.Date(c.NotAfter))),
		fact("cert.fingerprint", c.Key),
		widgets.FactRow{Label: "SHA-256", Value: adapt.Grouped(c.SPKI)})
}
