package app

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"

	"fyne.io/fyne/v2"

	"dovekie/app/connection"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// reportsFolder is where reports land, in the data folder.
const reportsFolder = "reports"

// askReport says what a report holds, and asks whether addresses may be recognised.
func (a *App) askReport() {
	acc := a.state.Account()
	if acc == nil || a.session == nil {
		return
	}
	short := widgets.NewCheckbox(tr.T("conn.report_short"), true, nil)
	a.sheet(widgets.SheetSpec{
		Title: tr.T("conn.report_title"), Body: tr.T("conn.report_text"), Fields: []fyne.CanvasObject{short},
		Buttons: []widgets.SheetButton{
			{Text: tr.T("sheet.cancel"), Kind: widgets.QuietButton},
			{Text: tr.T("conn.report_write"), Kind: widgets.PrimaryButton, Default: true, OnTapped: func() { a.writeReport(short.Checked()) }},
		},
	})
}

// writeReport gathers the report here and writes it on a goroutine of its own.
func (a *App) writeReport(short bool) {
	acc, s := a.state.Account(), a.session
	if acc == nil || s == nil {
		return
	}
	now := a.deps.Now()
	r := connection.Report{
		Time: now, Program: a.programLines(), State: a.connectionState(acc), Heads: s.svc.Trace(acc.Settings.JID).Heads(),
		Settings: append(connection.SettingsOf(acc.Settings),
			connection.Line{Name: "language", Value: tr.Lang()}, connection.Line{Name: "theme", Value: a.settings.Theme},
			connection.Line{Name: "size of text", Value: strconv.Itoa(a.settings.Text) + " %"},
			connection.Line{Name: "demo", Value: strconv.FormatBool(s.demo != nil)}),
	}
	for _, n := range a.conn.notices {
		text := n.text
		if n.kind == event.NoticeRecovered { // a path of the user's
			text = filepath.Base(text)
		}
		r.Notices = append(r.Notices, connection.Line{Name: n.at.Format("15:04:05") + " " + string(n.kind), Value: text})
	}
	dir := filepath.Join(a.deps.Dir, reportsFolder)
	path := filepath.Join(dir, "dovekie-"+now.Format("20060102-150405")+".txt")
	s.run("report", commandTimeout, func(context.Context) error {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return model.Errorf(model.ErrStorage, "write a report: %w", err)
		}
		if err := os.WriteFile(path, []byte(r.Text(short)), 0o600); err != nil {
			return model.Errorf(model.ErrStorage, "write a report: %w", err)
		}
		return nil
	}, func(err error) {
		if err != nil {
			a.deps.Logger.Warn("report", "error", err)
			a.tell(tr.T("conn.report_failed"))
			return
		}
		a.showReport(path)
	})
}

// showReport says where the report is.
func (a *App) showReport(path string) {
	a.sheet(widgets.SheetSpec{
		Title:  tr.T("conn.report_done"),
		Fields: []fyne.CanvasObject{widgets.NewWords(path, skin.TextMinor, skin.Ink, false)},
		Buttons: []widgets.SheetButton{
			{Text: tr.T("conn.report_folder"), Kind: widgets.QuietButton, OnTapped: func() {
				a.visit(&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Dir(path))})
			}},
			{Text: tr.T("sheet.close"), Kind: widgets.PrimaryButton, Default: true},
		},
	})
	a.tellSoon()
}

// programLines are the versions of what runs, and where.
func (a *App) programLines() []connection.Line {
	lines := []connection.Line{
		{Name: "Dovekie", Value: a.deps.Version}, {Name: "system", Value: runtime.GOOS + " " + runtime.GOARCH},
		{Name: "processors", Value: strconv.Itoa(runtime.NumCPU())}, {Name: "Go", Value: runtime.Version()},
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == "fyne.io/fyne/v2" {
				lines = append(lines, connection.Line{Name: "Fyne", Value: dep.Version})
			}
		}
	}
	size, scale := a.win.Canvas().Size(), a.win.Canvas().Scale()
	return append(lines, connection.Line{
		Name:  "window",
		Value: strconv.Itoa(int(size.Width)) + " x " + strconv.Itoa(int(size.Height)) + " at " + strconv.FormatFloat(float64(scale), 'f', 2, 32),
	})
}
