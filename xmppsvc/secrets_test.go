package xmppsvc_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/credential"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

// journal is a log that several goroutines write to.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

func TestPasswordIsNowhereButInTheKeychain(t *testing.T) {
	const right, wrong = "Tr0ub4dor&3-right", "Tr0ub4dor&3-wrong"
	srv := xmpptest.SharedProsody(t)
	var log journal
	dir := t.TempDir()
	svc, err := xmppsvc.Open(t.Context(), xmppsvc.Options{
		Dir: dir, Credentials: credential.NewMemory(), Roots: srv.CAPool(),
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	user := srv.AddUser("keeper", right)
	c := &client{tb: t, svc: svc, jid: jid.MustParse(user.JID()), user: user, feed: svc.Subscribe()}
	defer c.close()

	var told []string
	for _, password := range []string{right, wrong, right} {
		r := c.request(srv.StartTLSAddr())
		r.Password, r.Remember = model.NewSecret(password), true
		if _, err := svc.Connect(t.Context(), r); err != nil {
			told = append(told, fmt.Sprintf("%v %+v %#v", err, err, r))
		}
		svc.Trace(c.jid).WatchStanzas(true)
	}
	entries, _ := svc.Trace(c.jid).Since(0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for c.more(ctx) == nil {
	}
	told = append(told, log.String(), list(c.events), fmt.Sprintf("%+v", entries))
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in the data folder: %v", err)
	}
	for _, f := range files {
		if content, err := os.ReadFile(f); err == nil {
			told = append(told, string(content))
		}
	}
	for _, text := range told {
		if strings.Contains(text, "Tr0ub4dor") {
			t.Errorf("the password shows in: %.300s", text)
		}
	}
}
