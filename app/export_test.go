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

// NextTab is Ctrl+Tab, which the test driver cannot press.
func (a *App) NextTab(by int) { a.nextTab(by) }

// CloseFront is Ctrl+W.
func (a *App) CloseFront() { a.closeFront() }

// SignOut is the entry of the menu.
func (a *App) SignOut() { a.signOut() }
