package desktop

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// The settings portal of the desktop (XDG Desktop Portal, org.freedesktop.portal.Settings).
const (
	portalName  = "org.freedesktop.portal.Desktop"
	portalPath  = "/org/freedesktop/portal/desktop"
	portalRead  = "org.freedesktop.portal.Settings.Read"
	appearance  = "org.freedesktop.appearance"
	colorScheme = "color-scheme"
)

// TellsScheme reports whether this desktop says if it is light or dark. It waits for the
// session bus until ctx is done: not for the UI goroutine.
func TellsScheme(ctx context.Context) bool {
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }() // nothing was written to it
	call := conn.Object(portalName, portalPath).CallWithContext(ctx, portalRead, 0, appearance, colorScheme)
	return call.Err == nil
}
