package connection

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"dovekie/widgets"
	"dovekie/widgets/skin"
)

// pretty sets an XML text in lines by its levels, in colours. It takes any text: what was
// cut in the middle ends where it was cut.
func pretty(xml string) []widgets.CodeLine {
	p := printer{rest: xml}
	for p.rest != "" {
		if p.rest[0] == '<' {
			p.tag()
		} else {
			p.text()
		}
	}
	p.flush()
	return p.lines
}

// hiddenText is what stands for a secret.
const hiddenText = "***"

type printer struct {
	rest  string
	lines []widgets.CodeLine
	line  widgets.CodeLine
	level int
	// inline: the line holds a start tag and may go on with its text and end tag.
	inline bool
}

func (p *printer) add(text string, role skin.Role) {
	if text == "" {
		return
	}
	text = visible(text)
	if n := len(p.line.Spans); n > 0 && p.line.Spans[n-1].Role == role {
		p.line.Spans[n-1].Text += text
		return
	}
	p.line.Spans = append(p.line.Spans, widgets.Span{Text: text, Role: role})
}

// visible writes what reverses, hides or breaks text as the reference that XML has for it,
// so that a stanza cannot look like another one.
func visible(text string) string {
	if strings.IndexFunc(text, hidden) < 0 {
		return text
	}
	var b strings.Builder
	for i, size := 0, 0; i < len(text); i += size {
		var r rune
		if r, size = utf8.DecodeRuneInString(text[i:]); hidden(r) {
			fmt.Fprintf(&b, "&#x%X;", r)
		} else {
			b.WriteString(text[i : i+size])
		}
	}
	return b.String()
}

// hidden reports what controls how a text is shown and is not seen itself.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// flush ends the line; the next one stands at the level of then.
func (p *printer) flush() {
	if len(p.line.Spans) > 0 {
		p.lines = append(p.lines, p.line)
	}
	p.line = widgets.CodeLine{Level: p.level}
	p.inline = false
}

// tag prints the tag that the rest begins with.
func (p *printer) tag() {
	end := tagEnd(p.rest)
	if end < 0 {
		p.flush()
		p.words(p.rest)
		p.rest = ""
		return
	}
	tag := p.rest[:end]
	p.rest = p.rest[end:]
	switch {
	case strings.HasPrefix(tag, "</"):
		p.level = max(p.level-1, 0)
		if !p.inline {
			p.flush()
			p.line.Level = p.level
		}
		p.add("</", skin.Secondary)
		p.add(strings.TrimSuffix(tag[2:], ">"), skin.Accent)
		p.add(">", skin.Secondary)
		p.flush()
	case strings.HasSuffix(tag, "/>"):
		p.flush()
		p.open(tag[1:len(tag)-2], "/>")
		p.flush()
	default:
		p.flush()
		p.open(tag[1:len(tag)-1], ">")
		p.level++
		p.inline = true
	}
}

// tagEnd is where the tag ends, -1 if it does not. A ">" in a value is none.
func tagEnd(s string) int {
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return -1
}

// open prints a tag with its attributes.
func (p *printer) open(inside, end string) {
	p.add("<", skin.Secondary)
	name, rest, _ := strings.Cut(inside, " ")
	p.add(name, skin.Accent)
	for rest = strings.TrimLeft(rest, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		attr, after, ok := strings.Cut(rest, "=")
		if !ok || after == "" {
			p.add(" "+rest, skin.Secondary)
			break
		}
		n := valueEnd(after)
		p.add(" "+attr+"=", skin.Secondary)
		role := skin.Literal
		if strings.Contains(after[:n], hiddenText) {
			role = skin.Error
		}
		p.add(after[:n], role)
		rest = after[n:]
	}
	p.add(end, skin.Secondary)
}

// valueEnd is where the value ends that s begins with: at its closing quote, or, since
// what came is shown even when it is no XML, before the next space.
func valueEnd(s string) int {
	if quote := s[0]; quote == '\'' || quote == '"' {
		value, _, closed := strings.Cut(s[1:], string(quote))
		if closed {
			return len(value) + 2
		}
		return len(s)
	}
	value, _, _ := strings.Cut(s, " ")
	return len(value)
}

// text prints what stands up to the next tag. White space between tags is no text; text
// of one line stays beside its tag.
func (p *printer) text() {
	end := strings.IndexByte(p.rest, '<')
	if end < 0 {
		end = len(p.rest)
	}
	text := p.rest[:end]
	p.rest = p.rest[end:]
	if strings.TrimSpace(text) == "" {
		if !strings.HasPrefix(p.rest, "</") {
			p.inline = false
		}
		return
	}
	if p.inline && !strings.Contains(text, "\n") && strings.HasPrefix(p.rest, "</") {
		p.words(text)
		return
	}
	p.flush()
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		p.words(strings.TrimSpace(line))
		p.flush()
	}
}

func (p *printer) words(text string) {
	role := skin.Ink
	if text == hiddenText {
		role = skin.Error
	}
	p.add(text, role)
}

// marked marks what is looked for, in any letters' case, in every line.
func marked(lines []widgets.CodeLine, query string) []widgets.CodeLine {
	if query == "" {
		return lines
	}
	for i := range lines {
		var whole strings.Builder
		for _, s := range lines[i].Spans {
			whole.WriteString(s.Text)
		}
		text, at := foldASCII(whole.String()), 0
		for n := strings.Index(text, query); n >= 0; n = strings.Index(text[at:], query) {
			lines[i].Spans = markSpans(lines[i].Spans, at+n, at+n+len(query))
			at += n + len(query)
		}
	}
	return lines
}

// markSpans marks the bytes of a line from one place to another.
func markSpans(spans []widgets.Span, from, to int) []widgets.Span {
	var out []widgets.Span
	at := 0
	for _, s := range spans {
		a, b := min(max(from-at, 0), len(s.Text)), min(max(to-at, 0), len(s.Text))
		for n, text := range []string{s.Text[:a], s.Text[a:b], s.Text[b:]} {
			if text != "" {
				out = append(out, widgets.Span{Text: text, Role: s.Role, Marked: s.Marked || n == 1})
			}
		}
		at += len(s.Text)
	}
	return out
}

// plain is the text of the lines, indented, for the clipboard.
func plain(lines []widgets.CodeLine) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.Repeat("  ", l.Level))
		for _, s := range l.Spans {
			b.WriteString(s.Text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
