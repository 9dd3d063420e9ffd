package stanza

import (
	"errors"
	"io"
	"slices"
	"strings"
)

// Refusal is why a text written by hand is not sent.
type Refusal string

// The refusals.
const (
	RefusedEmpty   Refusal = "empty"
	RefusedSyntax  Refusal = "syntax"  // not well-formed, or what RFC 6120 §11.1 forbids
	RefusedCut     Refusal = "cut"     // it ends in the middle
	RefusedMore    Refusal = "more"    // more than one element
	RefusedStream  Refusal = "stream"  // would end, change or prove the stream itself
	RefusedKind    Refusal = "kind"    // neither message nor presence nor iq
	RefusedType    Refusal = "type"    // a type that its kind does not have
	RefusedPayload Refusal = "payload" // a question holds exactly one element
	RefusedFrom    Refusal = "from"    // somebody else's address
	RefusedTo      Refusal = "to"      // no address
	RefusedSize    Refusal = "size"
)

// RefusedError is a text that is not sent.
type RefusedError struct {
	Reason Refusal
	Detail string // the offending name, or what the parser said; English
}

func (e *RefusedError) Error() string {
	if e.Detail == "" {
		return "not sent: " + string(e.Reason)
	}
	return "not sent: " + string(e.Reason) + ": " + e.Detail
}

// maxOutgoing is what every server takes: ejabberd ends the stream over 64 KiB unless
// told otherwise.
const maxOutgoing = 60 << 10

// types are the types that RFC 6120 §8.2.3, RFC 6121 §5.2.2 and §4.7.1 name; "" is none.
var types = map[string][]string{
	"message":  {"", "chat", "error", "groupchat", "headline", "normal"},
	"presence": {"", "error", "probe", "subscribe", "subscribed", "unavailable", "unsubscribe", "unsubscribed"},
	"iq":       {"get", "set", "result", "error"},
}

// ParseOutgoing reads a text written by hand as exactly one message, presence or iq, by
// the rules that a server enforces: what would break one of them could end the stream.
// Errors are *RefusedError. Addresses are left to the caller.
func ParseOutgoing(text string) (*Element, error) {
	refuse := func(r Refusal, detail string) (*Element, error) { return nil, &RefusedError{r, detail} }
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return refuse(RefusedEmpty, "")
	case len(text) > maxOutgoing:
		return refuse(RefusedSize, "")
	case strings.HasPrefix(text, "</"), strings.HasPrefix(text, "<stream:"), strings.HasPrefix(text, "<?xml"):
		return refuse(RefusedStream, "")
	}
	el, err := Parse([]byte(text))
	if err != nil {
		return refuse(refusalOf(err))
	}
	switch {
	case el.Name.Space == NSStream, el.Name.Space == NSTLS, el.Name.Space == NSSASL, negotiates(el.Name.Local):
		return refuse(RefusedStream, el.Name.Local)
	case !el.IsStanza():
		return refuse(RefusedKind, el.Name.Local)
	}
	typ := el.Get("type")
	if !slices.Contains(types[el.Name.Local], typ) {
		return refuse(RefusedType, typ)
	}
	// RFC 6120 §8.2.3: a get or set MUST contain exactly one child element.
	if (typ == "get" || typ == "set") && el.Name.Local == "iq" && len(el.Children()) != 1 {
		return refuse(RefusedPayload, "")
	}
	return el, nil
}

// negotiates reports names of elements that belong to the making of a stream, whatever
// their namespace: those of SASL (RFC 6120 §6.4, XEP-0388) and of stream management.
func negotiates(name string) bool {
	switch name {
	case "auth", "authenticate", "response", "abort", "challenge", "success", "failure", "starttls", "proceed",
		"stream", "compress", "enable", "enabled", "resume", "resumed", "failed", "r", "a":
		return true
	}
	return false
}

func refusalOf(err error) (Refusal, string) {
	var dropped *DroppedError
	var syntax *SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return RefusedCut, ""
	case errors.As(err, &dropped):
		return RefusedSize, dropped.Reason
	case errors.As(err, &syntax) && syntax.Reason == somethingFollows:
		return RefusedMore, ""
	case errors.As(err, &syntax):
		return RefusedSyntax, syntax.Reason
	}
	return RefusedSyntax, err.Error()
}
