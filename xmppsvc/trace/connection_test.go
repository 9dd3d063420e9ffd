package trace_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

func TestAConnectionHasItsStepsAndItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := trace.New(100)
		one := tr.Begin()
		time.Sleep(20 * time.Millisecond)
		one.Step("resolving", "a.example:5222", 20*time.Millisecond)
		time.Sleep(30 * time.Millisecond)
		one.Online(model.Login{JID: jid.MustParse("a@b/c"), Mechanism: "SCRAM-SHA-256-PLUS", RoundTrips: 5}, true, time.Minute)
		one.Bytes(10, 20)
		time.Sleep(time.Second)
		one.Step("ended", "the network went away", 0)
		retry := time.Now().Add(8 * time.Second)
		tr.Lost(model.ErrUnreachable, "b.example cannot be reached", retry)
		two := tr.Begin()
		two.Bytes(1, 1)

		all := tr.Connections()
		if len(all) != 2 {
			t.Fatalf("%d connections", len(all))
		}
		c := all[0]
		if c.Number != 1 || c.Up.Sub(c.Begun) != 50*time.Millisecond || c.Ended.Sub(c.Up) != time.Second {
			t.Errorf("times of %+v", c)
		}
		if len(c.Steps) != 3 || c.Steps[0].Name != "resolving" || c.Steps[1].Name != "online" || c.Steps[2].Name != "ended" {
			t.Errorf("steps %+v", c.Steps)
		}
		if c.Cause != model.ErrUnreachable || c.RetryAt != retry || c.Login.RoundTrips != 5 || !c.Managed || c.BytesIn != 10 || c.BytesOut != 20 {
			t.Errorf("outcome of %+v", c)
		}
		if all[1].Number != 2 || !all[1].Ended.IsZero() || all[1].BytesIn != 1 {
			t.Errorf("the second one: %+v", all[1])
		}
		if got := tr.Counters(); got.BytesIn != 11 || got.BytesOut != 21 {
			t.Errorf("the account counted %+v", got)
		}
	})
}

func TestALossIsToldToTheConnectionThatEnded(t *testing.T) {
	tr := trace.New(10)
	old := tr.Begin()
	old.Step("ended", "by ourselves", 0)
	fresh := tr.Begin() // the next attempt has begun before the loss was told
	tr.Lost(model.ErrTimeout, "no answer", time.Time{})
	fresh.Failed(&model.Error{Kind: model.ErrAuthFailed, Message: "The password is wrong."})
	tr.Lost(model.ErrTimeout, "no answer", time.Unix(9, 0))
	all := tr.Connections()
	if all[0].Cause != model.ErrTimeout || all[0].Detail != "no answer" {
		t.Errorf("the old one: %+v", all[0])
	}
	if all[1].Cause != model.ErrAuthFailed || all[1].RetryAt != time.Unix(9, 0) || all[1].Ended.IsZero() {
		t.Errorf("the fresh one: %+v", all[1])
	}
}

func TestThePastIsBounded(t *testing.T) {
	tr := trace.New(10)
	for range 120 {
		at := tr.Begin()
		for range 100 {
			at.Step("connecting", "again", 0)
		}
		at.Step("ended", "enough", 0)
	}
	all := tr.Connections()
	if len(all) != 50 || all[0].Number != 71 || all[49].Number != 120 {
		t.Fatalf("%d connections, from %d", len(all), all[0].Number)
	}
	if n := len(all[0].Steps); n != 41 || all[0].Steps[n-1].Name != "ended" {
		t.Errorf("%d steps", n)
	}
}

func TestWhatConnectionsGivesIsACopy(t *testing.T) {
	tr := trace.New(10)
	at := tr.Begin()
	at.Step("resolving", "x", 0)
	tr.Connections()[0].Steps[0].Name = "changed"
	if got := tr.Connections()[0].Steps[0].Name; got != "resolving" {
		t.Error(got)
	}
}

func certificate(tb testing.TB) *x509.Certificate {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	names := make([]string, 30)
	for i := range names {
		names[i] = fmt.Sprintf("n%d.example", i)
	}
	spec := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "b.example"}, DNSNames: names,
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<31, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, spec, spec, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestCertificatesAreFactsWithAVerdict(t *testing.T) {
	cert := certificate(t)
	bad := errors.New("unknown authority")
	pin := func() string {
		tr := trace.New(1)
		at := tr.Begin()
		at.Chain([]*x509.Certificate{cert}, nil, nil)
		return tr.Connections()[0].Chain[0].SPKI
	}()
	for _, c := range []struct {
		pins      []string
		pkix, err error
		want      trace.Verdict
	}{
		{nil, nil, nil, trace.Verified},
		{nil, bad, nil, trace.Accepted},
		{[]string{"00", pin}, bad, nil, trace.Pinned},
		{[]string{pin}, bad, bad, trace.Refused},
		{nil, bad, bad, trace.Refused},
	} {
		tr := trace.New(1)
		at := tr.Begin(c.pins...)
		long := make([]*x509.Certificate, 20)
		for i := range long {
			long[i] = cert
		}
		at.Chain(long, c.pkix, c.err)
		got := tr.Connections()[0]
		if got.Verdict != c.want || len(got.Chain) != 8 || len(got.Chain[0].Names) != 8 {
			t.Errorf("want %s: %s, %d certificates", c.want, got.Verdict, len(got.Chain))
		}
		if f := got.Chain[0]; f.Subject != "CN=b.example" || f.Key != "ECDSA P-256" || len(f.SPKI) != 64 {
			t.Errorf("facts %+v", f)
		}
	}
}

func TestANilTraceHasNoConnections(t *testing.T) {
	var tr *trace.Trace
	at := tr.Begin("pin")
	at.Chain([]*x509.Certificate{{}}, nil, nil)
	at.Online(model.Login{}, false, 0)
	at.Failed(errors.New("x"))
	tr.Lost("", "", time.Time{})
	if tr.Connections() != nil || tr.Heads() != nil || tr.Fresh() != (trace.Counters{}) || tr.Traffic() != (trace.Traffic{}) {
		t.Error("it did something")
	}
	if some, n := tr.Take(3, 10); some != nil || n != 0 {
		t.Error("it has entries")
	}
}

func TestHeadsAreKeptWithoutWords(t *testing.T) {
	tr := trace.New(10)
	for i := range 250 {
		tr.Stanza(i%2 == 0, parse(t, fmt.Sprintf("<message to='a@b' from='c@d' id='m%d'><body>HUSH</body><x xmlns='urn:x'/></message>", i)))
	}
	heads := tr.Heads()
	if len(heads) != 200 || heads[0].ID != "m50" || heads[199].ID != "m249" {
		t.Fatalf("%d heads from %s", len(heads), heads[0].ID)
	}
	h := heads[0]
	if !h.Out || h.Peer != "a@b" || h.Child != "body" || h.More != 1 || strings.Contains(fmt.Sprintf("%+v", heads), "HUSH") {
		t.Errorf("head %+v", h)
	}
	if got, _ := tr.Since(0); len(got) != 0 {
		t.Errorf("nobody watched, but %d texts were kept", len(got))
	}
}

func TestTextsAreBoundedTogether(t *testing.T) {
	tr := trace.New(2000)
	tr.WatchStanzas(true)
	big := parse(t, "<message><body>"+strings.Repeat("x", 15<<10)+"</body></message>")
	for range 2500 {
		tr.Stanza(true, big)
	}
	all, _ := tr.Since(0)
	sum, bare := 0, 0
	for _, e := range all {
		sum += len(e.XML)
		if e.XML == "" {
			bare++
		}
	}
	if len(all) != 2000 || sum > 8<<20 || all[1999].XML == "" || bare == 0 || all[0].XML != "" {
		t.Errorf("%d entries with %d bytes, %d without", len(all), sum, bare)
	}
}

func TestAReaderWhoWasAwayTakesWhatItMissedInParts(t *testing.T) {
	tr := trace.New(100)
	for range 250 {
		tr.Step("s", "", 0)
	}
	var got []trace.Entry
	next := uint64(1)
	for range 10 {
		var part []trace.Entry
		part, next = tr.Take(next, 30)
		if len(part) > 30 {
			t.Fatalf("%d at once", len(part))
		}
		got = append(got, part...)
	}
	if len(got) != 100 || got[0].Seq != 151 || got[99].Seq != 250 || next != 251 {
		t.Errorf("%d entries, next %d", len(got), next)
	}
}

func TestConnectionsAndMeterBearManyHands(t *testing.T) {
	tr := trace.New(64)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				at := tr.Begin()
				at.Step("connecting", "x", 0)
				at.Bytes(1, 2)
				at.Stanza(true, parse(t, "<presence/>"))
				at.Online(model.Login{}, true, 0)
				at.Step("ended", "x", 0)
				tr.Lost(model.ErrTimeout, "", time.Time{})
			}
		})
		wg.Go(func() {
			for range 200 {
				_ = tr.Connections()
				_ = tr.Traffic()
				_ = tr.Heads()
				_, _ = tr.Take(0, 10)
			}
		})
	}
	wg.Wait()
	if c := tr.Counters(); c != (trace.Counters{BytesIn: 400, BytesOut: 800, StanzasOut: 400}) {
		t.Errorf("counted %+v", c)
	}
}

func BenchmarkStanzaUnwatched(b *testing.B) {
	tr := trace.New(10_000)
	el := parse(b, "<message to='a@b' from='c@d' id='1' type='chat'><body>hello</body></message>")
	b.ReportAllocs()
	for b.Loop() {
		tr.Stanza(false, el)
	}
}

func BenchmarkBytes(b *testing.B) {
	tr := trace.New(10_000).Begin()
	b.ReportAllocs()
	for b.Loop() {
		tr.Bytes(100, 0)
	}
}
