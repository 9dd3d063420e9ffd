package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"time"
)

// displayWait is how long the display server may take to answer.
const displayWait = 2 * time.Second

// checkDisplay says in a sentence when there is no display to open a window on. It asks
// the X server, which the window needs on Linux, whether it takes connections.
func checkDisplay(display string) error {
	if runtime.GOOS != "linux" && runtime.GOOS != "freebsd" {
		return nil
	}
	if display == "" {
		return errors.New("there is no display to open the window on: DISPLAY is not set. On a machine without a screen, start it under Xvfb")
	}
	network, addr := displayAddress(display)
	if network == "" {
		return nil // a form we do not know; GLFW may
	}
	conn, err := net.DialTimeout(network, addr, displayWait)
	if err != nil && network == "unix" {
		conn, err = net.DialTimeout("unix", "@"+addr, displayWait) // the abstract socket
	}
	if err != nil {
		return fmt.Errorf("the display %s cannot be reached, so the window cannot be opened", display)
	}
	return conn.Close()
}

// displayAddress is where the X server of a display listens (X(7), "Display Names").
func displayAddress(display string) (network, addr string) {
	host, number, ok := strings.Cut(display, ":")
	if !ok || strings.Contains(host, "/") {
		return "", ""
	}
	number, _, _ = strings.Cut(number, ".")
	if host == "" || host == "unix" {
		return "unix", "/tmp/.X11-unix/X" + number
	}
	n := 0
	if _, err := fmt.Sscan(number, &n); err != nil {
		return "", ""
	}
	return "tcp", net.JoinHostPort(host, fmt.Sprint(6000+n))
}

// graphicsWatch is where Fyne's own log goes. When Fyne cannot open a window it logs why
// and ends the process; that becomes one sentence, and the rest goes to our log.
type graphicsWatch struct {
	log    *slog.Logger
	stderr io.Writer
	exit   func(int)
}

// Write takes one log line.
func (g *graphicsWatch) Write(p []byte) (int, error) {
	line := strings.TrimSpace(string(p))
	g.log.Warn("fyne", "line", line)
	lower := strings.ToLower(line)
	if strings.Contains(lower, "window creation error") || strings.Contains(lower, "initialise glfw") || strings.Contains(lower, "initialize opengl") || strings.Contains(lower, "failed to initialise opengl") {
		fmt.Fprintln(g.stderr, "dovekie: the window needs OpenGL 2.1, which this display does not offer. Install a graphics driver (on Debian: libgl1-mesa-dri).")
		g.exit(exitDisplay)
	}
	return len(p), nil
}
