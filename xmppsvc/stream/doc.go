// Package stream is one connection to a server, from the look-up of its address to
// its end: dialling, TLS, SASL, bind and stream management (XEP-0198). It is the one
// place that knows gosrc.io/xmpp, whose Transport interface our transport has; all
// that must be right (the order of stanzas, the limits, the authentication, the
// counting) is ours.
//
// A Stream never comes back: after its end the account makes a new one with Connect.
// No state is carried from one connection to the next but the Hint, which only
// decides what may be sent without waiting; everything in it is checked again.
//
// # Goroutines
//
// Connect works on the caller's. An established Stream has a reader and a writer
// goroutine: the reader hands on what comes in the order of the socket and alone
// closes Inbound; the writer alone touches the socket's other half. All methods of
// Stream may be called from any goroutine.
//
// # Rules
//
// No credential is sent before TLS is verified (or the connection is the embedded
// server's pipe). TLS is verified for the domain of the address we sign in with,
// whatever host the network led us to (RFC 6120 §13.7). Bytes that came in plain text
// behind <proceed/> end the attempt (RFC 6120 §5.4.3.3). A success without the
// server's proof is a failure. PLAIN is refused once SCRAM was seen.
package stream
