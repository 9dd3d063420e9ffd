package adapt

import (
	"time"

	"dovekie/xmppsvc/model"
)

// NetworkKind reports whether trying later may help by itself.
func NetworkKind(k model.ErrorKind) bool {
	return k == model.ErrUnreachable || k == model.ErrTimeout || k == model.ErrUnknownHost
}

// NeedsUser reports whether the connection comes back only when its user signs in.
func NeedsUser(c *model.Connection) bool {
	return c.State == model.Offline && !NetworkKind(c.Cause)
}

// Date is a day as it is written in certificates and reports.
func Date(t time.Time) string { return t.Local().Format("2006-01-02") }

// Grouped sets a fingerprint in groups of four, so that people can compare it.
func Grouped(hex string) string {
	var b []byte
	for i := range len(hex) {
		if i > 0 && i%4 == 0 {
			b = append(b, ' ')
		}
		b = append(b, hex[i])
	}
	return string(b)
}
