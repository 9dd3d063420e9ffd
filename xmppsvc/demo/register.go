package demo

import (
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

const (
	maxAccounts = 500
	maxPassword = 1023
)

// preauthIQ is registration on a stream that has not authenticated (XEP-0077 §3.1).
func (c *conn) preauthIQ(iq *stanza.Element) error {
	payload := iq.First()
	if !payload.Is(nsRegister, "query") {
		return streamError("not-authorized")
	}
	refuse := func(cond *condition) error {
		c.reply(cond.reply(iq))
		return nil
	}
	if c.srv.opt.Closed {
		return refuse(unavailable)
	}
	switch iq.Get("type") {
	case "get":
		c.reply(iq.Result(stanza.New(nsRegister, "query",
			stanza.NewText(nsRegister, "instructions", "Choose a name and a password."),
			stanza.New(nsRegister, "username"), stanza.New(nsRegister, "password"))))
		return nil
	case "set":
	default:
		return refuse(badRequest)
	}
	name, password := payload.ChildText(nsRegister, "username"), payload.ChildText(nsRegister, "password")
	address, err := jid.New(name, Domain, "")
	if name == "" || password == "" || len(password) > maxPassword || err != nil {
		return refuse(notAcceptable)
	}
	k, err := newCredentials(password)
	if err != nil {
		return refuse(notAcceptable)
	}
	var failed *condition
	c.srv.do(func() {
		switch st := c.srv.st; {
		case st.Accounts[address] != nil:
			failed = conflict
		case len(st.Accounts) >= maxAccounts:
			failed = tooMany
		default:
			st.add(address, k)
			c.srv.changed()
		}
	})
	if failed != nil {
		return refuse(failed)
	}
	c.reply(iq.Result(nil))
	return nil
}

// registered tells an account about itself (XEP-0077 §3.1.1, example 5).
func (s *Server) registered(from *session, _ *stanza.Element) (*stanza.Element, *condition) {
	return stanza.New(nsRegister, "query", stanza.New(nsRegister, "registered"),
		stanza.NewText(nsRegister, "username", from.jid.Local()), stanza.New(nsRegister, "password")), nil
}

// changeRegistration removes the account or changes its password (§3.2, §3.3). The
// owner stays as it is: the program signs in with what it was given.
func (s *Server) changeRegistration(from *session, payload *stanza.Element) (*stanza.Element, *condition) {
	acct := from.acct
	if acct.jid == s.owner {
		return nil, notAllowed
	}
	if payload.Child(nsRegister, "remove") != nil {
		s.removeAccount(acct)
		return nil, nil
	}
	name, err := jid.New(payload.ChildText(nsRegister, "username"), Domain, "")
	password := payload.ChildText(nsRegister, "password")
	if err != nil || name != acct.jid || password == "" || len(password) > maxPassword {
		return nil, badRequest
	}
	// Some milliseconds under the mutex, for something nobody does twice.
	k, err := newCredentials(password)
	if err != nil {
		return nil, notAcceptable
	}
	acct.Keys = k
	s.changed()
	return nil, nil
}

// removeAccount forgets an account and ends its streams once the answer is out.
func (s *Server) removeAccount(acct *account) {
	for contact := range acct.Roster {
		s.removeContact(acct, contact)
	}
	s.forget(acct)
	delete(s.st.Accounts, acct.jid)
	s.changed()
	s.after(0, func() {
		for _, sess := range acct.sessions {
			if sess.conn != nil {
				sess.conn.shut("not-authorized")
			} else {
				s.end(sess)
			}
		}
	})
}
