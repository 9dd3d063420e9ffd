package trace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// LedgerName is the file in the data folder.
const LedgerName = "traffic.json"

// monthsKept is how many months of an account the ledger keeps.
const monthsKept = 12

// Ledger holds the totals of each account and month across runs. A crash loses what was
// counted since the last Save, never what was saved. Its methods may be called from any
// goroutine.
type Ledger struct {
	path string // "": nothing is written

	mu     sync.Mutex
	book   map[string]map[string]Counters // by account and month
	dirty  bool
	saving sync.Mutex // one Save at a time
}

// page is the file.
type page struct {
	Accounts map[string]map[string]counted `json:"accounts"`
}

type counted struct {
	BytesIn    uint64 `json:"bytes_in"`
	BytesOut   uint64 `json:"bytes_out"`
	StanzasIn  uint64 `json:"stanzas_in"`
	StanzasOut uint64 `json:"stanzas_out"`
}

// Month names the month of a time, by the clock on the wall.
func Month(t time.Time) string { return t.Local().Format("2006-01") }

// OpenLedger reads the file of the data folder; with "" the ledger lives in memory alone.
// A file that cannot be read is reported together with an empty ledger, which will
// replace it.
func OpenLedger(dir string) (*Ledger, error) {
	l := &Ledger{book: map[string]map[string]Counters{}}
	if dir == "" {
		return l, nil
	}
	l.path = filepath.Join(dir, LedgerName)
	b, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	var p page
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil {
		return l, fmt.Errorf("read the traffic of earlier runs: %w", err)
	}
	for account, months := range p.Accounts {
		l.book[account] = map[string]Counters{}
		for month, c := range months {
			l.book[account][month] = Counters(c)
		}
	}
	return l, nil
}

// Add enters what an account has used in the month.
func (l *Ledger) Add(account, month string, c Counters) {
	if c == (Counters{}) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	months := l.book[account]
	if months == nil {
		months = map[string]Counters{}
		l.book[account] = months
	}
	months[month] = months[month].Add(c)
	for len(months) > monthsKept {
		delete(months, slices.Min(slices.Collect(maps.Keys(months))))
	}
	l.dirty = true
}

// Of is what the account has used in the month.
func (l *Ledger) Of(account, month string) Counters {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.book[account][month]
}

// Forget drops an account.
func (l *Ledger) Forget(account string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.book[account]; ok {
		delete(l.book, account)
		l.dirty = true
	}
}

// Save writes the file if anything changed: whole, and renamed into place.
func (l *Ledger) Save() error {
	l.saving.Lock()
	defer l.saving.Unlock()
	b := l.changed()
	if b == nil {
		return nil
	}
	if err := replace(l.path, b); err != nil {
		l.mu.Lock()
		l.dirty = true // so that the next one tries again
		l.mu.Unlock()
		return fmt.Errorf("write the traffic: %w", err)
	}
	return nil
}

// changed is the file's new content, nil when it need not be written.
func (l *Ledger) changed() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.dirty || l.path == "" {
		return nil
	}
	p := page{Accounts: map[string]map[string]counted{}}
	for account, months := range l.book {
		p.Accounts[account] = map[string]counted{}
		for month, c := range months {
			p.Accounts[account][month] = counted(c)
		}
	}
	b, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return nil // of strings and numbers: cannot be
	}
	l.dirty = false
	return append(b, '\n')
}

func replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), LedgerName+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
