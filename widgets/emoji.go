package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// EmojiLabels are the words of the picker.
type EmojiLabels struct {
	Search string
	None   string // nothing was found
	Recent string
	Groups map[string]string // by the names of assets.EmojiGroups
}

// The measures of the picker.
const (
	emojiColumns   = 9
	emojiCell      = 36
	emojiPicture24 = 24
	emojiPad       = 12
	emojiHeading   = 28
	emojiViewRows  = 7
	emojiTop       = emojiPad + 36 + 8 // above the grid: the search field
	emojiRecentMax = 2 * emojiColumns
	emojiFound     = 12 * emojiColumns
	emojiAtOnce    = 24 // pictures scaled in one go: three or four milliseconds
	emojiFill      = 200 * time.Millisecond
)

// emojiRow is a heading or a line of emoji.
type emojiRow struct {
	heading string
	emoji   []string
}

func (r emojiRow) height() float32 {
	if r.heading != "" {
		return emojiHeading
	}
	return emojiCell
}

// emojiGrid shows emoji by groups, or what a search found. It draws what is in sight.
type emojiGrid struct {
	plain

	labels EmojiLabels
	recent []string
	rows   []emojiRow
	offset float32
	row    int // where the keys are, -1 for nowhere
	column int
	cells  map[string]*canvas.Image // one picture object for each emoji in sight
	budget int                      // how many more may be made by this drawing
	late   bool                     // some in sight are still to be made
	run    *fyne.Animation          // makes them, over the next frames
	onPick func(string)
}

func newEmojiGrid(labels EmojiLabels, recent []string, onPick func(string)) *emojiGrid {
	g := &emojiGrid{labels: labels, recent: recent, onPick: onPick}
	g.ExtendBaseWidget(g)
	g.search("")
	return g
}

// search shows what the query finds, or all groups for an empty one.
func (g *emojiGrid) search(query string) {
	g.rows = g.rows[:0]
	g.offset, g.row, g.column = 0, -1, 0
	g.cells = map[string]*canvas.Image{}
	if found := assets.FindEmoji(query, emojiFound); len(found) > 0 {
		list := make([]string, len(found))
		for i, e := range found {
			list[i] = e.Emoji
		}
		g.add("", list)
		g.row = 0
	} else if query == "" {
		g.add(g.labels.Recent, g.recent)
		for _, group := range assets.EmojiGroups() {
			g.add(g.labels.Groups[group.Name], group.Emoji)
		}
	}
	g.Refresh()
	g.fill()
}

// fill makes the pictures that the last drawing left out, a portion in each frame.
func (g *emojiGrid) fill() {
	if !g.late || g.run != nil {
		return
	}
	g.run = fyne.NewAnimation(emojiFill, func(done float32) {
		if g.late {
			g.Refresh()
		}
		if done >= 1 {
			g.run = nil
		}
	})
	g.run.Curve = fyne.AnimationLinear
	g.run.Start()
}

func (g *emojiGrid) add(heading string, list []string) {
	if len(list) == 0 {
		return
	}
	if heading != "" {
		g.rows = append(g.rows, emojiRow{heading: heading})
	}
	for len(list) > 0 {
		n := min(len(list), emojiColumns)
		g.rows = append(g.rows, emojiRow{emoji: list[:n]})
		list = list[n:]
	}
}

// CreateRenderer is called by Fyne.
func (g *emojiGrid) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(g, g.draw, func() fyne.Size {
		return fyne.NewSize(emojiColumns*emojiCell, emojiViewRows*emojiCell)
	})
}

func (g *emojiGrid) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	g.budget, g.late = emojiAtOnce, false
	if len(g.rows) == 0 {
		t := lineText(g.labels.None, skin.TextMinor, skin.Of(skin.Secondary, dark), false)
		placeLineMiddle(t, size.Width/2, size.Height/2-emojiCell)
		return []fyne.CanvasObject{t}
	}
	var objects []fyne.CanvasObject
	y := -g.offset
	for i, r := range g.rows {
		if y+r.height() > 0 && y < size.Height {
			objects = g.drawRow(objects, i, y, dark)
		}
		y += r.height()
	}
	return objects
}

func (g *emojiGrid) drawRow(objects []fyne.CanvasObject, i int, y float32, dark bool) []fyne.CanvasObject {
	r := g.rows[i]
	if r.heading != "" {
		t := lineText(r.heading, skin.TextNote, skin.Of(skin.Secondary, dark), false)
		placeLine(t, 6, y+emojiHeading/2)
		return append(objects, t)
	}
	for c, e := range r.emoji {
		x := float32(c * emojiCell)
		if i == g.row && c == g.column {
			mark := rounded(skin.Of(skin.Selected, dark), 8)
			place(mark, x, y, emojiCell, emojiCell)
			objects = append(objects, mark)
		}
		key := r.emoji[c]
		id := key
		if i < 1+emojiRecentMax/emojiColumns && len(g.recent) > 0 {
			id = "recent " + key
		}
		img, ok := g.cells[id]
		if !ok {
			if g.budget == 0 {
				g.late = true
				continue
			}
			g.budget--
			name, _ := assets.EmojiKey(e)
			img = newEmoji(name, emojiPicture24)
			g.cells[id] = img
		}
		img.Move(fyne.NewPos(x+(emojiCell-emojiPicture24)/2, y+(emojiCell-emojiPicture24)/2))
		objects = append(objects, img)
	}
	return objects
}

// at is the cell under a place, or -1.
func (g *emojiGrid) at(pos fyne.Position) (row, column int) {
	y := -g.offset
	for i, r := range g.rows {
		if pos.Y >= y && pos.Y < y+r.height() {
			c := int(pos.X / emojiCell)
			if pos.X < 0 || c >= len(r.emoji) {
				return -1, 0
			}
			return i, c
		}
		y += r.height()
	}
	return -1, 0
}

// Tapped is called by Fyne.
func (g *emojiGrid) Tapped(e *fyne.PointEvent) {
	if r, c := g.at(e.Position); r >= 0 {
		g.onPick(g.rows[r].emoji[c])
	}
}

// Scrolled is called by Fyne.
func (g *emojiGrid) Scrolled(e *fyne.ScrollEvent) {
	g.scrollTo(g.offset - e.Scrolled.DY*wheelFactor)
}

func (g *emojiGrid) scrollTo(offset float32) {
	total := float32(0)
	for _, r := range g.rows {
		total += r.height()
	}
	g.offset = whole(max(min(offset, total-g.Size().Height), 0))
	g.Refresh()
	g.fill()
}

// MouseIn is called by Fyne.
func (g *emojiGrid) MouseIn(e *desktop.MouseEvent) { g.MouseMoved(e) }

// MouseMoved is called by Fyne.
func (g *emojiGrid) MouseMoved(e *desktop.MouseEvent) {
	if r, c := g.at(e.Position); r >= 0 && (r != g.row || c != g.column) {
		g.row, g.column = r, c
		g.Refresh()
	}
}

// MouseOut is called by Fyne.
func (g *emojiGrid) MouseOut() {}

// step moves the marked cell by lines and columns.
func (g *emojiGrid) step(lines, columns int) {
	if columns != 0 && g.row >= 0 {
		g.column = min(max(g.column+columns, 0), len(g.rows[g.row].emoji)-1)
	}
	if lines != 0 || g.row < 0 {
		by := max(min(lines, 1), -1)
		if by == 0 {
			by = 1
		}
		for i := g.row + by; i >= 0 && i < len(g.rows); i += by {
			if len(g.rows[i].emoji) > 0 {
				g.row = i
				g.column = min(g.column, len(g.rows[i].emoji)-1)
				break
			}
		}
	}
	g.reveal()
}

func (g *emojiGrid) reveal() {
	y := float32(0)
	for i := 0; i < g.row; i++ {
		y += g.rows[i].height()
	}
	switch {
	case g.row <= 1:
		g.scrollTo(0)
	case y < g.offset:
		g.scrollTo(y)
	case y+emojiCell > g.offset+g.Size().Height:
		g.scrollTo(y + emojiCell - g.Size().Height)
	default:
		g.Refresh()
	}
}

// pickMarked picks the marked cell, if there is one.
func (g *emojiGrid) pickMarked() {
	if g.row >= 0 && g.row < len(g.rows) && g.column < len(g.rows[g.row].emoji) {
		g.onPick(g.rows[g.row].emoji[g.column])
	}
}
