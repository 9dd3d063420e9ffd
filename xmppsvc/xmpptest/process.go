package xmpptest

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// process is a server's child process with its janitor.
type process struct {
	cmd     *exec.Cmd
	janitor *exec.Cmd
	alive   io.WriteCloser // the janitor reads it: a line means "all well", its end means "we are gone"
	exited  chan struct{}  // closed once the child has been waited for
}

// janitorScript waits for the test process. A line says that the server has
// been stopped in good order; the end of input without one says that the test
// process is gone (killed, panicked, timed out), so the server must go too.
const janitorScript = `if read -r line; then exit 0; fi
kill -9 "$1" 2>/dev/null
if [ -n "$2" ]; then sleep 0.2; rm -rf "$2"; fi`

// startProcess runs cmd in the background. If the test process dies, the child
// is killed and litter (a folder, or "") is removed.
func startProcess(cmd *exec.Cmd, litter string) (*process, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, exited: make(chan struct{})}
	p.janitor = exec.Command("/bin/sh", "-c", janitorScript, "janitor", strconv.Itoa(cmd.Process.Pid), litter)
	p.janitor.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl+C must reach us first
	alive, err := p.janitor.StdinPipe()
	if err == nil {
		err = p.janitor.Start()
	}
	if err != nil {
		return nil, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	p.alive = alive
	go func() {
		_ = cmd.Wait() // how it ended stands in ProcessState
		close(p.exited)
	}()
	return p, nil
}

// stop ends the child with sig, waits for it (killing it after ten seconds) and
// dismisses the janitor.
func (p *process) stop(sig syscall.Signal) {
	_ = p.cmd.Process.Signal(sig) // it may have ended by itself
	select {
	case <-p.exited:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
	_, _ = io.WriteString(p.alive, "done\n")
	_ = p.alive.Close()
	_ = p.janitor.Wait()
}

// running says whether the child is still there.
func (p *process) running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// waitReady calls probe until it succeeds, the child ends, or time is up.
func (p *process) waitReady(limit time.Duration, probe func() error) error {
	deadline := time.Now().Add(limit)
	for {
		err := probe()
		if err == nil {
			return nil
		}
		if !p.running() {
			return fmt.Errorf("it ended at once (%v)", p.cmd.ProcessState)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not ready after %v: %w", limit, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// freePorts finds n loopback ports that nobody listens on. They lie below the
// range from which systems take the ports of outgoing connections, so that a
// server which is restarted finds its ports still free.
func freePorts(n int) ([]int, error) {
	ports := make([]int, 0, n)
	var open []net.Listener
	defer func() {
		for _, l := range open {
			_ = l.Close()
		}
	}()
	for range 1000 {
		port := 15000 + rand.IntN(17000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		open = append(open, l)
		if ports = append(ports, port); len(ports) == n {
			return ports, nil
		}
	}
	return nil, errors.New("no free loopback ports")
}

// plainEnv is the environment of a server: where programs are and little else,
// so that no setting of the developer's shell reaches it.
func plainEnv(extra ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin", "LANG=C.UTF-8", "TZ=UTC"}, extra...)
}
