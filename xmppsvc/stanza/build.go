package stanza

// NewIQ makes an IQ (RFC 6120 §8.2.3); payload may be nil, to may be "".
func NewIQ(typ, id, to string, payload *Element) *Element {
	return New(NSClient, "iq", payload).With("type", typ).With("id", id).With("to", to)
}

// NewMessage makes a message; typ may be "" (normal).
func NewMessage(typ, id, to string, children ...Node) *Element {
	return New(NSClient, "message", children...).With("type", typ).With("id", id).With("to", to)
}

// NewPresence makes a presence; typ and to may be "".
func NewPresence(typ, to string, children ...Node) *Element {
	return New(NSClient, "presence", children...).With("type", typ).With("to", to)
}

// IsStanza reports whether e is a message, presence or iq: what XEP-0198 counts.
func (e *Element) IsStanza() bool {
	return e.Is(NSClient, "message") || e.Is(NSClient, "presence") || e.Is(NSClient, "iq")
}

// Result answers the IQ e; payload may be nil.
func (e *Element) Result(payload *Element) *Element {
	return NewIQ("result", e.Get("id"), e.Get("from"), payload)
}

// ErrorReply answers e with an error (RFC 6120 §8.3): its type ("cancel", "auth",
// "modify", "wait"), its condition and an optional text.
func (e *Element) ErrorReply(errType, condition, text string) *Element {
	err := New(NSClient, "error", New(NSStanzas, condition)).With("type", errType)
	if text != "" {
		err.Add(NewText(NSStanzas, "text", text))
	}
	r := &Element{Name: e.Name}
	return r.With("type", "error").With("id", e.Get("id")).With("to", e.Get("from")).With("from", e.Get("to")).Add(err)
}
