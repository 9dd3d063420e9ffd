package widgets_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
)

// askPassword is a question with a field and a box, and what was answered.
func askPassword(answers *[]string) (*widgets.Question, *widgets.Field) {
	field := widgets.NewField(widgets.FieldSpec{Icon: assets.IconKey, Placeholder: "Password", Password: true})
	box := widgets.NewCheckbox("Remember me", true, nil)
	note := func(text string) func() { return func() { *answers = append(*answers, text) } }
	return widgets.NewQuestion(widgets.QuestionSpec{
		Icon: assets.IconKey, Title: "The password no longer works",
		Text:   "Perhaps it was changed on another device. Your chats and what you have typed stay here. Enter the new password to go on.",
		Fields: []fyne.CanvasObject{field, box},
		Yes:    "Sign in", No: "Sign out", OnYes: note("yes"), OnNo: note("no"),
	}), field
}

func TestQuestionIsAnsweredByItsButtonsUnlessBusy(t *testing.T) {
	themed(t, false)
	var answers []string
	q, field := askPassword(&answers)
	win := show(t, container.NewVBox(q), skin.PanelWidth, 400)
	yes, no := q.Buttons()
	test.Tap(no)
	test.Tap(yes)
	if len(answers) != 2 || answers[0] != "no" || answers[1] != "yes" {
		t.Errorf("answered %q", answers)
	}
	q.SetBusy(true)
	test.Tap(yes)
	if len(answers) != 2 {
		t.Error("answered while the answer is tried")
	}
	q.SetBusy(false)
	field.Focus()
	if !q.HasKeyboard() {
		t.Error("it does not know that the keyboard is in its field")
	}
	win.Canvas().Unfocus()
	if q.HasKeyboard() {
		t.Error("it believes that the keyboard is in it")
	}
}

func TestQuestionGrowsWithWhatIsWrong(t *testing.T) {
	themed(t, false)
	var answers []string
	q, field := askPassword(&answers)
	show(t, container.NewVBox(q), skin.PanelWidth, 400)
	before := q.MinSize().Height
	field.SetError("The password is not right for this address.")
	after := q.MinSize().Height
	if after <= before {
		t.Errorf("height %g, was %g: the words have no room", after, before)
	}
	q.SetError("example.org cannot be reached right now.")
	if q.MinSize().Height <= after {
		t.Error("the words above the buttons have no room")
	}
}

func TestGalleryQuestion(t *testing.T) {
	gallery(t, "question", skin.PanelWidth, 620, 1, func() fyne.CanvasObject {
		q, field := askPassword(&[]string{})
		field.SetText("secret")
		wrong, f2 := askPassword(&[]string{})
		f2.SetError("The password is not right for this address.")
		conflict := widgets.NewQuestion(widgets.QuestionSpec{Icon: assets.IconUser, Title: "账号已在别处登录",
			Text: "另一个程序占用了这里的登录。消息会留在这里，重新登录后发送。", Yes: "重新登录", No: "保持离线"})
		return container.NewVBox(q, wrong, conflict)
	})
}
