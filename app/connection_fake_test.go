package app_test

import (
	"context"
	"sync"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/trace"
)

// fakeTap is the trace of the one account of a fake service.
type fakeTap struct {
	once sync.Once
	tr   *trace.Trace
}

// Trace implements app.Tap.
func (f *fakeTap) Trace(jid.JID) *trace.Trace {
	f.once.Do(func() { f.tr = trace.New(20_000) })
	return f.tr
}

// Traffic implements app.Tap.
func (f *fakeTap) Traffic(account jid.JID) (trace.Traffic, error) {
	t := f.Trace(account).Traffic()
	t.Month = t.Session
	return t, nil
}

// SendXML implements app.Tap.
func (f *fakeService) SendXML(_ context.Context, account jid.JID, text string) error {
	return f.note("xml %s %s", account, text)
}
