package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app"
	"dovekie/app/settings"
	"dovekie/xmppsvc/jid"
)

// tourMost is how long the whole tour may take on a machine that has much else to do (three
// quarters of a minute are usual), and doMost how long one thing may be impossible to do.
const (
	tourMost = 100 * time.Second
	doMost   = 8 * time.Second
)

// tour walks through the demo by itself: it taps and types on the real widgets, waits for
// what the window then shows, tells each step with its time, and leaves pictures. The
// result is the exit code.
func tour(opt options, f *folder, deps app.Deps, stderr io.Writer) int {
	album, err := newAlbum(opt.tour)
	if err != nil {
		fmt.Fprintln(stderr, "dovekie:", err)
		return exitFailed
	}
	deps.Start = app.Start{}
	deps.Notify = nil
	deps.Settings = settings.Default()
	deps.Settings.Lang, deps.Settings.Theme = "en", settings.ThemeLight
	a := app.New(deps)
	result := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), tourMost)
		defer cancel()
		t := &tourist{ctx: ctx, hand: a.Hand(), win: a.Window(), album: album, out: os.Stdout, start: time.Now()}
		err := t.walk()
		if err == nil {
			err = album.finish()
		}
		result <- err
		t.hand.Quit()
	}()
	a.Run()
	a.Wait()
	select {
	case err = <-result:
	default:
		err = errors.New("the window was closed before the tour ended")
	}
	f.log.Info("tour", "probe", a.Probe().Report())
	if err != nil {
		fmt.Fprintln(stderr, "dovekie: the tour failed:", err)
		return exitFailed
	}
	fmt.Fprint(os.Stdout, a.Probe().Report())
	fmt.Fprintln(os.Stdout, "pictures:", album.index())
	return exitOK
}

// tourist is who walks.
type tourist struct {
	ctx   context.Context
	hand  app.Hand
	album *album
	win   fyne.Window
	out   io.Writer
	start time.Time
	step  int
	err   error // the first thing that went wrong; after it nothing is done
}

// say tells a step and what was read back.
func (t *tourist) say(what, read string) {
	if t.err != nil {
		return
	}
	t.step++
	read = strings.ReplaceAll(read, "\n", " ")
	if read != "" {
		read = "\n         read: " + read
	}
	fmt.Fprintf(t.out, "%5.1f s  %2d. %s%s\n", time.Since(t.start).Seconds(), t.step, what, read)
}

func (t *tourist) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf(format, args...)
	}
}

// look waits until the window shows something, and returns it.
func (t *tourist) look(what string, within time.Duration, find func(map[string]app.Fact) (string, bool)) string {
	if t.err != nil {
		return ""
	}
	deadline := time.Now().Add(within)
	for {
		facts := t.hand.Facts()
		if read, ok := find(facts); ok {
			return read
		}
		switch {
		case t.ctx.Err() != nil:
			t.fail("%s: the tour took longer than %s", what, tourMost)
			return ""
		case time.Now().After(deadline):
			t.fail("%s: not shown within %s", what, within)
			return ""
		}
		t.rest(50 * time.Millisecond)
	}
}

// rest lets the window paint.
func (t *tourist) rest(d time.Duration) {
	select {
	case <-time.After(d):
	case <-t.ctx.Done():
	}
}

// do does something as soon as it can be done: a busy machine may still be drawing what
// is to be touched.
func (t *tourist) do(what string, act func() bool) {
	t.look(what, doMost, func(map[string]app.Fact) (string, bool) { return "", act() })
}

// key waits for the fact of that key to contain the text.
func has(key, text string) func(map[string]app.Fact) (string, bool) {
	return func(f map[string]app.Fact) (string, bool) {
		v, ok := f[key]
		return v.Text, ok && strings.Contains(v.Text, text)
	}
}

// message waits for a message of that side containing the text.
func message(side, text string) func(map[string]app.Fact) (string, bool) {
	return func(facts map[string]app.Fact) (string, bool) {
		for key, f := range facts {
			if strings.HasPrefix(key, "message.") && strings.HasPrefix(f.Text, side) && strings.Contains(f.Text, text) {
				return f.Text, true
			}
		}
		return "", false
	}
}

// row waits for the row of somebody to contain the text.
func row(peer jid.JID, text string) func(map[string]app.Fact) (string, bool) {
	return func(facts map[string]app.Fact) (string, bool) {
		for key, f := range facts {
			if strings.HasPrefix(key, "row.") && strings.HasSuffix(key, peer.String()) && strings.Contains(f.Text, text) {
				return f.Text, true
			}
		}
		return "", false
	}
}

// picture keeps what the window shows now.
func (t *tourist) picture(name, caption string) {
	if t.err != nil {
		return
	}
	// A window that was just resized is empty until its next frame, and one that changed
	// looks as before until then.
	var err error
	for deadline := time.Now().Add(3 * time.Second); time.Now().Before(deadline) && t.ctx.Err() == nil; {
		if err != nil {
			t.repaint()
		}
		t.rest(250 * time.Millisecond)
		err = errors.New("the window gave none")
		if img := t.capture(); img != nil {
			err = t.album.add(name, caption, img)
		}
		if err == nil {
			return
		}
	}
	t.fail("picture %s: %w", name, err)
}

// capture is the window as it was painted last.
func (t *tourist) capture() image.Image {
	img := t.hand.Picture()
	if img != nil {
		if _, colours := look(img); colours > 1 {
			return img
		}
	}
	var back image.Image
	t.hand.Do(func() { back = backBuffer(t.win) })
	if back != nil {
		return back
	}
	return img
}

// repaint asks for another frame: a resize that reaches OpenGL after the last frame leaves
// an empty buffer behind it, while the screen still shows the picture.
func (t *tourist) repaint() {
	t.hand.Do(func() { t.win.Canvas().Refresh(t.win.Content()) })
}

// painted waits until the window was painted for the first time.
func (t *tourist) painted() {
	t.look("the first frame", 10*time.Second, func(map[string]app.Fact) (string, bool) {
		img := t.capture()
		if img == nil {
			return "", false
		}
		_, colours := look(img)
		if colours < leastColours {
			t.repaint()
		}
		return "", colours >= leastColours
	})
}

// use changes language and theme.
func (t *tourist) use(lang, theme string) {
	if t.err == nil {
		t.hand.Use(func(s *settings.Settings) { s.Lang, s.Theme = lang, theme })
	}
}

// write types a message into the composer and sends it.
func (t *tourist) write(text string) {
	t.do("focus the composer", func() bool { return t.hand.Tap("composer") })
	t.do("type", func() bool { return t.hand.Type(text) })
	t.look("the typed text", doMost, has("composer", text))
	t.do("send", func() bool { return t.hand.Key(fyne.KeyReturn) })
}

// menu opens the main menu and picks an entry.
func (t *tourist) menu(entry string) {
	t.do("open the menu", func() bool { return t.hand.Tap("panel.menu") })
	t.do("pick "+entry, func() bool { return t.hand.Pick(entry) })
}

// open opens the chat with somebody by a tap on the row.
func (t *tourist) open(peer jid.JID) {
	t.look("the row of "+peer.String(), doMost, row(peer, ""))
	t.do("tap the row of "+peer.String(), func() bool { return t.hand.TapRow(peer) })
	t.look("the chat with "+peer.String(), doMost, has("chat", peer.String()))
	t.look("the composer", doMost, has("composer", ""))
}
