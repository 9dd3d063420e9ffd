package demo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"dovekie/xmppsvc/jid"
)

const (
	archiveFile = "server.archive"
	// sparseLines is how many lines may be of messages that are gone, beside as many as
	// there are others, before the file is written anew.
	sparseLines = 200
)

// records is the file with everybody's archive: a line a message, only ever appended to,
// until most of it is of messages that are gone.
type records struct {
	path    string
	pending bytes.Buffer // lines to append
	lines   int          // in the file and pending
	stale   bool         // the file is not what it should be
}

// record is one line. One with Gone says that all before it of this owner is gone.
type record struct {
	Owner jid.JID   `json:"owner"`
	Gone  bool      `json:"gone,omitempty"`
	ID    string    `json:"id,omitempty"`
	Peer  jid.JID   `json:"peer,omitzero"`
	Time  time.Time `json:"time,omitzero"`
	XML   string    `json:"xml,omitempty"`
}

func (r *records) write(l record) {
	if r.stale {
		return // the next time all is written
	}
	e := json.NewEncoder(&r.pending)
	e.SetEscapeHTML(false)
	if err := e.Encode(l); err != nil {
		r.stale = true // cannot be: all of a record can be written
	}
	r.lines++
}

// keepFor puts a message into an account's archive, and soon into the file.
func (s *Server) keepFor(acct *account, m archived) {
	acct.archive.add(m)
	s.records.write(record{Owner: acct.jid, ID: m.id, Peer: m.peer, Time: m.time, XML: m.xml})
	s.saveSoon()
}

// forget makes an account's archive empty: who registers the name next must not find it.
func (s *Server) forget(acct *account) {
	acct.archive = newArchive()
	s.records.write(record{Owner: acct.jid, Gone: true})
	s.saveSoon()
}

// saveArchives appends what is new. A file that is mostly of the past is written anew.
func (s *Server) saveArchives() error {
	live := 0
	for _, a := range s.st.Accounts {
		live += len(a.archive.all)
	}
	r := &s.records
	if r.stale || r.lines > 2*live+sparseLines {
		return s.rewriteArchives()
	}
	if r.pending.Len() == 0 {
		return nil
	}
	if err := appendTo(r.path, r.pending.Bytes()); err != nil {
		r.stale = true // there may be a part of a line, or nothing any more
		return fmt.Errorf("save the demo's archive: %w", err)
	}
	r.pending.Reset()
	return nil
}

func appendTo(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

func (s *Server) rewriteArchives() error {
	fresh := records{path: s.records.path}
	for _, a := range s.st.Accounts {
		for _, m := range a.archive.all {
			fresh.write(record{Owner: a.jid, ID: m.id, Peer: m.peer, Time: m.time, XML: m.xml})
		}
	}
	if err := writeFile(fresh.path, fresh.pending.Bytes()); err != nil {
		return err
	}
	fresh.pending = bytes.Buffer{}
	s.records = fresh
	return nil
}

// loadArchives reads the folder's file into the accounts of st. A line that cannot be
// understood, such as the last one before a power cut, is left out.
func loadArchives(dir string, st *state) (records, error) {
	r := records{path: filepath.Join(dir, archiveFile)}
	f, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("read the demo's archive: %w", err)
	}
	defer f.Close()
	for in := bufio.NewReader(f); ; {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			r.lines++
			r.stale = !st.remember(line) || r.stale
		}
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return r, fmt.Errorf("read the demo's archive: %w", err)
		}
	}
}

// remember takes one line; false if the file would be better without it.
func (st *state) remember(line []byte) bool {
	var l record
	if err := json.Unmarshal(line, &l); err != nil || !bytes.HasSuffix(line, []byte("\n")) {
		return false
	}
	a := st.Accounts[l.Owner]
	switch {
	case a == nil:
		return false
	case l.Gone:
		a.archive = newArchive()
		return true
	}
	if _, known := a.archive.at[l.ID]; known || l.ID == "" {
		return false
	}
	a.archive.add(archived{l.ID, l.Peer, l.Time, l.XML})
	return true
}
