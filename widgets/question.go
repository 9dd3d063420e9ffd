package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// QuestionSpec says what a question asks and how it can be answered.
type QuestionSpec struct {
	Icon    assets.Icon
	Title   string
	Text    string
	Fields  []fyne.CanvasObject // below the text, one below the other
	Yes, No string              // the buttons
	OnYes   func()
	OnNo    func()
}

// Question is a calm question that stands in the window, above the list, until it is
// answered: unlike a Sheet it stops nobody and takes no keyboard by itself.
type Question struct {
	plain

	spec    QuestionSpec
	yes, no *Button
	err     string
}

// The measures of a question.
const (
	questionPad    = 16
	questionTop    = 12
	questionTitle  = 20 // its line
	questionGap    = 8
	questionButton = 36
)

// NewQuestion makes a question.
func NewQuestion(spec QuestionSpec) *Question {
	q := &Question{spec: spec, yes: NewButton(spec.Yes, PrimaryButton, spec.OnYes), no: NewButton(spec.No, QuietButton, spec.OnNo)}
	q.ExtendBaseWidget(q)
	return q
}

// Title is what it is about.
func (q *Question) Title() string { return q.spec.Title }

// Text is what it says.
func (q *Question) Text() string { return q.spec.Text }

// Buttons are its two answers.
func (q *Question) Buttons() (yes, no *Button) { return q.yes, q.no }

// SetError shows what went wrong above the buttons; "" takes it away.
func (q *Question) SetError(text string) {
	if q.err != text {
		q.err = text
		q.Refresh()
	}
}

// ErrorText is what stands there as wrong, "" for nothing.
func (q *Question) ErrorText() string { return q.err }

// SetBusy says whether the answer is being tried: then it cannot be given again.
func (q *Question) SetBusy(busy bool) {
	q.yes.SetEnabled(!busy)
	for _, o := range q.spec.Fields {
		if f, ok := o.(interface{ SetEnabled(on bool) }); ok {
			f.SetEnabled(!busy)
		}
	}
}

// HasKeyboard reports whether the keyboard is in one of its parts.
func (q *Question) HasKeyboard() bool {
	for _, o := range append([]fyne.CanvasObject{q.yes, q.no}, q.spec.Fields...) {
		if f, ok := o.(interface{ Focused() bool }); ok && f.Focused() {
			return true
		}
	}
	return false
}

// CreateRenderer is called by Fyne.
func (q *Question) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(q, q.draw, q.least)
}

func (q *Question) least() fyne.Size {
	_, height := q.content(max(q.Size().Width, skin.PanelWidth))
	return fyne.NewSize(skin.PanelWidth, height)
}

func (q *Question) draw(size fyne.Size) []fyne.CanvasObject {
	ground := canvas.NewRectangle(skin.Color(skin.DatePill))
	ground.Resize(size)
	content, _ := q.content(size.Width)
	return append([]fyne.CanvasObject{ground}, content...)
}

// content places what the question holds in the width, and says how high that is.
func (q *Question) content(full float32) (objects []fyne.CanvasObject, height float32) {
	dark, width, left, y := skin.Dark(), full-2*questionPad, float32(questionPad), float32(questionTop)
	words := func(text string, role skin.Role) {
		lines, h := wrapObjects(text, skin.TextNote, skin.PitchNote, skin.Of(role, dark), width)
		objects = append(objects, moveBy(lines, fyne.NewPos(left, y))...)
		y += h + questionGap
	}
	titleLeft := left
	if q.spec.Icon != "" {
		icon := IconObject(q.spec.Icon, skin.IconRow, skin.Of(skin.Ink, dark))
		icon.Move(fyne.NewPos(left, y+(questionTitle-skin.IconRow)/2))
		objects = append(objects, icon)
		titleLeft += skin.IconRow + 8
	}
	title, _ := userLine(q.spec.Title, skin.TextBody, true, skin.Of(skin.Ink, dark), left+width-titleLeft)
	objects = append(objects, moveBy(title, fyne.NewPos(titleLeft, y+questionTitle/2))...)
	y += questionTitle + questionGap/2
	words(q.spec.Text, skin.DatePillText)
	for _, o := range q.spec.Fields {
		if o.Size().Width != width {
			o.Resize(fyne.NewSize(width, o.Size().Height))
		}
		h := o.MinSize().Height
		place(o, left, y, width, h)
		objects = append(objects, o)
		y += h + questionGap/2
	}
	if q.err != "" {
		words(q.err, skin.Error)
	}
	y += questionGap / 2
	half := whole((width - questionGap) / 2)
	place(q.no, left, y, half, questionButton)
	place(q.yes, left+width-half, y, half, questionButton)
	return append(objects, q.no, q.yes), y + questionButton + questionTop
}
