package app_test

import (
	"net/url"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"dovekie/app"
	"dovekie/widgets"
)

func TestALinkSaysWhereItLeads(t *testing.T) {
	for link, want := range map[string]struct {
		host  string
		plain bool
	}{
		"https://example.org/ä?q=ü":              {"example.org", true},
		"http://例え.jp":                           {"xn--r8jz45g.jp", false},
		"https://My_Site.example.org/":           {"my_site.example.org", true},
		"https://r3---sn-x.example.org/":         {"r3---sn-x.example.org", true},
		"https://192.168.0.1:8080/":              {"192.168.0.1", true},
		"https://[::1]/":                         {"::1", true},
		"https://\u0430pple.com/":                {"xn--pple-43d.com", false}, // Cyrillic
		"https://xn--pple-43d.com/":              {"xn--pple-43d.com", false},
		"https://münchen.example/":               {"xn--mnchen-3ya.example", false},
		"https://www.bank.example@evil.example/": {"evil.example", false},
		"https://evil.example\u2044bank.example": {"evil.xn--examplebank-lx3f.example", false}, // a slash that is none
		"https://:80/":                           {"", true},
	} {
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		if host, plain := app.RealHost(u); host != want.host || plain != want.plain && host != "" {
			t.Errorf("%s: %q, plain %t", link, host, plain)
		}
	}
}

func TestADoubtfulLinkIsAskedFor(t *testing.T) {
	b := signedIn(t, "en")
	b.app.OpenLink("https://example.org/a")
	b.drain()
	if b.text("sheet") != "" {
		t.Error("a plain link is asked for")
	}
	b.app.OpenLink("https://\u0430pple.com/" + strings.Repeat("x", 5000))
	b.drain()
	if b.text("sheet") != "Open xn--pple-43d.com?" {
		t.Errorf("%v", b.texts())
	}
	if text := b.app.Window().Canvas().Overlays().Top().(*widgets.Sheet).Body(); len(text) > 300 || !strings.HasPrefix(text, "It leads to xn--pple-43d.com.") {
		t.Errorf("the question says %q", text)
	}
	b.key(fyne.KeyEscape)
	b.app.OpenLink("file:///etc/passwd")
	b.drain()
	if b.text("sheet") != "" || b.text("toast") == "" {
		t.Errorf("%v", b.texts())
	}
}
