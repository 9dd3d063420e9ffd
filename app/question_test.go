package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// ends is how the connection of our account ended.
func (b *bench) ends(cause model.ErrorKind) {
	b.svc.feed.put(event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Offline, Cause: cause}})
}

// answers says how the service answers Connect, which it shows by events as well.
func (b *bench) answers(right string) chan model.ConnectRequest {
	asked := make(chan model.ConnectRequest, 10)
	b.svc.connect = func(_ context.Context, r model.ConnectRequest) error {
		asked <- r
		state, err := model.Connection{State: model.Online}, error(nil)
		if r.Password.Reveal() != right {
			state = model.Connection{State: model.Offline, Cause: model.ErrAuthFailed}
			err = model.ErrorOf(model.ErrAuthFailed)
		}
		b.svc.feed.put(event.ConnectionChanged{Account: me, Connection: state})
		return err
	}
	return asked
}

// settled is an account that has been online before, with settings of its own.
func (b *bench) settled(remember bool) {
	b.svc.feed.put(event.AccountChanged{Account: model.Account{JID: me, Address: "192.0.2.1:5222", Security: model.SecurityDirectTLS,
		Remember: remember, Enabled: remember, LastUsed: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)}})
	b.drain()
}

func TestPasswordChangedElsewhereIsAskedOnceAboveTheList(t *testing.T) {
	b := signedIn(t, "en")
	b.settled(true)
	b.open(nora)
	b.typeText("half")
	asked := b.answers("the new one")
	b.ends(model.ErrAuthFailed)
	b.until("the question", func() bool { return b.text("ask") == "The password no longer works" })
	if b.text("screen") != "main" || b.text("composer") != "half" || b.text("chat") != nora.String() || b.text("row.c:Friends/tom@example.org") == "" {
		t.Fatalf("not all is as it was: %v", b.texts())
	}
	if _, over := b.app.Facts()["overlay"]; over {
		t.Error("a dialog opened")
	}
	b.typeText(" a line") // the keyboard stayed where it was
	if got := b.text("composer"); got != "half a line" {
		t.Errorf("the composer has %q", got)
	}
	if got := b.text("chat.strip"); got != "You are offline. Messages wait here until you sign in." {
		t.Errorf("above the composer it says %q", got)
	}

	b.tapRow("ask.yes")
	b.until("the field is empty", func() bool { return b.text("ask.error") == "Enter your password." })
	b.focus("ask.password")
	b.typeText("not it")
	b.ends(model.ErrAuthFailed) // told once more: what was typed stays
	b.drain()
	if b.text("ask.error") != "" || b.text("ask.password") != "••••••" {
		t.Errorf("while typing it says %q, the field has %q", b.text("ask.error"), b.text("ask.password"))
	}
	b.key(fyne.KeyReturn)
	b.until("the words at the field", func() bool { return b.text("ask.error") == "The password is not right for this address." })
	if r := <-asked; r.Password.Reveal() != "not it" || r.Address != "192.0.2.1:5222" || r.Security != model.SecurityDirectTLS || !r.Remember || !r.Enabled {
		t.Errorf("asked with %+v", r)
	}
	b.focus("ask.password")
	for range "not it" {
		b.key(fyne.KeyBackspace)
	}
	b.typeText("the new one")
	b.key(fyne.KeyReturn)
	b.until("the question to go", func() bool { return b.text("ask") == "" && b.text("connection") == "online" })
	if b.text("composer") != "half a line" || b.text("chat") != nora.String() || b.text("screen") != "main" {
		t.Errorf("after signing in: %v", b.texts())
	}
	b.until("the keyboard back in the chat", func() bool { return b.app.Window().Canvas().Focused() != nil })
	b.typeText("!")
	if got := b.text("composer"); got != "half a line!" {
		t.Errorf("the keyboard did not go back to the chat: %q", got)
	}
	if len(asked) != 1 {
		t.Errorf("%d attempts, want one for each answer", len(asked)+1)
	}
}

// TestPasswordRefusedBeforeThereWasAWindowIsAskedFor: no event tells of it any more.
func TestPasswordRefusedBeforeThereWasAWindowIsAskedFor(t *testing.T) {
	b := newBench(t, "en")
	b.svc.feed.put(event.Snapshot{Accounts: []event.Account{{
		Account:    model.Account{JID: me, Enabled: true, Remember: true},
		Connection: model.Connection{State: model.Offline, Cause: model.ErrAuthFailed},
		Contacts:   []model.Contact{contact(nora, "Nora", "")},
	}}})
	b.until("the question above the list", func() bool {
		return b.text("ask") == "The password no longer works" && b.text("row.c:Friends/nora@example.org") != ""
	})
}

func TestPasswordThatIsNotToBeKeptDoesNotSignInByItself(t *testing.T) {
	b := signedIn(t, "zh")
	b.settled(true)
	asked := b.answers("新密码")
	b.ends(model.ErrNoPassword)
	b.until("the question", func() bool { return b.text("ask") == "请输入密码" })
	b.tapRow("ask.remember")
	b.focus("ask.password")
	b.typeText("新密码")
	b.tapRow("ask.yes")
	if r := <-asked; r.Remember || r.Enabled {
		t.Errorf("asked with %+v", r)
	}
	b.until("the question to go", func() bool { return b.text("ask") == "" })
}

func TestQuestionSurvivesAnotherLanguageAndEndsWithSigningOut(t *testing.T) {
	b := signedIn(t, "en")
	b.settled(true)
	b.ends(model.ErrAuthFailed)
	b.until("the question", func() bool { return b.text("ask") != "" })
	b.focus("ask.password")
	b.typeText("abc")
	set := b.app.Settings()
	set.Lang = "zh"
	b.app.UseSettings(set)
	b.until("the question in Chinese", func() bool { return b.text("ask") == "密码已失效" && b.text("ask.password") == "•••" })
	b.tapRow("ask.no")
	b.command("disconnect lin@example.org")
	b.until("the panel", func() bool { return b.text("screen") == "login" && b.text("login.address") == "lin@example.org" })
	if b.text("login.password") != "" || b.text("ask") != "" {
		t.Errorf("left: %v", b.texts())
	}
}

func TestConflictAsksAndDoesNotFight(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		t.Run(lang, func(t *testing.T) {
			b := signedIn(t, lang)
			b.settled(true)
			b.open(nora)
			b.typeText("half")
			asked := b.answers("")
			b.ends(model.ErrConflict)
			b.until("the question", func() bool {
				return b.text("ask") == map[string]string{"en": "Signed in elsewhere", "zh": "账号已在别处登录"}[lang]
			})
			if len(asked) != 0 || b.text("composer") != "half" || b.text("strip") != "" {
				t.Errorf("%d attempts; %v", len(asked), b.texts())
			}
			b.tapRow("ask.no")
			b.until("the strip", func() bool { return b.text("ask") == "" && b.text("strip") != "" })
			b.ends(model.ErrAuthFailed) // as when the user tries later
			b.ends(model.ErrConflict)
			b.until("the question again", func() bool {
				return strings.Contains(b.text("ask"), map[string]string{"en": "elsewhere", "zh": "别处"}[lang])
			})
			if len(asked) != 0 {
				t.Errorf("%d attempts without being asked to", len(asked))
			}
			b.tapRow("ask.yes")
			if r := <-asked; r.Address != "192.0.2.1:5222" || !r.Password.IsZero() {
				t.Errorf("asked with %+v", r)
			}
			b.until("online", func() bool { return b.text("ask") == "" && b.text("connection") == "online" })
		})
	}
}

func TestAnswerThatTheNetworkFailedIsTriedAgainByItself(t *testing.T) {
	b := signedIn(t, "en")
	b.settled(false)
	tries := make(chan model.ConnectRequest, 10)
	outcome := func(cause model.ErrorKind) error {
		if cause == "" {
			b.svc.feed.put(event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Online}})
			return nil
		}
		b.ends(cause)
		return &model.Error{Kind: cause, Host: "example.org"}
	}
	outcomes := []model.ErrorKind{model.ErrUnreachable, "", model.ErrUnreachable, model.ErrAuthFailed}
	b.svc.connect = func(_ context.Context, r model.ConnectRequest) error {
		tries <- r
		return outcome(outcomes[len(tries)-1])
	}
	b.ends(model.ErrConflict)
	b.until("the question", func() bool { return b.text("ask") != "" })
	b.tapRow("ask.yes")
	b.until("the strip", func() bool {
		return b.text("ask") == "" && b.text("strip") == "No connection. Messages wait here and go out by themselves."
	})
	b.until("online by itself", func() bool { return b.text("connection") == "online" && len(tries) == 2 })

	b.ends(model.ErrAuthFailed)
	b.until("the question", func() bool { return b.text("ask.password") == "" && b.text("ask") != "" })
	b.focus("ask.password")
	b.typeText("new")
	b.key(fyne.KeyReturn)
	b.until("the words", func() bool {
		return b.text("ask.error") == "example.org cannot be reached right now. Check the network, or try again later."
	})
	b.until("the words of what was tried later", func() bool { return b.text("ask.error") == "The password is not right for this address." })
	if len(tries) != 4 || b.text("ask.password") != "•••" {
		t.Errorf("%d attempts, the field has %q", len(tries), b.text("ask.password"))
	}
}

func TestOtherReasonsAreSaidInTheStripAndKeepTheList(t *testing.T) {
	b := signedIn(t, "en")
	b.settled(true)
	for cause, want := range map[model.ErrorKind]string{
		model.ErrDowngrade:   "asked for the password in a weaker way than before. It was not sent.",
		model.ErrTLSRequired: "offers no secure connection. Your password was not sent.",
	} {
		b.ends(cause)
		b.until("the strip", func() bool { return strings.Contains(b.text("strip"), want) })
		if b.text("screen") != "main" || b.text("ask") != "" {
			t.Errorf("%s: %v", cause, b.texts())
		}
	}
}

// TestCertificateTrustedWhileOnlineKeepsTheSettings of the account that signs in again.
func TestCertificateTrustedWhileOnlineKeepsTheSettings(t *testing.T) {
	b := signedIn(t, "en")
	b.settled(true)
	asked := b.answers("")
	b.ends(model.ErrCertificateRejected)
	b.svc.feed.put(event.CertificateRejected{Account: me, Host: "example.org", Fingerprint: "abcd1234", Reason: "untrusted"})
	b.until("the question", func() bool { return b.text("sheet") != "" })
	b.tapRow("sheet.button1")
	b.command("trust lin@example.org abcd1234 false")
	b.until("an attempt", func() bool { return len(asked) > 0 })
	if r := <-asked; r.Address != "192.0.2.1:5222" || r.Security != model.SecurityDirectTLS || !r.Remember || !r.Enabled {
		t.Errorf("asked with %+v", r)
	}
}

func TestAttemptThatFailedCanBeLookedAtOnTheLoginPanel(t *testing.T) {
	b := newBench(t, "en")
	cause := model.ErrUnreachable
	b.svc.connect = func(context.Context, model.ConnectRequest) error {
		attempt := b.svc.Trace(me).Begin()
		attempt.Step("resolving", "example.org:5222 (SRV)", 3*time.Millisecond)
		attempt.Step("connecting", "192.0.2.1:5222: connection refused", 2*time.Millisecond)
		err := &model.Error{Kind: cause, Host: "example.org", Message: "nobody answers at 192.0.2.1"}
		attempt.Failed(err)
		return err
	}
	b.svc.feed.put(event.Snapshot{})
	b.until("the address has the keyboard", func() bool { return b.app.Window().Canvas().Focused() != nil })
	b.typeText("lin@example.org")
	b.focus("login.password")
	b.typeText("secret")
	b.key(fyne.KeyReturn)
	b.until("the way to look", func() bool { return b.text("login.what") == "What happened?" && b.text("login.error") != "" })
	b.tapRow("login.what")
	texts := b.sheetTexts()
	for _, want := range []string{"sheet.Server lookup=3.0 ms · example.org:5222 (SRV)", "sheet.Connection=2.0 ms · 192.0.2.1:5222: connection refused", "sheet.Details=", "nobody answers at 192.0.2.1"} {
		if !strings.Contains(texts, want) {
			t.Errorf("it lacks %q:\n%s", want, texts)
		}
	}
	b.tapRow("sheet.button0")
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.Contains(got, "Connection: 2.0 ms · 192.0.2.1:5222") {
		t.Errorf("copied %q", got)
	}
	b.key(fyne.KeyEscape)
	b.focus("login.password")
	b.typeText("x")
	if b.text("login.what") != "" {
		t.Error("it is offered while something else is typed")
	}
	cause = model.ErrAuthFailed
	b.key(fyne.KeyReturn)
	b.until("the words", func() bool { return b.text("login.error") == "The password is not right for this address." })
	if b.text("login.what") != "" {
		t.Error("it is offered for a wrong password")
	}
}
