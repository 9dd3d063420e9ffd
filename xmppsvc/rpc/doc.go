// Package rpc is the service's second face: JSON-RPC 2.0, one object a line, for
// scripts, bots and other front ends. Its method table is the service's commands and
// queries, its notifications are the service's events.
//
// Requests may be pipelined. Methods marked Ordered take effect in the order in which
// they were written; the others run beside each other, and replies come as they are
// ready. Notifications keep the order of the facts. The table in the README is printed
// from the Go types here (Describe).
//
// Goroutines, all of them ended when Serve returns: the reader is Serve's caller; one
// writes what goes out; one carries the feed; one runs the ordered requests; each other
// request has its own.
package rpc
