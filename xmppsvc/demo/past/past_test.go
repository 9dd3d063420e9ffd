package past

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func conversations(now time.Time) map[string][]Message {
	all := map[string][]Message{}
	for _, c := range All(now) {
		all[c.Local] = c.Messages
	}
	return all
}

// Every line of a script is one of the three kinds, so that none is lost by a slip.
func TestScriptsAreReadWhole(t *testing.T) {
	line := regexp.MustCompile(`^(@ \d{1,3} ([01]\d|2[0-3]):[0-5]\d|[<>] \S.*)$`)
	for _, s := range scripts {
		messages := 0
		for n, l := range strings.Split(strings.Trim(s.text, "\n"), "\n") {
			switch {
			case l == "":
			case !line.MatchString(l) || strings.HasSuffix(l, " "):
				t.Errorf("%s, line %d: %q", s.local, n+2, l)
			case l[0] != '@':
				messages++
			}
		}
		if got := read(s.text, time.Now()); len(got) != messages {
			t.Errorf("%s: %d messages of %d", s.local, len(got), messages)
		}
	}
}

func TestThePastIsPastAndInOrder(t *testing.T) {
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 8*3600), time.FixedZone("", -9*3600)} {
		for _, clock := range []time.Duration{0, 30 * time.Minute, 12 * time.Hour, 24*time.Hour - time.Second} {
			now := time.Date(2026, 3, 1, 0, 0, 0, 0, zone).Add(clock)
			for local, all := range conversations(now) {
				for i, m := range all {
					if !m.At.Before(now) || i > 0 && !m.At.After(all[i-1].At) {
						t.Fatalf("%s at %v: %v %q after %v", local, now, m.At, m.Text, all[max(i-1, 0)].At)
					}
				}
			}
		}
	}
}

// What makes a history worth reading: one long conversation over months with days
// without and evenings full, links, emoji, questions, both sides.
func TestTheLongConversationIsOne(t *testing.T) {
	all := conversations(time.Now())
	long := all["xiaoman"]
	if len(long) < 400 || long[len(long)-1].At.Sub(long[0].At) < 180*24*time.Hour {
		t.Errorf("%d messages in %v", len(long), long[len(long)-1].At.Sub(long[0].At))
	}
	var mine, links, emoji, questions, quiet, runs int
	for i, m := range long {
		if m.Mine {
			mine++
		}
		if strings.Contains(m.Text, "https://") {
			links++
		}
		if strings.ContainsFunc(m.Text, func(r rune) bool { return r >= 0x1f300 }) {
			emoji++
		}
		if strings.HasSuffix(m.Text, "？") {
			questions++
		}
		if i > 0 && m.Mine == long[i-1].Mine {
			runs++
		}
		if i > 0 && m.At.Sub(long[i-1].At) > 72*time.Hour {
			quiet++
		}
	}
	if mine < 120 || links < 3 || emoji < 10 || questions < 20 || quiet < 20 || runs < 60 {
		t.Errorf("%d of the owner, %d links, %d emoji, %d questions, %d times days without, %d times twice in a row", mine, links, emoji, questions, quiet, runs)
	}
	delete(all, "xiaoman")
	for local, short := range all {
		if len(short) < 5 || len(short) > 40 {
			t.Errorf("%s has %d messages", local, len(short))
		}
	}
}

// The links lead nowhere: RFC 2606 reserves .example.
func TestLinksAreReserved(t *testing.T) {
	host := regexp.MustCompile(`https?://([^/\s]+)`)
	for local, all := range conversations(time.Now()) {
		for _, m := range all {
			for _, found := range host.FindAllStringSubmatch(m.Text, -1) {
				if !strings.HasSuffix(found[1], ".example") {
					t.Errorf("%s: %s", local, m.Text)
				}
			}
		}
	}
}

// Chinese punctuation stands beside Chinese characters, and nobody shouts.
func TestThePastKeepsTheTone(t *testing.T) {
	halfWidth := regexp.MustCompile(`\p{Han}[,!?:;()."]|[,!?:;()"]\p{Han}`)
	for local, all := range conversations(time.Now()) {
		for _, m := range all {
			if found := halfWidth.FindString(m.Text); found != "" && !strings.Contains(m.Text, "https://") {
				t.Errorf("%s: %q has %q", local, m.Text, found)
			}
			for _, bad := range []string{"您", "!!", "！！"} {
				if strings.Contains(m.Text, bad) {
					t.Errorf("%s: %q holds %q", local, m.Text, bad)
				}
			}
		}
	}
}
