package credential_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dovekie/xmppsvc/credential"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

var (
	me    = jid.MustParse("me@example.org")
	other = jid.MustParse("me@example.net")
)

// conforms walks an empty Store through what the interface promises.
func conforms(s credential.Store) error {
	get := func(account jid.JID, want string) error {
		got, err := s.Get(account)
		if err != nil || got.Reveal() != want {
			return fmt.Errorf("Get(%s): not what was set; %w", account, err)
		}
		return nil
	}
	missing := func(what string, err error) error {
		if !errors.Is(err, credential.ErrNotFound) || errors.Is(err, credential.ErrUnavailable) ||
			model.KindOf(err) != model.ErrNoPassword {
			return fmt.Errorf("%s of what is not there: %w", what, err)
		}
		return nil
	}
	phone, err := me.WithResource("phone")
	if err != nil {
		return err
	}
	_, err = s.Get(me)
	if err := missing("Get", err); err != nil {
		return err
	}
	if err := missing("Delete", s.Delete(me)); err != nil {
		return err
	}
	const long = "长密码 'quoted' \"twice\" \\ $HOME `id` \n\t€ "
	for _, step := range []func() error{
		func() error { return s.Set(me, model.NewSecret("first")) },
		func() error { return get(me, "first") },
		func() error { return get(phone, "first") },
		func() error { return s.Set(phone, model.NewSecret(long+strings.Repeat("x", 1000))) },
		func() error { return get(me, long+strings.Repeat("x", 1000)) },
		func() error { return s.Set(other, model.NewSecret("another")) },
		func() error { return s.Delete(me) },
		func() error { _, err := s.Get(me); return missing("Get", err) },
		func() error { return get(other, "another") },
		func() error { return s.Delete(other) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	if _, err := s.Get(jid.JID{}); model.KindOf(err) != model.ErrInvalidJID {
		return fmt.Errorf("Get without an account: %w", err)
	}
	return nil
}

func TestMemoryConforms(t *testing.T) {
	if err := conforms(credential.NewMemory()); err != nil {
		t.Error(err)
	}
}
