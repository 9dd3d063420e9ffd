package app

import (
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
)

// openLink opens what a person can see in a browser, mail program or here; nothing else,
// since a link may name any program (file:, smb:, …).
func (a *App) openLink(link string) {
	u, err := url.Parse(link)
	if err != nil {
		a.tell(tr.T("chat.link_kind"))
		return
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		host, plain := realHost(u)
		if host == "" {
			a.tell(tr.T("chat.link_kind"))
			return
		}
		if plain {
			a.visit(u)
			return
		}
		widgets.Confirm(a.win.Canvas(), tr.T("link.title", "host", host), tr.T("link.text", "link", shortened(link), "host", host),
			tr.T("menu.open_link"), tr.T("sheet.cancel"), true, func() { a.visit(u) })
	case "mailto":
		a.visit(u)
	case "xmpp":
		a.openAddress(u)
	default:
		a.tell(tr.T("chat.link_kind"))
	}
}

// openAddress opens a chat for an xmpp: link (RFC 5122).
func (a *App) openAddress(u *url.URL) {
	text := u.Opaque
	if text == "" {
		text = strings.TrimPrefix(u.Path, "/")
	}
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	j, err := jid.Parse(text)
	if err != nil || a.state.Account() == nil {
		a.tell(tr.T("login.bad_address"))
		return
	}
	a.openChat(j.Bare(), "")
}

// linkMost is how much of a link a question shows.
const linkMost = 160

func shortened(link string) string {
	if r := []rune(link); len(r) > linkMost {
		return string(r[:linkMost]) + "…"
	}
	return link
}

// visit hands a link or a folder to the system's own program for it.
func (a *App) visit(u *url.URL) {
	a.wg.Go(func() {
		if err := a.deps.Fyne.OpenURL(u); err != nil {
			a.deps.Logger.Warn("open", "error", err)
		}
	})
}

// realHost is where a link of the web leads to, as the network writes it, or "" for none. plain
// is whether that can be read off the link as it stands: nothing before an @ that looks like a
// host, and no letters but those of ASCII, which look like each other in no bad way.
func realHost(u *url.URL) (host string, plain bool) {
	shown := strings.ToLower(u.Hostname())
	if !strings.Contains(shown, "xn--") && strings.IndexFunc(shown, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return shown, u.User == nil
	}
	host, err := idna.Lookup.ToASCII(shown)
	if err != nil {
		return url.PathEscape(shown), false // the network will not find it either
	}
	return host, false
}
