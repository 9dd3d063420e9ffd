// Command dovekie is the messenger's window.
//
// It is the composition root: the one place that names storage, keychain and the
// embedded server together. See -help for its flags. DOVEKIE_PASSWORD, with --account, is
// the password to sign in with; it is removed from the environment at once.
// DOVEKIE_PROBE names a file to which the window tells in JSON lines what it shows, for
// tests; there are no passwords in it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"

	"dovekie/app/settings"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1
	exitUsage   = 2
	exitDisplay = 3
	exitInUse   = 4
	exitBug     = 70
)

// Names under which Fyne and the desktop know the program.
const (
	appID   = "io.github.dovekie"
	appName = "Dovekie"
)

// version is set by the build.
var version = "dev"

// options are the command line.
type options struct {
	data    string
	account jid.JID
	secret  model.Secret
	demo    bool
	tour    string
	lang    string
	theme   string
	version bool
}

func main() {
	os.Exit(run(os.Args[1:], os.Stderr))
}

// run does everything; its result is the exit code. What goes wrong before there is a
// window is one sentence on stderr.
func run(args []string, stderr io.Writer) (code int) {
	secret := takePassword()
	noCoreDump()
	collectLess()
	opt, err := parse(args, stderr)
	if err != nil {
		return exitUsage
	}
	opt.secret = secret
	if opt.version {
		fmt.Println(appName, version)
		return exitOK
	}
	fonts := scanFonts()
	if opt.tour != "" && opt.data == "" {
		temp, err := os.MkdirTemp("", "dovekie-tour-")
		if err != nil {
			fmt.Fprintln(stderr, "dovekie:", err)
			return exitFailed
		}
		defer func() { _ = os.RemoveAll(temp) }() // the system empties its temporary folder too
		opt.data = temp
	}
	f, err := openFolder(&opt)
	if err != nil {
		fmt.Fprintln(stderr, "dovekie:", sentence(err))
		if model.KindOf(err) == model.ErrInUse {
			return exitInUse
		}
		return exitFailed
	}
	defer func() { _ = f.close() }() // the system gives the lock back anyway
	defer func() {
		if r := recover(); r != nil {
			code = exitBug
			f.log.Error("the window stopped", "panic", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			fmt.Fprintln(stderr, "dovekie: something in Dovekie broke; what is known stands in", f.logPath)
		}
	}()
	if err := checkDisplay(os.Getenv("DISPLAY")); err != nil {
		fmt.Fprintln(stderr, "dovekie:", err)
		return exitDisplay
	}
	return show(opt, f, fonts, stderr)
}

// collectLess lets the heap, which is small, grow further before it is collected: a
// collection lets the UI goroutine help when others allocate much, for milliseconds. At
// rest it makes no difference to the memory in use.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
}

// takePassword reads the password from the environment and removes it there, so that no
// program that is started from here inherits it.
func takePassword() model.Secret {
	s := model.NewSecret(os.Getenv("DOVEKIE_PASSWORD"))
	_ = os.Unsetenv("DOVEKIE_PASSWORD") // cannot fail for a valid name
	return s
}

func parse(args []string, stderr io.Writer) (options, error) {
	var opt options
	var account string
	fs := flag.NewFlagSet("dovekie", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&opt.data, "data", "", "use this `folder` for everything that is kept")
	fs.StringVar(&account, "account", "", "sign in with this `address`; the password comes from the keychain or DOVEKIE_PASSWORD")
	fs.BoolVar(&opt.demo, "demo", false, "go straight to the demo: no account, no network")
	fs.StringVar(&opt.tour, "tour", "", "walk through the demo by itself and leave pictures in this `folder`")
	fs.StringVar(&opt.lang, "lang", "", "language: en or zh")
	fs.StringVar(&opt.theme, "theme", "", "theme: light or dark")
	fs.BoolVar(&opt.version, "version", false, "print the version")
	if err := fs.Parse(args); err != nil {
		return opt, err
	}
	err := opt.check(account, fs.Args())
	if err != nil {
		fmt.Fprintln(stderr, "dovekie:", err)
	}
	return opt, err
}

func (o *options) check(account string, rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("%q is not understood; see dovekie -help", rest[0])
	}
	if account != "" {
		j, err := jid.Parse(account)
		if err != nil || j.Local() == "" {
			return fmt.Errorf("%q is no address; one looks like you@example.org", account)
		}
		o.account = j
	}
	if o.lang != "" && o.lang != "en" && o.lang != "zh" {
		return errors.New("the language is en or zh")
	}
	if o.theme != "" && o.theme != settings.ThemeLight && o.theme != settings.ThemeDark {
		return errors.New("the theme is light or dark")
	}
	return nil
}

// sentence is an error for people who have no window yet.
func sentence(err error) string {
	if model.KindOf(err) == model.ErrInUse {
		return "Dovekie is already open with this data folder. Use its window, or start with another --data folder."
	}
	return err.Error()
}

// discard is where logs go when the file cannot be written.
var discard = slog.New(slog.DiscardHandler)
