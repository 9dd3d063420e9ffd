package stream_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

func TestAServerIsAskedForASignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := true
		cfg := piped(t, func(p *peer) {
			p.signedIn(true)
			for {
				if el := p.next(); el.Is(nsSM, "r") && answer {
					time.Sleep(70 * time.Millisecond)
					p.send("<a xmlns='urn:xmpp:sm:3' h='0'/>")
				}
			}
		})
		s, _, err := stream.Connect(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			time.Sleep(time.Minute)
			asked := time.Now()
			if s.Probe() == nil {
				t.Error("it cannot be asked")
			}
			time.Sleep(time.Second)
			if late := s.Heard().Sub(asked); late != 70*time.Millisecond {
				t.Errorf("heard after %v", late)
			}
		}
		answer = false
		before := s.Heard()
		_ = s.Probe()
		time.Sleep(time.Hour)
		if s.Heard() != before {
			t.Errorf("heard at %v, last at %v", s.Heard(), before)
		}
		s.Abort()
		if s.Probe() != nil {
			t.Error("it can be asked after the end")
		}
	})
}

func TestAnIdleStreamIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := piped(t, func(p *peer) {
			p.signedIn(true)
			for {
				time.Sleep(time.Minute)
				p.send(" ")
			}
		})
		s, _, err := stream.Connect(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		before := cfg.Trace.Counters()
		time.Sleep(time.Hour)
		after := cfg.Trace.Counters()
		if after.BytesOut != before.BytesOut || after.BytesIn < before.BytesIn+59 {
			t.Errorf("from %+v to %+v", before, after)
		}
		if quiet := time.Since(s.Heard()); quiet > time.Minute {
			t.Errorf("white space is not heard, for %v", quiet)
		}
		s.Abort()
		time.Sleep(time.Minute)
	})
}

func TestWithoutManagementNoSignOfLifeIsAskedFor(t *testing.T) {
	s, cfg := established(t, false, func(p *peer) {
		for {
			if el := p.next(); !el.IsStanza() {
				p.tb.Errorf("sent %v", el)
			}
		}
	})
	before := cfg.Trace.Counters().BytesOut
	if s.Probe() != nil {
		t.Error("it says that it asked")
	}
	time.Sleep(50 * time.Millisecond)
	if after := cfg.Trace.Counters().BytesOut; after != before {
		t.Errorf("%d bytes were sent", after-before)
	}
}

func TestClientStateIsSentAndNotCounted(t *testing.T) {
	seen := make(chan []string, 1)
	cfg := inProcess(scriptedConfig(t, scripted(t, func(p *peer) {
		p.authenticated()
		p.open(offerBind + offerSM + "<csi xmlns='urn:xmpp:csi:0'/>")
		p.bound()
		p.next()
		p.send("<enabled xmlns='urn:xmpp:sm:3' id='some-id' resume='true'/>")
		var names []string
		for range 5 {
			names = append(names, p.next().Name.Local)
		}
		seen <- names
		p.send("<a xmlns='urn:xmpp:sm:3' h='1'/>")
	})))
	s, e := signIn(t, cfg)
	if !e.CSI {
		t.Errorf("established %+v", e)
	}
	state := func(name string) stream.Outgoing {
		return stream.Outgoing{Element: stanza.New("urn:xmpp:csi:0", name), Tag: "never confirmed"}
	}
	if err := s.Send(state("inactive"), body("1"), state("active"), body("2"), state("inactive")); err != nil {
		t.Fatal(err)
	}
	var acked []string
	for _, in := range all(t, s) {
		acked = append(acked, in.Acked...)
	}
	if got := <-seen; !slices.Equal(got, []string{"inactive", "message", "active", "message", "inactive"}) {
		t.Errorf("the server saw %q", got)
	}
	left, _ := s.Session()
	if !slices.Equal(acked, []string{"1"}) || len(left.Queue) != 1 || left.Queue[0].N != 2 || left.Sent != 2 {
		t.Errorf("confirmed %q, left %+v", acked, left)
	}
}
