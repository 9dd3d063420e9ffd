package stream

import (
	"context"
	"errors"
	"strconv"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// read is the reader goroutine: it hands on what comes, in order, until the stream
// ends, waits for the writer and closes Inbound.
func (s *Stream) read() {
	err := s.receive()
	switch {
	case errors.Is(err, stanza.ErrStreamClosed), errors.As(err, new(*goodbye)):
		// The server ended the stream as it should; so do we (RFC 6120 §4.4).
		s.w.goodbye()
		s.t.ReceivedStreamClose()
		if s.w.hangUp(told(err, s.t.domain)) {
			<-s.w.done
		}
	}
	s.w.end(told(err, s.t.domain))
	s.t.abort()
	close(s.w.stop)
	<-s.w.done
	if _, cause := s.w.outcome(); cause != nil {
		s.t.cfg.Trace.Step("ended", cause.Error(), 0)
	} else {
		s.t.cfg.Trace.Step("ended", "by ourselves", 0)
	}
	close(s.in)
	close(s.done)
}

// goodbye is a stream error: the server has said why and ends the stream.
type goodbye struct{ why *model.Error }

func (g *goodbye) Error() string { return g.why.Error() }

func told(err error, domain string) error {
	var g *goodbye
	if errors.As(err, &g) {
		return g.why
	}
	return explain(context.Background(), err, domain)
}

// receive reads until the stream ends and says why.
func (s *Stream) receive() error {
	for _, in := range s.early {
		s.deliver(in)
	}
	s.early = nil
	for {
		el, err := s.t.rd.Next()
		var dropped *stanza.DroppedError
		switch {
		case errors.As(err, &dropped):
			counts := dropped.Head.IsStanza() && s.w.managed()
			s.deliver(Inbound{Element: dropped.Head, Dropped: dropped.Reason, Counts: counts})
			continue
		case err != nil:
			return err
		}
		s.t.cfg.Trace.Stanza(false, el)
		if err := s.take(el); err != nil {
			return err
		}
	}
}

// take sorts one element. What nobody here knows is no reason to end a stream.
func (s *Stream) take(el *stanza.Element) error {
	switch {
	case el.IsStanza():
		s.deliver(Inbound{Element: el, Counts: s.w.managed()})
	case el.Is(nsSM, "r"):
		s.deliver(Inbound{AckRequested: true})
	case el.Is(nsSM, "a"):
		h, err := strconv.ParseUint(el.Get("h"), 10, 32)
		tags, ok := []string(nil), err == nil
		if ok {
			tags, ok = s.w.acked(uint32(h))
		}
		if !ok {
			return withHost(fail(model.ErrProtocol, nil, "%s confirmed more than was sent.", s.t.domain), s.t.domain)
		}
		if len(tags) > 0 {
			s.deliver(Inbound{Acked: tags})
		}
	case el.Is(stanza.NSStream, "error"):
		return &goodbye{streamError(el, s.t.domain)}
	}
	return nil
}

// deliver waits for whoever reads Inbound, unless the stream is being given up.
func (s *Stream) deliver(in Inbound) {
	select {
	case s.in <- in:
		return
	default:
	}
	select {
	case s.in <- in:
	case <-s.quit:
	}
}
