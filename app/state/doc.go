// Package state is what the window shows, as plain values. It is pure: no Fyne, no
// goroutine, no clock, no call into the service. The UI goroutine owns a State; nothing
// in it is locked.
//
// It has two doors. Apply enters facts from below; the methods in door.go enter what the
// user or a query did (OpenChat, AddPage, SetDraft, …). Each answers with the Change it
// made, so that the views redraw only what was touched. Everything a view shows beyond
// that is derived by the functions of select.go and never stored.
//
// Applying an event twice equals applying it once, and a batch split anywhere gives the
// same state: the tests hold it to both.
package state
