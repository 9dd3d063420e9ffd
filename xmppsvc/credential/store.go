// Package credential keeps passwords: in the system's keychain, or in memory while the
// process runs. There is no third place, and nothing falls back to a file.
package credential

import (
	"errors"
	"fmt"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Store keeps one password an account (bare address). Its methods block, in a keychain
// for as long as the system asks the user to unlock it, so none may run on the UI
// goroutine; they may be called from any other, by several at once.
type Store interface {
	// Get gives ErrNotFound where there is no password, ErrUnavailable where that
	// cannot be known.
	Get(account jid.JID) (model.Secret, error)
	// Set stores or replaces the password; nil means that it can be read again.
	Set(account jid.JID, s model.Secret) error
	// Delete gives ErrNotFound where there was none.
	Delete(account jid.JID) error
}

var (
	// ErrNotFound is wrapped by an error of kind model.ErrNoPassword.
	ErrNotFound = errors.New("no password is stored")
	// ErrUnavailable is wrapped by an error of kind model.ErrNoKeychain: the system has
	// no keychain, it does not answer, or the user did not unlock it.
	ErrUnavailable = errors.New("the system's keychain cannot be used")
)

func notFound(account jid.JID) error {
	return model.Errorf(model.ErrNoPassword, "%w for %s", ErrNotFound, account.Bare())
}

func unavailable(cause error) error {
	err := fmt.Errorf("%w: %w", ErrUnavailable, cause)
	return &model.Error{Kind: model.ErrNoKeychain, Message: err.Error(), Err: err}
}

// user is the name a password is kept under.
func user(account jid.JID) (string, error) {
	if account.IsZero() {
		return "", model.Errorf(model.ErrInvalidJID, "a password needs an account")
	}
	return account.Bare().String(), nil
}
