package app

import (
	"fyne.io/fyne/v2"

	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// question is what the window asks above the list while the account shown cannot go on
// without its user. List, chats and all that was typed stay as they are.
type question struct {
	account  jid.JID
	cause    model.ErrorKind // "" while nothing is asked
	view     *widgets.Question
	password *widgets.Field    // nil unless one is asked for
	remember *widgets.Checkbox // likewise
}

// wantsPassword reports whether a password would help.
func wantsPassword(cause model.ErrorKind) bool {
	return cause == model.ErrAuthFailed || cause == model.ErrNoPassword
}

// asks reports whether the window has something to ask about a connection that ended so.
// The demo has nothing to ask: its server and its password are its own.
func (a *App) asks(cause model.ErrorKind) bool {
	return a.session != nil && a.session.demo == nil && (wantsPassword(cause) || cause == model.ErrConflict)
}

// askUser asks once: the same question stays, with what was typed.
func (a *App) askUser(cause model.ErrorKind) {
	acc := a.state.Account()
	if acc == nil || !a.asks(cause) {
		return
	}
	q := &a.question
	if q.cause != "" && q.account == acc.Settings.JID && wantsPassword(q.cause) == wantsPassword(cause) {
		return
	}
	a.question = question{account: acc.Settings.JID, cause: cause}
	a.makeQuestion("", acc.Settings.Remember)
	a.renderLoss()
}

// makeQuestion makes the view, with a password typed before.
func (a *App) makeQuestion(password string, remember bool) {
	q := &a.question
	if !wantsPassword(q.cause) {
		q.view = widgets.NewQuestion(widgets.QuestionSpec{
			Icon: assets.IconUser, Title: tr.T("ask.conflict"), Text: tr.T("ask.conflict_text"),
			Yes: tr.T("ask.again"), OnYes: func() { a.ui("answer", a.signInAgain) },
			No: tr.T("ask.stay"), OnNo: func() { a.ui("answer", a.answered) },
		})
		return
	}
	q.password = widgets.NewField(widgets.FieldSpec{
		Icon: assets.IconKey, Placeholder: tr.T("login.password"), Password: true,
		OnChanged: func(string) { a.wrong("") },
		OnSubmit:  func() { a.ui("answer", a.signInAgain) },
	})
	q.password.SetText(password)
	q.remember = widgets.NewCheckbox(tr.T("login.remember"), remember, nil)
	title, text := tr.T("ask.password"), tr.T("ask.password_text")
	if q.cause == model.ErrNoPassword {
		title, text = tr.T("ask.no_password"), tr.T("ask.no_password_text")
	}
	q.view = widgets.NewQuestion(widgets.QuestionSpec{
		Icon: assets.IconKey, Title: title, Text: text, Fields: []fyne.CanvasObject{q.password, q.remember},
		Yes: tr.T("strip.signin"), OnYes: func() { a.ui("answer", a.signInAgain) },
		No: tr.T("menu.signout"), OnNo: func() { a.ui("answer", a.askSignOut) },
	})
}

// remakeQuestion makes the view anew, in another language or theme.
func (a *App) remakeQuestion() {
	q := &a.question
	switch {
	case q.cause == "":
	case q.password != nil:
		wrong := q.password.ErrorText()
		a.makeQuestion(q.password.Text(), q.remember.Checked())
		q.password.SetError(wrong)
	default:
		a.makeQuestion("", false)
	}
}

// asked reports whether the question stands above the list shown.
func (a *App) asked() bool {
	return a.question.cause != "" && a.question.account == a.state.Current
}

// answered takes the question away. A keyboard that was in it goes back to the chat.
func (a *App) answered() {
	q := a.question
	a.question = question{}
	if q.cause == "" || a.screen != screenMain {
		return
	}
	nowhere := q.view.HasKeyboard() || a.win.Canvas().Focused() == nil // a busy field lost it
	a.renderLoss()
	if nowhere && !a.conn.open {
		a.win.Canvas().Unfocus()
		a.focusComposer()
	}
}

// signInAgain is the answer yes.
func (a *App) signInAgain() {
	q, acc := &a.question, a.state.Account()
	if acc == nil || !a.asked() || a.login.running {
		return
	}
	r := again(acc)
	if q.password != nil {
		if q.password.Text() == "" {
			a.wrong(tr.T("login.need_password"))
			q.password.Focus()
			return
		}
		r.Password, r.Remember = model.NewSecret(q.password.Text()), q.remember.Checked()
		r.Enabled = r.Enabled && r.Remember // signing in by itself needs the password
	}
	a.wrong("")
	q.view.SetBusy(true)
	a.connect(r, func(err error) { a.answerFailed(err, r) })
}

// answerFailed says why the answer did not help; the question stays. Where the network
// failed it is tried again by itself, and who said yes is not asked once more.
func (a *App) answerFailed(err error, r model.ConnectRequest) {
	if !a.asked() {
		return
	}
	kind := model.KindOf(err)
	a.question.view.SetBusy(false)
	if adapt.NetworkKind(kind) {
		a.tryLater(r)
		if a.question.password == nil {
			a.answered()
			return
		}
	}
	if kind == model.ErrCancelled {
		return
	}
	a.wrong(tr.Error(err, r.JID.Domain()))
	if wantsPassword(kind) && a.question.password != nil {
		a.question.password.Focus()
	}
}

// wrong says at the question what is wrong, "" for nothing.
func (a *App) wrong(text string) {
	q := &a.question
	if q.view == nil {
		return
	}
	if q.password != nil {
		q.password.SetError(text)
	} else {
		q.view.SetError(text)
	}
	q.view.Refresh()
	a.renderLoss()
	a.tellSoon()
}

// again is a request to sign in as the account did before.
func again(acc *state.Account) model.ConnectRequest {
	set := &acc.Settings
	return model.ConnectRequest{JID: set.JID, Address: set.Address, Security: set.Security, CAFile: set.CAFile,
		Remember: set.Remember, Enabled: set.Enabled}
}

// questionFacts tells what is asked, for the read-back: of the password only the dots.
func (a *App) questionFacts(object func(key, text string, o fyne.CanvasObject)) {
	if !a.asked() {
		return
	}
	q := &a.question
	object("ask", q.view.Title(), q.view)
	object("ask.text", q.view.Text(), nil)
	yes, no := q.view.Buttons()
	object("ask.yes", yes.Text(), yes)
	object("ask.no", no.Text(), no)
	wrong := q.view.ErrorText()
	if q.password != nil {
		object("ask.password", q.password.Shown(), q.password)
		object("ask.remember", map[bool]string{true: "on", false: "off"}[q.remember.Checked()], q.remember)
		wrong += q.password.ErrorText()
	}
	if wrong != "" {
		object("ask.error", wrong, nil)
	}
}
