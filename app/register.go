package app

import (
	"context"

	"fyne.io/fyne/v2"

	"dovekie/app/login"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/model"
)

// showRegister asks for a name, a server and a password, and makes the account (XEP-0077).
func (a *App) showRegister() {
	address := widgets.NewField(widgets.FieldSpec{Icon: assets.IconUser, Placeholder: tr.T("login.address")})
	password := widgets.NewField(widgets.FieldSpec{Icon: assets.IconKey, Placeholder: tr.T("login.password"), Password: true})
	again := widgets.NewField(widgets.FieldSpec{Icon: assets.IconKey, Placeholder: tr.T("register.again"), Password: true})
	host := widgets.NewField(widgets.FieldSpec{Icon: assets.IconServer, Placeholder: tr.T("login.host")})
	progress := widgets.NewWords("", skin.TextNote, skin.Secondary, false)
	var sheet *widgets.Sheet
	busy := false
	submit := func() {
		if busy {
			return
		}
		r, p := login.Form{Address: address.Text(), Password: password.Text(), Host: host.Text()}.Request()
		if p == nil && password.Text() != again.Text() {
			again.SetError(tr.T("login.password_short"))
			return
		}
		if p != nil {
			field := map[login.Place]*widgets.Field{login.AtPassword: password, login.AtHost: host, login.AtPort: host}[p.At]
			if field == nil {
				field = address
			}
			field.SetError(p.Text)
			return
		}
		busy = true
		progress.SetText(tr.T("register.working"))
		sheet.SetError("")
		a.register(r, func(err error) {
			busy = false
			progress.SetText("")
			if !sheet.Shown() {
				return
			}
			if err != nil {
				a.registerFailed(sheet, address, err, r)
				return
			}
			sheet.Hide()
			a.views.login.SetAddress(r.JID.String(), r.Password.Reveal())
			a.connect(r, nil)
		})
	}
	sheet = a.sheet(widgets.SheetSpec{
		Title: tr.T("register.title"), Body: tr.T("register.text"),
		Fields: []fyne.CanvasObject{address, password, again, host, progress},
		Buttons: []widgets.SheetButton{
			{Text: tr.T("sheet.cancel"), Kind: widgets.QuietButton},
			{Text: tr.T("register.create"), Kind: widgets.PrimaryButton, Default: true, KeepOpen: true, OnTapped: submit},
		},
	})
}

// register makes the account; then is told how it went.
func (a *App) register(r model.ConnectRequest, then func(error)) {
	s := a.session
	if s == nil {
		then(model.ErrorOf(model.ErrNotOnline))
		return
	}
	s.run("register", connectTimeout, func(ctx context.Context) error { return s.svc.Register(ctx, r) }, then)
}

func (a *App) registerFailed(sheet *widgets.Sheet, address *widgets.Field, err error, r model.ConnectRequest) {
	host := r.JID.Domain()
	switch model.KindOf(err) {
	case model.ErrConflict:
		address.SetError(tr.T("register.taken", "host", host))
	case model.ErrUnsupported, model.ErrServerRefused:
		sheet.SetError(tr.T("register.refused"))
	case model.ErrUnknownHost, model.ErrInvalidJID:
		address.SetError(tr.Error(err, host))
	default:
		sheet.SetError(tr.Error(err, host))
	}
}

// showWays opens the three ways from the demo to a real account.
func (a *App) showWays() {
	var sheet *widgets.Sheet
	way := func(key string, then func()) []fyne.CanvasObject {
		link := widgets.NewLink(tr.T("ways."+key), func() {
			sheet.Hide()
			a.endDemo(then)
		})
		return []fyne.CanvasObject{link, widgets.NewWords(tr.T("ways."+key+"_text"), skin.TextNote, skin.Secondary, false), widgets.NewRule()}
	}
	var fields []fyne.CanvasObject
	fields = append(fields, way("have", func() { a.views.login.FocusFirst() })...)
	fields = append(fields, way("make", a.showRegister)...)
	fields = append(fields, way("team", func() { a.views.login.OpenServer() })...)
	sheet = a.sheet(widgets.SheetSpec{
		Title: tr.T("ways.title"), Fields: fields[:len(fields)-1],
		Buttons: []widgets.SheetButton{{Text: tr.T("ways.stay"), Kind: widgets.QuietButton, Default: true}},
	})
}
