package rpc

import (
	"fmt"
	"io"
	"reflect"
	"strings"
)

// wireEvents are all notifications, for the table and for the test that holds them
// together with package event.
var wireEvents = []any{
	snapshotEvent{}, accountChangedEvent{}, accountRemovedEvent{}, connectionChangedEvent{},
	certificateRejectedEvent{}, selfChangedEvent{}, rosterReplacedEvent{}, contactChangedEvent{},
	contactRemovedEvent{}, subscriptionRequestedEvent{}, subscriptionAnsweredEvent{},
	presenceChangedEvent{}, chatChangedEvent{}, chatRemovedEvent{}, typingChangedEvent{}, nudgedEvent{},
	messageAddedEvent{}, messageChangedEvent{}, messageRemovedEvent{}, historyChangedEvent{},
	noticeRaisedEvent{},
}

// notes are what the names of a value's fields cannot say.
var notes = map[string]string{
	"chat":    ". The body of `last` is cut to 4 kB.",
	"message": ". Times are RFC 3339 in UTC with milliseconds.",
}

// Describe writes the tables of methods and events, made from the Go types, in Markdown.
func Describe(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| method | parameters | result | |\n| --- | --- | --- | --- |\n")
	for _, m := range methods {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m.Name, fields(m.Params), result(m.Result), m.Doc)
	}
	b.WriteString("\n| event | fields |\n| --- | --- |\n")
	for _, ev := range wireEvents {
		t := reflect.TypeOf(ev)
		name := t.Name()
		name = strings.ToUpper(name[:1]) + strings.TrimSuffix(name[1:], "Event")
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, fields(t))
	}
	for _, t := range []reflect.Type{reflect.TypeFor[message](), reflect.TypeFor[contact](), reflect.TypeFor[presence](), reflect.TypeFor[chat](), reflect.TypeFor[connection](), reflect.TypeFor[certificate](), reflect.TypeFor[step](), reflect.TypeFor[counters]()} {
		fmt.Fprintf(&b, "\nA `%s`: %s%s\n", t.Name(), fields(t), notes[t.Name()])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func result(t reflect.Type) string {
	if t.NumField() == 0 {
		return "`{}`"
	}
	return fields(t)
}

// fields lists a struct's JSON names; a question mark stands behind what may be left out.
func fields(t reflect.Type) string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			out = append(out, fields(f.Type))
			continue
		}
		name, opt, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "type" && strings.HasSuffix(t.Name(), "Event") || name == "-" {
			continue
		}
		if opt == "omitempty" {
			name += "?"
		}
		out = append(out, "`"+name+"`"+element(f.Type))
	}
	return strings.Join(out, ", ")
}

// element names what a list or a nested value holds.
func element(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Pointer:
		return element(t.Elem())
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && t.Elem().PkgPath() == reflect.TypeFor[message]().PkgPath():
		return " (list of " + t.Elem().Name() + ")"
	case t.Kind() == reflect.Slice:
		return " (list)"
	}
	return ""
}
