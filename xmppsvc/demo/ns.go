package demo

// Namespaces of the extensions that the server or its contacts speak.
const (
	nsRoster      = "jabber:iq:roster"
	nsRosterVer   = "urn:xmpp:features:rosterver"
	nsPreApproval = "urn:xmpp:features:pre-approval"
	nsRegister    = "jabber:iq:register"
	nsRegisterFtr = "http://jabber.org/features/iq-register"
	nsBinding     = "urn:xmpp:sasl-cb:0"
	nsSM          = "urn:xmpp:sm:3"
	nsCarbons     = "urn:xmpp:carbons:2"
	nsForward     = "urn:xmpp:forward:0"
	nsHints       = "urn:xmpp:hints"
	nsDelay       = "urn:xmpp:delay"
	nsStanzaID    = "urn:xmpp:sid:0"
	nsReceipts    = "urn:xmpp:receipts"
	nsMarkers     = "urn:xmpp:chat-markers:0"
	nsChatStates  = "http://jabber.org/protocol/chatstates"
	nsDiscoInfo   = "http://jabber.org/protocol/disco#info"
	nsDiscoItems  = "http://jabber.org/protocol/disco#items"
	nsCaps        = "http://jabber.org/protocol/caps"
	nsNick        = "http://jabber.org/protocol/nick"
	nsPing        = "urn:xmpp:ping"
	nsVersion     = "jabber:iq:version"
	nsTime        = "urn:xmpp:time"
	nsVCard       = "vcard-temp"
	nsSession     = "urn:ietf:params:xml:ns:xmpp-session"
)
