package connection

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"dovekie/app/adapt"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

// Report is what a report tells. There is no password in it, no token, and no word of a
// message: nothing that Report holds could be one.
type Report struct {
	Time     time.Time
	Program  []Line // versions and system
	Settings []Line
	State    State
	Notices  []Line // the last ones
	Heads    []trace.Head
}

// Line is a name with what it is.
type Line struct{ Name, Value string }

// headsReported is how many heads a report has.
const headsReported = 200

// stamped is a time in a report: to the millisecond, with the zone.
func stamped(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("2006-01-02 15:04:05.000 -07:00")
}

// Text is the report in English, for whoever looks for the fault. short makes addresses
// and host names unrecognisable, though not indistinguishable.
func (r *Report) Text(short bool) string {
	var b strings.Builder
	section := func(title string) { fmt.Fprintf(&b, "\n== %s ==\n", title) }
	lines := func(all []Line) {
		for _, l := range all {
			fmt.Fprintf(&b, "%-20s %s\n", l.Name, l.Value)
		}
	}
	fmt.Fprintf(&b, "Dovekie report of %s\n", stamped(r.Time))
	b.WriteString("Without passwords, tokens and words of messages.\n")
	section("Program")
	lines(r.Program)
	section("Settings")
	lines(r.Settings)
	section("Connection now")
	c := r.State.Connection
	lines([]Line{{"account", r.State.Account.String()}, {"state", string(c.State)}, {"cause", string(c.Cause)}, {"detail", c.Detail}, {"next attempt", stamped(c.RetryAt)}})
	section("Traffic")
	t := r.State.Traffic
	lines([]Line{
		{"this run", countersText(t.Session)}, {"this month", countersText(t.Month)},
		{"quiet minutes", fmt.Sprintf("%d of the last hour, %d bytes", t.Quiet, t.QuietBytes)},
	})
	section("Connections of this run, newest first")
	for _, c := range slices.Backward(r.State.Connections) {
		writeConnection(&b, &c)
	}
	section("Last notices")
	lines(r.Notices)
	section("Last " + strconv.Itoa(headsReported) + " elements, without what they say")
	for _, h := range r.Heads[max(len(r.Heads)-headsReported, 0):] {
		b.WriteString(headText(h) + "\n")
	}
	if short {
		return shorten(b.String(), r.State.Account.Domain())
	}
	return b.String()
}

func countersText(c trace.Counters) string {
	return fmt.Sprintf("%d bytes and %d stanzas in, %d bytes and %d stanzas out", c.BytesIn, c.StanzasIn, c.BytesOut, c.StanzasOut)
}

// writeConnection is all about one connection, in English.
func writeConnection(b *strings.Builder, c *trace.Connection) {
	fmt.Fprintf(b, "#%d  begun %s  up %s  ended %s  %d bytes in, %d out\n",
		c.Number, stamped(c.Begun), stamped(c.Up), stamped(c.Ended), c.BytesIn, c.BytesOut)
	for _, s := range c.Steps {
		fmt.Fprintf(b, "    +%-10s %-12s %-9s %s\n", Took(max(s.Time.Sub(c.Begun), 1)), s.Name, Took(s.Took), printed(s.Detail))
	}
	if !c.Up.IsZero() {
		l := c.Login
		fmt.Fprintf(b, "    TLS %q, %s, channel binding %q, resumed %t, %d round trips, stream management %t, kept %s\n",
			l.TLSVersion, l.Mechanism, l.ChannelBinding, l.Resumed, l.RoundTrips, c.Managed, c.Keeps)
	}
	for n, cert := range c.Chain {
		b.WriteString(printed(fmt.Sprintf("    certificate %d: %s, names %s, by %s, %s to %s, %s, SPKI SHA-256 %s", n, cert.Subject,
			strings.Join(cert.Names, " "), cert.Issuer, adapt.Date(cert.NotBefore), adapt.Date(cert.NotAfter), cert.Key, cert.SPKI)) + "\n")
	}
	if c.Verdict != "" {
		fmt.Fprintf(b, "    certificate: %s\n", c.Verdict)
	}
	if c.Cause != "" || c.Detail != "" {
		fmt.Fprintf(b, "    end: %s %s\n", c.Cause, printed(c.Detail))
	}
	if !c.RetryAt.IsZero() {
		fmt.Fprintf(b, "    next attempt %s\n", stamped(c.RetryAt))
	}
}

// headText is an element in a line: who to whom and of what kind.
func headText(h trace.Head) string {
	way := "in "
	if h.Out {
		way = "out"
	}
	child := h.Child
	if h.Space != "" {
		child += " " + h.Space
	}
	if h.More > 0 {
		child += " +" + strconv.Itoa(h.More)
	}
	return printed(fmt.Sprintf("%s %s %-9s %-10s %-24s %-40s %s", h.Time.Format("15:04:05.000"), way, h.Stanza, orDash(h.Type), orDash(h.ID), orDash(h.Peer), child))
}

// printed keeps a text from the network in its line: it can neither break nor reverse it.
func printed(s string) string {
	return strings.Map(func(r rune) rune {
		if hidden(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

var (
	addressText = regexp.MustCompile(`[^\s"'<>=,;:()@/]+@([\pL\pN][\pL\pN.-]*)(/[^\s"'<>,;]+)?`)
	// hostText is a host with its port; a time of day is none.
	hostText = regexp.MustCompile(`([\pL\pN-]*\pL[\pL\pN-]*(?:\.[\pL\pN-]+)*|\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.%\pL]+\]):(\d{2,5})\b`)
)

// shorten replaces addresses and hosts by numbers: the same one by the same number.
func shorten(text, domain string) string {
	seen := map[string]string{}
	name := func(kind, of string) string {
		key := kind + of
		if seen[key] == "" {
			n := 1
			for k := range seen {
				if strings.HasPrefix(k, kind) {
					n++
				}
			}
			seen[key] = kind + strconv.Itoa(n)
		}
		return seen[key]
	}
	domains := []string{}
	if domain != "" {
		domains = append(domains, domain)
	}
	text = addressText.ReplaceAllStringFunc(text, func(s string) string {
		m := addressText.FindStringSubmatch(s)
		local, _, _ := strings.Cut(s, "@")
		host := strings.TrimRight(m[1], ".-")
		if !slices.Contains(domains, host) {
			domains = append(domains, host)
		}
		out := name("person", local+"@"+host) + "@" + name("domain", host)
		if m[2] != "" {
			out += "/" + name("device", m[2])
		}
		return out
	})
	text = hostText.ReplaceAllStringFunc(text, func(s string) string {
		m := hostText.FindStringSubmatch(s)
		return name("host", m[1]) + ":" + m[2]
	})
	// Longer ones first, so that no part of one is left standing.
	slices.SortFunc(domains, func(a, b string) int { return len(b) - len(a) })
	for _, d := range domains {
		below := regexp.MustCompile(`(?i)([\pL\pN-]+\.)*` + regexp.QuoteMeta(d))
		text = below.ReplaceAllString(text, name("domain", d))
	}
	return text
}

// SettingsOf are the account's settings without what is nobody's business: of a path only
// whether there is one.
func SettingsOf(a model.Account) []Line {
	yes := func(b bool) string { return strconv.FormatBool(b) }
	return []Line{
		{"account", a.JID.String()}, {"sign in at start", yes(a.Enabled)}, {"in the keychain", yes(a.Remember)},
		{"address", orDash(a.Address)}, {"security", string(a.Security)}, {"own authority", yes(a.CAFile != "")},
		{"resource", a.Resource},
	}
}
