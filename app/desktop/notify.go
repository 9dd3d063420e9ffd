// Package desktop speaks to the desktop around the window.
package desktop

import (
	"context"
	"fmt"
	"html"
	"sync"

	"github.com/godbus/dbus/v5"
)

// The interface of desktop notifications (Desktop Notifications Specification 1.2).
const (
	notifyName  = "org.freedesktop.Notifications"
	notifyPath  = "/org/freedesktop/Notifications"
	notifyShow  = notifyName + ".Notify"
	notifyClose = notifyName + ".CloseNotification"
	expire      = int32(-1) // as the desktop likes
)

// Notifications shows plain notifications over D-Bus. The connection is made with the
// first one; without a session bus every call says so. Methods may be called from any
// goroutine but the UI's: they wait for the bus.
type Notifications struct {
	app  string
	icon string

	conn chan *dbus.Conn // holds the connection, nil before the first use; also the lock
	ids  sync.Map        // key to id (uint32)
}

// NewNotifications makes the service for an application with that name and icon.
func NewNotifications(app, icon string) *Notifications {
	n := &Notifications{app: app, icon: icon, conn: make(chan *dbus.Conn, 1)}
	n.conn <- nil
	return n
}

// object is the desktop's notification service, connecting when needed.
func (n *Notifications) object(ctx context.Context) (dbus.BusObject, error) {
	var conn *dbus.Conn
	select {
	case conn = <-n.conn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { n.conn <- conn }()
	if conn == nil || !conn.Connected() {
		c, err := dbus.ConnectSessionBus()
		if err != nil {
			return nil, fmt.Errorf("session bus: %w", err)
		}
		conn = c
	}
	return conn.Object(notifyName, notifyPath), nil
}

// Show shows the notification of the key, replacing an older one of the same key.
func (n *Notifications) Show(ctx context.Context, key, title, body string) error {
	o, err := n.object(ctx)
	if err != nil {
		return err
	}
	var old uint32
	if v, ok := n.ids.Load(key); ok {
		old, _ = v.(uint32)
	}
	hints := map[string]dbus.Variant{
		"desktop-entry": dbus.MakeVariant("dovekie"),
		"category":      dbus.MakeVariant("im.received"),
	}
	// The body may be read as markup (§ Markup): what people write is text.
	call := o.CallWithContext(ctx, notifyShow, 0, n.app, old, n.icon, title, html.EscapeString(body), []string{}, hints, expire)
	if call.Err != nil {
		return fmt.Errorf("notify: %w", call.Err)
	}
	var id uint32
	if err := call.Store(&id); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	n.ids.Store(key, id)
	return nil
}

// Close takes the notification of the key away.
func (n *Notifications) Close(ctx context.Context, key string) error {
	v, ok := n.ids.LoadAndDelete(key)
	if !ok {
		return nil
	}
	o, err := n.object(ctx)
	if err != nil {
		return err
	}
	return o.CallWithContext(ctx, notifyClose, 0, v).Err
}
