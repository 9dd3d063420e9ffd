//go:build soak

package soak_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// journal is what went over the wire of one account: times, faults, and, where the
// stream is in plain text, every byte. It is the evidence when a message is missing.
type journal struct {
	mu    sync.Mutex
	file  *os.File
	bytes bool
}

func newJournal(t testing.TB, path string, bytes bool) *journal {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return &journal{file: f, bytes: bytes}
}

// note writes a line about a connection.
func (j *journal) note(link int, format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	fmt.Fprintf(j.file, "### %s %d note %s\n", stamp(time.Now()), link, fmt.Sprintf(format, args...))
}

// carried records bytes of one direction, and whether they passed or vanished.
func (j *journal) carried(link int, up, passed bool, b []byte) {
	if !j.bytes || len(b) == 0 {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	fmt.Fprintf(j.file, "### %s %d %s %s %d\n%s\n", stamp(time.Now()), link, direction(up), either(passed, "passed", "vanished"), len(b), b)
}

func stamp(t time.Time) string { return t.UTC().Format("15:04:05.000") }

func direction(up bool) string { return either(up, "up", "down") }

func either[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}

// life notes that a program begins; it knows nothing of what its predecessor asked.
func (j *journal) life() { j.note(0, "life") }

// piece is what a journal holds of bytes; without any, a life begins.
type piece struct {
	at         string
	link       int
	up, passed bool
	bytes      []byte
}

var pieceLine = regexp.MustCompile(`^### (\S+) (\d+) (up|down) (passed|vanished) (\d+)\n$`)

// pieces reads a journal back.
func pieces(path string) ([]piece, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<16)
	var all []piece
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(line, " 0 note life\n") {
			all = append(all, piece{})
		}
		m := pieceLine.FindStringSubmatch(line)
		if m == nil {
			continue // another note
		}
		size, _ := strconv.Atoi(m[5])
		link, _ := strconv.Atoi(m[2])
		p := piece{at: m[1], link: link, up: m[3] == "up", passed: m[4] == "passed", bytes: make([]byte, size)}
		if _, err := io.ReadFull(in, p.bytes); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

// XML as our own program and the servers write it; only what counts for XEP-0198.
var (
	counted   = regexp.MustCompile(`<(message|presence|iq)[ >/]|<enable[ />]`)
	answers   = regexp.MustCompile(`<(a|resumed|failed)\s[^>]*>`)
	handledUp = regexp.MustCompile(`\sh=['"](\d+)['"]`)
)

// ackOnWire says whether the server acknowledged, by its own words on the wire, the
// stanza in which mark first left, and quotes the answer. Only journals with bytes know.
func ackOnWire(path, mark string) (quote string, acked bool) {
	links, err := conversations(path)
	if err != nil {
		return err.Error(), false
	}
	return ackAmong(links, mark)
}

// ackAmong is ackOnWire of a journal that was read already.
func ackAmong(links []*conversation, mark string) (quote string, yes bool) {
	sent, session := uint64(0), false
	for _, c := range links {
		if session {
			// A later connection that went on with the session, or was refused with h.
			if q, ok := c.answer(sent, true); ok {
				return q, true
			}
			session = !c.leftIt()
		}
		n, ok := c.numberOf(mark)
		if !ok {
			continue
		}
		sent, session = n, true
		if q, ok := c.answer(n, false); ok {
			return q, true
		}
	}
	return "no acknowledgement on the wire", false
}

// conversations are the connections of a journal, oldest first.
func conversations(path string) ([]*conversation, error) {
	all, err := pieces(path)
	if err != nil {
		return nil, err
	}
	var links []*conversation
	byLink := map[int]*conversation{}
	life := 0
	for _, p := range all {
		if p.bytes == nil {
			life++
			continue
		}
		c := byLink[p.link]
		if c == nil {
			c = &conversation{began: p.at, life: life}
			byLink[p.link] = c
			links = append(links, c)
		}
		c.take(p)
	}
	return links, nil
}

// conversation is one connection with both directions in order.
type conversation struct {
	up   bytes.Buffer // what reached the server
	down bytes.Buffer // what the server said, whether it came or not
	came bytes.Buffer // of that, what reached the client
	when []string     // when the pieces of down came
	ends []int        // where they end

	life     int      // of the program
	began    string   // when its first piece passed
	cameWhen []string // the same of what came
	cameEnds []int
}

// arrival is when a message of the peer came to an account.
type arrival struct {
	order   int    // among all
	first   string // when it came, by itself or in a page of the archive
	archive string // when it first came in a page, or ""
}

// talks are the conversations of the account, read once, when all is over.
func (a *account) talks() ([]*conversation, error) {
	a.read.Do(func() { a.said, a.saidErr = conversations(a.wire()) })
	return a.said, a.saidErr
}

// arrivals are the messages of the peer that came over the wire, by number.
func (a *account) arrivals() (map[int]arrival, error) {
	links, err := a.talks()
	if err != nil {
		return nil, err
	}
	type one struct {
		n        int
		at       string
		archived bool
	}
	var all []one
	body := regexp.MustCompile(`<body>` + regexp.QuoteMeta(a.peer.name) + ` (\d+) `)
	open := questions{asked: map[string]int{}, ended: map[string]ending{}}
	for i, c := range links {
		open.ask(c)
		text, left := c.came.Bytes(), "~" // when the program turned to another stream
		if i+1 < len(links) {
			left = links[i+1].began
		}
		for _, m := range body.FindAllSubmatchIndex(text, -1) {
			if c.cameAt(m[0]) > left {
				break
			}
			n, _ := strconv.Atoi(string(text[m[2]:m[3]]))
			from := bytes.LastIndex(text[:m[0]], []byte("</message>"))
			o := one{n, c.cameAt(m[0]), bytes.Contains(text[max(0, from):m[0]], []byte("<result "))}
			if o.archived { // a page that did not come to its end tells nothing
				o.at = open.told(c, text[max(0, from):m[0]], m[1])
			}
			all = append(all, o)
		}
	}
	all = slices.DeleteFunc(all, func(o one) bool { return o.archived && o.at == "" })
	slices.SortStableFunc(all, func(a, b one) int { return strings.Compare(a.at, b.at) })
	out := map[int]arrival{}
	for i, o := range all {
		got, again := out[o.n]
		if !again {
			got = arrival{order: i, first: o.at}
		}
		if o.archived && got.archive == "" {
			got.archive = o.at
		}
		out[o.n] = got
	}
	return out, nil
}

// questions are the program's questions to the archive, by queryid. An answer tells it
// something only while it has the question open: not once more, when a resumed session
// repeats the question, and not after the program that asked was killed.
type questions struct {
	asked map[string]int    // in which life
	ended map[string]ending // where the answer was complete
}

// ending is the place of a <fin/>.
type ending struct {
	in *conversation
	at int
}

var queryID = regexp.MustCompile(` queryid=['"](\w+)['"]`)

func (q questions) ask(c *conversation) {
	for _, m := range queryID.FindAllSubmatch(c.up.Bytes(), -1) {
		if _, again := q.asked[string(m[1])]; !again {
			q.asked[string(m[1])] = c.life
		}
	}
}

// told is when the page came to its end to which the result in front of the offset belongs,
// or "" if it told nothing.
func (q questions) told(c *conversation, result []byte, offset int) string {
	m := queryID.FindSubmatch(result)
	end := bytes.Index(c.came.Bytes()[offset:], []byte("<fin "))
	if m == nil || end < 0 {
		return ""
	}
	id, fin := string(m[1]), ending{c, offset + end}
	if life, asked := q.asked[id]; !asked || life != c.life {
		return ""
	}
	if first, again := q.ended[id]; again && first != fin {
		return ""
	}
	q.ended[id] = fin
	return c.cameAt(fin.at)
}

func (c *conversation) cameAt(offset int) string {
	for i, end := range c.cameEnds {
		if offset < end {
			return c.cameWhen[i]
		}
	}
	return "?"
}

func (c *conversation) take(p piece) {
	switch {
	case p.up && p.passed:
		c.up.Write(p.bytes)
	case !p.up:
		if p.passed {
			c.came.Write(p.bytes)
			c.cameWhen, c.cameEnds = append(c.cameWhen, p.at), append(c.cameEnds, c.came.Len())
		}
		c.down.Write(p.bytes)
		c.when, c.ends = append(c.when, p.at), append(c.ends, c.down.Len())
	}
}

// base is the count with which this connection begins: 0, or what <resumed/> says.
func (c *conversation) base() uint64 {
	for _, m := range answers.FindAllSubmatch(c.down.Bytes(), -1) {
		if string(m[1]) == "resumed" {
			return handled(m[0])
		}
	}
	return 0
}

func (c *conversation) resumed() bool {
	return bytes.Contains(c.down.Bytes(), []byte("<resumed "))
}

// leftIt reports whether the session there was came to its end: an attempt that was cut before
// an answer changes nothing.
func (c *conversation) leftIt() bool {
	return !c.resumed() && (bytes.Contains(c.up.Bytes(), []byte("<enable ")) || bytes.Contains(c.down.Bytes(), []byte("<failed ")))
}

// numberOf is the number of the stanza that holds mark, by the count of XEP-0198.
func (c *conversation) numberOf(mark string) (uint64, bool) {
	text := c.up.Bytes()
	at := bytes.Index(text, []byte(mark))
	if at < 0 {
		return 0, false
	}
	n := c.base()
	begun := c.resumed()
	resume := bytes.Index(text, []byte("<resume "))
	for _, m := range counted.FindAllSubmatchIndex(text[:at], -1) {
		switch {
		case bytes.HasPrefix(text[m[0]:], []byte("<enable")):
			begun, n = true, 0
		case begun && m[0] > resume:
			n++
		}
	}
	return n, begun
}

// answer looks for an acknowledgement of stanza n; opening are the answers with which a
// later connection begins.
func (c *conversation) answer(n uint64, opening bool) (string, bool) {
	for _, m := range answers.FindAllSubmatchIndex(c.down.Bytes(), -1) {
		text := c.down.Bytes()[m[0]:m[1]]
		if opening && bytes.HasPrefix(text, []byte("<a ")) || !handledUp.Match(text) {
			continue
		}
		if handled(text) >= n {
			return fmt.Sprintf("stanza %d, answered %s at %s", n, text, c.at(m[0])), true
		}
	}
	return "", false
}

func (c *conversation) at(offset int) string {
	for i, end := range c.ends {
		if offset < end {
			return c.when[i]
		}
	}
	return "?"
}

func handled(text []byte) uint64 {
	m := handledUp.FindSubmatch(text)
	if m == nil {
		return 0
	}
	h, _ := strconv.ParseUint(string(m[1]), 10, 64)
	return h
}
