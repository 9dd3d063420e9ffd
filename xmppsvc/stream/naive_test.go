package stream_test

import (
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// TestRoundTripsOfANaiveLogin holds no limit: it is the baseline of the figures, with the
// same servers, proxy and delay.
func TestRoundTripsOfANaiveLogin(t *testing.T) {
	const oneWay = 50 * time.Millisecond
	for name, srv := range servers(t) {
		for kind, addr := range map[string]string{"starttls": srv.StartTLSAddr(), "direct_tls": srv.DirectTLSAddr()} {
			t.Run(name+" "+kind, func(t *testing.T) {
				proxy := xmpptest.DelayProxy(t, addr, oneWay)
				start := time.Now()
				xmpptest.NaiveLogin(t, srv, srv.NewUser("naive"), proxy.Addr(), kind == "direct_tls")
				t.Logf("%d round trips, %v", proxy.RoundTrips(), time.Since(start))
			})
		}
	}
}
