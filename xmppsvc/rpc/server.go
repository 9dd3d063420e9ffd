package rpc

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/model"
)

// MaxLine is the longest line that is accepted, in bytes.
const MaxLine = 1 << 20

// endTime is how long running requests and the sign-out may take after the input ended.
const endTime = 30 * time.Second

// Options are what the face needs besides the service.
type Options struct {
	// Password is used by account.connect when the request has none (DOVEKIE_PASSWORD).
	Password model.Secret
	Log      *slog.Logger
}

type server struct {
	svc     *xmppsvc.Service
	opt     Options
	out     chan any
	ordered chan request
	running sync.WaitGroup
}

type request struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
	m       *method
}

type reply struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  any             `json:"result,omitempty"`
	Error   *wireError      `json:"error,omitempty"`
}

type notification struct {
	Version string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  any    `json:"params"`
}

// Serve speaks until the input ends, then lets running requests finish, closes the
// service (which signs out cleanly), writes its last events and returns nil. It returns
// an error when the output cannot be written or ctx ended.
func Serve(ctx context.Context, svc *xmppsvc.Service, in io.Reader, out io.Writer, opt Options) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &server{svc: svc, opt: opt, out: make(chan any, 256), ordered: make(chan request, 1024)}

	var written, carried, worked sync.WaitGroup
	written.Go(func() { s.write(out, cancel) })
	feed := svc.Subscribe()
	carried.Go(func() { s.carry(feed) })
	worked.Go(func() {
		for r := range s.ordered {
			s.answer(ctx, r)
		}
	})

	lines := make(chan []byte)
	go s.read(ctx, in, lines)
	s.dispatch(ctx, lines)

	close(s.ordered)
	finish(ctx, &worked, &s.running)
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer done()
	err := svc.Close(closing)
	carried.Wait()
	worked.Wait()
	s.running.Wait()
	close(s.out)
	written.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// finish waits for what is running, but not for ever: a login may wait for its network.
func finish(ctx context.Context, groups ...*sync.WaitGroup) {
	all := make(chan struct{})
	go func() {
		for _, g := range groups {
			g.Wait()
		}
		close(all)
	}()
	select {
	case <-all:
	case <-ctx.Done():
	case <-time.After(endTime):
	}
}

// read gives the lines of the input, without their ends; nil stands for one that is too
// long. It may outlive Serve when ctx ended first: nothing can wake a blocked Read.
func (s *server) read(ctx context.Context, in io.Reader, lines chan<- []byte) {
	defer close(lines)
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		line, err := readLine(r)
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return
		}
		if err != nil && !errors.Is(err, io.EOF) {
			s.opt.Log.Warn("reading the input", "error", err)
			return
		}
		select {
		case lines <- line:
		case <-ctx.Done():
			return
		}
	}
}

func readLine(r *bufio.Reader) ([]byte, error) {
	line := []byte{}
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if !long {
			line = append(line, part...)
		}
		if len(line) > MaxLine+1 {
			long, line = true, []byte{}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case long:
			return nil, nil
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		}
		if t := bytes.TrimRight(line, "\r\n"); len(t) > 0 || err != nil {
			return t, err
		}
		line = line[:0]
	}
}

func (s *server) dispatch(ctx context.Context, lines <-chan []byte) {
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return
			}
			s.take(ctx, line)
		case <-ctx.Done():
			return
		}
	}
}

// take checks one line and starts its request.
func (s *server) take(ctx context.Context, line []byte) {
	var r request
	switch {
	case line == nil:
		s.send(ctx, failed(nil, &wireError{Code: codeInvalidRequest, Message: "The line is longer than 1 MiB."}))
		return
	case line[0] == '[':
		s.send(ctx, failed(nil, &wireError{Code: codeInvalidRequest, Message: "One object a line is accepted, not a batch."}))
		return
	case !json.Valid(line):
		s.send(ctx, failed(nil, &wireError{Code: codeParse, Message: "The line is not JSON."}))
		return
	}
	if err := json.Unmarshal(line, &r); err != nil || r.Version != "2.0" || r.Method == "" || !validID(r.ID) {
		s.send(ctx, failed(nil, &wireError{Code: codeInvalidRequest, Message: "The line is not a JSON-RPC 2.0 request."}))
		return
	}
	if r.m = find(r.Method); r.m == nil {
		s.respond(ctx, r, nil, &wireError{Code: codeMethodNotFound, Message: "There is no method " + quoted(r.Method) + "."})
		return
	}
	if r.m.Ordered {
		select {
		case s.ordered <- r:
		case <-ctx.Done():
		}
		return
	}
	s.running.Go(func() { s.answer(ctx, r) })
}

func validID(id json.RawMessage) bool {
	return len(id) == 0 || id[0] != '{' && id[0] != '[' && id[0] != 't' && id[0] != 'f'
}

func (s *server) answer(ctx context.Context, r request) {
	result, err := r.m.call(ctx, s, r.Params)
	if err != nil {
		s.respond(ctx, r, nil, asWireError(err))
		return
	}
	s.respond(ctx, r, result, nil)
}

// respond writes the reply; a request without an id wants none (JSON-RPC 2.0 §4.1).
func (s *server) respond(ctx context.Context, r request, result any, e *wireError) {
	switch {
	case len(r.ID) == 0:
	case e != nil:
		s.send(ctx, failed(r.ID, e))
	default:
		s.send(ctx, reply{Version: "2.0", ID: r.ID, Result: result})
	}
}

func failed(id json.RawMessage, e *wireError) reply {
	if id == nil {
		id = json.RawMessage("null")
	}
	return reply{Version: "2.0", ID: id, Error: e}
}

func (s *server) send(ctx context.Context, v any) {
	select {
	case s.out <- v:
	case <-ctx.Done():
	}
}

// carry turns the feed into notifications, in its order, until the service is closed.
func (s *server) carry(feed *xmppsvc.Feed) {
	for {
		batch, err := feed.Next(context.Background())
		if err != nil {
			return
		}
		for _, ev := range batch {
			s.out <- notification{Version: "2.0", Method: "event", Params: encodeEvent(ev)}
		}
	}
}

// write is the only writer. After a failed write it only empties the channel, so that
// nobody waits.
func (s *server) write(out io.Writer, cancel context.CancelCauseFunc) {
	w := bufio.NewWriterSize(out, 64<<10)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	broken := false
	for v := range s.out {
		if broken {
			continue
		}
		err := enc.Encode(v)
		if err == nil && len(s.out) == 0 {
			err = w.Flush()
		}
		if err != nil {
			broken = true
			cancel(model.Errorf(model.ErrStorage, "The output cannot be written: %w", err))
		}
	}
	if !broken {
		_ = w.Flush() // the process ends; there is nobody left to tell
	}
}
