package stanza

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// maxName bounds a tag's or attribute's name; XMPP's longest are under 40 bytes. A longer
// one is valid XML, so it costs its stanza and not the stream.
const maxName = 512

// maxBound bounds the namespace declarations in force, as each prefix is looked for among
// them.
const maxBound = 512

// maxAttrs bounds one tag's attributes and namespace declarations, as finding a repeated
// one costs their square.
const maxAttrs = 128

// declaration uses <?xml … ?> after its "<"; nothing in it changes how we read.
func (r *Reader) declaration() error {
	var seen []byte
	for len(seen) < 256 {
		c, err := r.peek()
		if err != nil {
			return err
		}
		r.advance(1)
		if seen = append(seen, c); bytes.HasSuffix(seen, []byte("?>")) {
			break
		}
	}
	if !bytes.HasPrefix(seen, []byte("?xml")) || len(seen) < 6 || !isSpace(seen[4]) || seen[len(seen)-1] != '>' {
		return &SyntaxError{"a processing instruction"}
	}
	return nil
}

// element reads what follows the "<" of a stanza, to its end. While skipping, tags are
// only counted.
func (r *Reader) element() (*Element, error) {
	top, raw, empty, err := r.startTag()
	if err != nil || empty {
		return top, err
	}
	r.push(frame{el: top, raw: raw, mark: len(r.bound)})
	for r.depth > 0 {
		if err := r.content(); err != nil {
			return nil, err
		}
	}
	return top, nil
}

func (r *Reader) push(f frame) {
	if r.depth++; r.depth > r.lim.Depth {
		r.drop("depth")
	}
	if r.reason == "" {
		r.stack = append(r.stack, f)
	}
}

// content reads text up to the next tag, and that tag.
func (r *Reader) content() error {
	if err := r.characters(); err != nil {
		return err
	}
	c, err := r.peek()
	if err != nil {
		return err
	}
	switch c {
	case '/':
		r.advance(1)
		return r.closeElement()
	case '!':
		r.advance(1)
		return r.cdata()
	case '?':
		return &SyntaxError{"a processing instruction"}
	}
	mark := len(r.bound)
	el, raw, empty, err := r.startTag()
	if err != nil {
		return err
	}
	if r.kids++; r.kids > r.lim.Children {
		r.drop("children")
	}
	if r.reason == "" {
		parent := r.stack[len(r.stack)-1].el
		parent.Nodes = append(parent.Nodes, el)
	}
	if empty {
		if r.reason == "" {
			r.bound = r.bound[:mark]
		}
		return nil
	}
	r.push(frame{el: el, raw: raw, mark: mark})
	return nil
}

func (r *Reader) closeElement() error {
	name, err := r.endTag()
	if err != nil {
		return err
	}
	r.depth--
	if r.reason != "" {
		return nil
	}
	top := r.stack[len(r.stack)-1]
	if name != top.raw {
		return &SyntaxError{"the end tag does not match"}
	}
	r.stack = r.stack[:len(r.stack)-1]
	if r.depth > 0 {
		r.bound = r.bound[:top.mark]
	}
	return nil
}

// characters reads text up to the next "<", which is used.
func (r *Reader) characters() error {
	if err := r.collect('<'); err != nil {
		return err
	}
	if r.reason != "" || len(r.text) == 0 {
		return nil
	}
	if bytes.Contains(r.text, []byte("]]>")) {
		return &SyntaxError{"]]> outside of a section"}
	}
	s, err := unescape(r.text, false)
	if err != nil {
		return err
	}
	r.addText(s)
	return nil
}

// addText joins what a CDATA section split, so that one run of text is one Text.
func (r *Reader) addText(s string) {
	el := r.stack[len(r.stack)-1].el
	if n := len(el.Nodes); n > 0 {
		if t, ok := el.Nodes[n-1].(Text); ok {
			el.Nodes[n-1] = t + Text(s)
			return
		}
	}
	el.Nodes = append(el.Nodes, Text(s))
}

// cdata reads a section after its "<!". Comments and declarations begin the same way
// and are refused (RFC 6120 §11.1).
func (r *Reader) cdata() error {
	const open = "[CDATA["
	for i := range len(open) {
		c, err := r.peek()
		if err != nil {
			return err
		}
		if c != open[i] {
			return &SyntaxError{"a comment or a declaration"}
		}
		r.advance(1)
	}
	r.text = r.text[:0]
	brackets := 0
	for {
		c, err := r.peek()
		if err != nil {
			return err
		}
		r.advance(1)
		if c == '>' && brackets >= 2 {
			break
		}
		if c == ']' {
			brackets++
		} else {
			brackets = 0
		}
		if r.reason == "" {
			r.text = append(r.text, c)
		} else if err := r.overHard(); err != nil {
			return err
		}
	}
	if r.reason != "" {
		return nil
	}
	raw := r.text[:len(r.text)-2]
	if len(raw) == 0 {
		return nil
	}
	s, err := checked(raw)
	if err != nil {
		return err
	}
	r.addText(s)
	return nil
}

// startTag reads a start or empty tag after its "<". While skipping, the element is
// made but holds nothing.
func (r *Reader) startTag() (el *Element, raw string, empty bool, err error) {
	raw, err = r.name()
	if err != nil {
		return nil, "", false, err
	}
	el = &Element{}
	mark := len(r.bound)
	for {
		spaced, err := r.tagSpace()
		if err != nil {
			return nil, "", false, err
		}
		c, err := r.peek()
		if err != nil {
			return nil, "", false, err
		}
		switch {
		case c == '>':
			r.advance(1)
			return el, raw, false, r.resolve(el, raw)
		case c == '/':
			r.advance(1)
			if err := r.expect('>'); err != nil {
				return nil, "", false, err
			}
			return el, raw, true, r.resolve(el, raw)
		case !spaced:
			return nil, "", false, &SyntaxError{"no space before an attribute"}
		}
		if err := r.attribute(el, mark); err != nil {
			return nil, "", false, err
		}
		if len(el.Attr)+len(r.bound)-mark > maxAttrs {
			r.drop("attributes")
		}
	}
}

func (r *Reader) endTag() (string, error) {
	name, err := r.name()
	if err != nil {
		return "", err
	}
	if _, err := r.tagSpace(); err != nil {
		return "", err
	}
	return name, r.expect('>')
}

// tagSpace uses white space inside a tag and reports whether there was any.
func (r *Reader) tagSpace() (bool, error) {
	seen := false
	for {
		c, err := r.peek()
		if err != nil {
			return seen, err
		}
		if !isSpace(c) {
			return seen, nil
		}
		seen = true
		r.advance(1)
		if err := r.overHard(); err != nil {
			return seen, err
		}
	}
}

// name reads a prefixed name. Names are kept once per reader, up to a number.
func (r *Reader) name() (string, error) {
	r.text = r.text[:0]
	long := false
	for {
		c, err := r.peek()
		if err != nil {
			return "", err
		}
		if isSpace(c) || c == '>' || c == '/' || c == '=' {
			break
		}
		if long = len(r.text) == maxName; long {
			r.drop("name")
		} else {
			r.text = append(r.text, c)
		}
		r.advance(1)
		if err := r.overHard(); err != nil {
			return "", err
		}
	}
	if long {
		return "", nil // its stanza is being skipped
	}
	if s, ok := r.names[string(r.text)]; ok {
		return s, nil
	}
	s := string(r.text)
	if !validQName(s) {
		return "", &SyntaxError{"an invalid name"}
	}
	keep(r.names, s)
	return s, nil
}

// keep remembers a short string, so that it is allocated once. Names and values have a
// map each: a namespace that was seen must not pass for a valid name.
func keep(seen map[string]string, s string) {
	if len(seen) < 1024 && len(s) <= 96 {
		seen[s] = s
	}
}

// attribute reads one attribute of el; the tag's namespace declarations stand in r.bound
// from mark on.
func (r *Reader) attribute(el *Element, mark int) error {
	name, err := r.name()
	if err != nil {
		return err
	}
	if _, err := r.tagSpace(); err != nil {
		return err
	}
	if err := r.expect('='); err != nil {
		return err
	}
	if _, err := r.tagSpace(); err != nil {
		return err
	}
	value, err := r.quoted()
	if err != nil || r.reason != "" {
		return err
	}
	prefix, local, _ := strings.Cut(name, ":")
	switch {
	case name == "xmlns":
		return r.bind("", value, mark)
	case prefix == "xmlns" && local != "":
		return r.bind(local, value, mark)
	}
	// The prefix stays in Space until all declarations of the tag are known.
	n := xml.Name{Local: name}
	if local != "" {
		n = xml.Name{Space: prefix, Local: local}
	}
	el.Attr = append(el.Attr, xml.Attr{Name: n, Value: value})
	return nil
}

// bind declares a namespace for the element whose tag is being read.
func (r *Reader) bind(prefix, space string, mark int) error {
	if prefix == "xml" || prefix == "xmlns" || prefix != "" && space == "" {
		return &SyntaxError{"an impossible namespace declaration"}
	}
	for _, b := range r.bound[mark:] {
		if b.prefix == prefix {
			return &SyntaxError{"a repeated namespace declaration"}
		}
	}
	if len(r.bound) >= maxBound {
		r.drop("attributes")
		return nil
	}
	r.bound = append(r.bound, binding{prefix, space})
	return nil
}

// collect gathers raw bytes up to stop, which is used, in r.text; while skipping it keeps
// nothing. Inside quotes a "<" is refused (XML 1.0 §3.1).
func (r *Reader) collect(stop byte) error {
	r.text = r.text[:0]
	for found := false; !found; {
		if r.r == r.w {
			if err := r.fill(); err != nil {
				return err
			}
		}
		chunk := r.buf[r.r:r.w]
		if i := bytes.IndexByte(chunk, stop); i >= 0 {
			chunk, found = chunk[:i], true
		}
		if stop != '<' && bytes.IndexByte(chunk, '<') >= 0 {
			return &SyntaxError{"< in an attribute"}
		}
		r.advance(len(chunk))
		if r.reason == "" {
			r.text = append(r.text, chunk...)
		} else if err := r.overHard(); err != nil {
			return err
		}
	}
	r.advance(1)
	return nil
}

// quoted reads an attribute's value with its quotes.
func (r *Reader) quoted() (string, error) {
	q, err := r.peek()
	if err != nil {
		return "", err
	}
	if q != '"' && q != '\'' {
		return "", &SyntaxError{"an attribute without quotes"}
	}
	r.advance(1)
	if err := r.collect(q); err != nil {
		return "", err
	}
	if r.reason != "" {
		return "", nil
	}
	if s, ok := r.values[string(r.text)]; ok {
		return s, nil
	}
	s, err := unescape(r.text, true)
	if err == nil && s == string(r.text) {
		keep(r.values, s)
	}
	return s, err
}

// resolve gives the element and its attributes their namespaces.
func (r *Reader) resolve(el *Element, raw string) error {
	prefix, local, ok := strings.Cut(raw, ":")
	if !ok {
		prefix, local = "", raw
	}
	space, known := r.lookup(prefix)
	if r.reason != "" {
		el.Name = xml.Name{Space: space, Local: local}
		return nil
	}
	if !known && prefix != "" {
		return &SyntaxError{"an undeclared prefix"}
	}
	el.Name = xml.Name{Space: space, Local: local}
	for i := range el.Attr {
		a := &el.Attr[i]
		if a.Name.Space != "" {
			if a.Name.Space, known = r.lookup(a.Name.Space); !known {
				return &SyntaxError{"an undeclared prefix"}
			}
		}
		for _, b := range el.Attr[:i] {
			if b.Name == a.Name {
				return &SyntaxError{"a repeated attribute"}
			}
		}
	}
	return nil
}

func (r *Reader) lookup(prefix string) (string, bool) {
	for i := len(r.bound) - 1; i >= 0; i-- {
		if r.bound[i].prefix == prefix {
			return r.bound[i].space, true
		}
	}
	return "", false
}
