package wake

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestSleepIsTheClockGoingOnWithoutUs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		var asleep atomic.Int64
		var woken atomic.Int64
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			run(ctx, nil, func() clocks {
				return clocks{wall: time.Now().Add(time.Duration(asleep.Load())).Round(0), running: time.Since(start)}
			}, func(Reason) { woken.Add(1) })
		}()
		step := func(name string, by time.Duration, want int64) {
			time.Sleep(look / 2)
			synctest.Wait()
			asleep.Add(int64(by))
			time.Sleep(3 * look)
			synctest.Wait()
			if n := woken.Load(); n != want {
				t.Errorf("%s: woken %d times, want %d", name, n, want)
			}
		}
		step("nothing happened", 0, 0)
		step("an hour of sleep", time.Hour, 1)
		step("a clock that was corrected", 2*time.Second, 1)
		step("a clock that was set back a day", -24*time.Hour, 1)
		step("a minute of sleep", time.Minute, 2)
		cancel()
		<-ended
	})
}

func TestChangesOfTheNetworkAreOneWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		changes := make(chan struct{})
		var woken []Reason
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			run(ctx, changes, func() clocks { return clocks{wall: time.Now()} }, func(r Reason) { woken = append(woken, r) })
		}()
		for range 20 {
			changes <- struct{}{}
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		changes <- struct{}{}
		time.Sleep(time.Second)
		cancel()
		<-ended
		if len(woken) != 2 || woken[0] != Network || woken[1] != Network {
			t.Errorf("woken by %v, want the network, twice", woken)
		}
	})
}

// TestKernelTellsOfANewAddress needs the right to give the loopback device one.
func TestKernelTellsOfANewAddress(t *testing.T) {
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("only root on Linux can add an address")
	}
	ctx, cancel := context.WithCancel(t.Context())
	woken := make(chan Reason, 10)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Watch(ctx, func(r Reason) { woken <- r })
	}()
	defer func() { cancel(); <-ended }()
	time.Sleep(100 * time.Millisecond)
	const address = "127.66.77.88/32"
	if out, err := exec.Command("ip", "address", "add", address, "dev", "lo").CombinedOutput(); err != nil {
		t.Skipf("no address can be added here: %v %s", err, out)
	}
	defer func() { _ = exec.Command("ip", "address", "del", address, "dev", "lo").Run() }()
	select {
	case r := <-woken:
		if r != Network {
			t.Errorf("woken by %s", r)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody was told")
	}
}
