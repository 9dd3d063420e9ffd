//go:build soak

package soak_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var binary string

// overlay is what the compiler takes instead of some source files, or "": SOAK_OVERLAY, for
// programs that are wrong on purpose.
func overlay() string { return os.Getenv("SOAK_OVERLAY") }

// TestMain builds the program the way it is shipped.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "dovekie-soak-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "dovekiectl")
	build := exec.Command("go", "build", "-trimpath", "-overlay", overlay(), "-o", binary, "dovekie/cmd/dovekiectl")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	code := 1
	if err := build.Run(); err == nil {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// TestSabotageStillFits: whoever changes what the patches change adapts them, too.
func TestSabotageStillFits(t *testing.T) {
	patches, err := filepath.Glob("../../../.ci/sabotage/*.patch")
	if err != nil || len(patches) != 2 {
		t.Fatalf("%d patches, %v", len(patches), err)
	}
	for _, p := range patches {
		check := exec.Command("git", "apply", "--check", filepath.Join(".ci", "sabotage", filepath.Base(p)))
		check.Dir = "../../.."
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", p, err, out)
		}
	}
}

// TestSoak is a whole run on each of the servers.
func TestSoak(t *testing.T) {
	o := readOptions(t)
	for _, kind := range o.servers {
		t.Run(kind, func(t *testing.T) { soak(t, o, kind) })
	}
}

func soak(t *testing.T, o options, kind string) {
	r := newRun(t, o, kind, binary)
	say("%s: seed %d, %d pairs, %d messages, %d faults within %v; traces in %s", r.version, o.seed, o.pairs, o.messages, o.cuts, o.seconds, r.folder)
	r.storm()
	still := r.rest()
	v := judge(r.reap())
	r.conclude(v, still)
	r.report(v)
	if o.row != "" {
		addRow(t, o.row, r.tableRow(v))
	}
	if !v.passed() {
		t.Errorf("the promise was broken on %s with seed %d; traces in %s", kind, o.seed, r.folder)
		return
	}
	if !o.keep {
		if err := os.RemoveAll(r.folder); err != nil {
			t.Error(err)
		}
	}
}
