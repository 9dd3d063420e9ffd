package credential

import (
	"sync"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Memory is a Store that forgets with the process: for the demo, for tests, and where
// the system has no keychain.
type Memory struct {
	mu  sync.Mutex
	all map[string]model.Secret
}

var _ Store = (*Memory)(nil)

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{all: map[string]model.Secret{}} }

// Get implements Store.
func (m *Memory) Get(account jid.JID) (model.Secret, error) {
	name, err := user(account)
	if err != nil {
		return model.Secret{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.all[name]
	if !ok {
		return model.Secret{}, notFound(account)
	}
	return s, nil
}

// Set implements Store.
func (m *Memory) Set(account jid.JID, s model.Secret) error {
	name, err := user(account)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[name] = s
	return nil
}

// Delete implements Store.
func (m *Memory) Delete(account jid.JID) error {
	name, err := user(account)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.all[name]; !ok {
		return notFound(account)
	}
	delete(m.all, name)
	return nil
}
