package app

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app/buddies"
	"dovekie/app/chat"
	"dovekie/app/connection"
	"dovekie/app/login"
	"dovekie/app/settings"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Deps are what the composition root gives the window.
type Deps struct {
	Fyne     fyne.App
	Post     func(func())     // onto the UI goroutine; nil is Fyne's own
	Now      func() time.Time // nil is time.Now
	Dir      string           // the data folder, for settings.json and reports
	Version  string           // of the program, for reports
	Settings settings.Settings
	Theme    *skin.Theme
	SysLang  string // of the system, "en" or "zh"
	// Open opens the service of the user's own accounts; it may take its time.
	Open func(ctx context.Context) (Service, error)
	// OpenDemo starts the embedded server with a service of its own; nil: no demo.
	OpenDemo func(ctx context.Context, lang string) (Demo, error)
	// Display is the room for windows in pixels, zero if unknown; nil: not asked for.
	Display func() fyne.Size
	// Hidden reports whether the window was put away, so that nobody sees it; nil: unknown.
	Hidden func(fyne.Window) bool
	Notify Notifier  // nil: no desktop notifications
	Facts  io.Writer // nil: no read-back
	Logger *slog.Logger
	Start  Start
}

// Start is what the command line asked for, for this run alone.
type Start struct {
	Lang     string       // instead of the settings' until one is chosen, or ""
	Theme    string       // likewise
	Account  jid.JID      // sign in with this one
	Password model.Secret // its password, or zero for the keychain's
	Demo     bool         // go straight to the demo
}

// Demo is the embedded server and the service that talks to it.
type Demo interface {
	Service() Service
	// Request signs in to the demo's account.
	Request() model.ConnectRequest
	// Suggest takes the suggestions off the body of a message from that contact.
	Suggest(from jid.JID, body string) (text string, found []Suggestion)
	// CutNetwork drops the connection and refuses new ones for d. It may take a moment.
	CutNetwork(d time.Duration)
	StartOver(ctx context.Context) error
	Close(ctx context.Context) error
}

// Suggestion is something that the demo's guide proposes.
type Suggestion struct {
	Text   string // as shown
	Action SuggestedAction
	Say    string // what to write, with SuggestSay
}

// SuggestedAction is what a suggestion stands for.
type SuggestedAction int

// The actions.
const (
	SuggestSay SuggestedAction = iota
	SuggestStatus
	SuggestCut
)

// Notifier shows desktop notifications. Its methods are called off the UI goroutine.
type Notifier interface {
	// Show shows or replaces the notification of the key.
	Show(ctx context.Context, key, title, body string) error
	// Close takes the notification of the key away, if it is still there.
	Close(ctx context.Context, key string) error
}

// screen is what the window shows.
type screen int

const (
	screenNone screen = iota
	screenLogin
	screenMain
)

// App is the window and all that stands behind it. All its fields belong to the UI
// goroutine.
type App struct {
	deps  Deps
	cross *crossing
	win   fyne.Window
	ctx   context.Context // of the window
	end   context.CancelFunc
	wg    sync.WaitGroup // every goroutine of ours

	state    *state.State
	session  *session
	screen   screen
	views    views
	login    attempt
	question question
	activity activity
	details  openDetails
	render   rendering
	settings settings.Settings
	facts    *readback
	conn     pageState
	saving   savingState
	drafts   drafts
	seen     seenMark
	missed   missedChats
	given    fyne.Size // of the main window, when we gave it one
	seenSoon bool      // a look at what is in sight is due
}

// savingState lets one write of the settings file run at a time.
type savingState struct{ running, again bool }

// views are the parts of the window; they are made anew when language or theme change.
type views struct {
	login   *login.View
	buddies *buddies.View
	chat    *chat.View
	main    fyne.CanvasObject

	connection *connection.View

	demoStrip, lossStrip *widgets.Strip
	toast                *widgets.Toast
	stopCount, stopToast func()
	stopSearch           func() // of messages, waiting or running
}

// rendering is what is still to be drawn.
type rendering struct {
	pending   state.Change
	scheduled bool
	focused   bool // the window has the focus
	shown     bool // the window was made, so that its title may change
	title     string
}

// className is StartupWMClass of our desktop entry.
const className = "dovekie"

// New makes the window with its content; Run shows it. For the main goroutine.
func New(deps Deps) *App {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Post == nil {
		deps.Post = uiPost
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	a := &App{deps: deps, settings: deps.Settings, state: state.New()}
	a.cross = &crossing{post: deps.Post, probe: NewProbe(deps.Now)}
	a.ctx, a.end = context.WithCancel(context.Background())
	a.facts = newReadback(deps.Facts, deps.Now)
	a.render.focused = true
	a.useSettings()
	// X knows the window by the title it is made with: the same in every language, so that
	// the desktop finds our entry and icon.
	a.win = deps.Fyne.NewWindow(className)
	a.win.SetMaster()
	a.makeViews()
	a.listen()
	a.showLogin()
	a.keepTelling()
	return a
}

// Window is the window, for tests and the tour.
func (a *App) Window() fyne.Window { return a.win }

// Probe is what measured our functions; for the UI goroutine.
func (a *App) Probe() *Probe { return a.cross.probe }

// Begin opens the service, off the UI goroutine, and shows the window.
func (a *App) Begin() {
	a.win.Show()
	a.cross.After(0, func() {
		a.render.shown = true
		a.renderTitle()
	})
	if a.deps.Start.Demo {
		a.startDemo()
		return
	}
	a.openOwn()
}

// Run is Begin and Fyne's loop; it returns when the window was closed.
func (a *App) Run() {
	a.Begin()
	a.deps.Fyne.Run()
}

// useSettings puts language and theme into force.
func (a *App) useSettings() {
	lang := cmp.Or(a.deps.Start.Lang, a.settings.Lang)
	if lang == settings.LangFollow {
		lang = a.deps.SysLang
	}
	tr.Use(lang)
	mode := skin.FollowSystem
	switch cmp.Or(a.deps.Start.Theme, a.settings.Theme) {
	case settings.ThemeLight:
		mode = skin.AlwaysLight
	case settings.ThemeDark:
		mode = skin.AlwaysDark
	}
	skin.UseTint(skin.Tint(a.settings.Tint))
	if a.deps.Theme != nil {
		a.deps.Theme = a.deps.Theme.WithMode(mode)
		a.foreign(func() { a.deps.Fyne.Settings().SetTheme(a.deps.Theme) })
	}
}

// makeViews makes all views in the language in use.
func (a *App) makeViews() {
	a.views.login = login.New(loginActions{a})
	a.views.buddies = buddies.New(buddiesActions{a}, buddies.Clock{Now: a.deps.Now, After: a.cross.After, Measure: a.ui})
	if !a.settings.Contacts {
		a.views.buddies.Choose(buddies.TabMessages)
	}
	a.views.chat = chat.New(chatActions{a}, chat.Clock{Now: a.deps.Now, After: a.cross.After})
	a.makeConnection()
	a.remakeQuestion()
	a.details = openDetails{} // what lay over the window is gone
	a.views.main = a.frame()
}

// listen watches what happens to the window.
func (a *App) listen() {
	a.win.SetCloseIntercept(a.quit)
	life := a.deps.Fyne.Lifecycle()
	life.SetOnEnteredForeground(func() { a.ui("focus", func() { a.setFocused(true) }) })
	life.SetOnExitedForeground(func() { a.ui("focus", func() { a.setFocused(false) }) })
	a.addShortcuts()
}

// foreign runs what is Fyne's own work (a window's content, its size, a theme, the first
// use of a font), which is not counted as ours.
func (a *App) foreign(fn func()) { a.cross.probe.Without(fn) }

// ui measures a callback of Fyne's.
func (a *App) ui(name string, fn func()) { a.cross.probe.Measure(name, fn) }

// setFocused notes whether somebody looks; what came meanwhile is now read.
func (a *App) setFocused(on bool) {
	if a.render.focused == on {
		return
	}
	a.render.focused = on
	if on {
		a.lookedBack()
	} else {
		a.lookedAway()
	}
	a.changedFocus(on)
}

// quit keeps the window's size, signs out cleanly and ends.
func (a *App) quit() {
	a.keepSize()
	set := a.settings
	a.views.chat.KeepDraft()
	old, last := a.session, a.takeDrafts()
	a.session = nil
	a.foreign(a.win.Hide)
	a.end()
	a.wg.Go(func() {
		if old != nil {
			old.close(a.deps.Logger, last)
		}
		a.write(set)
		a.cross.post(a.deps.Fyne.Quit) // Fyne's own work: not measured
	})
}

// Wait returns when every goroutine of ours has ended; after Run.
func (a *App) Wait() { a.wg.Wait() }

// portionTime is how long a call enters events before it leaves the rest to the next one:
// less than half of what a call may take, since what they changed is then drawn.
const portionTime = 3 * time.Millisecond

// apply enters events for a while and says how many; once the batch is at its end, it has
// all that changed drawn. It is the pump's door.
func (a *App) apply(batch []event.Event, ready state.Prepared) int {
	s, first := a.session, !a.state.Ready
	end := a.deps.Now().Add(portionTime)
	a.state.Use(ready)
	n, c := state.ApplySome(a.state, batch, func() bool { return a.deps.Now().Before(end) })
	a.state.Use(nil)
	s.entered.Add(c)
	if first && a.state.Ready {
		a.ready()
	}
	a.follow(batch[:n])
	a.conn.note(batch[:n], a.deps.Now())
	if n < len(batch) {
		return n
	}
	c, s.entered = s.entered, state.Change{}
	a.reload(c.Reload)
	a.schedule(c)
	a.notify(&c)
	return n
}
