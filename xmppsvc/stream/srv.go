package stream

import (
	"context"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/idna"

	"dovekie/xmppsvc/model"
)

// endpoint is a place to connect to and how.
type endpoint struct {
	addr   string // host:port; "" for the embedded server's pipe
	kind   security
	either bool // the other kind may be tried at the same address
	kept   bool // the server keeps our session there; nothing for the next login

	priority uint16 // of its record
}

// host is the endpoint's host without its port, domain for the embedded server.
func (e endpoint) host(domain string) string {
	if host, _, err := net.SplitHostPort(e.addr); err == nil {
		return host
	}
	return domain
}

// security is how an endpoint becomes safe.
type security int

const (
	startTLS security = iota
	directTLS
	plaintext
	pipe
)

func (k security) String() string {
	return [...]string{"STARTTLS", "direct TLS", "no encryption", "in process"}[k]
}

// other is the other way to begin TLS.
func (k security) other() security {
	if k == directTLS {
		return startTLS
	}
	return directTLS
}

// record is one SRV record with the security its service stands for.
type record struct {
	net.SRV
	kind security
}

// asciiDomain is the domain as DNS and certificates know it.
func asciiDomain(domain string) (string, error) {
	if net.ParseIP(strings.Trim(domain, "[]")) != nil {
		return strings.Trim(domain, "[]"), nil
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", withHost(fail(model.ErrUnknownHost, err, "%s is not the name of a server.", domain), domain)
	}
	return strings.TrimSuffix(ascii, "."), nil
}

// endpoints are the places to try in turn, the manual address or what DNS says
// (RFC 6120 §3.2, XEP-0368).
func endpoints(ctx context.Context, c *Config, domain string) ([]endpoint, error) {
	switch {
	case c.Security == model.SecurityInProcess:
		return []endpoint{{kind: pipe}}, nil
	case c.Address != "":
		return manual(c)
	case c.Security == model.SecurityPlaintext:
		return []endpoint{{addr: net.JoinHostPort(domain, "5222"), kind: plaintext}}, nil
	case net.ParseIP(domain) != nil:
		return unlisted(domain, c.Security), nil
	}
	return resolve(ctx, c, domain)
}

// manual is the endpoint a person typed. Without a choice of security the usual ports
// of direct TLS are tried so first, all others by STARTTLS; either may turn out to be
// the other. Where the last login found out, the hint says so.
func manual(c *Config) ([]endpoint, error) {
	port := "5222"
	if c.Security == model.SecurityDirectTLS {
		port = "5223"
	}
	host, port, err := splitAddress(c.Address, port)
	if err != nil {
		return nil, err
	}
	e := endpoint{addr: net.JoinHostPort(host, port)}
	switch c.Security {
	case model.SecurityDirectTLS:
		e.kind = directTLS
	case model.SecurityStartTLS:
		e.kind = startTLS
	case model.SecurityPlaintext:
		e.kind = plaintext
	default:
		e.either = true
		if port == "5223" || port == "443" || c.Hint.Direct && c.Hint.Endpoint == e.addr {
			e.kind = directTLS
		}
		if !c.Hint.Direct && c.Hint.Endpoint == e.addr {
			e.kind = startTLS
		}
	}
	return []endpoint{e}, nil
}

// splitAddress reads "host:port" as people write it; the port may be missing.
func splitAddress(addr, usual string) (host, port string, err error) {
	if host, port, err = net.SplitHostPort(addr); err != nil {
		host, port = strings.Trim(addr, "[]"), ""
	}
	if port == "" {
		port = usual
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || host == "" {
		return "", "", fail(model.ErrInvalid, nil, "%s is not the address of a server (host:port).", readable(addr))
	}
	host, err = asciiDomain(host)
	return host, port, err
}

// unlisted is where a domain without SRV records is looked for (RFC 6120 §3.2.2).
func unlisted(domain string, s model.Security) []endpoint {
	if s == model.SecurityDirectTLS {
		return []endpoint{{addr: net.JoinHostPort(domain, "5223"), kind: directTLS}}
	}
	return []endpoint{{addr: net.JoinHostPort(domain, "5222"), kind: startTLS}}
}

// resolve asks for both services at once and merges the answers by priority and weight
// as if they were of one service (XEP-0368 §3).
func resolve(parent context.Context, c *Config, domain string) ([]endpoint, error) {
	ctx, cancel := context.WithTimeout(parent, stepTimeout)
	defer cancel()
	var resolver Resolver = net.DefaultResolver
	if c.Resolver != nil {
		resolver = c.Resolver
	}
	var both [2][]record
	var closed [2]bool
	var wg sync.WaitGroup
	for kind, service := range map[security]string{startTLS: "xmpp-client", directTLS: "xmpps-client"} {
		if kind == startTLS && c.Security == model.SecurityDirectTLS || kind == directTLS && c.Security == model.SecurityStartTLS {
			continue
		}
		wg.Go(func() { both[kind], closed[kind] = lookup(ctx, resolver, service, domain, kind) })
	}
	wg.Wait()
	if parent.Err() != nil {
		return nil, explain(parent, parent.Err(), domain)
	}
	records := append(both[startTLS], both[directTLS]...)
	switch {
	case len(records) > 0:
		return listed(order(records, rand.IntN)), nil
	case closed[startTLS], closed[directTLS] && c.Security == model.SecurityDirectTLS:
		return nil, withHost(fail(model.ErrUnreachable, nil, "%s says that it has no chat service.", domain), domain)
	}
	// A name server that fails or does not know SRV records may still know the host.
	return unlisted(domain, c.Security), nil
}

// lookup reads one service. closed: the domain says by the target "." that it does not
// have the service (RFC 2782). An error is as good as no records; a resolver may give
// those that were in order together with one.
func lookup(ctx context.Context, r Resolver, service, domain string, kind security) (found []record, closed bool) {
	_, list, _ := r.LookupSRV(ctx, service, "tcp", domain)
	for _, s := range list {
		switch {
		case s == nil || s.Target == "":
		case s.Target == ".":
			closed = true
		default:
			found = append(found, record{*s, kind})
		}
	}
	return found, closed && len(found) == 0
}

// order sorts by priority and draws by weight within one (RFC 2782); pick gives a
// number from 0 to below n.
func order(records []record, pick func(n int) int) []record {
	slices.SortStableFunc(records, func(a, b record) int { return int(a.Priority) - int(b.Priority) })
	var out []record
	for len(records) > 0 {
		same := 1
		for same < len(records) && records[same].Priority == records[0].Priority {
			same++
		}
		group := slices.Clone(records[:same])
		records = records[same:]
		for len(group) > 0 {
			i := draw(group, pick)
			out = append(out, group[i])
			group = slices.Delete(group, i, i+1)
		}
	}
	return out
}

// draw picks one of the group, each as likely as its weight; weight 0 is next to never.
func draw(group []record, pick func(n int) int) int {
	sum := 0
	for _, r := range group {
		sum += int(r.Weight)*100 + 1
	}
	n := pick(sum)
	for i, r := range group {
		if n -= int(r.Weight)*100 + 1; n < 0 {
			return i
		}
	}
	return len(group) - 1
}

func listed(records []record) []endpoint {
	var out []endpoint
	for _, r := range records {
		addr := net.JoinHostPort(strings.TrimSuffix(r.Target, "."), strconv.Itoa(int(r.Port)))
		out = append(out, endpoint{addr: addr, kind: r.kind, priority: r.Priority})
	}
	return out
}
