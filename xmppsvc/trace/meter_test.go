package trace_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

func TestSecondsAreTheLastMinuteOldestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := trace.New(10)
		for i := range 90 {
			tr.Bytes(i, 1)
			time.Sleep(time.Second)
		}
		got := tr.Traffic()
		if first, last := got.Seconds[0].BytesIn, got.Seconds[59].BytesIn; first != 30 || last != 89 {
			t.Errorf("from %d to %d", first, last)
		}
		time.Sleep(30 * time.Second)
		got = tr.Traffic()
		if got.Seconds[59].BytesIn != 0 || got.Seconds[0].BytesIn != 60 {
			t.Errorf("after a pause: %d, %d", got.Seconds[0].BytesIn, got.Seconds[59].BytesIn)
		}
	})
}

func TestIdlingIsWhatQuietMinutesCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := trace.New(10)
		time.Sleep(5 * time.Second)
		at := tr.Begin()
		at.Bytes(5000, 5000) // signing in
		at.Online(model.Login{}, true, 0)
		message := parse(t, "<message><body>x</body></message>")
		for minute := range 30 {
			if minute%3 == 0 {
				at.Stanza(true, message)
				at.Bytes(0, 1000)
			} else {
				at.Bytes(40, 60)
			}
			time.Sleep(time.Minute)
		}
		got := tr.Traffic()
		// The minute of signing in and the one that settles are left out, every third one talked.
		if got.Quiet < 18 || got.Quiet > 20 || got.QuietBytes != uint64(got.Quiet)*100 || got.IdleHour() != 6000 {
			t.Errorf("%d quiet minutes of %d bytes: %d an hour", got.Quiet, got.QuietBytes, got.IdleHour())
		}
		at.Step("ended", "", 0)
		time.Sleep(2 * time.Hour)
		if got := tr.Traffic(); got.Quiet != 0 || got.IdleHour() != 0 {
			t.Errorf("offline for two hours, but %d quiet minutes", got.Quiet)
		}
	})
}

func TestMonthsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	l, err := trace.OpenLedger(dir)
	if err != nil {
		t.Fatal(err)
	}
	one := trace.Counters{BytesIn: 1, BytesOut: 2, StanzasIn: 3, StanzasOut: 4}
	l.Add("a@b", "2026-11", one)
	l.Add("a@b", "2026-11", one)
	l.Add("c@d", "2026-11", one)
	l.Forget("c@d")
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	l, err = trace.OpenLedger(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Of("a@b", "2026-11"); got != one.Add(one) {
		t.Errorf("kept %+v", got)
	}
	if l.Of("c@d", "2026-11") != (trace.Counters{}) || l.Of("a@b", "2026-10") != (trace.Counters{}) {
		t.Error("counts out of nowhere")
	}
}

func TestOldMonthsGo(t *testing.T) {
	l, err := trace.OpenLedger("")
	if err != nil {
		t.Fatal(err)
	}
	for m := range 20 {
		l.Add("a@b", trace.Month(time.Date(2026, time.January+time.Month(m), 10, 0, 0, 0, 0, time.Local)), trace.Counters{BytesIn: 1})
	}
	if l.Of("a@b", "2026-08") != (trace.Counters{}) || l.Of("a@b", "2026-09").BytesIn != 1 || l.Of("a@b", "2027-08").BytesIn != 1 {
		t.Error("not the last twelve are kept")
	}
	if err := l.Save(); err != nil {
		t.Error(err)
	}
}

func TestADamagedLedgerIsReportedAndReplaced(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, trace.LedgerName)
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := trace.OpenLedger(dir)
	if err == nil || l == nil {
		t.Fatalf("%v, %v", l, err)
	}
	l.Add("a@b", "2026-11", trace.Counters{BytesIn: 1})
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	if l, err = trace.OpenLedger(dir); err != nil || l.Of("a@b", "2026-11").BytesIn != 1 {
		t.Errorf("%v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAFolderThatIsGoneLosesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	l, err := trace.OpenLedger(dir)
	if err != nil {
		t.Fatal(err)
	}
	l.Add("a@b", "2026-11", trace.Counters{BytesIn: 1})
	if l.Save() == nil {
		t.Fatal("nothing was said")
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	if l, _ = trace.OpenLedger(dir); l.Of("a@b", "2026-11").BytesIn != 1 {
		t.Error("it was lost")
	}
}
