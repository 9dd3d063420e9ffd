package xep

import (
	"strings"
	"time"
)

// Times outside of these years are garbage: XMPP did not exist, or a clock is broken.
const (
	firstYear = 1998
	lastYear  = 2199
)

// FormatTime is the time in UTC as XEP-0082 §3.2 wants it, with milliseconds.
func FormatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// ParseTime reads a DateTime of XEP-0082 §3.2 and gives it in UTC, cut to milliseconds.
// ok is false for anything else and for times that cannot be true.
func ParseTime(s string) (t time.Time, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) > 64 {
		return t, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.UTC().Year() < firstYear || t.UTC().Year() > lastYear {
		return time.Time{}, false
	}
	return t.UTC().Truncate(time.Millisecond), true
}
