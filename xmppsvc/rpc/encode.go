package rpc

import (
	"fmt"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// Encode is a message, a contact or an event as it stands on the wire, for json.Marshal:
// the same shape for verbs that print one.
func Encode(v any) any {
	switch v := v.(type) {
	case model.Message:
		return messageOf(v)
	case model.Contact:
		return contactOf(v)
	case event.Event:
		return encodeEvent(v)
	}
	panic(fmt.Sprintf("rpc: no encoding for %T", v))
}
