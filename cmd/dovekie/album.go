package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"html/template"
	"image"
	"image/png"
	"os"
	"path/filepath"
)

// album is the tour's pictures with their captions.
type album struct {
	dir      string
	pictures []picture
	seen     map[[32]byte]string
}

// picture is one page of the album.
type picture struct{ Name, File, Caption string }

// What makes a picture blank: less than this many colours.
const leastColours = 16

func newAlbum(dir string) (*album, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for the pictures: %w", err)
	}
	return &album{dir: dir, seen: map[[32]byte]string{}}, nil
}

func (a *album) index() string { return filepath.Join(a.dir, "index.html") }

// add writes a picture, refusing a blank one and one that was there before.
func (a *album) add(name, caption string, img image.Image) error {
	sum, colours := look(img)
	if colours < leastColours {
		return fmt.Errorf("it is blank: %d colours", colours)
	}
	if other, ok := a.seen[sum]; ok {
		return fmt.Errorf("it is the same as %s", other)
	}
	a.seen[sum] = name
	file := name + ".png"
	f, err := os.Create(filepath.Join(a.dir, file))
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := errors.Join(enc.Encode(f, img), f.Close()); err != nil {
		return err
	}
	a.pictures = append(a.pictures, picture{name, file, caption})
	return nil
}

// look hashes all pixels and counts the colours, up to what matters.
func look(img image.Image) (sum [32]byte, colours int) {
	h := sha256.New()
	seen := map[[3]byte]bool{}
	b := img.Bounds()
	line := make([]byte, 0, 3*b.Dx())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		line = line[:0]
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			c := [3]byte{byte(r >> 8), byte(g >> 8), byte(bl >> 8)}
			line = append(line, c[:]...)
			if len(seen) < leastColours {
				seen[c] = true
			}
		}
		_, _ = h.Write(line) // never fails
	}
	copy(sum[:], h.Sum(nil))
	return sum, len(seen)
}

var albumPage = template.Must(template.New("album").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Dovekie: a tour of the demo</title>
<style>body{font:16px/1.5 sans-serif;margin:2em auto;max-width:1160px;color:#0e1b26;background:#f3f5f7}
figure{margin:2em 0}img{max-width:100%;border:1px solid #e1e6ea;border-radius:8px}figcaption{margin-top:.5em}</style>
<h1>Dovekie: a tour of the demo</h1>
{{range .}}<figure><img src="{{.File}}" alt="{{.Name}}"><figcaption>{{.Caption}}</figcaption></figure>
{{end}}</html>
`))

// finish writes the page with all pictures.
func (a *album) finish() error {
	f, err := os.Create(a.index())
	if err != nil {
		return err
	}
	return errors.Join(albumPage.Execute(f, a.pictures), f.Close())
}
