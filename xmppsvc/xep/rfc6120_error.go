package xep

import (
	"slices"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// conditions are those of RFC 6120 §8.3.3.
var conditions = []string{
	"bad-request", "conflict", "feature-not-implemented", "forbidden", "gone", "internal-server-error",
	"item-not-found", "jid-malformed", "not-acceptable", "not-allowed", "not-authorized", "policy-violation",
	"recipient-unavailable", "redirect", "registration-required", "remote-server-not-found",
	"remote-server-timeout", "resource-constraint", "service-unavailable", "subscription-required",
	"undefined-condition", "unexpected-request",
}

var errorTypes = []string{"auth", "cancel", "continue", "modify", "wait"}

// ErrorElement builds the error child of a stanza of type error.
func ErrorElement(e model.StanzaError) *stanza.Element {
	el := stanza.New(stanza.NSClient, "error", stanza.New(stanza.NSStanzas, condition(e.Condition))).
		With("type", errorType(e.Type))
	if e.Text != "" {
		el.Add(stanza.NewText(stanza.NSStanzas, "text", e.Text))
	}
	return el
}

// ErrorOf reads the error child of a stanza of type error; other stanzas have none. An
// error that says nothing known is "undefined-condition", of type "cancel".
func ErrorOf(st *stanza.Element) (model.StanzaError, bool) {
	if st == nil || st.Get("type") != "error" {
		return model.StanzaError{}, false
	}
	el := st.Child(st.Name.Space, "error")
	e := model.StanzaError{Type: errorType(""), Condition: condition("")}
	if el == nil {
		return e, true
	}
	e.Type = errorType(el.Get("type"))
	for _, c := range el.Children() {
		switch {
		case c.Name.Space != stanza.NSStanzas:
		case c.Name.Local == "text":
			e.Text = clip(c.Text(), maxText)
		default:
			e.Condition = condition(c.Name.Local)
		}
	}
	return e, true
}

// Refused is the error a caller gets for an IQ or a message that came back.
func Refused(e model.StanzaError) *model.Error {
	sentence := "the server refused: " + e.Condition
	if text := oneLine(e.Text, 200); text != "" {
		sentence += " (" + text + ")"
	}
	return &model.Error{Kind: model.ErrServerRefused, Message: sentence, Condition: e.Condition}
}

func condition(name string) string {
	if slices.Contains(conditions, name) {
		return name
	}
	return "undefined-condition"
}

func errorType(t string) string {
	if slices.Contains(errorTypes, t) {
		return t
	}
	return "cancel"
}
