package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// The rows of the connection page. Each is a value that draws itself for a RowList.

// The measures of these rows.
const (
	rowIndent = 44
	rowEnd    = 16 // from the right edge, beside the scroll bar

	ConnectionRowHeight float32 = 56
	StepRowHeight       float32 = 26
	CaptionRowHeight    float32 = 34
	StanzaRowHeight     float32 = 28
	GapRowHeight        float32 = 10

	factPitch   = 20
	factLabel   = 128 // width of the labels, and of the names of steps
	stepBarHigh = 8
)

// Mark says how a connection stands: a shape, so that colour is not all.
type Mark int

// The marks.
const (
	MarkUp     Mark = iota // a filled disc
	MarkTrying             // a clock
	MarkOver               // a hollow ring
	MarkFailed             // a ring with an exclamation mark
)

func (m Mark) object(ground skin.Role, dark bool) []fyne.CanvasObject {
	switch m {
	case MarkTrying:
		return []fyne.CanvasObject{IconObject(assets.IconClock, skin.IconRow, skin.Of(skin.Secondary, dark))}
	case MarkFailed:
		return []fyne.CanvasObject{IconObject(assets.IconAlert, skin.IconRow, skin.Of(skin.Error, dark))}
	case MarkOver:
		return presenceShape(Offline, skin.Of(ground, dark), dark)
	case MarkUp:
	}
	return presenceShape(Available, skin.Of(ground, dark), dark)
}

// ConnectionRow heads one connection.
type ConnectionRow struct {
	Open        bool
	Mark        Mark
	Title, Note string
	Time, Bytes string // at the right
	Bad         bool   // the note says what went wrong
}

// Draw gives the row's objects.
func (r ConnectionRow) Draw(width float32, dark bool) []fyne.CanvasObject {
	rule := canvas.NewRectangle(skin.Of(skin.Divider, dark))
	place(rule, 0, ConnectionRowHeight-1, width, 1)
	icon := assets.IconChevronRight
	if r.Open {
		icon = assets.IconChevronDown
	}
	quiet := skin.Of(skin.Secondary, dark)
	chevron := IconObject(icon, skin.IconRow, quiet)
	chevron.Move(fyne.NewPos(12, 10))
	objects := []fyne.CanvasObject{rule, chevron}
	objects = append(objects, moveBy(r.Mark.object(skin.Panel, dark), fyne.NewPos(rowIndent-14, 10))...)
	left := float32(rowIndent + 10)
	time := lineText(r.Time, skin.TextListTime, quiet, false)
	placeLineEnd(time, width-rowEnd, skin.RowLine1)
	bytes := lineText(r.Bytes, skin.TextListTime, quiet, false)
	placeLineEnd(bytes, width-rowEnd, skin.RowLine2)
	title := lineText(elide(r.Title, skin.TextBody, true, time.Position().X-left-rowTextGap), skin.TextBody, skin.Of(skin.Ink, dark), true)
	placeLine(title, left, skin.RowLine1)
	role := skin.Secondary
	if r.Bad {
		role = skin.Error
	}
	note := lineText(elideParts(r.Note, skin.TextNote, false, bytes.Position().X-left-rowTextGap), skin.TextNote, skin.Of(role, dark), false)
	placeLine(note, left, skin.RowLine2)
	objects = append(objects, time, bytes, note)
	return append(objects, strong(title)...)
}

// StepRow is a step of a connection with its place in the time that all of them took.
type StepRow struct {
	Name, Took, Detail string
	From, To           float32 // shares of the whole
	Bad                bool
	Total              bool // the sum of those before: a rule above, no bar
}

// Draw gives the row's objects.
func (r StepRow) Draw(width float32, dark bool) []fyne.CanvasObject {
	middle := StepRowHeight / 2
	left := float32(rowIndent + 10)
	ink := skin.Of(skin.Ink, dark)
	name := lineText(elide(r.Name, skin.TextMinor, false, factLabel-8), skin.TextMinor, ink, false)
	placeLine(name, left, middle)
	x, room := left+factLabel, max(min(width*0.24, 260), 80)
	objects := []fyne.CanvasObject{name}
	if r.Total {
		rule := canvas.NewRectangle(skin.Of(skin.Edge, dark))
		place(rule, left, 0, x+room+64-left, 1)
		objects = append(objects, rule)
	} else {
		objects = append(objects, r.bar(x, room, dark)...)
	}
	x += room + 76
	took := lineText(r.Took, skin.TextNote, ink, false)
	placeLineEnd(took, x-12, middle)
	role := skin.Secondary
	if r.Bad {
		role = skin.Error
	}
	detail := lineText(elide(oneLine(cleanText(r.Detail)), skin.TextNote, false, width-rowEnd-x), skin.TextNote, skin.Of(role, dark), false)
	placeLine(detail, x, middle)
	return append(objects, took, detail)
}

// bar is the step's part of the whole.
func (r StepRow) bar(x, room float32, dark bool) []fyne.CanvasObject {
	top := StepRowHeight/2 - stepBarHigh/2
	track := rounded(skin.Of(skin.Divider, dark), stepBarHigh/2)
	place(track, x, top, room, stepBarHigh)
	bar := rounded(skin.Of(skin.Accent, dark), stepBarHigh/2)
	from := whole(room * min(max(r.From, 0), 1))
	long := max(whole(room*min(r.To, 1))-from, 3)
	place(bar, x+min(from, room-long), top, long, stepBarHigh)
	return []fyne.CanvasObject{track, bar}
}

// GapRow is a little room between rows, with a rule where what was unfolded ends.
type GapRow struct{ Rule bool }

// Draw gives the rule, if any.
func (r GapRow) Draw(width float32, dark bool) []fyne.CanvasObject {
	if !r.Rule {
		return nil
	}
	rule := canvas.NewRectangle(skin.Of(skin.Divider, dark))
	place(rule, 0, GapRowHeight-1, width, 1)
	return []fyne.CanvasObject{rule}
}

// CaptionLine parts the facts of a connection.
type CaptionLine struct{ Text string }

// Draw gives the row's objects.
func (r CaptionLine) Draw(width float32, dark bool) []fyne.CanvasObject {
	text := lineText(elide(r.Text, skin.TextMinor, true, width-rowIndent-rowEnd), skin.TextMinor, skin.Of(skin.Ink, dark), true)
	placeLine(text, rowIndent+10, CaptionRowHeight-15)
	return strong(text)
}

// FactRow is a label and what it says, on as many lines as that needs.
type FactRow struct{ Label, Value string }

// Height is the row's height in a list of that width.
func (r FactRow) Height(width float32) float32 {
	return r.layout(width).height() + 2
}

func (r FactRow) layout(width float32) *textLayout {
	room := max(width-rowIndent-10-factLabel-rowEnd, 120)
	return layoutText(r.Value, textStyle{size: skin.TextNote, pitch: factPitch}, room, false)
}

// Draw gives the row's objects.
func (r FactRow) Draw(width float32, dark bool) []fyne.CanvasObject {
	left := float32(rowIndent + 10)
	label := lineText(elide(r.Label, skin.TextNote, false, factLabel-8), skin.TextNote, skin.Of(skin.Secondary, dark), false)
	placeLine(label, left, factPitch/2+1)
	ink := skin.Of(skin.Ink, dark)
	return r.layout(width).paint([]fyne.CanvasObject{label}, fyne.NewPos(left+factLabel, 1), ink, ink)
}

// StanzaRow is one element that travelled, in a line.
type StanzaRow struct {
	Time             string
	Out              bool
	Kind, What, Peer string
	Took             string // until the answer
	Bad              bool   // an error
}

// The columns of a stanza's row; a narrow list leaves the time to the detail.
const (
	stanzaTime   = 14
	stanzaArrow  = 72
	stanzaKind   = 20  // behind the arrow
	stanzaPeer   = 160 // behind the arrow
	stanzaClose  = 132 // the same in a narrow list
	stanzaNarrow = 360
)

// Draw gives the row's objects.
func (r StanzaRow) Draw(width float32, dark bool) []fyne.CanvasObject {
	middle := StanzaRowHeight / 2
	quiet, ink := skin.Of(skin.Secondary, dark), skin.Of(skin.Ink, dark)
	if r.Bad {
		ink = skin.Of(skin.Error, dark)
	}
	arrow := IconObject(assets.IconArrowDown, skin.IconChip, quiet)
	if r.Out {
		arrow = IconObject(assets.IconArrowUp, skin.IconChip, skin.Of(skin.Accent, dark))
	}
	start, column := float32(stanzaArrow), float32(stanzaPeer)
	if width < stanzaNarrow {
		start, column = stanzaTime, stanzaClose
		r.Time = ""
	}
	arrow.Move(fyne.NewPos(start, whole((StanzaRowHeight-skin.IconChip)/2)))
	objects := []fyne.CanvasObject{arrow}
	cell := func(s string, x, room float32, c color.NRGBA) (end float32) {
		if s == "" || room < skin.TextNote {
			return x
		}
		t := lineText(elide(oneLine(cleanText(s)), skin.TextNote, false, room), skin.TextNote, c, false)
		placeLine(t, x, middle)
		objects = append(objects, t)
		return x + t.Size().Width
	}
	end := width - rowEnd
	if r.Took != "" {
		took := lineText(r.Took, skin.TextStamp, quiet, false)
		placeLineEnd(took, end, middle)
		objects = append(objects, took)
		end = took.Position().X - 8
	}
	cell(r.Time, stanzaTime, stanzaArrow-stanzaTime, quiet)
	peer := start + column
	at := cell(r.Kind, start+stanzaKind, column-stanzaKind-8, ink)
	cell(r.What, at+6, peer-at-14, quiet)
	cell(r.Peer, peer, end-peer, ink)
	return objects
}
