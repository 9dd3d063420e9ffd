//go:build !cgo || !amd64 || no_glfw || ci

package main

import (
	"image"

	"fyne.io/fyne/v2"
)

// backBuffer: a build without OpenGL has none.
func backBuffer(fyne.Window) image.Image { return nil }
