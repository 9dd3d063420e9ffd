package skin

import (
	"github.com/go-text/typesetting/fontscan"
)

// SystemHasHan reports whether a font of this system draws Chinese. It reads the font
// index, which takes from fifty milliseconds to seconds on a first start, so call it off
// the UI goroutine, first thing in main; Fyne then finds the index ready. It may be
// called before there is an app.
func SystemHasHan() bool {
	fonts, err := fontscan.SystemFonts(silent{}, "")
	if err != nil {
		return false
	}
	for i := range fonts {
		if coversHan(fonts[i].Runes.Contains) {
			return true
		}
	}
	return false
}

// coversHan asks for characters that a font with only the first Chinese level, or only
// the Japanese ones, does not have.
func coversHan(has func(rune) bool) bool {
	for _, r := range "的们说你陈陳龍玥喆" {
		if !has(r) {
			return false
		}
	}
	return true
}

type silent struct{}

func (silent) Printf(string, ...any) {}
