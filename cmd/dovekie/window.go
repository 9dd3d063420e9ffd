package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/lang"

	"dovekie/app"
	"dovekie/app/desktop"
	"dovekie/app/settings"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc"
	"dovekie/xmppsvc/credential"
)

// scanFonts starts reading the font index, which takes a while, beside everything else.
// The channel tells once whether the system has a Chinese font.
func scanFonts() <-chan bool {
	has := make(chan bool, 1)
	go func() { has <- skin.SystemHasHan() }()
	return has
}

// askScheme asks the desktop beside everything else whether it says if it is light or
// dark. One that does not answer soon says nothing. Other systems than those with the
// desktop portal always do, and FYNE_THEME does.
func askScheme() <-chan bool {
	tells := make(chan bool, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		defer cancel()
		tells <- os.Getenv("FYNE_THEME") != "" || runtime.GOOS == "windows" || runtime.GOOS == "darwin" || desktop.TellsScheme(ctx)
	}()
	return tells
}

// show opens the window and returns when it was closed.
func show(opt options, f *folder, fonts <-chan bool, stderr io.Writer) int {
	log.SetFlags(0)
	log.SetOutput(&graphicsWatch{log: f.log, stderr: stderr, exit: os.Exit})
	set, err := settings.Load(f.dir)
	if err != nil {
		f.log.Warn("settings", "error", err)
	}
	scaleText(set.Text)
	scheme := askScheme()
	if os.Getenv("LIBGL_DEBUG") == "" {
		_ = os.Setenv("LIBGL_DEBUG", "quiet") // Mesa's own words help nobody; ours say what to do
	}
	fyneApp := fyneapp.NewWithID(appID)
	fyneApp.SetIcon(fyne.NewStaticResource("dovekie.png", assets.AppIcon()))
	look := skin.NewTheme(skin.FollowSystem, !<-fonts)
	if !<-scheme {
		look = look.WithoutScheme()
	}
	deps := app.Deps{
		Fyne: fyneApp, Dir: f.dir, Version: version, Settings: set, Logger: f.log, SysLang: systemLang(),
		Theme:    look,
		Open:     opener(f),
		OpenDemo: demoOpener(f),
		Display:  displaySize,
		Hidden:   putAway,
		Notify:   desktop.NewNotifications(appName, "dovekie"),
		Start:    app.Start{Lang: opt.lang, Theme: opt.theme, Account: opt.account, Password: opt.secret, Demo: opt.demo || opt.tour != ""},
	}
	if name := os.Getenv("DOVEKIE_PROBE"); name != "" {
		file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			fmt.Fprintln(stderr, "dovekie: DOVEKIE_PROBE:", err)
			return exitFailed
		}
		defer func() { _ = file.Close() }() // each line was written when it was told
		deps.Facts = file
	}
	if opt.tour != "" {
		return tour(opt, f, deps, stderr)
	}
	a := app.New(deps)
	a.Run()
	a.Wait()
	f.log.Info("closed", "probe", a.Probe().Report())
	return exitOK
}

// scaleText enlarges everything: Fyne takes the scale from the environment, once.
func scaleText(percent int) {
	if percent != 100 && os.Getenv("FYNE_SCALE") == "" {
		_ = os.Setenv("FYNE_SCALE", fmt.Sprintf("%.2f", float64(percent)/100)) // cannot fail for a valid name
	}
}

// systemLang is the language of the system, as far as we speak it.
func systemLang() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return tr.Match(v)
		}
	}
	return tr.Match(string(lang.SystemLocale()))
}

// service gives *xmppsvc.Service the shape that the window wants.
type service struct{ *xmppsvc.Service }

// Subscribe implements app.Service.
func (s service) Subscribe() app.Feed { return s.Service.Subscribe() }

// opener opens the service of the user's own accounts.
func opener(f *folder) func(context.Context) (app.Service, error) {
	return func(ctx context.Context) (app.Service, error) {
		svc, err := xmppsvc.Open(ctx, xmppsvc.Options{
			Dir: f.dir, Credentials: credential.NewKeyring(), Logger: f.log,
			Name: appName, Version: version, Lang: tr.Lang(),
		})
		if err != nil {
			return nil, err
		}
		return service{svc}, nil
	}
}
