package connection

import (
	"strings"
	"time"

	"dovekie/xmppsvc/trace"
)

// Lines tell how an attempt to connect went: its steps, how it ended, and the certificate
// that the server showed.
func Lines(c *trace.Connection, host string, now time.Time) []Line {
	var lines []Line
	for _, s := range stepRows(c, host) {
		var parts []string
		for _, part := range []string{s.Took, s.Detail} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		lines = append(lines, Line{s.Name, strings.Join(parts, " · ")})
	}
	for _, f := range connectionFacts(c, host, now) {
		lines = append(lines, Line{f.Label, f.Value})
	}
	if len(c.Chain) > 0 {
		for _, f := range certificateFacts(c.Chain[0]) {
			lines = append(lines, Line{f.Label, f.Value})
		}
	}
	return lines
}
