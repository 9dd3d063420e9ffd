package xep

import (
	"fmt"
	"strings"
	"time"

	"dovekie/xmppsvc/stanza"
)

// NSTime is XEP-0202.
const NSTime = "urn:xmpp:time"

// TimeQuery builds the question what time it is there.
func TimeQuery() *stanza.Element { return stanza.New(NSTime, "time") }

// LocalTime builds the answer: t and the offset of its location.
func LocalTime(t time.Time) *stanza.Element {
	return stanza.New(NSTime, "time",
		stanza.NewText(NSTime, "tzo", t.Format("-07:00")),
		stanza.NewText(NSTime, "utc", t.UTC().Format("2006-01-02T15:04:05Z")))
}

// ReadLocalTime reads an answer; the time is in a zone of the given offset.
func ReadLocalTime(el *stanza.Element) (time.Time, bool) {
	if !el.Is(NSTime, "time") {
		return time.Time{}, false
	}
	t, ok := ParseTime(el.ChildText(NSTime, "utc"))
	offset, known := parseOffset(el.ChildText(NSTime, "tzo"))
	if !ok || !known {
		return time.Time{}, false
	}
	return t.In(time.FixedZone("", offset)), true
}

// parseOffset reads a time zone of XEP-0082 §3.1, in seconds.
func parseOffset(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if s == "Z" {
		return 0, true
	}
	var sign byte
	var h, m int
	if n, err := fmt.Sscanf(s, "%c%02d:%02d", &sign, &h, &m); err != nil || n != 3 || len(s) != 6 {
		return 0, false
	}
	if h < 0 || h > 14 || m < 0 || m > 59 || sign != '+' && sign != '-' {
		return 0, false
	}
	if sign == '-' {
		return -(h*3600 + m*60), true
	}
	return h*3600 + m*60, true
}
