package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app/adapt"
	"dovekie/app/connection"
	"dovekie/app/login"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

// attempt is the login that is going on, or the last one that failed.
type attempt struct {
	request model.ConnectRequest
	running bool
	cancel  context.CancelFunc
	after   func() // what waits for the panel of own accounts
	asked   bool   // a question about the certificate stands open
	tries   int    // attempts in a row that failed for the network, with the list on screen
}

// connect signs in; form is nil when it did not come from the panel.
func (a *App) connect(r model.ConnectRequest, failed func(error)) {
	s := a.session
	if s == nil || a.login.running {
		return
	}
	a.login.request, a.login.running, a.login.asked = r, true, false
	if a.screen == screenLogin {
		a.views.login.SetBusy(tr.T("login.step.resolving"))
	}
	a.login.cancel = s.run("connect", connectTimeout, func(ctx context.Context) error {
		_, err := s.svc.Connect(ctx, r)
		return err
	}, func(err error) {
		a.login.running = false
		a.views.login.SetBusy("")
		switch {
		case err == nil:
			a.signedIn(r)
		case failed != nil:
			failed(err)
		default:
			a.attemptFailed(err)
		}
	})
}

// signedIn shows the main panel and forgets the password.
func (a *App) signedIn(r model.ConnectRequest) {
	account := r.JID.Bare()
	a.login.request, a.login.tries = model.ConnectRequest{}, 0
	if a.session.demo == nil {
		a.settings.Last = account.String()
		a.save()
	}
	a.showMain(account)
	a.answered()
}

// attemptFailed says on the login panel what is wrong; what asks about a certificate is
// a question of its own.
func (a *App) attemptFailed(err error) {
	a.deps.Logger.Info("sign in failed", "kind", string(model.KindOf(err)))
	if a.login.asked {
		return
	}
	r := a.login.request
	if a.screen != screenLogin && a.failedBehindList(err, r) {
		return
	}
	a.views.login.SetProblem(login.ProblemOf(err, r.JID.Domain(), r.Address != ""))
	if login.WhatHelps(model.KindOf(err)) && a.lastAttempt(r.JID) != nil {
		a.views.login.OfferWhat()
	}
}

// lastAttempt is the newest connection that the account tried to make, nil for none.
func (a *App) lastAttempt(account jid.JID) *trace.Connection {
	all := a.session.svc.Trace(account).Connections()
	if len(all) == 0 {
		return nil
	}
	return &all[len(all)-1]
}

// What implements login.Actions.
func (a loginActions) What() {
	account := a.login.request.JID
	if a.session == nil {
		return
	}
	c := a.lastAttempt(account)
	if c == nil {
		return
	}
	var rows []fyne.CanvasObject
	var copied []string
	for _, line := range connection.Lines(c, account.Domain(), a.deps.Now()) {
		rows = append(rows, widgets.NewDetail(line.Name, line.Value, nil))
		copied = append(copied, line.Name+": "+line.Value)
	}
	a.sheet(widgets.SheetSpec{
		Title: tr.T("login.what_title"), Fields: []fyne.CanvasObject{widgets.NewColumn(0, rows...)},
		Buttons: []widgets.SheetButton{
			{Text: tr.T("details.copy"), Kind: widgets.QuietButton, KeepOpen: true, OnTapped: func() { a.copyText(strings.Join(copied, "\n")) }},
			{Text: tr.T("sheet.close"), Kind: widgets.PrimaryButton, Default: true},
		},
	})
}

// failedBehindList is what follows when signing in failed with the list on the screen,
// which stays: the strip above it says why, and what only the user can help is asked
// there. An account that was never online has no list yet: false, and the login panel.
func (a *App) failedBehindList(err error, r model.ConnectRequest) bool {
	kind, acc := model.KindOf(err), a.state.Account()
	switch {
	case adapt.NetworkKind(kind):
		a.tryLater(r)
	case a.session.demo != nil:
		a.tell(tr.Error(err, r.JID.Domain()))
	case acc == nil || acc.Settings.LastUsed.IsZero():
		a.backToLogin(r)
		return false
	case a.asked():
		a.answerFailed(err, r) // what was tried later
	default:
		a.askUser(kind)
	}
	return true
}

// tryMost is the longest pause between two attempts of ours.
const tryMost = time.Minute

// tryLater signs in again after a while. The list of last time stays on the screen. It is
// for a first attempt that found no network; the service itself comes back after a loss.
func (a *App) tryLater(r model.ConnectRequest) {
	pause := min(time.Second<<min(a.login.tries, 6), tryMost)
	a.login.tries++
	s := a.session
	a.cross.After(pause, func() {
		acc := a.state.Account()
		if a.session == s && acc != nil && acc.Settings.JID == r.JID.Bare() && acc.Connection.State == model.Offline {
			a.connect(r, nil)
		}
	})
}

// backToLogin shows the panel filled with what failed, without the password.
func (a *App) backToLogin(r model.ConnectRequest) {
	a.showLogin()
	a.fillLogin()
	a.views.login.SetAddress(r.JID.String(), "")
}

// follow watches a batch for what concerns a login: its steps and questions.
func (a *App) follow(batch []event.Event) {
	for _, ev := range batch {
		switch ev := ev.(type) {
		case event.ConnectionChanged:
			if ev.Connection.State == model.Online {
				a.facts.logins++
			}
			a.followConnection(ev)
		case event.CertificateRejected:
			a.askCertificate(ev)
		case event.AccountChanged:
			a.followDemo(ev.Account.JID)
		default:
		}
	}
}

func (a *App) followConnection(ev event.ConnectionChanged) {
	switch {
	case a.login.running && ev.Account == a.login.request.JID.Bare():
		if step := stepWords(ev.Connection.State, a.login.request); step != "" && a.screen == screenLogin {
			a.views.login.SetBusy(step)
		}
	case ev.Account != a.state.Current || a.screen != screenMain:
	case ev.Connection.State == model.Online:
		a.answered()
	case ev.Connection.State == model.Offline:
		a.askUser(ev.Connection.Cause) // only the user can go on from here
	}
}

// stepWords is what the panel says while connecting.
func stepWords(st model.ConnState, r model.ConnectRequest) string {
	key := ""
	switch st {
	case model.Resolving:
		key = "login.step.resolving"
	case model.Connecting:
		key = "login.step.connecting"
	case model.Securing:
		key = "login.step.securing"
	case model.Authenticating:
		key = "login.step.authenticating"
	case model.Binding, model.Resuming:
		key = "login.step.binding"
	case model.Offline, model.Waiting, model.Online:
		return ""
	}
	return tr.T(key, "host", r.JID.Domain())
}

// askCertificate asks whether to go on with a server that could not prove itself.
func (a *App) askCertificate(ev event.CertificateRejected) {
	if ev.Account != a.login.request.JID.Bare() && ev.Account != a.state.Current {
		return
	}
	a.login.asked = true
	changed := ev.Reason == "pin_changed"
	title, text := tr.T("cert.title", "host", ev.Host), tr.T("cert.text", "host", ev.Host)
	if changed {
		title, text = tr.T("cert.changed_title", "host", ev.Host), tr.T("cert.changed_text", "host", ev.Host)
	}
	trust := func(remember bool) func() { return func() { a.trust(ev, remember) } }
	yes := widgets.QuietButton
	if changed {
		yes = widgets.DangerButton
	}
	a.sheet(widgets.SheetSpec{
		Title: title, Body: text + "\n\n" + certificateFacts(ev),
		OnCancel: func() { a.refuse(ev) },
		Buttons: []widgets.SheetButton{
			{Text: tr.T("cert.always"), Kind: yes, OnTapped: trust(true)},
			{Text: tr.T("cert.once"), Kind: yes, OnTapped: trust(false)},
			{Text: tr.T("cert.cancel"), Kind: widgets.PrimaryButton, Default: true, OnTapped: func() { a.refuse(ev) }},
		},
	})
}

func certificateFacts(ev event.CertificateRejected) string {
	lines := []string{}
	if key := "cert.reason." + ev.Reason; tr.Has(key) {
		lines = append(lines, tr.T(key))
	}
	add := func(key, text string) {
		if text != "" {
			lines = append(lines, tr.T(key)+" · "+text)
		}
	}
	add("cert.subject", ev.Subject)
	add("cert.issuer", ev.Issuer)
	if !ev.NotAfter.IsZero() {
		add("cert.valid", tr.T("cert.valid_span", "from", adapt.Date(ev.NotBefore), "to", adapt.Date(ev.NotAfter)))
	}
	add("cert.fingerprint", adapt.Grouped(ev.Fingerprint))
	return strings.Join(lines, "\n")
}

// trust records the answer and tries again.
func (a *App) trust(ev event.CertificateRejected, remember bool) {
	r, s := a.login.request, a.session
	if s == nil {
		return
	}
	if acc := a.state.Accounts[ev.Account]; r.JID.Bare() != ev.Account {
		r = model.ConnectRequest{JID: ev.Account}
		if acc != nil { // it was online before
			r = again(acc)
		}
	}
	a.login.asked = false
	s.run("trust", commandTimeout, func(ctx context.Context) error {
		return s.svc.TrustCertificate(ctx, ev.Account, ev.Fingerprint, remember)
	}, func(err error) {
		if err != nil {
			a.tell(tr.Error(err, ev.Host))
			return
		}
		a.connect(r, nil)
	})
}

// refuse leaves the connection as it is: nobody saying yes means no.
func (a *App) refuse(ev event.CertificateRejected) {
	a.login.asked = false
	if a.screen == screenLogin {
		a.views.login.SetProblem(&login.Problem{At: login.AtNone, Text: tr.T("err.certificate_rejected", "host", ev.Host)})
	}
}

func generalProblem(text string) *login.Problem { return &login.Problem{At: login.AtNone, Text: text} }

// known are the accounts used here, the last one first.
func (a *App) known() []login.Known {
	var list []*state.Account
	for _, acc := range a.state.Accounts {
		list = append(list, acc)
	}
	sortAccounts(list)
	out := make([]login.Known, 0, len(list))
	for _, acc := range list {
		set := acc.Settings
		k := login.Known{Address: set.JID.String(), Stored: set.Remember, Auto: set.Enabled, Security: set.Security}
		if i := strings.LastIndexByte(set.Address, ':'); i > 0 {
			k.Host, k.Port = strings.Trim(set.Address[:i], "[]"), set.Address[i+1:]
		}
		out = append(out, k)
	}
	return out
}

// fillLogin fills the panel with the account used last.
func (a *App) fillLogin() {
	known := a.known()
	if len(known) == 0 {
		a.views.login.FocusFirst()
		return
	}
	a.views.login = login.New(loginActions{a}) // it offers the addresses used here
	if a.screen == screenLogin {
		a.show(screenLogin)
	}
	pick := known[0]
	for _, k := range known {
		if k.Address == a.settings.Last {
			pick = k
		}
	}
	a.views.login.SetKnown(pick)
	a.views.login.FocusFirst()
}

// loginActions are the panel's wishes.
type loginActions struct{ *App }

// SignIn implements login.Actions.
func (a loginActions) SignIn(f login.Form) {
	r, p := f.Request()
	if p != nil {
		a.views.login.SetProblem(p)
		return
	}
	a.connect(r, nil)
}

// CancelSignIn implements login.Actions.
func (a loginActions) CancelSignIn() {
	if a.login.cancel != nil {
		a.login.cancel()
	}
	account, s := a.login.request.JID.Bare(), a.session
	if s != nil && !account.IsZero() {
		s.run("cancel", commandTimeout, func(ctx context.Context) error { return s.svc.Disconnect(ctx, account) }, nil)
	}
}

// TryDemo implements login.Actions.
func (a loginActions) TryDemo() { a.startDemo() }

// CreateAccount implements login.Actions.
func (a loginActions) CreateAccount() { a.showRegister() }

// Trouble implements login.Actions.
func (a loginActions) Trouble() {
	a.sheet(widgets.SheetSpec{Title: tr.T("trouble.title"), Body: tr.T("trouble.text"),
		Buttons: []widgets.SheetButton{{Text: tr.T("sheet.ok"), Kind: widgets.PrimaryButton, Default: true}}})
}

// Known implements login.Actions.
func (a loginActions) Known() []login.Known { return a.known() }

// PickKnown implements login.Actions.
func (a loginActions) PickKnown(at fyne.Position) {
	known := a.known()
	items := make([]widgets.MenuItem, 0, len(known))
	for i, k := range known {
		j, _ := jid.Parse(k.Address) // it was an account's address
		avatar := adapt.Avatar(state.AddressLabel(j), j, false)
		items = append(items, widgets.MenuItem{Key: strconv.Itoa(i), Text: k.Address, Avatar: &avatar})
	}
	if len(items) == 0 {
		return
	}
	widgets.ShowMenu(a.win.Canvas(), at, items, func(key string) {
		if i, err := strconv.Atoi(key); err == nil {
			a.views.login.SetKnown(known[i])
			a.views.login.FocusFirst()
		}
	})
}

// PickSecurity implements login.Actions.
func (a loginActions) PickSecurity(at fyne.Position) {
	var items []widgets.MenuItem
	for _, s := range []model.Security{model.SecurityAuto, model.SecurityDirectTLS, model.SecurityStartTLS} {
		items = append(items, widgets.MenuItem{Key: string(s), Text: tr.T("login.security." + string(s))})
	}
	widgets.ShowMenu(a.win.Canvas(), at, items, func(key string) { a.views.login.SetSecurity(model.Security(key)) })
}

// Fit implements login.Actions.
func (a loginActions) Fit(height float32) {
	want := max(height, skin.LoginHeight)
	if a.screen == screenLogin && a.win.Canvas().Size().Height != want {
		a.setSize(fyne.NewSize(max(a.win.Canvas().Size().Width, skin.LoginWidth), want))
	}
}

// PickShow implements login.Actions.
func (a loginActions) PickShow(at fyne.Position) {
	a.statusMenu(at, a.views.login.Show(), func(s model.Show) { a.views.login.SetShow(s) })
}
