package stream_test

import (
	"strings"
	"testing"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/xmpptest"
)

func TestAccountsCanBeMade(t *testing.T) {
	for name, start := range map[string]func() *xmpptest.Server{
		"prosody": func() *xmpptest.Server { return xmpptest.SharedProsody(t) },
		// By itself it lets one account be made each ten minutes.
		"ejabberd": func() *xmpptest.Server {
			return xmpptest.Ejabberd(t, xmpptest.Options{Config: "registration_timeout: infinity"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start()
			for sec, addr := range map[model.Security]string{model.SecurityStartTLS: srv.StartTLSAddr(), model.SecurityDirectTLS: srv.DirectTLSAddr()} {
				u := xmpptest.User{Name: "new-" + strings.ReplaceAll(string(sec), "_", "-"), Domain: srv.Domain(), Password: "my <own> & only"}
				cfg := config(t, srv, u, addr, sec)
				if err := stream.Register(t.Context(), cfg); err != nil {
					t.Fatalf("%s: %v", sec, err)
				}
				signIn(t, cfg)
				if err := stream.Register(t.Context(), cfg); model.KindOf(err) != model.ErrConflict {
					t.Errorf("%s, again: %v (%s)", sec, err, model.KindOf(err))
				}
			}
		})
	}
}

func TestServersThatDoNotRegister(t *testing.T) {
	const query = "<iq type='result' id='register1'><query xmlns='jabber:iq:register'>%s</query></iq>"
	const form = "<x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'><value>jabber:iq:register</value></field>" +
		"<field var='username' type='text-single'><required/></field><field var='password' type='text-private'><required/></field>%s</x>"
	refuse := func(condition string) string {
		return "<iq type='error' id='register1'><error type='cancel'><" + condition + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
	}
	for name, c := range map[string]struct {
		first, second string
		kind          model.ErrorKind
		says          string
	}{
		"no service":   {refuse("service-unavailable"), "", model.ErrUnsupported, "does not let"},
		"not allowed":  {refuse("not-allowed"), "", model.ErrUnsupported, "does not let"},
		"a web page":   {strings.Replace(query, "%s", "<instructions>See</instructions><x xmlns='jabber:x:oob'><url>https://join.scripted.test/</url></x>", 1), "", model.ErrUnsupported, "https://join.scripted.test/"},
		"an evil page": {strings.Replace(query, "%s", "<x xmlns='jabber:x:oob'><url>javascript:alert(1)</url></x>", 1), "", model.ErrUnsupported, "more than a name"},
		"a picture": {strings.Replace(query, "%s", "<username/><password/>"+strings.Replace(form, "%s", "<field var='ocr'><required/></field>", 1), 1), "",
			model.ErrUnsupported, "more than a name"},
		"too fast": {strings.Replace(query, "%s", "<username/><password/>", 1), strings.Replace(refuse("resource-constraint"), "register1", "register2", 1),
			model.ErrServerRefused, "resource-constraint"},
		"a bad name": {strings.Replace(query, "%s", "<username/><password/>", 1), strings.Replace(refuse("not-acceptable"), "register1", "register2", 1),
			model.ErrInvalid, "did not accept"},
		"a form we can fill": {strings.Replace(query, "%s", strings.Replace(form, "%s", "<field var='nick' type='text-single'/>", 1), 1),
			"<iq type='result' id='register2'/>", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := scriptedConfig(t, scripted(t, func(p *peer) {
				p.secure()
				p.open("")
				p.next()
				p.send("%s", c.first)
				if c.second == "" {
					p.wait()
					return
				}
				asked := p.next()
				if !strings.Contains(asked.String(), scriptedPass) || !strings.Contains(asked.String(), ">me<") {
					p.tb.Errorf("asked for %s", asked)
				}
				p.send("%s", c.second)
				p.wait()
			}))
			err := stream.Register(t.Context(), cfg)
			if model.KindOf(err) != c.kind || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v (%s), want %s %q", err, model.KindOf(err), c.kind, c.says)
			}
			noSecrets(t, cfg.Trace, err)
		})
	}
}

func TestRegistrationThatIsSwitchedOff(t *testing.T) {
	srv := xmpptest.Prosody(t, xmpptest.Options{NoRegistration: true})
	cfg := config(t, srv, xmpptest.User{Name: "x", Domain: srv.Domain(), Password: "y"}, srv.DirectTLSAddr(), model.SecurityDirectTLS)
	if err := stream.Register(t.Context(), cfg); model.KindOf(err) != model.ErrUnsupported {
		t.Errorf("got %v (%s)", err, model.KindOf(err))
	}
	cfg.JID = jid.MustParse(srv.Domain())
	if err := stream.Register(t.Context(), cfg); model.KindOf(err) != model.ErrInvalidJID {
		t.Errorf("without a name: %v", err)
	}
}
