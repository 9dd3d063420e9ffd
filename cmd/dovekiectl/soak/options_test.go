//go:build soak

package soak_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// options are what the SOAK_ variables say.
type options struct {
	seed     uint64
	servers  []string
	cuts     int           // SOAK_CUTS: faults of all kinds
	messages int           // SOAK_MESSAGES: of all senders together
	seconds  time.Duration // SOAK_SECONDS: how long faults may go on
	pairs    int           // SOAK_PAIRS
	settle   time.Duration // SOAK_SETTLE: how long all may take to come to rest afterwards
	dir      string        // SOAK_DIR: where the traces of a run go
	archive  bool          // SOAK_ARCHIVE=0: the server has none, stream management stands alone
	keep     bool          // SOAK_KEEP: keep them after a good run too
	row      string        // SOAK_ROW: file to which the table rows are appended
	revision string        // SOAK_REVISION: what was built, for the table
}

func readOptions(t *testing.T) options {
	t.Helper()
	o := options{
		seed:     uint64(number(t, "SOAK_SEED", int(time.Now().UnixNano()%1_000_000))),
		servers:  []string{"prosody", "ejabberd"},
		cuts:     number(t, "SOAK_CUTS", 10_000),
		messages: number(t, "SOAK_MESSAGES", 100_000),
		seconds:  time.Duration(number(t, "SOAK_SECONDS", 4*3600)) * time.Second,
		pairs:    number(t, "SOAK_PAIRS", 16),
		settle:   time.Duration(number(t, "SOAK_SETTLE", 300)) * time.Second,
		dir:      os.Getenv("SOAK_DIR"),
		archive:  os.Getenv("SOAK_ARCHIVE") != "0",
		keep:     os.Getenv("SOAK_KEEP") == "1",
		row:      os.Getenv("SOAK_ROW"),
		revision: os.Getenv("SOAK_REVISION"),
	}
	if s := os.Getenv("SOAK_SERVER"); s != "" {
		o.servers = strings.Split(s, ",")
	}
	if o.dir == "" {
		o.dir = t.TempDir()
	}
	if o.pairs < 1 || o.messages < 2*o.pairs || o.cuts < 0 {
		t.Fatalf("%d pairs cannot exchange %d messages under %d faults", o.pairs, o.messages, o.cuts)
	}
	return o
}

// brief says that a run is too short for faults that take minutes.
func (o options) brief() bool { return o.seconds < 10*time.Minute }

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.Fatalf("%s is %q, which is not a number", name, text)
	}
	return n
}
