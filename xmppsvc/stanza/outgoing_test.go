package stanza_test

import (
	"errors"
	"strings"
	"testing"

	"dovekie/xmppsvc/stanza"
)

func TestOneStanzaWrittenByHandIsTaken(t *testing.T) {
	for _, text := range []string{
		"<presence/>",
		"  <presence type='unavailable'/>\n",
		"<message to='a@b'><body>你好 &amp; more</body></message>",
		"<message xmlns='jabber:client' to='a@b' type='chat'><body>x</body></message>",
		"<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
		"<iq type='result' id='1' to='a@b'/>",
		"<iq type='set' id='1'>\n <query xmlns='jabber:iq:roster'><item jid='a@b'/></query>\n</iq>",
	} {
		if _, err := stanza.ParseOutgoing(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestWhatCouldEndTheStreamIsRefused(t *testing.T) {
	for text, want := range map[string]stanza.Refusal{
		"":                                 stanza.RefusedEmpty,
		" \n":                              stanza.RefusedEmpty,
		"hello":                            stanza.RefusedSyntax,
		"<presence":                        stanza.RefusedCut,
		"<message><body>x</body>":          stanza.RefusedCut,
		"<message><body>x</message>":       stanza.RefusedSyntax,
		"<message a='1' a='2'/>":           stanza.RefusedSyntax,
		"<message><!-- x --></message>":    stanza.RefusedSyntax,
		"<!DOCTYPE x><message/>":           stanza.RefusedSyntax,
		"<message>&unknown;</message>":     stanza.RefusedSyntax,
		"<presence/><presence/>":           stanza.RefusedMore,
		"<presence/>more":                  stanza.RefusedMore,
		"<presence/></stream:stream>":      stanza.RefusedMore,
		"</stream:stream>":                 stanza.RefusedStream,
		"<stream:stream>":                  stanza.RefusedStream,
		"<?xml version='1.0'?><presence/>": stanza.RefusedStream,
		"<stream:error/>":                  stanza.RefusedStream,
		"<error xmlns='http://etherx.jabber.org/streams'/>":                         stanza.RefusedStream,
		"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>x</auth>": stanza.RefusedStream,
		"<auth/>": stanza.RefusedStream,
		"<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'/>":           stanza.RefusedStream,
		"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>":                 stanza.RefusedStream,
		"<r xmlns='urn:xmpp:sm:3'/>":                                          stanza.RefusedStream,
		"<a xmlns='urn:xmpp:sm:3' h='99'/>":                                   stanza.RefusedStream,
		"<enable xmlns='urn:xmpp:sm:3'/>":                                     stanza.RefusedStream,
		"<inactive xmlns='urn:xmpp:csi:0'/>":                                  stanza.RefusedKind,
		"<message xmlns='jabber:server'/>":                                    stanza.RefusedKind,
		"<Message/>":                                                          stanza.RefusedKind,
		"<iq id='1'><ping xmlns='urn:xmpp:ping'/></iq>":                       stanza.RefusedType,
		"<iq type='ask' id='1'><ping xmlns='urn:xmpp:ping'/></iq>":            stanza.RefusedType,
		"<presence type='available'/>":                                        stanza.RefusedType,
		"<message type='error groupchat'/>":                                   stanza.RefusedType,
		"<iq type='get' id='1'/>":                                             stanza.RefusedPayload,
		"<iq type='set' id='1'><a xmlns='x'/><b xmlns='x'/></iq>":             stanza.RefusedPayload,
		"<message><body>" + strings.Repeat("x", 61<<10) + "</body></message>": stanza.RefusedSize,
	} {
		_, err := stanza.ParseOutgoing(text)
		var refused *stanza.RefusedError
		if !errors.As(err, &refused) || refused.Reason != want {
			t.Errorf("%.80s: %v, want %s", text, err, want)
		}
	}
}
