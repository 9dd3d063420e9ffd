package storage

import (
	"context"
	"sync"
)

// job is one Update on its way through the writer's queue.
type job struct {
	fn      func(Tx) error
	started bool // guarded by Store.mu; from then on the caller must wait
	done    chan struct{}
	err     error
	panic   any // what fn panicked with
}

// Update runs fn in one transaction on the writer's goroutine; when it returned nil and
// the commit is on the disk, Update returns nil. If fn or the commit fails nothing of it
// is kept; fn's own error is returned as it is. Updates run one after the other in the
// order of the calls. A ctx that ends before fn began takes the call out of the queue;
// afterwards it has no effect, so fn never runs on after Update returned. A panic in fn
// rolls back and goes on in the caller. fn must not call Update.
func (s *Store) Update(ctx context.Context, fn func(Tx) error) error {
	j := &job{fn: fn, done: make(chan struct{})}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errClosed()
	}
	s.queue = append(s.queue, j)
	s.mu.Unlock()
	s.signal()
	select {
	case <-j.done:
	case <-ctx.Done():
		if s.withdraw(j) {
			return ctx.Err()
		}
		<-j.done
	}
	if j.panic != nil {
		panic(j.panic)
	}
	return j.err
}

// withdraw takes a job that has not begun out of the queue.
func (s *Store) withdraw(j *job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j.started {
		return false
	}
	for i, q := range s.queue {
		if q == j {
			s.queue = append(s.queue[:i], s.queue[i+1:]...)
			return true
		}
	}
	return false
}

func (s *Store) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// write is the writer goroutine. It owns s.tx and ends when the store is closed and the
// queue is empty.
func (s *Store) write() {
	defer close(s.done)
	for {
		j, closed := s.next()
		switch {
		case j != nil:
			s.run(j)
		case closed:
			return
		default:
			<-s.wake
		}
	}
}

func (s *Store) next() (j *job, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return nil, s.closed
	}
	j = s.queue[0]
	s.queue[0] = nil
	s.queue = s.queue[1:]
	j.started = true
	return j, false
}

// run carries out one job. The transaction has no caller's context: once begun it is
// either committed or rolled back, never torn by an impatient caller.
func (s *Store) run(j *job) {
	defer close(j.done)
	var once sync.Once
	rollback := func() { once.Do(func() { s.tx.rollback() }) }
	defer func() {
		if p := recover(); p != nil {
			rollback()
			j.panic = p
		}
	}()
	if err := s.tx.begin(); err != nil {
		j.err = typed("begin to write", err)
		return
	}
	if err := j.fn(s.tx); err != nil {
		rollback()
		j.err = err
		return
	}
	if err := s.tx.commit(); err != nil {
		rollback()
		j.err = typed("write", err)
	}
}
