package jid

// SlowEqual tells whether full preparation of the parts gives j.
func SlowEqual(local, domain, resource string, j JID) bool {
	p, err := prepare(local, domain, resource)
	return err == nil && p == j
}
