package adapt

import "dovekie/xmppsvc/model"

// NetworkKind reports whether trying later may help by itself.
func NetworkKind(k model.ErrorKind) bool {
	return k == model.ErrUnreachable || k == model.ErrTimeout || k == model.ErrUnknownHost
}

// NeedsUser reports whether the connection comes back only when its user signs in.
func NeedsUser(c *model.Connection) bool {
	return c.State == model.Offline && !NetworkKind(c.Cause)
}
