package stream

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// Name servers may be anybody's, so what they give has bounds: addresses of one family and
// host, and targets of a domain.
const (
	maxAddresses = 8
	maxPlaces    = 16
)

// place is an endpoint with the addresses of its host that were not tried yet.
type place struct {
	endpoint
	guessed bool        // from the last login; DNS did not name it (yet)
	doubt   error       // its certificate failed while it was guessed
	asked   [2]bool     // the addresses of a family were looked up, or need not be
	waiting [2]bool     // they are being looked up
	addrs   [2][]string // host:port, IPv6 and IPv4
	turn    int         // the family that is next
	nowhere error       // why a family has no address
	found   bool        // one has
}

// lookUpWith asks for the addresses of one family, "ip6" or "ip4". Whoever replaced the
// look-up of records by a resolver means the addresses as well.
func lookUpWith(c *Config) func(ctx context.Context, family, host string) ([]netip.Addr, error) {
	resolver, ok := c.Resolver.(*net.Resolver)
	if !ok {
		resolver = net.DefaultResolver
	}
	return resolver.LookupNetIP
}

// again makes an address the next one of the place.
func (p *place) again(addr string) {
	family := 1
	if ap, err := netip.ParseAddrPort(addr); err == nil && ap.Addr().Is6() {
		family = 0
	}
	p.addrs[family], p.turn = append([]string{addr}, p.addrs[family]...), family
}

// ask looks the addresses of a place up, unless that was done or somebody else will.
func (r *race) ask(p *place) {
	host, port, err := net.SplitHostPort(p.addr)
	ip, notIP := netip.ParseAddr(host)
	named := err == nil && notIP != nil && r.cfg.Dial == nil
	if refused := p.kind == plaintext && !loopbackHost(p.addr); !named || refused { // which dial says
		if p.asked == [2]bool{} {
			family := 1
			if ip.Is6() {
				family = 0
			}
			p.addrs[family] = []string{p.addr}
		}
		p.asked = [2]bool{true, true}
		return
	}
	for family, network := range [2]string{"ip6", "ip4"} {
		if p.asked[family] {
			continue
		}
		p.asked[family], p.waiting[family] = true, true
		r.hand(func() func() {
			ctx, cancel := context.WithTimeout(r.ctx, stepTimeout)
			defer cancel()
			found, err := r.lookUp(ctx, network, host)
			return func() { r.found(p, family, port, found, err) }
		})
	}
}

// found takes the addresses of one family.
func (r *race) found(p *place, family int, port string, list []netip.Addr, err error) {
	p.waiting[family] = false
	if len(list) == 0 && r.ctx.Err() != nil {
		p.asked[family] = false // another was faster, or it is over
		return
	}
	for _, ip := range list[:min(len(list), maxAddresses)] {
		p.addrs[family] = append(p.addrs[family], net.JoinHostPort(ip.Unmap().String(), port))
	}
	if len(list) > 0 {
		p.found = true
		if r.arrived.IsZero() {
			r.arrived = time.Now()
		}
	} else if err == nil {
		err = &net.DNSError{Err: "no address", Name: p.host(r.domain), IsNotFound: true}
	}
	// A name server that fails says less of the host than one that knows nothing of it.
	var dns *net.DNSError
	if p.nowhere == nil || errors.As(p.nowhere, &dns) && dns.IsNotFound && err != nil {
		p.nowhere = err
	}
	if !p.found && p.asked == [2]bool{true, true} && p.waiting == [2]bool{} {
		told := dialError(r.ctx, p.nowhere, p.host(r.domain))
		r.cfg.Trace.Step("connecting", p.addr+" ("+p.kind.String()+"): "+told.Error(), 0)
		r.note(told)
	}
}
