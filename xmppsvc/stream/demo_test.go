package stream_test

import (
	"context"
	"net"
	"testing"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
)

// The embedded server is the other end of a pipe whose writes wait for a reader.
func TestSigningInInProcess(t *testing.T) {
	srv, err := demo.New(demo.Options{Dir: t.TempDir(), Password: model.NewSecret("in process")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	owner, password := srv.Owner()
	cfg := scriptedConfig(t, "")
	cfg.JID, cfg.Password, cfg.Security, cfg.First = owner, password, model.SecurityInProcess, first()
	cfg.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { return srv.Dial(ctx) }
	for _, want := range []int{4, 2} {
		s, e := signIn(t, cfg)
		if !e.SM || !e.ScramUsed || e.Login.TLSVersion != "" || e.Login.RoundTrips > want {
			t.Errorf("established %+v", e.Login)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		cfg.Hint = e.Hint
	}
	cfg.JID = jid.MustParse("somebody-new@" + owner.Domain())
	if err := stream.Register(t.Context(), cfg); err != nil {
		t.Fatalf("register: %v", err)
	}
	signIn(t, cfg)
}
