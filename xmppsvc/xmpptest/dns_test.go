package xmpptest_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

func TestNameServerAnswersWhatItWasTold(t *testing.T) {
	ns := xmpptest.DNS(t)
	ns.AddSRV("_xmpps-client", "example.org",
		net.SRV{Target: "late.example.org", Port: 5223, Priority: 20},
		net.SRV{Target: "first.example.org", Port: 443, Priority: 10})
	ns.AddSRV("_xmpp-client", "example.org", net.SRV{Target: "."})
	ns.AddHost("first.example.org", "127.0.0.1", "::1")
	r := ns.Resolver()

	_, found, err := r.LookupSRV(t.Context(), "xmpps-client", "tcp", "Example.org")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || found[0].Target != "first.example.org." || found[0].Port != 443 || found[1].Priority != 20 {
		t.Errorf("found %+v", found)
	}
	_, none, err := r.LookupSRV(t.Context(), "xmpp-client", "tcp", "example.org")
	if err != nil || len(none) != 1 || none[0].Target != "." {
		t.Errorf("the service that is not offered: %v, %v", none, err)
	}
	addresses, err := r.LookupHost(t.Context(), "first.example.org")
	if err != nil || !slices.Contains(addresses, "127.0.0.1") || !slices.Contains(addresses, "::1") {
		t.Errorf("addresses %v, %v", addresses, err)
	}
}

func TestNameServerFailsAsAsked(t *testing.T) {
	ns := xmpptest.DNS(t)
	ns.Fail("broken.example")
	r := ns.Resolver()
	var dnsErr *net.DNSError
	_, err := r.LookupHost(t.Context(), "nowhere.example.")
	if !errors.As(err, &dnsErr) || !dnsErr.IsNotFound {
		t.Errorf("unknown name: %v", err)
	}
	_, _, err = r.LookupSRV(t.Context(), "xmpp-client", "tcp", "broken.example.")
	if !errors.As(err, &dnsErr) || dnsErr.IsNotFound {
		t.Errorf("broken name: %v", err)
	}
	before := ns.Queries()
	ns.Silence(true)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = r.LookupHost(ctx, "slow.example.")
	if !errors.As(err, &dnsErr) || !dnsErr.IsTimeout {
		t.Errorf("silent server: %v", err)
	}
	if ns.Queries() == before {
		t.Error("the question was not counted")
	}
}
