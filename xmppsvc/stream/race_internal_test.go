package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// world is a network in virtual time: name servers, and hosts that answer after a while,
// refuse or say nothing.
type world struct {
	start time.Time
	names map[string]answer // "ip6 host"
	hosts map[string]answer // host:port

	mu    sync.Mutex
	tries []string // "address at milliseconds"
	open  int      // connections
}

type answer struct {
	after  time.Duration
	err    error
	silent bool
	addrs  []string
}

func (a answer) wait(ctx context.Context) error {
	if a.silent {
		<-ctx.Done()
		return ctx.Err()
	}
	select {
	case <-time.After(a.after):
		return a.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *world) lookUp(ctx context.Context, family, host string) ([]netip.Addr, error) {
	a, known := w.names[family+" "+host]
	if !known {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if err := a.wait(ctx); err != nil {
		return nil, err
	}
	var out []netip.Addr
	for _, text := range a.addrs {
		out = append(out, netip.MustParseAddr(text))
	}
	return out, nil
}

func (w *world) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	w.mu.Lock()
	w.tries = append(w.tries, fmt.Sprintf("%s at %d", addr, time.Since(w.start).Milliseconds()))
	w.mu.Unlock()
	a, known := w.hosts[addr]
	if !known {
		a = answer{silent: true}
	}
	if err := a.wait(ctx); err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	near, far := net.Pipe()
	w.count(1)
	go func() { // says nothing, and notices the end
		defer w.count(-1)
		defer far.Close()
		_, _ = io.Copy(io.Discard, far)
	}()
	return near, nil
}

// left is how many connections are open once all has settled.
func (w *world) left() int {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open
}

func (w *world) count(n int) {
	w.mu.Lock()
	w.open += n
	w.mu.Unlock()
}

const (
	v6a, v6b = "[2001:db8::a]:5222", "[2001:db8::b]:5222"
	v4a, v4b = "192.0.2.1:5222", "192.0.2.2:5222"
)

// both families of x.example, two addresses each.
func bothFamilies() map[string]answer {
	return map[string]answer{
		"ip6 x.example": {addrs: []string{"2001:db8::a", "2001:db8::b"}},
		"ip4 x.example": {addrs: []string{"192.0.2.1", "192.0.2.2"}},
	}
}

func refused() error { return os.NewSyscallError("connect", syscall.ECONNREFUSED) }
func noRoute() error { return os.NewSyscallError("connect", syscall.ENETUNREACH) }

// racing sets a race up in w, for x.example without records.
func racing(t *testing.T, w *world, change func(*Config)) *race {
	t.Helper()
	w.start = time.Now()
	c := &Config{JID: jid.MustParse("me@x.example"), Resolver: zone{}}
	if change != nil {
		change(c)
	}
	r := newRace(t.Context(), c, "x.example")
	r.lookUp, r.dial = w.lookUp, w.dial
	return r
}

func TestAddressesAreRaced(t *testing.T) {
	for name, c := range map[string]struct {
		names map[string]answer
		hosts map[string]answer
		tries []string
		won   string
		took  time.Duration
		kind  model.ErrorKind
	}{
		"the first is quick": {
			bothFamilies(), map[string]answer{v6a: {after: 40 * time.Millisecond}},
			[]string{v6a + " at 0"}, v6a, 40 * time.Millisecond, "",
		},
		"no IPv6 in fact": {
			bothFamilies(), map[string]answer{v4a: {after: 10 * time.Millisecond}},
			[]string{v6a + " at 0", v4a + " at 250"}, v4a, 260 * time.Millisecond, "",
		},
		"what fails is not waited for": {
			bothFamilies(), map[string]answer{v6a: {err: noRoute()}, v4a: {err: refused()}, v6b: {err: noRoute(), after: 100 * time.Millisecond}, v4b: {}},
			[]string{v6a + " at 0", v4a + " at 0", v6b + " at 0", v4b + " at 100"}, v4b, 100 * time.Millisecond, "",
		},
		"one after the other": {
			bothFamilies(), nil,
			[]string{v6a + " at 0", v4a + " at 250", v6b + " at 500", v4b + " at 750"}, "", 30750 * time.Millisecond, model.ErrTimeout,
		},
		"slow is not dead": {
			bothFamilies(), map[string]answer{v6a: {after: 400 * time.Millisecond}, v4a: {after: 400 * time.Millisecond}},
			[]string{v6a + " at 0", v4a + " at 250"}, v6a, 400 * time.Millisecond, "",
		},
		"a slow answer for IPv6": {
			map[string]answer{"ip6 x.example": {after: 30 * time.Millisecond, addrs: []string{"2001:db8::a"}}, "ip4 x.example": {addrs: []string{"192.0.2.1"}}},
			map[string]answer{v6a: {}, v4a: {}},
			[]string{v6a + " at 30"}, v6a, 30 * time.Millisecond, "",
		},
		"no answer for IPv6": {
			map[string]answer{"ip6 x.example": {silent: true}, "ip4 x.example": {addrs: []string{"192.0.2.1"}}},
			map[string]answer{v4a: {}},
			[]string{v4a + " at 50"}, v4a, 50 * time.Millisecond, "",
		},
		"a late answer is used": {
			map[string]answer{"ip6 x.example": {after: 5 * time.Second, addrs: []string{"2001:db8::a"}}, "ip4 x.example": {addrs: []string{"192.0.2.1"}}},
			map[string]answer{v6a: {}},
			[]string{v4a + " at 50", v6a + " at 5000"}, v6a, 5 * time.Second, "",
		},
		"no such host": {nil, nil, nil, "", 0, model.ErrUnknownHost},
		"a name server that fails": {
			map[string]answer{"ip4 x.example": {err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}}},
			nil, nil, "", 0, model.ErrUnreachable,
		},
		"a refusal says more than no way": {
			bothFamilies(), map[string]answer{v6a: {err: noRoute()}, v6b: {err: noRoute()}, v4a: {err: refused()}, v4b: {err: noRoute()}},
			[]string{v6a + " at 0", v4a + " at 0", v6b + " at 0", v4b + " at 0"}, "", 0, model.ErrUnreachable,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{names: c.names, hosts: c.hosts}
				r := racing(t, w, nil)
				got, err := r.next()
				if took := time.Since(w.start); took != c.took {
					t.Errorf("it took %v, want %v", took, c.took)
				}
				if model.KindOf(err) != c.kind || !slices.Equal(w.tries, c.tries) {
					t.Errorf("%v; tried %q, want %q", err, w.tries, c.tries)
				}
				if strings.HasPrefix(name, "a refusal") && !errors.Is(err, syscall.ECONNREFUSED) {
					t.Errorf("told %v", errors.Unwrap(err))
				}
				if got != nil {
					if got.addr != c.won || got.end.addr != "x.example:5222" || w.left() != 1 {
						t.Errorf("%s won as %s, %d open", got.addr, got.end.addr, w.left())
					}
					got.abort()
				}
			})
		})
	}
}

// srv is a record of x.example for STARTTLS; the target's name is its address's.
func srvAt(target string, priority uint16) *net.SRV {
	return &net.SRV{Target: target + ".", Port: 5222, Priority: priority}
}

func TestTargetsAreRacedByPriority(t *testing.T) {
	names := map[string]answer{}
	for n := range 40 {
		names["ip4 s"+strconv.Itoa(n)] = answer{addrs: []string{"192.0.2." + strconv.Itoa(n)}}
	}
	at := func(n, ms int) string { return fmt.Sprintf("192.0.2.%d:5222 at %d", n, ms) }
	host := func(n int) string { return fmt.Sprintf("192.0.2.%d:5222", n) }
	many := []*net.SRV{}
	for n := range 40 {
		many = append(many, srvAt("s"+strconv.Itoa(n), uint16(n)))
	}
	for name, c := range map[string]struct {
		records []*net.SRV
		hosts   map[string]answer
		hint    string
		tries   []string
		won     string
	}{
		"the better one is slow": {
			[]*net.SRV{srvAt("s2", 20), srvAt("s1", 10)}, map[string]answer{host(1): {after: time.Second}, host(2): {}}, "",
			[]string{at(1, 0)}, host(1),
		},
		"the better one is dead": {
			[]*net.SRV{srvAt("s2", 20), srvAt("s1", 10)}, map[string]answer{host(2): {}}, "",
			[]string{at(1, 0), at(2, 2000)}, host(2),
		},
		"the better one refuses": {
			[]*net.SRV{srvAt("s2", 20), srvAt("s1", 10)}, map[string]answer{host(1): {err: refused()}, host(2): {}}, "",
			[]string{at(1, 0), at(2, 0)}, host(2),
		},
		"the better one does not exist": {
			[]*net.SRV{srvAt("s2", 20), srvAt("nowhere", 10)}, map[string]answer{host(2): {}}, "",
			[]string{at(2, 0)}, host(2),
		},
		"three": {
			[]*net.SRV{srvAt("s1", 1), srvAt("s2", 2), srvAt("s3", 3)}, map[string]answer{host(3): {}}, "",
			[]string{at(1, 0), at(2, 2000), at(3, 4000)}, host(3),
		},
		"as of last time": {
			[]*net.SRV{srvAt("s1", 1), srvAt("s2", 2)}, map[string]answer{host(1): {}, host(2): {}}, "s2:5222",
			[]string{at(2, 0)}, host(2),
		},
		"dead since last time": {
			[]*net.SRV{srvAt("s1", 1), srvAt("s2", 2)}, map[string]answer{host(1): {}}, "s2:5222",
			[]string{at(2, 0), at(1, 2000)}, host(1),
		},
		"gone since last time": {
			[]*net.SRV{srvAt("s1", 1)}, map[string]answer{host(1): {}}, "gone:5222",
			[]string{at(1, 0)}, host(1),
		},
		"too many": {
			many, map[string]answer{host(20): {}}, "", // refused below
			nil, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{names: names, hosts: c.hosts}
				r := racing(t, w, func(cfg *Config) {
					cfg.Resolver = zone{"_xmpp-client._tcp.x.example": c.records}
					cfg.Hint.Endpoint = c.hint
				})
				got, err := r.next()
				if name == "too many" {
					if err == nil || len(w.tries) != maxPlaces {
						t.Errorf("%v; %d tried", err, len(w.tries))
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				defer got.abort()
				if got.addr != c.won || !slices.Equal(w.tries, c.tries) || w.left() != 1 {
					t.Errorf("%s won; tried %q, want %q; %d open", got.addr, w.tries, c.tries, w.left())
				}
			})
		})
	}
}

func TestTargetsOfOnePriorityAreRacedLikeAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{names: map[string]answer{
			"ip4 s1": {addrs: []string{"192.0.2.1"}}, "ip4 s2": {addrs: []string{"192.0.2.2"}},
		}}
		r := racing(t, w, func(c *Config) {
			c.Resolver = zone{"_xmpp-client._tcp.x.example": {srvAt("s1", 5)}, "_xmpps-client._tcp.x.example": {srvAt("s2", 5)}}
		})
		if _, err := r.next(); model.KindOf(err) != model.ErrTimeout || len(w.tries) != 2 || !strings.HasSuffix(w.tries[1], " at 250") {
			t.Errorf("%v; tried %q", err, w.tries)
		}
	})
}

// With direct TLS the connection alone wins nothing.
func TestAHostThatConnectsAndSaysNothingDoesNotWin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{hosts: map[string]answer{v6a: {}, v4a: {}}, names: bothFamilies()}
		r := racing(t, w, func(c *Config) { c.Security, c.Address = model.SecurityDirectTLS, "x.example:5222" })
		_, err := r.next()
		if took := time.Since(w.start); model.KindOf(err) != model.ErrTimeout || took > 31*time.Second || len(w.tries) != 4 || w.left() != 0 {
			t.Errorf("%v after %v; tried %q, %d open", err, took, w.tries, w.left())
		}
	})
}

func TestARaceGoesOnWhenTheWinnerIsOfNoUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{names: bothFamilies(), hosts: map[string]answer{v6a: {after: time.Second}, v4a: {after: time.Second}, v6b: {}, v4b: {}}}
		r := racing(t, w, nil)
		useless := fail(model.ErrProtocol, nil, "This is no chat server.")
		var won []string
		for {
			got, err := r.next()
			if err != nil {
				if !errors.Is(err, useless) {
					t.Errorf("told %v", err)
				}
				break
			}
			won = append(won, got.addr)
			got.abort()
			r.failed(got, useless)
		}
		// v6a and v4a were under way when v6b won; they are tried again, in their place.
		slices.Sort(won)
		if !slices.Equal(won, []string{v4a, v4b, v6a, v6b}) || w.left() != 0 {
			t.Errorf("%q won; tried %q, %d open", won, w.tries, w.left())
		}
	})
}

func TestACancelledRaceEndsAtOnce(t *testing.T) {
	for name, w := range map[string]*world{
		"looking up": {names: map[string]answer{"ip6 x.example": {silent: true}, "ip4 x.example": {silent: true}}},
		"connecting": {names: bothFamilies()},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := racing(t, w, nil)
			ctx, cancel := context.WithCancel(t.Context())
			r.parent = ctx
			time.AfterFunc(600*time.Millisecond, cancel)
			_, err := r.next()
			if took := time.Since(w.start); model.KindOf(err) != model.ErrCancelled || took != 600*time.Millisecond || w.left() != 0 {
				t.Errorf("%s: %v after %v", name, err, took)
			}
		})
	}
}

func TestAHostileNameServerIsNotFollowedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var v4, v6 []string
		for n := range 200 {
			v4, v6 = append(v4, fmt.Sprintf("192.0.2.%d", n)), append(v6, fmt.Sprintf("2001:db8::%x", n))
		}
		w := &world{names: map[string]answer{"ip6 x.example": {addrs: v6}, "ip4 x.example": {addrs: v4}}}
		_, err := racing(t, w, nil).next()
		if took := time.Since(w.start); err == nil || len(w.tries) != 2*maxAddresses || took > time.Minute {
			t.Errorf("%v after %v; %d tried", err, took, len(w.tries))
		}
	})
}
