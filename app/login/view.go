package login

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/model"
)

// Actions are what the panel asks for. All are called on the UI goroutine.
type Actions interface {
	SignIn(f Form)
	CancelSignIn()
	TryDemo()
	CreateAccount()
	Trouble()
	// What tells how the attempt that failed last went.
	What()
	// Known are the addresses used here, the last one first.
	Known() []Known
	// PickKnown and PickShow open a menu at the place; the answer comes by SetKnown, SetShow.
	PickKnown(below fyne.Position)
	PickSecurity(below fyne.Position)
	PickShow(below fyne.Position)
	// Fit asks for a window of at least that height, 0 for the usual one.
	Fit(height float32)
}

// Known is an account that was used here.
type Known struct {
	Address  string
	Stored   bool // its password is in the keychain
	Auto     bool
	Host     string
	Port     string
	Security model.Security
}

// View is the panel. It belongs to the UI goroutine.
type View struct {
	actions Actions
	content fyne.CanvasObject

	address, password, host, port *widgets.Field
	remember, auto                *widgets.Checkbox
	signIn, try, cancel           *widgets.Button
	note, problem, step           *widgets.Words
	create, trouble, what         *widgets.Link
	server, status, security      *widgets.FoldRow
	column                        *fyne.Container
	buttons, busy, options        *fyne.Container
	links, face, whatRow          *fyne.Container

	manual   model.Security
	show     model.Show
	stored   string // the address whose password the keychain has
	isBusy   bool
	busyText string
}

// New makes the panel.
func New(actions Actions) *View {
	v := &View{actions: actions, manual: model.SecurityAuto, show: model.ShowAvailable}
	v.makeFields()
	v.makeRows()
	v.layOut()
	return v
}

func (v *View) makeFields() {
	address := widgets.FieldSpec{
		Icon: assets.IconUser, Placeholder: tr.T("login.address"),
		OnChanged: v.addressChanged, OnSubmit: v.submit,
	}
	if len(v.actions.Known()) > 0 {
		address.OnMore = func() { v.actions.PickKnown(below(v.address)) }
	}
	v.address = widgets.NewField(address)
	v.password = widgets.NewField(widgets.FieldSpec{
		Icon: assets.IconKey, Placeholder: tr.T("login.password"), Password: true,
		OnChanged: func(string) { v.clearProblem() }, OnSubmit: v.submit,
	})
	v.host = widgets.NewField(widgets.FieldSpec{Icon: assets.IconServer, Placeholder: tr.T("login.host"), OnChanged: v.hostChanged, OnSubmit: v.submit})
	v.port = widgets.NewField(widgets.FieldSpec{Placeholder: tr.T("login.port"), OnChanged: v.hostChanged, OnSubmit: v.submit})
	v.remember = widgets.NewCheckbox(tr.T("login.remember"), false, v.rememberChanged)
	v.auto = widgets.NewCheckbox(tr.T("login.auto"), false, v.autoChanged)
	v.signIn = widgets.NewLoginButton(tr.T("login.signin"), widgets.PrimaryButton, v.submit)
	v.try = widgets.NewLoginButton(tr.T("login.try"), widgets.SecondButton, func() { v.actions.TryDemo() })
	v.cancel = widgets.NewButton(tr.T("login.cancel"), widgets.QuietButton, func() { v.actions.CancelSignIn() })
	v.create = widgets.NewLink(tr.T("login.create"), func() { v.actions.CreateAccount() })
	v.trouble = widgets.NewLink(tr.T("login.trouble"), func() { v.actions.Trouble() })
	v.what = widgets.NewLink(tr.T("login.what"), func() { v.actions.What() })
	v.whatRow = widgets.NewRow(0, false, v.what)
	v.whatRow.Hide()
}

// addressChanged shows the avatar of an account used here, once its address stands there.
func (v *View) addressChanged(text string) {
	v.clearProblem()
	if v.face == nil {
		return
	}
	v.face.Objects = nil
	for _, k := range v.actions.Known() {
		if k.Address == strings.TrimSpace(text) {
			name, _, _ := strings.Cut(k.Address, "@")
			v.face.Objects = widgets.AvatarObjects(widgets.AvatarSpec{Name: name, Address: k.Address}, faceSide, skin.Dark())
		}
	}
	v.face.Refresh()
}

func (v *View) makeRows() {
	v.note = widgets.NewWords(tr.T("login.try_note"), skin.TextNote, skin.Secondary, true)
	v.step = widgets.NewWords("", skin.TextBody, skin.Ink, false)
	v.problem = widgets.NewWords("", skin.TextNote, skin.Error, false)
	v.problem.Hide()
	v.server = widgets.NewFoldRow(tr.T("login.server"), tr.T("login.server_auto"), v.fold)
	v.security = widgets.NewFoldRow(tr.T("login.security"), "", func(open bool) {
		if open {
			v.security.SetOpen(false)
			v.actions.PickSecurity(below(v.security))
		}
	})
	v.status = widgets.NewFoldRow(tr.T("login.as"), "", func(open bool) {
		if open {
			v.status.SetOpen(false)
			v.actions.PickShow(below(v.status))
		}
	})
	v.SetSecurity(v.manual)
	v.SetShow(v.show)
}

func (v *View) layOut() {
	checks := container.New(&sides{gap: 22}, v.remember, v.auto)
	v.buttons = container.New(twin{}, v.signIn, v.try)
	v.busy = container.NewBorder(nil, nil, nil, v.cancel, widgets.NewMargin(0, 13, skin.LoginGap, 0, v.step))
	v.busy.Hide()
	v.links = container.New(&sides{}, v.create, v.trouble)
	v.options = widgets.NewColumn(skin.Unit, container.New(hostPortLayout{}, v.host, v.port), v.security)
	v.options.Hide()
	rule := widgets.NewRule()
	c := &column{
		gaps: map[fyne.CanvasObject]float32{
			v.address: 28, v.password: skin.LoginGap, checks: 6, v.buttons: 12, v.busy: 12, v.note: 6, rule: 15, v.problem: 2, v.whatRow: 0,
			v.links: 11, v.server: 4,
		},
		tall: map[fyne.CanvasObject]float32{
			v.buttons: skin.LoginButtonHeight, v.busy: 36, rule: 1,
		},
	}
	v.face = container.NewWithoutLayout()
	address := container.New(faceLayout{}, v.address, v.face)
	c.gaps[address] = c.gaps[v.address]
	v.column = container.New(c, address, v.password, checks, v.problem, v.whatRow, v.buttons, v.busy, v.note, rule, v.links, v.server, v.options, v.status)
	art := widgets.NewLoginArt("Dovekie", "小海雀")
	ground := canvas.NewRectangle(skin.Color(skin.Panel))
	v.content = container.NewStack(ground, container.NewBorder(art, nil, nil, nil, container.NewVScroll(v.column)))
}

// below is the place under a widget where a menu fits.
func below(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).AddXY(0, o.Size().Height+2)
}

// Content is the panel itself.
func (v *View) Content() fyne.CanvasObject { return v.content }

// FocusFirst puts the keyboard where typing goes on: the address, or the password when
// the address is there.
func (v *View) FocusFirst() {
	if v.address.Text() == "" {
		v.address.Focus()
		return
	}
	v.password.Focus()
}

// SetKnown fills the panel with an account used here.
func (v *View) SetKnown(k Known) {
	v.address.SetText(k.Address)
	v.password.SetText("")
	v.host.SetText(k.Host)
	v.port.SetText(k.Port)
	v.SetSecurity(k.Security)
	v.remember.SetChecked(k.Stored)
	v.auto.SetChecked(k.Auto)
	v.stored = ""
	if k.Stored {
		v.stored = k.Address
	}
	v.clearProblem()
}

// SetAddress fills in an address and, with a password, both.
func (v *View) SetAddress(address, password string) {
	v.address.SetText(address)
	v.password.SetText(password)
}

// OpenServer unfolds the server options and puts the keyboard there.
func (v *View) OpenServer() {
	v.server.SetOpen(true)
	v.host.Focus()
}

// SetSecurity chooses how to connect.
func (v *View) SetSecurity(s model.Security) {
	if s == "" {
		s = model.SecurityAuto
	}
	v.manual = s
	v.security.SetNote(tr.T("login.security." + string(s)))
	v.hostChanged("")
}

// SetShow chooses the status to sign in with.
func (v *View) SetShow(s model.Show) {
	v.show = s
	v.status.SetNote(tr.T("status." + string(s)))
}

// Show is the status to sign in with.
func (v *View) Show() model.Show { return v.show }

func (v *View) form() Form {
	return Form{
		Address: v.address.Text(), Password: v.password.Text(), Host: v.host.Text(), Port: v.port.Text(),
		Security: v.manual, Remember: v.remember.Checked(), Auto: v.auto.Checked(), Show: v.show,
		Stored: v.stored != "" && v.stored == v.address.Text(),
	}
}

// submit signs in. With nothing typed and no account used here, one Enter tries the demo.
func (v *View) submit() {
	if v.isBusy {
		return
	}
	f := v.form()
	if f.Address == "" && f.Password == "" && f.Host == "" && len(v.actions.Known()) == 0 {
		v.actions.TryDemo()
		return
	}
	v.clearProblem()
	if _, p := f.Request(); p != nil {
		v.SetProblem(p)
		return
	}
	v.actions.SignIn(f)
}

// SetProblem shows what is wrong where it belongs, and puts the keyboard there.
func (v *View) SetProblem(p *Problem) {
	v.clearProblem()
	if p == nil {
		return
	}
	field := map[Place]*widgets.Field{AtAddress: v.address, AtPassword: v.password, AtHost: v.host, AtPort: v.port}[p.At]
	if field == nil {
		v.problem.SetText(p.Text)
		v.problem.Show()
		v.relay()
		return
	}
	if field == v.host || field == v.port {
		v.server.SetOpen(true)
	}
	field.Focus()
	field.SetError(p.Text)
	v.relay()
}

// OfferWhat shows the way to how the attempt went, until something else is typed.
func (v *View) OfferWhat() {
	v.whatRow.Show()
	v.relay()
}

// relay lays the column out again and asks for the room it needs.
func (v *View) relay() {
	v.column.Refresh()
	v.actions.Fit(skin.LoginBanner + v.column.MinSize().Height)
}

func (v *View) clearProblem() {
	for _, f := range []*widgets.Field{v.address, v.password, v.host, v.port} {
		f.SetError("")
	}
	v.problem.Hide()
	v.whatRow.Hide()
	if v.column != nil {
		v.relay()
	}
}

// SetBusy shows the step of an attempt with a way to cancel it; "" ends it.
func (v *View) SetBusy(step string) {
	busy := step != ""
	v.busyText = step
	v.step.SetText(step)
	if busy == v.isBusy {
		v.busy.Refresh()
		return
	}
	v.isBusy = busy
	for _, f := range []*widgets.Field{v.address, v.password, v.host, v.port} {
		f.SetEnabled(!busy)
	}
	if busy {
		v.clearProblem()
		v.buttons.Hide()
		v.busy.Show()
	} else {
		v.busy.Hide()
		v.buttons.Show()
	}
	v.create.SetEnabled(!busy)
	v.trouble.SetEnabled(!busy)
	v.relay()
}

// Busy reports whether an attempt is shown.
func (v *View) Busy() bool { return v.isBusy }

func (v *View) fold(open bool) {
	if open {
		v.options.Show()
	} else {
		v.options.Hide()
	}
	v.relay()
}

func (v *View) hostChanged(string) {
	if v.server == nil {
		return
	}
	note := tr.T("login.server_auto")
	if a, p := hostPort(v.host.Text(), v.port.Text()); p == nil && a != "" {
		note = a
	}
	v.server.SetNote(note)
}

// rememberChanged and autoChanged keep both boxes true to each other: signing in by
// itself needs the password.
func (v *View) rememberChanged(on bool) {
	if !on {
		v.auto.SetChecked(false)
	}
}

func (v *View) autoChanged(on bool) {
	if on {
		v.remember.SetChecked(true)
	}
}

// Facts tells what the panel shows, for the read-back: of the password only the dots.
func (v *View) Facts(add func(key, text string, at fyne.CanvasObject)) {
	add("login.address", v.address.Text(), v.address)
	add("login.password", v.password.Shown(), v.password)
	add("login.signin", tr.T("login.signin"), v.signIn)
	add("login.try", tr.T("login.try"), v.try)
	add("login.cancel", v.busyText, v.cancel)
	add("login.server", "", v.server)
	add("login.create", "", v.create)
	add("login.trouble", "", v.trouble)
	if v.whatRow.Visible() {
		add("login.what", v.what.Text(), v.what)
	}
	add("login.remember", strconv.FormatBool(v.remember.Checked()), v.remember)
	add("login.auto", strconv.FormatBool(v.auto.Checked()), v.auto)
	if v.server.Open() {
		add("login.host", v.host.Text(), v.host)
		add("login.port", v.port.Text(), v.port)
		add("login.security", string(v.manual), v.security)
	}
	errs := v.address.ErrorText() + v.password.ErrorText() + v.host.ErrorText() + v.port.ErrorText()
	if v.problem.Visible() {
		errs += v.problem.Text()
	}
	add("login.error", errs, nil)
}
