package widgets

import (
	"hash/fnv"
	"image"
	"image/color"
	"math"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/image/draw"

	"dovekie/widgets/skin"
)

// AvatarSpec says whose avatar is drawn. It is comparable as long as Picture is.
type AvatarSpec struct {
	Name    string
	Address string      // chooses the ground where there is no picture
	Picture image.Image // nil: letters on a flat ground; must not change once given
	Gray    bool        // for people who are offline: 12 % of the colour remains
	Square  bool        // groups
}

// letters from these sides on may be two.
const (
	twoHanFrom   = 40
	twoLatinFrom = 28
	squareRadius = 0.26 // of the side
	greyRemains  = 0.12
)

// AvatarObjects are the objects of an avatar of the given side, placed relative to 0,0.
// The objects belong to the caller. For the UI goroutine.
func AvatarObjects(a AvatarSpec, size float32, dark bool) []fyne.CanvasObject {
	if a.Picture != nil {
		img := canvas.NewImageFromImage(avatarPicture(a, int(size*2)))
		img.ScaleMode = canvas.ImageScaleFastest
		img.Resize(fyne.NewSquareSize(size))
		return []fyne.CanvasObject{img}
	}
	objects := []fyne.CanvasObject{avatarGround(a, size)}
	letters := avatarLetters(a, size)
	scale := float32(0.46)
	if graphemeCount(letters) > 1 {
		scale = 0.33
	}
	t := canvas.NewText(letters, skin.Of(skin.OnBadge, dark))
	t.TextSize = max(size*scale, skin.TextStamp)
	t.TextStyle.Bold = true
	m := t.MinSize()
	t.Resize(m)
	middle := size / 2
	if graphemeCount(letters) > 1 && hasHan(letters) {
		middle -= size * 0.035 // clear of the presence ring
	}
	t.Move(fyne.NewPos(whole((size-m.Width)/2), whole(middle-m.Height/2)))
	return append(objects, strong(t)...)
}

func avatarGround(a AvatarSpec, size float32) fyne.CanvasObject {
	ground := AvatarGround(a.Address)
	if a.Gray {
		ground = drained(ground)
	}
	var o fyne.CanvasObject
	if a.Square {
		r := canvas.NewRectangle(ground)
		r.CornerRadius = whole(size * squareRadius)
		o = r
	} else {
		o = canvas.NewCircle(ground)
	}
	o.Resize(fyne.NewSquareSize(size))
	return o
}

// AvatarGround is the ground that the address gets wherever it is shown.
func AvatarGround(address string) color.NRGBA {
	h := fnv.New32a()
	_, _ = h.Write([]byte(address)) // never fails
	return skin.AvatarGrounds[h.Sum32()%uint32(len(skin.AvatarGrounds))]
}

// avatarLetters are what stands on the ground: for Han names the last two characters or
// the last one, for others the first letters of the first and the last word or one.
func avatarLetters(a AvatarSpec, size float32) string {
	name := strings.TrimSpace(a.Name)
	if l := lettersOf(name, size); l != "" {
		return l
	}
	if l := lettersOf(a.Address, 0); l != "" {
		return l
	}
	return "#"
}

func lettersOf(name string, size float32) string {
	if wide := wideRunes(name); len(wide) > 0 {
		if size >= twoHanFrom && len(wide) > 1 {
			return string(wide[len(wide)-2:])
		}
		return string(wide[len(wide)-1:])
	}
	words := strings.FieldsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	if len(words) == 0 {
		return ""
	}
	first := firstLetter(words[0])
	if size < twoLatinFrom || len(words) == 1 || joins(words[0]) {
		return first
	}
	return first + firstLetter(words[len(words)-1])
}

func firstLetter(word string) string {
	g := graphemes.FromString(word)
	if !g.Next() {
		return ""
	}
	return strings.ToUpper(g.Value())
}

// joins says that the letters of a script change when they stand side by side, or run
// from right to left: there one letter is clearer than two.
func joins(word string) bool {
	for _, r := range word {
		return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana,
			unicode.Devanagari, unicode.Bengali, unicode.Tamil, unicode.Thai)
	}
	return false
}

func wideRunes(s string) []rune {
	var out []rune
	for _, r := range s {
		if isWide(r) {
			out = append(out, r)
		}
	}
	return out
}

func isWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

func hasHan(s string) bool {
	return strings.IndexFunc(s, isWide) >= 0
}

func graphemeCount(s string) int {
	n := 0
	for g := graphemes.FromString(s); g.Next(); {
		n++
	}
	return n
}

// drained takes all but 12 % of the colour out.
func drained(c color.NRGBA) color.NRGBA {
	l := 0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B)
	mix := func(v uint8) uint8 { return uint8(math.Round(l + (float64(v)-l)*greyRemains)) }
	return color.NRGBA{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: c.A}
}

// pictureKey names a picture made ready for one place.
type pictureKey struct {
	source       image.Image
	side         int
	gray, square bool
}

// pictures holds pictures made ready, for the UI goroutine alone. It is emptied when
// full: a window shows a few dozen at a time.
var pictures = map[pictureKey]image.Image{}

const picturesMax = 256

// avatarPicture is the picture cut to a square, scaled to the side in pixels, drained if
// grey and rounded, so that the painter only has to copy it.
func avatarPicture(a AvatarSpec, side int) image.Image {
	k := pictureKey{a.Picture, side, a.Gray, a.Square}
	if p, ok := pictures[k]; ok {
		return p
	}
	if len(pictures) >= picturesMax {
		clear(pictures)
	}
	p := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.BiLinear.Scale(p, p.Bounds(), a.Picture, middleSquare(a.Picture.Bounds()), draw.Src, nil)
	radius := float64(side) / 2
	if a.Square {
		radius = math.Round(float64(side) * squareRadius)
	}
	finishPicture(p, radius, a.Gray)
	pictures[k] = p
	return p
}

func middleSquare(b image.Rectangle) image.Rectangle {
	side := min(b.Dx(), b.Dy())
	x, y := b.Min.X+(b.Dx()-side)/2, b.Min.Y+(b.Dy()-side)/2
	return image.Rect(x, y, x+side, y+side)
}

// finishPicture drains the colour and rounds the corners, smoothed over one pixel.
func finishPicture(p *image.NRGBA, radius float64, gray bool) {
	side := float64(p.Rect.Dx())
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			i := p.PixOffset(x, y)
			px := p.Pix[i : i+4 : i+4]
			if gray {
				c := drained(color.NRGBA{px[0], px[1], px[2], px[3]})
				px[0], px[1], px[2] = c.R, c.G, c.B
			}
			dx := math.Max(math.Max(radius-(float64(x)+0.5), float64(x)+0.5-(side-radius)), 0)
			dy := math.Max(math.Max(radius-(float64(y)+0.5), float64(y)+0.5-(side-radius)), 0)
			inside := math.Min(math.Max(radius-math.Hypot(dx, dy)+0.5, 0), 1)
			px[3] = uint8(float64(px[3]) * inside)
		}
	}
}
