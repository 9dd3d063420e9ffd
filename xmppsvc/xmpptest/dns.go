package xmpptest

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// NameServer answers for the names it was told, over UDP and TCP on loopback,
// and says "no such name" for all others.
type NameServer struct {
	addr string

	mu      sync.Mutex // guards all below
	records map[string][]dns.RR
	failing map[string]bool
	silent  bool
	queries int
}

// DNS starts a name server that ends with the test.
func DNS(tb testing.TB) *NameServer {
	tb.Helper()
	ns := &NameServer{records: make(map[string][]dns.RR), failing: make(map[string]bool)}
	for range 20 {
		packets, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			tb.Fatalf("listen for the name server: %v", err)
		}
		ns.addr = packets.LocalAddr().String()
		streams, err := net.Listen("tcp", ns.addr)
		if err != nil {
			_ = packets.Close() // somebody has that port for TCP
			continue
		}
		ns.serve(tb, &dns.Server{PacketConn: packets, Handler: ns})
		ns.serve(tb, &dns.Server{Listener: streams, Handler: ns})
		return ns
	}
	tb.Fatal("no port is free for both UDP and TCP")
	return nil
}

func (ns *NameServer) serve(tb testing.TB, s *dns.Server) {
	tb.Helper()
	started, ended := make(chan struct{}), make(chan error, 1)
	s.NotifyStartedFunc = func() { close(started) }
	go func() { ended <- s.ActivateAndServe() }()
	select {
	case <-started:
	case err := <-ended:
		tb.Fatalf("serve names: %v", err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.ShutdownContext(ctx); err != nil {
			tb.Errorf("stop the name server: %v", err)
		}
		if err := <-ended; err != nil {
			tb.Errorf("the name server ended with: %v", err)
		}
	})
}

// Addr is the server's host:port.
func (ns *NameServer) Addr() string { return ns.addr }

// Resolver asks this server and nobody else.
func (ns *NameServer) Resolver() *net.Resolver {
	return &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, ns.addr)
		},
	}
}

// AddSRV answers for service ("_xmpps-client", over TCP) at domain. A target of
// "." says that the service is not offered (RFC 2782).
func (ns *NameServer) AddSRV(service, domain string, records ...net.SRV) {
	name := dns.Fqdn(service + "._tcp." + domain)
	for _, r := range records {
		ns.add(&dns.SRV{
			Hdr:    header(name, dns.TypeSRV),
			Target: dns.Fqdn(r.Target), Port: r.Port, Priority: r.Priority, Weight: r.Weight,
		})
	}
}

// AddHost answers for the addresses of name.
func (ns *NameServer) AddHost(name string, addresses ...string) {
	name = dns.Fqdn(name)
	for _, a := range addresses {
		ip := net.ParseIP(a)
		if v4 := ip.To4(); v4 != nil {
			ns.add(&dns.A{Hdr: header(name, dns.TypeA), A: v4})
		} else {
			ns.add(&dns.AAAA{Hdr: header(name, dns.TypeAAAA), AAAA: ip})
		}
	}
}

// Fail answers SERVFAIL for every question about name or below it.
func (ns *NameServer) Fail(name string) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	ns.failing[strings.ToLower(dns.Fqdn(name))] = true
}

// Silence makes the server answer nothing at all, or answer again.
func (ns *NameServer) Silence(silent bool) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	ns.silent = silent
}

// Queries is how many questions came so far.
func (ns *NameServer) Queries() int {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	return ns.queries
}

func (ns *NameServer) add(rr dns.RR) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	name := strings.ToLower(rr.Header().Name)
	ns.records[name] = append(ns.records[name], rr)
}

func header(name string, kind uint16) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: 60}
}

// ServeDNS answers one question; it is called on goroutines of the server.
func (ns *NameServer) ServeDNS(w dns.ResponseWriter, question *dns.Msg) {
	if answer := ns.answer(question); answer != nil {
		_ = w.WriteMsg(answer) // who asked may be gone
	}
}

func (ns *NameServer) answer(question *dns.Msg) *dns.Msg {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	ns.queries++
	if ns.silent {
		return nil
	}
	m := new(dns.Msg).SetReply(question)
	if len(question.Question) != 1 {
		return m.SetRcode(question, dns.RcodeFormatError)
	}
	q := question.Question[0]
	name := strings.ToLower(q.Name)
	for failing := range ns.failing {
		if dns.IsSubDomain(failing, name) {
			return m.SetRcode(question, dns.RcodeServerFailure)
		}
	}
	all, known := ns.records[name]
	if !known {
		return m.SetRcode(question, dns.RcodeNameError)
	}
	for _, rr := range all {
		if rr.Header().Rrtype == q.Qtype {
			m.Answer = append(m.Answer, rr)
		}
	}
	return m
}
