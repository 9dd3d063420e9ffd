//go:build soak

package soak_test

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// element is an XML element with all that is in it.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// child is the first with the name, or an empty element.
func (e element) child(name string) element {
	for _, c := range e.Children {
		if c.XMLName.Local == name {
			return c
		}
	}
	return element{}
}

// witness is a client that shares no code with ours: it signs in by TLS and PLAIN, sends
// no presence and asks.
type witness struct {
	conn net.Conn
	in   *xml.Decoder
	next int
}

func newWitness(s *xmpptest.Server, u xmpptest.User) (*witness, error) {
	conn, err := tls.Dial("tcp", s.DirectTLSAddr(), &tls.Config{RootCAs: s.CAPool(), ServerName: s.Domain(), MinVersion: tls.VersionTLS12})
	if err != nil {
		return nil, err
	}
	w := &witness{conn: conn}
	secret := base64.StdEncoding.EncodeToString([]byte("\x00" + u.Name + "\x00" + u.Password))
	err = errors.Join(
		w.open(u.Domain),
		w.expect("success", "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", secret),
		w.open(u.Domain),
		w.expect("iq", "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"),
	)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return w, nil
}

func (w *witness) close() {
	_, _ = fmt.Fprint(w.conn, "</stream:stream>")
	_ = w.conn.Close()
}

func (w *witness) open(domain string) error {
	w.in = xml.NewDecoder(w.conn)
	header := "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='" + domain + "'>"
	if _, err := fmt.Fprint(w.conn, header); err != nil {
		return err
	}
	for {
		token, err := w.in.Token()
		if err != nil {
			return err
		}
		if _, ok := token.(xml.StartElement); ok {
			break
		}
	}
	_, err := w.read("features")
	return err
}

// read takes elements until one has the name.
func (w *witness) read(name string) (element, error) {
	for {
		var e element
		if err := w.conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			return e, err
		}
		if err := w.in.Decode(&e); err != nil {
			return e, fmt.Errorf("waiting for <%s>: %w", name, err)
		}
		if e.XMLName.Local == name {
			return e, nil
		}
		if e.XMLName.Local == "failure" || e.XMLName.Local == "error" {
			return e, fmt.Errorf("refused: %v", e)
		}
	}
}

func (w *witness) expect(name, format string, args ...any) error {
	if _, err := fmt.Fprintf(w.conn, format, args...); err != nil {
		return err
	}
	e, err := w.read(name)
	if err == nil && e.attr("type") == "error" {
		err = fmt.Errorf("refused: %v", e)
	}
	return err
}

// archived is a message as the server keeps it.
type archived struct {
	id       string // given by the archive
	outgoing bool
	wireID   string
	body     string
	stamp    string
}

// archive reads all that the server keeps for the user of messages with a body, oldest first.
func (w *witness) archive(u xmpptest.User) ([]archived, error) {
	var all []archived
	after := ""
	for {
		w.next++
		cursor := ""
		if after != "" {
			cursor = "<after>" + escape(after) + "</after>"
		}
		_, err := fmt.Fprintf(w.conn, "<iq type='set' id='q%d'><query xmlns='urn:xmpp:mam:2' queryid='q%d'>"+
			"<set xmlns='http://jabber.org/protocol/rsm'><max>250</max>%s</set></query></iq>", w.next, w.next, cursor)
		if err != nil {
			return nil, err
		}
		fin, err := w.results(u, &all)
		if err != nil {
			return nil, err
		}
		after = fin.child("set").child("last").Text
		if fin.attr("complete") == "true" || after == "" {
			return all, nil
		}
	}
}

// results takes what the archive sends until <fin/>.
func (w *witness) results(u xmpptest.User, all *[]archived) (element, error) {
	for {
		var e element
		if err := w.conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			return e, err
		}
		if err := w.in.Decode(&e); err != nil {
			return e, err
		}
		if e.XMLName.Local == "iq" {
			if e.attr("type") == "error" {
				return e, fmt.Errorf("the archive refused: %v", e)
			}
			return e.child("fin"), nil
		}
		result := e.child("result")
		forwarded := result.child("forwarded")
		m := forwarded.child("message")
		body := m.child("body")
		if body.XMLName.Local == "" {
			continue
		}
		*all = append(*all, archived{
			id: result.attr("id"), outgoing: strings.HasPrefix(m.attr("from"), u.JID()), wireID: m.attr("id"),
			body: body.Text, stamp: forwarded.child("delay").attr("stamp"),
		})
	}
}

// serverVersion asks the server what it is (XEP-0092).
func serverVersion(s *xmpptest.Server, u xmpptest.User) (string, error) {
	w, err := newWitness(s, u)
	if err != nil {
		return "", err
	}
	defer w.close()
	if _, err := fmt.Fprintf(w.conn, "<iq type='get' id='v' to='%s'><query xmlns='jabber:iq:version'/></iq>", s.Domain()); err != nil {
		return "", err
	}
	e, err := w.read("iq")
	q := e.child("query")
	return q.child("name").Text + " " + q.child("version").Text, err
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder cannot fail
	return b.String()
}
