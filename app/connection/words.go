package connection

import (
	"strconv"
	"strings"
	"time"

	"dovekie/app/adapt"
	"dovekie/app/tr"
)

// Bytes is an amount in the unit that fits it, by thousands.
func Bytes(n uint64) string {
	if n < 1000 {
		return strconv.FormatUint(n, 10) + " B"
	}
	v := float64(n)
	for _, unit := range []string{"kB", "MB", "GB"} {
		v /= 1000
		switch {
		case v < 9.95:
			return strconv.FormatFloat(v, 'f', 1, 64) + " " + unit
		case v < 999.5 || unit == "GB":
			return strconv.FormatFloat(v, 'f', 0, 64) + " " + unit
		}
	}
	return ""
}

// Took is a short time.
func Took(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < 50*time.Microsecond:
		return "< 0.1 ms"
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 1, 64) + " ms"
	case d < time.Second:
		return strconv.FormatInt(d.Round(time.Millisecond).Milliseconds(), 10) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}

// Lasted is a long time in its two largest units.
func Lasted(d time.Duration) string {
	n := func(unit time.Duration) string { return strconv.Itoa(int(d / unit)) }
	switch {
	case d < time.Minute:
		return tr.T("conn.seconds", "n", n(time.Second))
	case d < time.Hour:
		return tr.T("conn.minutes", "n", n(time.Minute))
	case d < 24*time.Hour:
		return tr.T("conn.hours", "n", n(time.Hour), "m", strconv.Itoa(int(d%time.Hour/time.Minute)))
	}
	return tr.T("conn.days", "n", n(24*time.Hour), "m", strconv.Itoa(int(d%(24*time.Hour)/time.Hour)))
}

// detailWords is the detail of a cause for people: what we say ourselves in their language,
// what came over the wire as it came.
func detailWords(detail string) string {
	for key, end := range map[string]string{
		"ended": " ended the connection.", "silent": " did not answer in time.", "invalid": " sent something that is not valid XMPP.",
	} {
		if host, is := strings.CutSuffix(detail, end); is && !strings.ContainsAny(host, " ") {
			return tr.T("conn.detail."+key, "host", host)
		}
	}
	return detail
}

// clock is a time of day with its seconds, after the day if that is not today.
func clock(t, now time.Time) string {
	s := t.Local().Format("15:04:05")
	if adapt.SameDay(t, now) {
		return s
	}
	return t.Local().Format("2006-01-02") + " " + s
}
