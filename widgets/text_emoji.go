package widgets

import (
	"bytes"
	"image"
	"image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
)

// emojiObject is a new picture of an emoji in a line with its middle at y.
func emojiObject(cluster string, st textStyle, x, y float32) fyne.CanvasObject {
	key, _ := assets.EmojiKey(cluster)
	side := st.emojiSide()
	img := newEmoji(key, side)
	img.Move(fyne.NewPos(whole(x+1), whole(y-side/2)-1))
	return img
}

// newEmoji is a picture of the emoji in a square of the side.
func newEmoji(key string, side float32) *canvas.Image {
	img := canvas.NewImageFromImage(emojiPicture(key, int(side)*2))
	img.FillMode = canvas.ImageFillStretch
	img.Resize(fyne.NewSquareSize(side))
	return img
}

type emojiPlace struct {
	key  string
	side int
}

// emojiPictures holds scaled pictures, for the UI goroutine alone; emptied when full.
var emojiPictures = map[emojiPlace]image.Image{}

const emojiPicturesMax = 600

// emojiPicture is the emoji scaled to pixels; an empty picture for an unknown key.
func emojiPicture(key string, side int) image.Image {
	k := emojiPlace{key, side}
	if img, ok := emojiPictures[k]; ok {
		return img
	}
	if len(emojiPictures) >= emojiPicturesMax {
		clear(emojiPictures)
	}
	out := image.NewRGBA(image.Rect(0, 0, side, side))
	if src, err := png.Decode(bytes.NewReader(assets.EmojiPNG(key))); err == nil {
		if p, ok := src.(*image.Paletted); ok {
			shrink(out, p)
		}
	}
	emojiPictures[k] = out
	return out
}

// shrink scales a picture down by the mean of what each pixel covers. The pack holds
// paletted pictures, for which the general scaler takes ten times as long, and a picker
// shows sixty at once.
func shrink(dst *image.RGBA, src *image.Paletted) {
	var palette [256][4]uint32
	for i, c := range src.Palette {
		r, g, b, a := c.RGBA()
		palette[i] = [4]uint32{r >> 8, g >> 8, b >> 8, a >> 8}
	}
	side, from := dst.Rect.Dx(), src.Rect.Dx()
	area := uint32(from * from)
	for y := range side {
		for x := range side {
			var sum [4]uint32
			for sy := y * from / side; sy*side < (y+1)*from; sy++ {
				wy := min((sy+1)*side, (y+1)*from) - max(sy*side, y*from)
				for sx := x * from / side; sx*side < (x+1)*from; sx++ {
					w := uint32(wy * (min((sx+1)*side, (x+1)*from) - max(sx*side, x*from))) //nolint:gosec // at most from squared
					c := &palette[src.Pix[sy*src.Stride+sx]]
					for i := range sum {
						sum[i] += w * c[i]
					}
				}
			}
			p := dst.Pix[dst.PixOffset(x, y):]
			for i := range sum {
				p[i] = uint8((sum[i] + area/2) / area) //nolint:gosec // a mean of bytes
			}
		}
	}
}
