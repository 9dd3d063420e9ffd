//go:build cgo && amd64 && !no_glfw && !ci

package main

import (
	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// displaySize is the room that the desktop leaves to windows on the first display, in
// pixels; zero when it does not say. For the UI goroutine, once there is a window.
func displaySize() fyne.Size {
	m := glfw.GetPrimaryMonitor()
	if m == nil {
		return fyne.Size{}
	}
	_, _, w, h := m.GetWorkarea()
	return fyne.NewSize(float32(w), float32(h))
}

// putAway reports whether the window was minimised or hidden. For the UI goroutine.
func putAway(win fyne.Window) (away bool) {
	w, ok := win.(interface{ RunWithContext(fn func()) })
	if !ok {
		return false
	}
	w.RunWithContext(func() {
		if c := glfw.GetCurrentContext(); c != nil {
			away = c.GetAttrib(glfw.Iconified) == glfw.True || c.GetAttrib(glfw.Visible) == glfw.False
		}
	})
	return away
}
