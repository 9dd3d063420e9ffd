package stanza

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Limits bound what one stanza may cost. Zero fields are the defaults.
type Limits struct {
	StanzaBytes int // a longer stanza is skipped
	HardBytes   int // a longer one ends the stream
	Depth       int // levels below the stream; a deeper stanza is skipped
	Children    int // elements in one stanza; one with more is skipped
}

// DefaultLimits are those of a connection to a server.
var DefaultLimits = Limits{StanzaBytes: 1 << 20, HardBytes: 16 << 20, Depth: 64, Children: 20_000}

// ErrStreamClosed is what Next returns for the stream's end tag.
var ErrStreamClosed = errors.New("the stream was closed by the other side")

// SyntaxError is XML that is not well-formed or that RFC 6120 §11.1 forbids (a DTD, a
// processing instruction, a comment, an entity). The stream cannot go on after it.
type SyntaxError struct{ Reason string }

func (e *SyntaxError) Error() string { return "invalid XML: " + e.Reason }

// DroppedError is a stanza over a limit: it was read to its end without being kept, and
// Next may be called again. Head has its name and the attributes from, to, type and id,
// as far as they came before the limit.
type DroppedError struct {
	Head   *Element
	Reason string // "size", "depth", "children", "attributes" or "name"
	Bytes  int
}

func (e *DroppedError) Error() string {
	return fmt.Sprintf("a stanza of %d bytes was skipped: over the limit of %s", e.Bytes, e.Reason)
}

// frame is one open element.
type frame struct {
	el   *Element
	raw  string // prefixed name as written, for the end tag
	mark int    // len(Reader.bound) before its tag
}

type binding struct{ prefix, space string }

// Reader reads a stream element by element. It is used by one goroutine. It never reads
// from its source beyond what one Read returns, and it knows what it has not used yet.
type Reader struct {
	src    io.Reader
	buf    []byte
	r, w   int
	lim    Limits
	names  map[string]string // valid names, each allocated once
	values map[string]string // short attribute values, likewise
	bound  []binding
	stack  []frame
	base   int    // len(bound) inside the stream element
	root   string // raw name of the stream element, "" before Open
	text   []byte // scratch: raw text or attribute value of the current token
	used   int    // bytes of the current stanza
	kids   int
	depth  int
	reason string // why the current stanza is being skipped, or ""
}

const bufferSize = 16 << 10

// NewReader reads from src.
func NewReader(src io.Reader, l Limits) *Reader {
	if l.StanzaBytes == 0 {
		l.StanzaBytes = DefaultLimits.StanzaBytes
	}
	if l.HardBytes == 0 {
		l.HardBytes = DefaultLimits.HardBytes
	}
	if l.Depth == 0 {
		l.Depth = DefaultLimits.Depth
	}
	if l.Children == 0 {
		l.Children = DefaultLimits.Children
	}
	r := &Reader{src: src, buf: make([]byte, bufferSize), lim: l, names: make(map[string]string, 64), values: make(map[string]string, 64)}
	r.Restart()
	return r
}

// Restart makes the reader expect a new stream header on the same bytes, as after SASL
// (RFC 6120 §6.3.2). What was read but not used yet is kept.
func (r *Reader) Restart() {
	r.root = ""
	r.bound = append(r.bound[:0], binding{"xml", NSXML})
	r.base = 1
	r.stack = r.stack[:0]
	r.begin()
}

// Reset makes the reader go on with another source, as after STARTTLS, and expect a new
// stream header. The caller has checked Buffered: bytes that came in plain text before
// TLS must not be believed (RFC 6120 §5.4.3.3).
func (r *Reader) Reset(src io.Reader) {
	r.src = src
	r.r, r.w = 0, 0
	r.Restart()
}

// Buffered is how many bytes were read from the source and not used yet.
func (r *Reader) Buffered() int { return r.w - r.r }

// AtHeader reports whether the bytes that were read go on with a new stream header.
func (r *Reader) AtHeader() bool {
	ahead := bytes.TrimLeft(r.buf[r.r:r.w], " \t\r\n")
	return bytes.HasPrefix(ahead, []byte("<?xml")) || bytes.HasPrefix(ahead, []byte("<stream:stream"))
}

// Open reads the stream's start tag, with an XML declaration before it if there is one,
// and returns it without children.
func (r *Reader) Open() (*Element, error) {
	r.begin()
	if err := r.skipSpace(); err != nil {
		return nil, err
	}
	if err := r.expect('<'); err != nil {
		return nil, err
	}
	c, err := r.peek()
	if err == nil && c == '?' {
		if err = r.declaration(); err != nil {
			return nil, err
		}
		if err = r.skipSpace(); err != nil {
			return nil, err
		}
		err = r.expect('<')
	}
	if err != nil {
		return nil, err
	}
	el, raw, empty, err := r.startTag()
	if err != nil {
		return nil, err
	}
	if r.reason != "" {
		return nil, &SyntaxError{"the stream header is too large"}
	}
	if empty || !el.Is(NSStream, "stream") {
		return nil, &SyntaxError{"not an XMPP stream"}
	}
	r.root, r.base = raw, len(r.bound)
	return el, nil
}

// Next reads one whole element below the stream. *DroppedError means that one was
// skipped and Next may be called again; ErrStreamClosed that the stream ended as it
// should; every other error is final.
func (r *Reader) Next() (*Element, error) {
	r.begin()
	if err := r.skipSpace(); err != nil {
		return nil, err
	}
	// White space between stanzas is a keepalive and belongs to none.
	r.used, r.reason = 0, ""
	if err := r.expect('<'); err != nil {
		return nil, err
	}
	c, err := r.peek()
	if err != nil {
		return nil, midway(err)
	}
	if c == '/' {
		r.advance(1)
		name, err := r.endTag()
		if err != nil {
			return nil, midway(err)
		}
		if name != r.root {
			return nil, &SyntaxError{"the end tag does not match"}
		}
		return nil, ErrStreamClosed
	}
	el, err := r.element()
	if err != nil {
		return nil, midway(err)
	}
	if r.reason != "" {
		return nil, &DroppedError{Head: head(el), Reason: r.reason, Bytes: r.used}
	}
	return el, nil
}

// midway turns the end of the bytes inside an element into what it is there.
func midway(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func head(el *Element) *Element {
	h := &Element{Name: el.Name}
	for _, a := range [...]string{"from", "to", "type", "id"} {
		// Longer ones are no addresses; RFC 7622 allows 3 × 1023 bytes.
		if v := el.Get(a); v != "" && len(v) <= 3071 {
			h.SetAttr(a, v)
		}
	}
	return h
}

// Parse reads exactly one element from b, with jabber:client as the default namespace
// and "stream" declared, as inside a stream, and with the default limits.
func Parse(b []byte) (*Element, error) {
	r := NewReader(bytes.NewReader(b), Limits{})
	r.bound = append(r.bound, binding{"", NSClient}, binding{"stream", NSStream})
	r.base = len(r.bound)
	r.root = "stream:stream"
	el, err := r.Next()
	if err != nil {
		return nil, err
	}
	if err := r.skipSpace(); !errors.Is(err, io.EOF) {
		return nil, &SyntaxError{somethingFollows}
	}
	return el, nil
}

const somethingFollows = "something follows the element"

func (r *Reader) begin() {
	r.bound = r.bound[:r.base]
	r.stack = r.stack[:0]
	r.used, r.kids, r.depth, r.reason = 0, 0, 0, ""
}

// fill reads more into the empty buffer.
func (r *Reader) fill() error {
	for range 16 {
		n, err := r.src.Read(r.buf)
		if n > 0 {
			r.r, r.w = 0, n
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

func (r *Reader) peek() (byte, error) {
	if r.r == r.w {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	return r.buf[r.r], nil
}

// advance uses n bytes of the buffer and watches the limits.
func (r *Reader) advance(n int) {
	r.r += n
	r.used += n
	if r.used > r.lim.StanzaBytes {
		r.drop("size")
	}
}

// drop starts skipping the current stanza; the first reason stays.
func (r *Reader) drop(reason string) {
	if r.reason == "" {
		r.reason = reason
	}
}

func (r *Reader) overHard() error {
	if r.used > r.lim.HardBytes {
		return &SyntaxError{fmt.Sprintf("a stanza over %d bytes", r.lim.HardBytes)}
	}
	return nil
}

func (r *Reader) expect(c byte) error {
	got, err := r.peek()
	if err != nil {
		return err
	}
	if got != c {
		return &SyntaxError{fmt.Sprintf("%q where %q belongs", got, c)}
	}
	r.advance(1)
	return nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skipSpace uses white space; it keeps nothing, so keepalives cost nothing.
func (r *Reader) skipSpace() error {
	for {
		c, err := r.peek()
		if err != nil {
			return err
		}
		if !isSpace(c) {
			return nil
		}
		r.advance(1)
		if err := r.overHard(); err != nil && r.root == "" {
			return err
		}
	}
}
