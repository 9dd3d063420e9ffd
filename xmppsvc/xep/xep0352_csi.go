package xep

import "dovekie/xmppsvc/stanza"

// NSClientState is XEP-0352. A server that knows it says so among its stream features.
const NSClientState = "urn:xmpp:csi:0"

// Active and Inactive say, outside of any stanza, whether somebody looks at the program.
// Nobody answers them. A stream begins active, also one that was resumed (XEP-0352 §5.2).
func Active() *stanza.Element { return stanza.New(NSClientState, "active") }

// Inactive is Active's opposite.
func Inactive() *stanza.Element { return stanza.New(NSClientState, "inactive") }
