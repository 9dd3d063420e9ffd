package tr

import (
	"errors"

	"dovekie/xmppsvc/model"
)

// Error is the sentence for an error of the service; host stands for the server when the
// error names none, and may be "".
func Error(err error, host string) string {
	var e *model.Error
	if errors.As(err, &e) && e.Host != "" {
		host = e.Host
	}
	return Kind(model.KindOf(err), host)
}

// Kind is the sentence for a kind of error.
func Kind(kind model.ErrorKind, host string) string {
	if host == "" {
		host = T("err.the_server")
	}
	key := "err." + string(kind)
	if !Has(key) {
		key = "err." + string(model.ErrProtocol)
	}
	return T(key, "host", host)
}
