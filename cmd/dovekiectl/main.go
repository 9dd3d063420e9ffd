// Command dovekiectl is Dovekie without its window: JSON-RPC for programs, a few verbs
// for people, and the demo server for trying things out. It links neither Fyne nor cgo.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"dovekie/xmppsvc/model"
)

// version is what the linker sets in a release.
var version = "0.1.0"

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitInUse  = 3
)

const usage = `dovekiectl: Dovekie without its window

  dovekiectl rpc [--describe]         JSON-RPC 2.0 over standard input and output
  dovekiectl send --to ADDRESS TEXT   send one message and wait until the server has it
  dovekiectl roster                   the contacts, as last seen
  dovekiectl tail                     sign in and print what happens, until interrupted
  dovekiectl history CHAT             the newest messages of a chat
  dovekiectl search WORDS             find messages
  dovekiectl serve-demo               the demo server on a port of this computer
  dovekiectl version

Each verb explains itself with --help. Common flags:
  --data DIR         the data folder (as the window's)
  --account ADDRESS  which account, if there are several
  --json             one JSON object a line instead of text
  --log-level LEVEL  error, warn, info or debug, to standard error
The password comes from the keychain, or from the variable DOVEKIE_PASSWORD.
`

// env is what the verbs share.
type env struct {
	in       io.Reader
	out, err io.Writer
	password model.Secret
}

func main() {
	// Read once and unset at once, so that no child ever sees it.
	e := env{os.Stdin, os.Stdout, os.Stderr, model.NewSecret(os.Getenv("DOVEKIE_PASSWORD"))}
	_ = os.Unsetenv("DOVEKIE_PASSWORD") // cannot fail for a legal name
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, e, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, e env, args []string) int {
	verbs := map[string]func(context.Context, env, []string) error{
		"rpc": runRPC, "send": runSend, "roster": runRoster, "tail": runTail,
		"history": runHistory, "search": runSearch, "serve-demo": runServeDemo,
	}
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		_, _ = io.WriteString(e.out, usage)
		return exitOK
	}
	if args[0] == "version" || args[0] == "--version" {
		_, _ = fmt.Fprintln(e.out, "dovekiectl", version)
		return exitOK
	}
	verb, ok := verbs[args[0]]
	if !ok {
		_, _ = fmt.Fprintf(e.err, "dovekiectl: there is no verb %q; try: dovekiectl help\n", args[0])
		return exitUsage
	}
	return exitCode(e, verb(ctx, e, args[1:]))
}

// errUsage was explained to the user already.
var errUsage = errors.New("usage")

func exitCode(e env, err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errUsage):
		return exitUsage
	case model.KindOf(err) == model.ErrInUse:
		_, _ = fmt.Fprintln(e.err, "dovekiectl:", err)
		return exitInUse
	}
	_, _ = fmt.Fprintln(e.err, "dovekiectl:", err)
	return exitFailed
}

// logger writes to standard error, so that standard output carries only the protocol.
func logger(w io.Writer, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level is error, warn, info or debug, not %q", level)
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l})), nil
}
