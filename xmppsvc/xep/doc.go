// Package xep turns extensions of XMPP into values and back: pure functions over
// *stanza.Element, one file a specification (ls is the list of what we speak).
//
// A value's Element method builds it. A function XOf(stanza) looks for it among the direct
// children of the stanza, by full name, and says whether it was there: what stands deeper
// belongs to somebody else and is never adopted. A function ReadX reads the element it is
// given. All accept nil, none changes its argument, and none fails on a number, a time or
// an address that makes no sense: that part is left out, so that no single stanza can end
// a session. Texts are cut to a length that a person can have meant.
package xep
