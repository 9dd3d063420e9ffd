package demo

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

const (
	stateFile    = "server.json"
	stateVersion = 1
	saveDelay    = 250 * time.Millisecond
)

// state is all that the server remembers between two starts.
type state struct {
	Version  int                  `json:"version"`
	Secret   []byte               `json:"secret"` // makes the salts of unknown users
	Accounts map[jid.JID]*account `json:"accounts"`
	Done     map[string]bool      `json:"done"` // steps of the script that happened
}

// account is one login, or a contact that lives in the server (Keys is nil then).
type account struct {
	Keys     credentials        `json:"keys,omitempty"`
	Roster   map[jid.JID]*item  `json:"roster,omitempty"`
	Epoch    string             `json:"epoch"` // makes versions of two lives of a roster differ
	Ver      int                `json:"ver"`
	Requests map[jid.JID]string `json:"requests,omitempty"` // unanswered subscribe stanzas
	Offline  []kept             `json:"offline,omitempty"`
	VCard    string             `json:"vcard,omitempty"`
	Nodes    map[string]*node   `json:"nodes,omitempty"`

	jid      jid.JID
	bot      *bot
	sessions map[string]*session
	archive  *archive // in a file of its own
}

// item is a roster item; Ask and Approved are RFC 6121 §2.1.2's.
type item struct {
	Name         string             `json:"name,omitempty"`
	Groups       []string           `json:"groups,omitempty"`
	Subscription model.Subscription `json:"subscription"`
	Ask          bool               `json:"ask,omitempty"`
	Approved     bool               `json:"approved,omitempty"`
}

// kept is one offline message.
type kept struct {
	Time time.Time `json:"time"`
	XML  string    `json:"xml"`
}

// session is one resource of an account: a connection's or a contact's.
type session struct {
	acct *account
	jid  jid.JID
	conn *conn // nil for a contact, and while the session waits to be resumed
	bot  *bot  // nil for a connection
	sm   acks

	lostAt time.Time // when the last connection broke
	ended  bool
	held   *held // what waits while nobody looks (XEP-0352), nil while somebody does

	presence   *stanza.Element // the last one broadcast, nil while unavailable
	since      time.Time       // when that came
	priority   int
	interested bool // asked for the roster: gets pushes (RFC 6121 §2.1.6)
	carbons    bool
	directed   map[jid.JID]bool // who got directed presence (RFC 6121 §4.6)

	caps  xep.Caps
	wants map[string]bool // of which nodes it wants to hear; shared, never changed
	asked *asking         // what its caps stand for, nil if known
}

func newState() *state {
	secret := make([]byte, 32)
	rand.Read(secret)
	return &state{Version: stateVersion, Secret: secret, Accounts: map[jid.JID]*account{}, Done: map[string]bool{}}
}

// add makes an empty account.
func (st *state) add(address jid.JID, k credentials) *account {
	a := &account{
		Keys: k, Roster: map[jid.JID]*item{}, Epoch: rand.Text()[:8], Requests: map[jid.JID]string{},
		jid: address, sessions: map[string]*session{}, archive: newArchive(),
	}
	st.Accounts[address] = a
	return a
}

// version is the roster's, for XEP-0237.
func (a *account) version() string { return a.Epoch + "-" + strconv.Itoa(a.Ver) }

// subscription is the state towards a contact; none without an item.
func (a *account) subscription(contact jid.JID) model.Subscription {
	if it := a.Roster[contact]; it != nil {
		return it.Subscription
	}
	return model.SubscriptionNone
}

// available are the sessions with presence, highest priority first, then by resource.
func (a *account) available() []*session {
	var out []*session
	for _, s := range a.sessions {
		if s.presence != nil {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y *session) int {
		if x.priority != y.priority {
			return y.priority - x.priority
		}
		if x.jid.Resource() < y.jid.Resource() {
			return -1
		}
		return 1
	})
	return out
}

// loadState reads the folder's state; a folder without one gives nil.
func loadState(dir string) (*state, error) {
	b, err := os.ReadFile(filepath.Join(dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the demo's state: %w", err)
	}
	st := newState()
	if err := json.Unmarshal(b, st); err != nil {
		return nil, fmt.Errorf("read the demo's state: %w", err)
	}
	if st.Version != stateVersion {
		return nil, fmt.Errorf("read the demo's state: version %d is not known", st.Version)
	}
	for address, a := range st.Accounts {
		if a == nil {
			return nil, errors.New("read the demo's state: an empty account")
		}
		a.jid, a.sessions, a.archive = address, map[string]*session{}, newArchive()
		if a.Roster == nil {
			a.Roster = map[jid.JID]*item{}
		}
		for _, n := range a.Nodes {
			if n == nil {
				return nil, errors.New("read the demo's state: an empty node")
			}
		}
		if a.Requests == nil {
			a.Requests = map[jid.JID]string{}
		}
	}
	return st, nil
}

// write replaces the file at once or not at all.
func (st *state) write(dir string) error {
	b, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("save the demo's state: %w", err)
	}
	return writeFile(filepath.Join(dir, stateFile), b)
}

// writeFile writes a private file by renaming a finished one into place.
func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("save %s: %w", filepath.Base(path), err)
	}
	_, err = f.Write(b) // CreateTemp's mode is 0600
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("save %s: %w", filepath.Base(path), err)
	}
	return nil
}
