//go:build !cgo || !amd64 || no_glfw || ci

package main

import "fyne.io/fyne/v2"

// displaySize: a build without OpenGL does not know.
func displaySize() fyne.Size { return fyne.Size{} }

// putAway: nor whether the window is in sight.
func putAway(fyne.Window) bool { return false }
