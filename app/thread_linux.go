package app

import (
	"bytes"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// threadClock reads what the kernel counts for the thread that asks. The UI goroutine is
// bound to its thread, so that is the UI goroutine's.
type threadClock struct {
	thread int
	file   int // its schedstat, open as long as the program runs; below 0 where there is none
	buf    [64]byte
}

// spent is the processor time that this thread has used so far, and how long it stood
// ready without a processor to run on. The calls are raw: in others the Go runtime may
// give our place away while the kernel lets another thread run, and the probe would hold
// the window itself.
func (t *threadClock) spent() threadSpent {
	var ts unix.Timespec
	if _, _, failed := unix.RawSyscall(unix.SYS_CLOCK_GETTIME, unix.CLOCK_THREAD_CPUTIME_ID, uintptr(unsafe.Pointer(&ts)), 0); failed != 0 {
		return threadSpent{}
	}
	s := threadSpent{thread: unix.Gettid(), work: time.Duration(ts.Nano())}
	if s.thread != t.thread {
		t.open(s.thread)
	}
	if t.file < 0 {
		return s
	}
	n, _, failed := unix.RawSyscall6(unix.SYS_PREAD64, uintptr(t.file), uintptr(unsafe.Pointer(&t.buf)), unsafe.Sizeof(t.buf), 0, 0, 0)
	if failed == 0 {
		s.wait = waited(t.buf[:n])
	}
	return s
}

// waited is the second of the figures: "time spent on the cpu", "time spent waiting on a
// runqueue", "# of timeslices run on this cpu" (Documentation/scheduler/sched-stats.rst),
// the times in nanoseconds.
func waited(schedstat []byte) time.Duration {
	_, rest, _ := bytes.Cut(schedstat, []byte(" "))
	ns := time.Duration(0)
	for _, digit := range rest {
		if digit < '0' || digit > '9' {
			break
		}
		ns = ns*10 + time.Duration(digit-'0')
	}
	return ns
}

func (t *threadClock) open(thread int) {
	if t.thread != 0 && t.file >= 0 {
		_ = unix.Close(t.file) // it was only read
	}
	t.thread = thread
	file, err := unix.Open(fmt.Sprintf("/proc/self/task/%d/schedstat", thread), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		file = -1
	}
	t.file = file
}
