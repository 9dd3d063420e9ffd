package stream

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// zone is a Resolver with fixed answers.
type zone map[string][]*net.SRV

func (z zone) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	key := "_" + service + "._" + proto + "." + name
	if list, ok := z[key]; ok {
		return key, list, nil
	}
	return "", nil, &net.DNSError{Err: "no such host", Name: key, IsNotFound: true}
}

func names(list []endpoint) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.addr+" "+e.kind.String())
	}
	return out
}

func TestBothServicesAreMergedByPriority(t *testing.T) {
	z := zone{
		"_xmpp-client._tcp.example.org":  {{Target: "b.example.org.", Port: 5222, Priority: 10}, {Target: "d.example.org.", Port: 5222, Priority: 30}},
		"_xmpps-client._tcp.example.org": {{Target: "a.example.org.", Port: 443, Priority: 5}, {Target: "c.example.org.", Port: 5223, Priority: 20}},
	}
	for s, want := range map[model.Security][]string{
		model.SecurityAuto: {
			"a.example.org:443 direct TLS", "b.example.org:5222 STARTTLS", "c.example.org:5223 direct TLS", "d.example.org:5222 STARTTLS",
		},
		model.SecurityStartTLS:  {"b.example.org:5222 STARTTLS", "d.example.org:5222 STARTTLS"},
		model.SecurityDirectTLS: {"a.example.org:443 direct TLS", "c.example.org:5223 direct TLS"},
	} {
		c := Config{JID: jid.MustParse("me@example.org"), Security: s, Resolver: z}
		got, err := endpoints(t.Context(), &c, "example.org")
		if err != nil || !slices.Equal(names(got), want) {
			t.Errorf("%s: %v, %v; want %v", s, names(got), err, want)
		}
	}
}

func TestDomainsWithoutRecords(t *testing.T) {
	dot := []*net.SRV{{Target: "."}}
	for name, c := range map[string]struct {
		zone zone
		sec  model.Security
		want []string
		kind model.ErrorKind
	}{
		"none":                {zone{}, model.SecurityAuto, []string{"x.example:5222 STARTTLS"}, ""},
		"none, direct":        {zone{}, model.SecurityDirectTLS, []string{"x.example:5223 direct TLS"}, ""},
		"refused":             {zone{"_xmpp-client._tcp.x.example": dot}, model.SecurityAuto, nil, model.ErrUnreachable},
		"both refused":        {zone{"_xmpp-client._tcp.x.example": dot, "_xmpps-client._tcp.x.example": dot}, model.SecurityAuto, nil, model.ErrUnreachable},
		"only direct refused": {zone{"_xmpps-client._tcp.x.example": dot}, model.SecurityAuto, []string{"x.example:5222 STARTTLS"}, ""},
		"starttls refused": {zone{"_xmpp-client._tcp.x.example": dot, "_xmpps-client._tcp.x.example": {{Target: "t.x.example.", Port: 5223}}},
			model.SecurityAuto, []string{"t.x.example:5223 direct TLS"}, ""},
	} {
		got, err := endpoints(t.Context(), &Config{Security: c.sec, Resolver: c.zone}, "x.example")
		if model.KindOf(err) != c.kind || !slices.Equal(names(got), c.want) {
			t.Errorf("%s: %v, %v; want %v, %q", name, names(got), err, c.want, c.kind)
		}
	}
}

// failing answers with an error that says nothing about the domain.
type failing struct{}

func (failing) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, errors.New("server misbehaving")
}

func TestANameServerThatFailsLeavesTheDomainItself(t *testing.T) {
	got, err := endpoints(t.Context(), &Config{Resolver: failing{}}, "x.example")
	if err != nil || !slices.Equal(names(got), []string{"x.example:5222 STARTTLS"}) {
		t.Errorf("%v, %v", names(got), err)
	}
}

func TestManualAddresses(t *testing.T) {
	for _, c := range []struct {
		addr string
		sec  model.Security
		hint Hint
		want string
		kind model.ErrorKind
	}{
		{"h.example:5222", model.SecurityAuto, Hint{}, "h.example:5222 STARTTLS", ""},
		{"h.example", model.SecurityAuto, Hint{}, "h.example:5222 STARTTLS", ""},
		{"h.example:5223", model.SecurityAuto, Hint{}, "h.example:5223 direct TLS", ""},
		{"h.example:443", model.SecurityAuto, Hint{}, "h.example:443 direct TLS", ""},
		{"h.example:443", model.SecurityStartTLS, Hint{}, "h.example:443 STARTTLS", ""},
		{"h.example:443", model.SecurityAuto, Hint{Endpoint: "h.example:443"}, "h.example:443 STARTTLS", ""},
		{"h.example:9", model.SecurityAuto, Hint{Endpoint: "h.example:9", Direct: true}, "h.example:9 direct TLS", ""},
		{"h.example:9", model.SecurityAuto, Hint{Endpoint: "other:9", Direct: true}, "h.example:9 STARTTLS", ""},
		{"[::1]:9", model.SecurityPlaintext, Hint{}, "[::1]:9 no encryption", ""},
		{"::1", model.SecurityPlaintext, Hint{}, "[::1]:5222 no encryption", ""},
		{"bücher.example:1", model.SecurityDirectTLS, Hint{}, "xn--bcher-kva.example:1 direct TLS", ""},
		{"h.example:port", model.SecurityAuto, Hint{}, "", model.ErrInvalid},
		{"h.example:70000", model.SecurityAuto, Hint{}, "", model.ErrInvalid},
		{":5222", model.SecurityAuto, Hint{}, "", model.ErrInvalid},
	} {
		got, err := endpoints(t.Context(), &Config{Address: c.addr, Security: c.sec, Hint: c.hint}, "x.example")
		if model.KindOf(err) != c.kind || c.kind == "" && names(got)[0] != c.want {
			t.Errorf("%s %s %+v: %v, %v; want %s", c.addr, c.sec, c.hint, names(got), err, c.want)
		}
	}
}

func TestWeightDecidesHowOftenOneIsFirst(t *testing.T) {
	records := []record{{net.SRV{Target: "light", Weight: 1}, startTLS}, {net.SRV{Target: "heavy", Weight: 9}, startTLS}, {net.SRV{Target: "zero"}, startTLS}}
	first := map[string]int{}
	for n := range 1003 {
		first[order(slices.Clone(records), func(limit int) int { return n % limit })[0].Target]++
	}
	if first["light"] != 101 || first["heavy"] != 901 || first["zero"] != 1 {
		t.Errorf("first of 1003 draws: %v", first)
	}
}
