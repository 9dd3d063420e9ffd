package main

import (
	"bytes"
	"image"
	"image/color"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dovekie/xmppsvc/storage"
)

// start runs the program without a display and gives its exit code and what it said.
func start(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	t.Setenv("DISPLAY", "")
	var stderr bytes.Buffer
	code = run(args, &stderr)
	return code, stderr.String()
}

func oneSentence(t *testing.T, said string) {
	t.Helper()
	if strings.Count(strings.TrimSpace(said), "\n") > 0 || strings.Contains(said, "goroutine") || said == "" {
		t.Errorf("not one sentence: %q", said)
	}
}

func TestWithoutADisplayOneSentenceSaysSo(t *testing.T) {
	code, said := start(t, "--data", t.TempDir())
	oneSentence(t, said)
	if code != exitDisplay || !strings.Contains(said, "no display") {
		t.Errorf("exit %d: %s", code, said)
	}
	t.Setenv("DISPLAY", ":4711")
	if err := checkDisplay(":4711"); err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("a display that is not there: %v", err)
	}
}

func TestSecondProcessOnAFolderIsToldWhatToDo(t *testing.T) {
	dir := t.TempDir()
	lock, err := storage.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Release() }() // the folder goes anyway
	code, said := start(t, "--data", dir)
	oneSentence(t, said)
	if code != exitInUse || !strings.Contains(said, "already open") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestReadOnlyFolderIsASentence(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root writes everywhere")
	}
	dir := filepath.Join(t.TempDir(), "ro")
	if err := os.Mkdir(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	code, said := start(t, "--data", filepath.Join(dir, "data"))
	oneSentence(t, said)
	if code != exitFailed {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestWrongUsageIsExplained(t *testing.T) {
	for _, args := range [][]string{{"--account", "nobody"}, {"--lang", "xx"}, {"--theme", "pink"}, {"something"}} {
		code, said := start(t, args...)
		oneSentence(t, said)
		if code != exitUsage {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}

func TestPasswordLeavesTheEnvironment(t *testing.T) {
	t.Setenv("DOVEKIE_PASSWORD", "hunter2")
	dir := t.TempDir()
	_, said := start(t, "--data", dir, "--account", "lin@example.org")
	if v, there := os.LookupEnv("DOVEKIE_PASSWORD"); there {
		t.Errorf("still there: %q", v)
	}
	if strings.Contains(said, "hunter2") {
		t.Error("said aloud")
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte("hunter2")) {
			t.Errorf("in %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMissingOpenGLBecomesOneSentence(t *testing.T) {
	var stderr bytes.Buffer
	code := -1
	g := &graphicsWatch{log: slog.New(slog.DiscardHandler), stderr: &stderr, exit: func(c int) { code = c }}
	if _, err := g.Write([]byte("Fyne error:  something harmless")); err != nil || code != -1 {
		t.Fatalf("ended at a harmless line: %d", code)
	}
	if _, err := g.Write([]byte("Fyne error:  window creation error\n  Cause: APIUnavailable")); err != nil {
		t.Fatal(err)
	}
	oneSentence(t, stderr.String())
	if code != exitDisplay {
		t.Errorf("exit %d", code)
	}
}

func TestDisplayAddresses(t *testing.T) {
	for display, want := range map[string][2]string{
		":0": {"unix", "/tmp/.X11-unix/X0"}, ":12.0": {"unix", "/tmp/.X11-unix/X12"}, "unix:3": {"unix", "/tmp/.X11-unix/X3"},
		"desk.example.org:1.0": {"tcp", net.JoinHostPort("desk.example.org", "6001")}, "/private/x/org.x:0": {"", ""},
	} {
		network, addr := displayAddress(display)
		if network != want[0] || addr != want[1] {
			t.Errorf("%s: %s %s", display, network, addr)
		}
	}
}

func TestAlbumRefusesBlankAndRepeatedPictures(t *testing.T) {
	a, err := newAlbum(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	blank := image.NewRGBA(image.Rect(0, 0, 40, 40))
	if err := a.add("blank", "", blank); err == nil {
		t.Error("took a blank picture")
	}
	img := image.NewRGBA(image.Rect(0, 0, 40, 40))
	for i := range 40 {
		img.Set(i, i, color.RGBA{uint8(6 * i), 3, 9, 255})
	}
	if err := a.add("one", "first", img); err != nil {
		t.Fatal(err)
	}
	if err := a.add("two", "the same", img); err == nil || !strings.Contains(err.Error(), "the same as one") {
		t.Errorf("took the same picture twice: %v", err)
	}
	if err := a.finish(); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(a.index())
	if err != nil || !strings.Contains(string(page), `src="one.png"`) || !strings.Contains(string(page), "first") {
		t.Errorf("page %s, %v", page, err)
	}
}
