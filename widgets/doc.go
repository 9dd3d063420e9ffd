// Package widgets holds what the window is made of: values in, callbacks out. It knows
// nothing of XMPP, of accounts or of languages; words come ready to show.
//
// All of it belongs to the UI goroutine. Lists and timelines are one widget each that
// draws only what is in sight and finds the row by its place; small widgets build their
// objects anew from their state (see drawn). Colours and sizes come from widgets/skin
// and are asked for while drawing, so that a change of the theme needs no more than
// Fyne's Refresh.
//
// # Why icons and edges are pictures (2026-11)
//
// Fyne 2.8 draws an SVG for twice the scale until the object has been shown, leaves the
// width of strokes unscaled, and smooths rounded rectangles by a pixel to both sides, in
// which an edge of one loses half of its contrast. svgObject and edged draw at the
// pixels that the screen has.
package widgets
