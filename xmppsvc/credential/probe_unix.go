//go:build linux || freebsd || netbsd || openbsd || dragonfly

package credential

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/godbus/dbus/v5"
)

// probe asks whether there is a session bus with a Secret Service that answers. Without
// a bus nothing is started: the D-Bus library would run dbus-launch, whose daemon stays.
func probe() error {
	if !hasBus() {
		return errors.New("there is no session bus")
	}
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	err = conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").
		Call("org.freedesktop.DBus.Peer.Ping", 0).Err
	if err != nil {
		return fmt.Errorf("no Secret Service: %w", err)
	}
	return nil
}

// hasBus tells whether the D-Bus library finds a bus without starting one.
func hasBus() bool {
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" && a != "autolaunch:" {
		return true
	}
	folder := filepath.Join("/run/user", strconv.Itoa(os.Getuid()))
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			return true
		}
	}
	return false
}
