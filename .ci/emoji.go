//go:build ignore

// Makes assets/emoji/pack.bin and assets/emoji/names.tsv from Noto Color Emoji (SIL Open
// Font Licence 1.1) and the annotations of the Unicode CLDR. Run by emoji.sh:
// go run .ci/emoji.go font.ttf cldr/common assets/emoji
package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/math/fixed"
)

const (
	side    = 64
	colours = 160
)

type annotation struct {
	CP   string `xml:"cp,attr"`
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type words struct{ name, keys string }

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: emoji.go font.ttf cldr/common outdir")
	}
	face := parse(os.Args[1])
	en := read(os.Args[2], "en")
	zh := read(os.Args[2], "zh")
	keys := candidates(face, en)
	pictures := map[string][]byte{}
	for _, k := range keys {
		if b := picture(face, k); b != nil {
			pictures[k] = b
		}
	}
	writePack(filepath.Join(os.Args[3], "pack.bin"), pictures)
	writeNames(filepath.Join(os.Args[3], "names.tsv"), pictures, en, zh)
	log.Printf("%d emoji", len(pictures))
}

func parse(name string) *font.Face {
	b, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	f, err := font.ParseTTF(bytes.NewReader(b))
	if err != nil {
		log.Fatal(err)
	}
	f.SetPpem(109, 109)
	return f
}

// read gives name and search words by sequence, without the variation selector.
func read(dir, lang string) map[string]words {
	m := map[string]words{}
	for _, folder := range []string{"annotations", "annotationsDerived"} {
		b, err := os.ReadFile(filepath.Join(dir, folder, lang+".xml"))
		if err != nil {
			log.Fatal(err)
		}
		var doc struct {
			Items []annotation `xml:"annotations>annotation"`
		}
		if err := xml.Unmarshal(b, &doc); err != nil {
			log.Fatal(err)
		}
		for _, a := range doc.Items {
			k := strings.ReplaceAll(a.CP, "\uFE0F", "")
			w := m[k]
			if a.Type == "tts" {
				w.name = a.Text
			} else {
				w.keys = strings.ReplaceAll(a.Text, " | ", " ")
			}
			m[k] = w
		}
	}
	return m
}

// candidates are the sequences of the CLDR and, since the font may be newer than it, every
// pictograph of the font alone and with each skin tone.
func candidates(face *font.Face, names map[string]words) []string {
	seen := map[string]bool{}
	for k := range names {
		seen[k] = true
	}
	for r := rune(0x2300); r <= 0x1FAFF; r++ {
		if _, ok := face.NominalGlyph(r); !ok || r >= 0xE000 && r < 0x1F000 {
			continue
		}
		seen[string(r)] = true
		for tone := rune(0x1F3FB); tone <= 0x1F3FF; tone++ {
			seen[string([]rune{r, tone})] = true
		}
	}
	var keys []string
	for k := range seen {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// picture is the scaled bitmap of a sequence that the font draws as one glyph, or nil.
func picture(face *font.Face, key string) []byte {
	runes := []rune(key)
	if len(runes) == 1 && runes[0] < 0xA9 {
		return nil
	}
	out := (&shaping.HarfbuzzShaper{}).Shape(shaping.Input{
		Text: runes, RunEnd: len(runes), Direction: di.DirectionLTR, Face: face,
		Size: fixed.I(109), Script: language.Common, Language: language.NewLanguage("en"),
	})
	var drawn []font.GlyphBitmap
	for _, g := range out.Glyphs {
		if b, ok := face.GlyphData(g.GlyphID).(font.GlyphBitmap); ok && g.GlyphID != 0 && b.Format == font.PNG {
			drawn = append(drawn, b)
		}
	}
	if len(drawn) != 1 {
		return nil
	}
	src, err := png.Decode(bytes.NewReader(drawn[0].Data))
	if err != nil {
		log.Fatalf("%q: %v", key, err)
	}
	return encode(scale(src))
}

func scale(src image.Image) *image.NRGBA {
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	f := float64(side) / float64(max(w, h))
	nw, nh := int(float64(w)*f+.5), int(float64(h)*f+.5)
	full := image.NewRGBA(image.Rect(0, 0, side, side))
	at := image.Rect((side-nw)/2, (side-nh)/2, (side-nw)/2+nw, (side-nh)/2+nh)
	xdraw.CatmullRom.Scale(full, at, src, src.Bounds(), draw.Src, nil)
	out := image.NewNRGBA(full.Bounds())
	draw.Draw(out, out.Bounds(), full, image.Point{}, draw.Src)
	return out
}

func encode(img *image.NRGBA) []byte {
	p := image.NewPaletted(img.Bounds(), palette(img))
	for i := 0; i < len(img.Pix); i += 4 {
		p.Pix[i/4] = uint8(nearest(p.Palette, [4]int{int(img.Pix[i]), int(img.Pix[i+1]), int(img.Pix[i+2]), int(img.Pix[i+3])}))
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, p); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

func nearest(p color.Palette, c [4]int) int {
	best, at := 1<<30, 0
	for i, e := range p {
		n := e.(color.NRGBA)
		da := int(n.A) - c[3]
		d := da * da * 3
		for j, v := range [3]uint8{n.R, n.G, n.B} {
			dv := (int(v) - c[j]) * c[3] / 255
			d += dv * dv
		}
		if d < best {
			best, at = d, i
		}
	}
	return at
}

// palette is a median cut over the pixels that are not fully transparent.
func palette(img *image.NRGBA) color.Palette {
	var all [][4]int
	for i := 0; i < len(img.Pix); i += 4 {
		if img.Pix[i+3] > 0 {
			all = append(all, [4]int{int(img.Pix[i]), int(img.Pix[i+1]), int(img.Pix[i+2]), int(img.Pix[i+3])})
		}
	}
	boxes := [][][4]int{all}
	for len(boxes) < colours-1 {
		at, axis, span := -1, 0, 0
		for i, b := range boxes {
			if a, s := widest(b); s > span {
				at, axis, span = i, a, s
			}
		}
		if at < 0 {
			break
		}
		b := boxes[at]
		slices.SortFunc(b, func(x, y [4]int) int { return cmp.Compare(x[axis], y[axis]) })
		boxes[at] = b[:len(b)/2]
		boxes = append(boxes, b[len(b)/2:])
	}
	p := color.Palette{color.NRGBA{}}
	for _, b := range boxes {
		p = append(p, mean(b))
	}
	return p
}

func widest(b [][4]int) (axis, span int) {
	if len(b) < 2 {
		return 0, 0
	}
	for i := range 4 {
		lo, hi := 255, 0
		for _, c := range b {
			lo, hi = min(lo, c[i]), max(hi, c[i])
		}
		if hi-lo > span {
			axis, span = i, hi-lo
		}
	}
	return axis, span
}

func mean(b [][4]int) color.NRGBA {
	var s [4]int
	for _, c := range b {
		for i := range s {
			s[i] += c[i]
		}
	}
	n := max(len(b), 1)
	return color.NRGBA{uint8(s[0] / n), uint8(s[1] / n), uint8(s[2] / n), uint8(s[3] / n)}
}

// writePack writes the number of pictures, then for each the length of its key, the key
// and the length of its picture, then the pictures in the same order.
func writePack(name string, pictures map[string][]byte) {
	keys := sorted(pictures)
	out := binary.BigEndian.AppendUint32(nil, uint32(len(keys)))
	for _, k := range keys {
		out = append(out, byte(len(k)))
		out = append(out, k...)
		out = binary.BigEndian.AppendUint16(out, uint16(len(pictures[k])))
	}
	for _, k := range keys {
		out = append(out, pictures[k]...)
	}
	if err := os.WriteFile(name, out, 0o644); err != nil {
		log.Fatal(err)
	}
}

func writeNames(name string, pictures map[string][]byte, en, zh map[string]words) {
	var b strings.Builder
	for _, k := range sorted(pictures) {
		if strings.ContainsFunc(k, func(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }) {
			continue // found through the one without a skin tone
		}
		if en[k].name == "" {
			continue
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", k, en[k].name, zh[k].name, strings.ToLower(en[k].keys+" "+zh[k].keys))
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
		log.Fatal(err)
	}
}

func sorted(m map[string][]byte) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
