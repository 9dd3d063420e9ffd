package credential

import (
	"errors"
	"time"

	"github.com/zalando/go-keyring"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// service is the name the passwords stand under in the keychain, with the bare address
// as the user.
const service = "dovekie"

// Keyring is the system's keychain: Secret Service (GNOME Keyring, KWallet), Windows'
// credential store, macOS' Keychain. Only the password is kept there.
type Keyring struct {
	// answer is how long the keychain may take to show that it lives, unlock how long a
	// call may take, in which the system may ask the user for the keychain's password.
	answer, unlock time.Duration
	// busy holds a value while a call is out. A call that was given up (a bus that hangs
	// cannot be interrupted) keeps it, so that only one goroutine can ever be stuck.
	busy chan struct{}
}

var _ Store = (*Keyring)(nil)

// NewKeyring makes a Store on the system's keychain; it does not touch it yet.
func NewKeyring() *Keyring {
	return &Keyring{answer: 3 * time.Second, unlock: 2 * time.Minute, busy: make(chan struct{}, 1)}
}

// Get implements Store.
func (k *Keyring) Get(account jid.JID) (model.Secret, error) {
	var s string
	err := k.call(account, func(name string) (err error) {
		s, err = keyring.Get(service, name)
		return err
	})
	if err != nil {
		return model.Secret{}, err
	}
	return model.NewSecret(s), nil
}

// Set implements Store. What was written is read again, since a keychain whose question
// the user dismissed stores nothing and says nothing.
func (k *Keyring) Set(account jid.JID, s model.Secret) error {
	return k.call(account, func(name string) error {
		if err := keyring.Set(service, name, s.Reveal()); err != nil {
			return err
		}
		if got, err := keyring.Get(service, name); err != nil || got != s.Reveal() {
			return errors.Join(errors.New("the password was not stored"), err)
		}
		return nil
	})
}

// Delete implements Store.
func (k *Keyring) Delete(account jid.JID) error {
	return k.call(account, func(name string) error { return keyring.Delete(service, name) })
}

// call runs fn once the keychain has shown that it answers, and gives its error a kind.
func (k *Keyring) call(account jid.JID, fn func(name string) error) error {
	name, err := user(account)
	if err != nil {
		return err
	}
	if err := k.within(k.answer, probe); err != nil {
		return unavailable(err)
	}
	err = k.within(k.unlock, func() error { return fn(name) })
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return notFound(account)
	}
	return unavailable(err)
}

var errTimeout = errors.New("it does not answer")

// within runs fn on a goroutine of its own and gives up on it after the time. The result
// of an fn that was given up is never looked at.
func (k *Keyring) within(d time.Duration, fn func() error) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case k.busy <- struct{}{}:
	case <-timer.C:
		return errTimeout
	}
	result := make(chan error, 1)
	go func() {
		defer func() { <-k.busy }()
		result <- fn()
	}()
	select {
	case err := <-result:
		return err
	case <-timer.C:
		return errTimeout
	}
}
