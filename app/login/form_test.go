package login_test

import (
	"testing"

	"dovekie/app/login"
	"dovekie/app/tr"
	"dovekie/xmppsvc/model"
)

func TestFormSaysAtWhichFieldSomethingIsWrong(t *testing.T) {
	tr.Use("en")
	ok := login.Form{Address: "lin@example.org", Password: "secret"}
	cases := map[string]struct {
		change func(*login.Form)
		at     login.Place
	}{
		"no address":         {func(f *login.Form) { f.Address = "  " }, login.AtAddress},
		"no part after @":    {func(f *login.Form) { f.Address = "lin@" }, login.AtAddress},
		"no part before @":   {func(f *login.Form) { f.Address = "example.org" }, login.AtAddress},
		"no password":        {func(f *login.Form) { f.Password = "" }, login.AtPassword},
		"port without host":  {func(f *login.Form) { f.Port = "5222" }, login.AtHost},
		"port is no number":  {func(f *login.Form) { f.Host, f.Port = "h", "x" }, login.AtPort},
		"port out of range":  {func(f *login.Form) { f.Host, f.Port = "h", "70000" }, login.AtPort},
		"spaces do not harm": {func(f *login.Form) { f.Address = " lin@example.org " }, -1},
		"stored password":    {func(f *login.Form) { f.Password, f.Stored = "", true }, -1},
	}
	for name, c := range cases {
		f := ok
		c.change(&f)
		_, p := f.Request()
		switch {
		case c.at == -1 && p != nil:
			t.Errorf("%s: %v", name, p)
		case c.at != -1 && (p == nil || p.At != c.at || p.Text == ""):
			t.Errorf("%s: %+v, want place %d", name, p, c.at)
		}
	}
}

func TestHostAndPortBecomeOneAddress(t *testing.T) {
	for _, c := range [][3]string{
		{"", "", ""}, {"chat.example.org", "", "chat.example.org:5222"}, {"chat.example.org", "443", "chat.example.org:443"},
		{"chat.example.org:5223", "", "chat.example.org:5223"}, {"::1", "5222", "[::1]:5222"}, {"[::1]:99", "", "[::1]:99"},
	} {
		r, p := login.Form{Address: "a@b.example", Password: "x", Host: c[0], Port: c[1]}.Request()
		if p != nil || r.Address != c[2] {
			t.Errorf("%q %q: %q, %v", c[0], c[1], r.Address, p)
		}
	}
}

func TestErrorsStandAtTheFieldTheyConcern(t *testing.T) {
	tr.Use("en")
	for _, c := range []struct {
		kind   model.ErrorKind
		manual bool
		at     login.Place
	}{
		{model.ErrAuthFailed, false, login.AtPassword}, {model.ErrUnknownHost, false, login.AtAddress},
		{model.ErrUnknownHost, true, login.AtHost}, {model.ErrUnreachable, false, login.AtNone},
		{model.ErrUnreachable, true, login.AtHost}, {model.ErrStorage, false, login.AtNone},
	} {
		p := login.ProblemOf(&model.Error{Kind: c.kind, Host: "exmaple.org"}, "exmaple.org", c.manual)
		if p == nil || p.At != c.at {
			t.Errorf("%s: %+v, want place %d", c.kind, p, c.at)
		}
	}
	p := login.ProblemOf(&model.Error{Kind: model.ErrUnknownHost}, "exmaple.org", false)
	if p.Text != "There is no chat server at exmaple.org. Check the part after @." {
		t.Error(p.Text)
	}
	if login.ProblemOf(model.ErrorOf(model.ErrCancelled), "", false) != nil {
		t.Error("cancelling is a problem")
	}
}
