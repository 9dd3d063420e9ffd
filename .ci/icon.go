//go:build ignore

// Renders assets/marks/mark.svg to assets/marks/icon-256.png, the icon of windows and
// launchers. Run it from the root: go run .ci/icon.go
package main

import (
	"image"
	"image/png"
	"log"
	"os"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

const side = 256

func main() {
	icon, err := oksvg.ReadIcon("assets/marks/mark.svg")
	if err != nil {
		log.Fatal(err)
	}
	icon.SetTarget(0, 0, side, side)
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	icon.Draw(rasterx.NewDasher(side, side, rasterx.NewScannerGV(side, side, img, img.Bounds())), 1)
	f, err := os.Create("assets/marks/icon-256.png")
	if err != nil {
		log.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}
