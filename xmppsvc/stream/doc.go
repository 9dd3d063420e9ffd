// Package stream is one connection to a server, from the look-up of its address to
// its end: dialling, TLS, SASL, bind and stream management (XEP-0198). It is the one
// place that knows gosrc.io/xmpp, whose Transport interface our transport has; all
// that must be right (the order of stanzas, the limits, the authentication, the
// counting) is ours.
//
// A Stream never comes back: after its end the account makes a new one with Connect.
// Two things go from one connection to the next. The Hint only decides what may be sent
// without waiting; everything in it is checked again. Session, what a stream leaves
// behind, becomes Config.Resume.
//
// # Resumption
//
// With Config.Resume the server is asked to go on with the earlier session (XEP-0198 §5)
// in the place of binding. It then tells how much of ours it had; the rest is sent again
// before anything new. If it refuses, we bind on the same connection. Stanzas are numbered
// from 1 behind <enable/> in the order in which Send took them, and after a resumption
// from the server's count on, without a hole. What we tell the server to have handled,
// in <a/> and in <resume/>, is never more than the account reported with Handled. A server
// that counts what was never sent, or counts backwards, ends the stream: to believe it
// would lose messages.
//
// # Goroutines
//
// Connect works on the caller's. While it looks for the server each look-up and each
// address has one of its own (race.go); all have ended before anything is sent to the
// winner, and what Config is asked (Trust, OnState) is asked on the caller's. An
// established Stream has a reader and a writer
// goroutine: the reader hands on what comes in the order of the socket and alone
// closes Inbound; the writer alone touches the socket's other half. All methods of
// Stream may be called from any goroutine.
//
// # The way there
//
// Addresses are raced (RFC 8305, XEP-0495): IPv6 and IPv4 of a host in turn, 250 ms apart,
// likewise the targets of one priority; those of the next follow after two seconds or when
// all before them have failed. The first with TCP, and with TLS where that comes at once,
// is taken. A Dial of its own (a proxy, the embedded server) is given names.
//
// # Rules
//
// No credential is sent before TLS is verified (or the connection is the embedded
// server's pipe). TLS is verified for the domain of the address we sign in with,
// whatever host the network led us to (RFC 6120 §13.7). Bytes that came in plain text
// behind <proceed/> end the attempt (RFC 6120 §5.4.3.3). A success without the
// server's proof is a failure. PLAIN is refused once SCRAM was seen.
package stream
