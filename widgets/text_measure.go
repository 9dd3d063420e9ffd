package widgets

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"github.com/go-text/typesetting/language"
)

// textStyle is how a text is set: its size, the distance of its lines and its weight.
type textStyle struct {
	size, pitch float32
	bold        bool
}

func (s textStyle) fyne() fyne.TextStyle { return fyne.TextStyle{Bold: s.bold} }

// emojiSide is the side of an emoji picture in a line of this style.
func (s textStyle) emojiSide() float32 { return whole(s.size * 1.3) }

// emojiAdvance is how far an emoji moves the line on.
func (s textStyle) emojiAdvance() float32 { return s.emojiSide() + 2 }

type widthKey struct {
	text string
	size float32
	bold bool
}

// widths remembers the width of words and characters, for the UI goroutine alone. Fyne's
// own memory forgets after a minute and costs ten times as much to ask.
var widths = map[widthKey]float32{}

const widthsMax = 60000

func (s textStyle) width(text string) float32 {
	k := widthKey{text, s.size, s.bold}
	w, ok := widths[k]
	if !ok {
		if len(widths) >= widthsMax {
			clear(widths)
		}
		w = fyne.MeasureText(text, s.size, s.fyne()).Width
		k.text = string([]byte(text)) // not the whole message that it is a part of
		widths[k] = w
	}
	return w
}

// space is the width of a space: the painter takes it from the font of the character
// before it, which is not the same after a word and after a Han character.
func (s textStyle) space(afterWord bool) float32 {
	if afterWord {
		return s.width("n n") - 2*s.width("n")
	}
	return s.width(" ")
}

// forgetText drops all that depends on fonts; to be called when the theme's font changes.
func forgetText() {
	clear(widths)
	clear(ascents)
}

// ascents is the height of the baseline below the top of a text, by script, in units of
// the size. Fyne draws all runs of a text on the baseline of its highest font but does
// not tell where that is, so it is looked up once in a drawn picture.
var ascents = map[language.Script]float32{}

// ascentProbe is the size that ascents are measured at.
const ascentProbe = 64

// ascent is the distance from the top of a text object to its baseline.
func (s textStyle) ascent(text string) float32 {
	a := scriptAscent(language.Latin, 'H')
	last := language.Latin
	for _, r := range text {
		if r < 0x370 {
			continue
		}
		sc := language.LookupScript(r)
		if sc == last || sc == language.Common && r < 0x3000 || sc == language.Inherited {
			continue
		}
		if sc == language.Common {
			sc = language.Han // full-width marks
		}
		last = sc
		a = max(a, scriptAscent(sc, r))
	}
	return float32(math.Ceil(float64(a * s.size)))
}

func scriptAscent(sc language.Script, sample rune) float32 {
	a, ok := ascents[sc]
	if !ok {
		a = measureAscent("H" + string(sample))
		ascents[sc] = a
	}
	return a
}

// measureAscent draws the text and finds the foot of its first letter, an H.
func measureAscent(text string) float32 {
	t := canvas.NewText(text, image.White.C)
	t.TextSize = ascentProbe
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	m := t.MinSize()
	t.Resize(m)
	c.SetContent(boxOf(t)) // a text alone would be centred in the canvas
	c.Resize(fyne.NewSize(m.Width, m.Height*1.5))
	img := c.Capture()
	b := img.Bounds()
	stem := int(fyne.MeasureText("H", ascentProbe, fyne.TextStyle{}).Width)
	for y := b.Max.Y - 1; y >= b.Min.Y; y-- {
		for x := b.Min.X; x < min(b.Min.X+stem, b.Max.X); x++ {
			if _, _, _, alpha := img.At(x, y).RGBA(); alpha > 0x8000 {
				return float32(y+1-b.Min.Y) / ascentProbe
			}
		}
	}
	return 1.07
}
