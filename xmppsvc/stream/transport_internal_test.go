package stream

import (
	"context"
	"io"
	"net"
	"testing"

	"gosrc.io/xmpp"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// Whoever knows gosrc's interface alone can use a transport.
func TestATransportIsOneOfGosrcs(t *testing.T) {
	near, far := net.Pipe()
	heard := make(chan string, 1)
	go func() {
		rd := stanza.NewReader(far, stanza.DefaultLimits)
		if el, err := rd.Open(); err == nil {
			heard <- el.Get("from")
		}
		_, _ = far.Write(stanza.OpenStream("b.example", "", "the id", ""))
		_, _ = io.Copy(io.Discard, far)
	}()
	cfg := &Config{
		JID: jid.MustParse("a@b.example/c"), Security: model.SecurityInProcess,
		Dial: func(context.Context, string, string) (net.Conn, error) { return near, nil },
	}
	own := newTransport(t.Context(), cfg, "b.example", endpoint{kind: pipe})
	var tr xmpp.Transport = own
	id, err := tr.Connect()
	if err != nil || id != "the id" {
		t.Fatalf("connected with %q, %v", id, err)
	}
	if from := <-heard; from != "a@b.example" {
		t.Errorf("from %q", from)
	}
	if !tr.IsSecure() || tr.DoesStartTLS() {
		t.Error("a pipe is secure and needs no TLS")
	}
	tr.LogTraffic(io.Discard)
	if err := tr.Ping(); err != nil {
		t.Errorf("ping: %v", err)
	}
	tr.ReceivedStreamClose()
	if err := tr.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if _, err := tr.Read(make([]byte, 1)); err == nil {
		t.Error("reading after the end")
	}
	if tr.GetDecoder() == nil {
		t.Error("no decoder")
	}
}
