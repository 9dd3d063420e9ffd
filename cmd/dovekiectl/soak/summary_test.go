//go:build soak

package soak_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// conclude adds what the run itself noticed to the verdict on the histories.
func (r *run) conclude(v *verdict, still []string) {
	for _, why := range still {
		v.add(unsettled, "%s", why)
	}
	for _, s := range r.surrenders {
		v.gaveUp(s)
	}
	for _, why := range r.crashes {
		v.add(crashed, "%s", why)
	}
	for _, why := range r.problems {
		v.add(troubled, "%s", why)
	}
	for kind, n := range r.refusals {
		// What a network, or a server that is about to stop, can do to a login; all else would
		// stop a person.
		if !slices.Contains([]string{"unreachable", "timeout", "cancelled", "system-shutdown"}, kind) {
			v.add(troubled, "account.connect was refused %d times: %s", n, kind)
		}
	}
}

// report prints the summary and writes it, with all findings, beside the traces.
func (r *run) report(v *verdict) {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	byKind, all := r.deck.progress()
	line("soak of %s on %s%s, seed %d, %d pairs%s", r.begun.Format("2006-01-02 15:04"), r.version, r.bare(), r.seed, r.pairs, either(overlay() == "", "", ", a build that is wrong on purpose"))
	line("  faults      %d of %d in %v", all, r.cuts, r.faults.Round(time.Second))
	for k, n := range byKind {
		rec := r.recovery[k]
		timed := ""
		if len(rec) > 0 {
			timed = fmt.Sprintf("   to online: median %v, 95 %% within %v, at most %v (%d undisturbed)",
				ms(rank(rec, 50)), ms(rank(rec, 95)), ms(rank(rec, 100)), len(rec))
		}
		line("    %-9s %6d%s", kind(k), n, timed)
	}
	median, p95 := r.recoveries()
	line("  recovery    median %v, 95 %% within %v over all kinds", ms(median), ms(p95))
	if len(r.noticedHalf) > 0 {
		line("  half-open   noticed by the program itself %d times: median %v, at most %v", len(r.noticedHalf), ms(rank(r.noticedHalf, 50)), ms(rank(r.noticedHalf, 100)))
	}
	line("  reconnects  %d, resumed %d (%d %%)", r.reconnects, r.resumed, percent(r.resumed, r.reconnects))
	line("  messages    %d answered by message.send of %d", r.answered(), 2*r.pairs*r.share())
	line("  settled     in %v", r.settled.Round(time.Second))
	line("  aside       waits after: %s; notices: %s; told again in one life: %d; pages read in passing: %d; later than 2 min online: %d; told to try now: %d; restarts that ended in a kill: %d; refused logins: %s",
		spread(r.causes), spread(r.notices), r.retold, r.looks, r.lateOnline, r.nudges, r.rough, spread(r.refusals))
	for c, n := range v.counts {
		line("  %-32s %d", class(c), n)
		for i, f := range v.findings[c] {
			if i == 5 {
				line("      … and %d more in findings.txt", len(v.findings[c])-i)
				break
			}
			line("      %s", f)
		}
	}
	line("  %s", either(v.passed(), "PASSED", "FAILED"))
	for _, text := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		say("%s", text)
	}
	r.save("summary.txt", b.String())
	var findings strings.Builder
	for c, fs := range v.findings {
		for _, f := range fs {
			fmt.Fprintf(&findings, "%s: %s\n", class(c), f)
		}
	}
	r.save("findings.txt", findings.String())
	r.save("server.log", r.server.Log())
	r.chronicle.flush()
}

// bare says what the server lacks.
func (r *run) bare() string { return either(r.archive, "", " without archive") }

func (r *run) save(name, text string) {
	if err := os.WriteFile(filepath.Join(r.folder, name), []byte(text), 0o600); err != nil {
		r.t.Error(err)
	}
}

// tableRow is the run as a row of the table in docs/soak.md.
func (r *run) tableRow(v *verdict) string {
	byKind, _ := r.deck.progress()
	var faults []string
	for k, n := range byKind {
		faults = append(faults, fmt.Sprintf("%s %d", kind(k), n))
	}
	median, p95 := r.recoveries()
	c := v.counts
	return fmt.Sprintf("| %s | %s | %d | %s | %s | %d | %d | %d | %d | %d | %d / %d / %d | %v | %d | %d %% | %v / %v | %s |\n",
		r.begun.Format("2006-01-02"), either(r.revision == "", "?", r.revision), r.seed, r.version+r.bare(), strings.Join(faults, ", "), r.answered(),
		c[lost]+c[ownLost]+c[altered]+c[unsent], c[doubled], c[disordered], c[interleaved], c[serverLost], c[serverTwice], c[serverOrder],
		time.Since(r.begun).Round(time.Second), r.reconnects, percent(r.resumed, r.reconnects), ms(median), ms(p95), either(v.passed(), "passed", "failed"))
}

// answered is how many messages were promised.
func (r *run) answered() int {
	n := 0
	for _, a := range r.accounts {
		n += len(a.answered())
	}
	return n
}

// recoveries are median and 95th percentile of the time to online, over all kinds.
func (r *run) recoveries() (median, p95 time.Duration) {
	var every []time.Duration
	for _, ds := range r.recovery {
		every = append(every, ds...)
	}
	return rank(every, 50), rank(every, 95)
}

func percent(part, of int) int { return part * 100 / max(1, of) }

func ms(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// addRow appends to the file that the script puts into the table.
func addRow(t *testing.T, path, row string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(row); err != nil {
		t.Fatal(err)
	}
}
