package xep_test

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"testing"

	"dovekie/xmppsvc/xep"
)

// simple and complex are the examples of XEP-0115 §5.2 and §5.3.
const simple = `<query xmlns='http://jabber.org/protocol/disco#info' node='http://code.google.com/p/exodus#QgayPKawpkPSDYmwT/WM94uAlu0='>
	<identity category='client' name='Exodus 0.9.1' type='pc'/>
	<feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>
	<feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/></query>`

const complicated = `<query xmlns='http://jabber.org/protocol/disco#info' node='http://psi-im.org#q07IKJEyjvHSyhy//CH0CxmKi8w='>
	<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>
	<identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>
	<feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>
	<feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>
	<x xmlns='jabber:x:data' type='result'>
		<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>
		<field var='ip_version' type='text-multi'><value>ipv4</value><value>ipv6</value></field>
		<field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>
		<field var='software'><value>Psi</value></field><field var='software_version'><value>0.11</value></field>
	</x></query>`

func disco(t *testing.T, xml string) xep.Disco {
	t.Helper()
	d, ok := xep.ReadDisco(parse(t, xml))
	if !ok {
		t.Fatal("no disco")
	}
	return d
}

func TestCapsHashIsThatOfTheExamples(t *testing.T) {
	for xml, ver := range map[string]string{simple: "QgayPKawpkPSDYmwT/WM94uAlu0=", complicated: "q07IKJEyjvHSyhy//CH0CxmKi8w="} {
		d := disco(t, xml)
		c := xep.NewCaps("http://x", d)
		if c.Ver != ver || c.Hash != "sha-1" || c.Key() != "http://x#"+ver || !c.Verify(d) {
			t.Errorf("%+v, want %s", c, ver)
		}
		slices.Reverse(d.Features)
		slices.Reverse(d.Identities)
		for _, f := range d.Forms {
			slices.Reverse(f.Fields)
		}
		if again := xep.NewCaps("http://x", d); again != c {
			t.Errorf("the order counts: %+v", again)
		}
	}
}

func TestCapsVerifyRefusesWhatIsNotSaidWell(t *testing.T) {
	for name, change := range map[string]func(*xep.Disco){
		"a feature more":        func(d *xep.Disco) { d.Features = append(d.Features, "urn:more") },
		"a feature twice":       func(d *xep.Disco) { d.Features = append(d.Features, d.Features[0]) },
		"an identity twice":     func(d *xep.Disco) { d.Identities = append(d.Identities, d.Identities[0]) },
		"a form twice":          func(d *xep.Disco) { d.Forms = append(d.Forms, d.Forms[0]) },
		"two form types":        func(d *xep.Disco) { d.Forms[0].Fields[0].Values = []string{"a", "b"} },
		"a separator inside":    func(d *xep.Disco) { d.Features = append(d.Features, "a<b") },
		"a separator in values": func(d *xep.Disco) { d.Forms[0].Fields[1].Values[0] = "ipv4<ipv6" },
		"a slash in a type":     func(d *xep.Disco) { d.Identities[0].Type = "pc/en" },
	} {
		d := disco(t, complicated)
		before := xep.NewCaps("n", d)
		change(&d)
		if before.Verify(d) {
			t.Errorf("%s: the old hash still fits", name)
		}
		if own := xep.NewCaps("n", d); name != "a feature more" && own.Verify(d) {
			t.Errorf("%s: accepted with its own hash", name)
		}
	}
}

// One text can be hashed for two different answers: the entry's border moved.
func TestCapsPoisoningByASeparatorIsRefused(t *testing.T) {
	honest := xep.Disco{Identities: []xep.Identity{{Category: "client", Type: "pc"}}, Features: []string{"a", "b"}}
	forged := xep.Disco{Identities: []xep.Identity{{Category: "client", Type: "pc", Name: ""}}, Features: []string{"a<b"}}
	c := xep.NewCaps("n", honest)
	if xep.NewCaps("n", forged) != c {
		t.Fatal("the example does not collide")
	}
	if c.Verify(forged) || !c.Verify(honest) {
		t.Error("the forged answer is taken for the honest one's")
	}
}

func TestCapsFormsWithoutATypeAreIgnored(t *testing.T) {
	d := disco(t, complicated)
	c := xep.NewCaps("n", d)
	d.Forms = append(d.Forms, xep.Form{Fields: []xep.Field{{Var: "x", Values: []string{"y"}}}},
		xep.Form{Fields: []xep.Field{{Var: "FORM_TYPE", Type: "text-single", Values: []string{"z"}}}})
	if !c.Verify(d) {
		t.Error("they count")
	}
}

func TestCapsFunctions(t *testing.T) {
	d := disco(t, simple)
	c := xep.NewCaps("n", d)
	for hash, want := range map[string]bool{"sha-1": true, "SHA-1": true, "md5": false, "sha-256": false, "": false} {
		c.Hash = hash
		if c.Verify(d) != want {
			t.Errorf("%q: %v", hash, !want)
		}
	}
	sum := sha256.Sum256([]byte("client/pc//Exodus 0.9.1<http://jabber.org/protocol/caps<http://jabber.org/protocol/disco#info<" +
		"http://jabber.org/protocol/disco#items<http://jabber.org/protocol/muc<"))
	c.Hash, c.Ver = "sha-256", base64.StdEncoding.EncodeToString(sum[:])
	if !c.Verify(d) {
		t.Error("sha-256 is not verified")
	}
	for _, s := range []string{`<c xmlns='http://jabber.org/protocol/caps' node='n' ver='1.0' ext='x'/>`, `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' ver='v'/>`} {
		if c, ok := xep.CapsOf(parse(t, `<presence>`+s+`</presence>`)); ok {
			t.Errorf("%s: %+v", s, c)
		}
	}
	if !d.Has("http://jabber.org/protocol/muc") || d.Has("x") || !d.Is("client", "pc") || !d.Is("client", "") || d.Is("server", "") {
		t.Error("Has and Is")
	}
}
