package app

import (
	"dovekie/app/settings"
	"dovekie/xmppsvc/jid"
)

// SetFocused is what the window manager tells.
func (a *App) SetFocused(on bool) { a.setFocused(on) }

// Answer is a tap on a button of a request.
func (a *App) Answer(peer jid.JID, accept bool) { a.answer(peer, accept) }

// Settings are the settings in force.
func (a *App) Settings() settings.Settings { return a.settings }

// UseSettings is what the settings sheet does.
func (a *App) UseSettings(s settings.Settings) {
	a.settings = s
	a.restyle()
}

// Reset forgets what was recorded.
func (p *Probe) Reset() { *p = *NewProbe(p.now) }

// CallsOf is how often a function of that name was called.
func (p *Probe) CallsOf(name string) int {
	if h := p.byFn[name]; h != nil {
		return h.calls
	}
	return 0
}

// NextTab is Ctrl+Tab, which the test driver cannot press.
func (a *App) NextTab(by int) { a.nextTab(by) }

// CloseFront is Ctrl+W.
func (a *App) CloseFront() { a.closeFront() }

// SignOut is the entry of the menu.
func (a *App) SignOut() { a.signOut() }

// OpenLink is what a click on a link does.
func (a *App) OpenLink(link string) { a.openLink(link) }

// RealHost is where a link leads, and whether it says so itself.
var RealHost = realHost
