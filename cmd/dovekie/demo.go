package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"dovekie/app"
	"dovekie/xmppsvc"
	"dovekie/xmppsvc/credential"
	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// demoFolder is the demo's own part of the data folder, with a folder for each language:
// what its people write there stays in that language.
const demoFolder = "demo"

// muteVariable names a contact of the demo that shall not answer: a test of the tour sets
// it to "echo" and expects the tour to fail.
const muteVariable = "DOVEKIE_DEMO_MUTE"

// demoSession is the embedded server and a service of its own that talks to it. The
// keychain is not touched: the demo's password is new with every start.
type demoSession struct {
	server *demo.Server
	svc    *xmppsvc.Service
}

// demoOpener starts the embedded server on its folder.
func demoOpener(f *folder) func(context.Context, string) (app.Demo, error) {
	return func(ctx context.Context, lang string) (app.Demo, error) {
		return openDemo(ctx, filepath.Join(f.dir, demoFolder, lang), lang, f)
	}
}

func openDemo(ctx context.Context, dir, lang string, f *folder) (*demoSession, error) {
	client := filepath.Join(dir, "client")
	if err := os.MkdirAll(client, 0o700); err != nil {
		return nil, model.Errorf(model.ErrStorage, "make the demo's folder: %w", err)
	}
	server, err := demo.New(demo.Options{Dir: filepath.Join(dir, "server"), Lang: lang, Version: version, Logger: f.log,
		Mute: os.Getenv(muteVariable)})
	if err != nil {
		return nil, err
	}
	svc, err := xmppsvc.Open(ctx, xmppsvc.Options{
		Dir: client, Credentials: credential.NewMemory(), Pipe: server.Dial, Logger: f.log,
		Name: appName, Version: version, Lang: lang,
	})
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return &demoSession{server: server, svc: svc}, nil
}

// Service implements app.Demo.
func (d *demoSession) Service() app.Service { return service{d.svc} }

// Request implements app.Demo.
func (d *demoSession) Request() model.ConnectRequest {
	owner, password := d.server.Owner()
	return model.ConnectRequest{JID: owner, Password: password, Security: model.SecurityInProcess}
}

// Suggest implements app.Demo.
func (d *demoSession) Suggest(from jid.JID, body string) (string, []app.Suggestion) {
	if !demo.IsContact(from.Bare()) {
		return body, nil
	}
	text, found := demo.Suggestions(body)
	out := make([]app.Suggestion, 0, len(found))
	for _, s := range found {
		action := app.SuggestSay
		switch s.Action {
		case demo.ActionStatus:
			action = app.SuggestStatus
		case demo.ActionCut:
			action = app.SuggestCut
		case demo.ActionSay:
		}
		out = append(out, app.Suggestion{Text: s.Text, Action: action, Say: s.Say})
	}
	return text, out
}

// CutNetwork implements app.Demo.
func (d *demoSession) CutNetwork(t time.Duration) { d.server.CutFor(t) }

// StartOver implements app.Demo: the server forgets everything, and so do we.
func (d *demoSession) StartOver(ctx context.Context) error {
	owner, _ := d.server.Owner()
	if err := d.svc.RemoveAccount(ctx, owner.Bare()); err != nil && model.KindOf(err) != model.ErrUnknownAccount {
		return err
	}
	if err := d.server.StartOver(ctx); err != nil {
		return err
	}
	_, err := d.svc.Connect(ctx, d.Request())
	return err
}

// Close implements app.Demo; the service is closed by the window.
func (d *demoSession) Close(context.Context) error { return d.server.Close() }
