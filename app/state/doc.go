// Package state is what the window shows, as plain values. It is pure: no Fyne, no
// goroutine, no clock, no call into the service. The UI goroutine owns a State; nothing
// in it is locked.
//
// It has two doors. Apply enters facts from below; the methods in door.go and history.go
// enter what the user or a query did (OpenChat, SetDraft, AddPage, …). Each answers with the Change it
// made, so that the views redraw only what was touched. Everything a view shows beyond
// that is derived by functions (select.go, find.go). Two things are kept because sorting
// thousands anew would hold the window: the groups in order (groups.go) and the recent
// chats (recent.go). Each event moves there what it is about, and nothing else; whole
// lists are sorted by Prepare, off the UI goroutine.
//
// Of a chat that is open the newest messages are loaded, and older ones as far as somebody
// went (timeline.go). Questions to History are numbered: an answer counts only while its
// question stands, and what events told since the question is newer than the answer.
//
// Applying an event twice equals applying it once, and a batch split anywhere gives the
// same state: the tests hold it to both.
package state
