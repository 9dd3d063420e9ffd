// Package connection is the connection page: what raw events were for, made useful to
// people. It has three pages under one head:
//
//   - the timeline: every connection of the account with its steps, its certificates, and
//     why it ended;
//   - the traffic: what goes by now, in this run, this month, and what doing nothing costs;
//   - the XML console: what travels, filtered, paired, pretty, and a field to send by hand.
//
// And it writes a report for whoever is to find a fault (report.go).
//
// Everything it shows is handed to it as values: Render brings how the connection stands,
// Take what travelled since. It asks for neither. While a page is hidden nothing is laid
// out for it.
package connection
