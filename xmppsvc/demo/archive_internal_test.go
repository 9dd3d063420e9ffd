package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xep"
)

func TestTheOldestExpire(t *testing.T) {
	a, peer := newArchive(), jid.MustParse("bob@"+Domain)
	expired := 0
	for n := range maxArchived + 500 {
		expired += a.add(archived{id: fmt.Sprint(n), peer: peer, time: time.Unix(int64(n), 0), xml: "<message/>"})
	}
	if len(a.all) != maxArchived || expired != 500 || len(a.at) != maxArchived || a.bytes != maxArchived*len("<message/>") {
		t.Fatalf("%d kept, %d expired, %d ids, %d bytes", len(a.all), expired, len(a.at), a.bytes)
	}
	if _, ok := a.find(xep.ArchiveQuery{Page: xep.Page{After: "499"}}); ok {
		t.Error("an expired message is still a place to go on from")
	}
	p, ok := a.find(xep.ArchiveQuery{Page: xep.Page{After: "500", Max: 3}})
	if !ok || len(p.messages) != 3 || p.messages[0].id != "501" || p.count != maxArchived || p.complete {
		t.Errorf("behind the oldest: %v %+v", ok, p)
	}
	for n := range 200 {
		a.add(archived{id: fmt.Sprint("big", n), peer: peer, xml: strings.Repeat("x", 250<<10)})
	}
	if a.bytes > maxArchivedBytes || len(a.all) > 200 || len(a.at) != len(a.all) {
		t.Errorf("%d messages of %d bytes", len(a.all), a.bytes)
	}
	for _, page := range []xep.Page{{}, {Last: true}} {
		p, _ := a.find(xep.ArchiveQuery{Page: page})
		bytes := 0
		for _, m := range p.messages {
			bytes += len(m.xml)
		}
		if len(p.messages) == 0 || bytes > maxPageBytes || p.complete {
			t.Errorf("a page of %d messages and %d bytes, complete %v", len(p.messages), bytes, p.complete)
		}
	}
}

// The file does not grow with what is gone, and a file that could not be written is
// written once that is possible.
func TestTheFileIsWrittenAnew(t *testing.T) {
	dir := t.TempDir()
	s, err := New(Options{Dir: dir, Password: model.NewSecret("x")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	path := filepath.Join(dir, archiveFile)
	size := func() int64 {
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return st.Size()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	began := size()
	acct := s.st.add(jid.MustParse("alice@"+Domain), credentials{})
	for range 50 {
		for n := range 200 {
			s.keepFor(acct, archived{id: fmt.Sprint("m", n), peer: acct.jid, xml: strings.Repeat("x", 1000)})
		}
		s.forget(acct)
		if err := s.save(); err != nil {
			t.Fatal(err)
		}
		if now := size(); now > began+4<<20 {
			t.Fatalf("%d bytes, %d at first", now, began)
		}
	}
	s.keepFor(acct, archived{id: "kept", peer: acct.jid, xml: "<message/>"})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.save(); err == nil {
		t.Error("a folder was written to")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.save(); err != nil {
		t.Fatal(err)
	}
	st := newState()
	st.add(acct.jid, nil)
	r, err := loadArchives(dir, st)
	if err != nil || len(st.Accounts[acct.jid].archive.all) != 1 || r.lines != 1+len(s.st.Accounts[s.owner].archive.all) {
		t.Errorf("%v, %d lines", err, r.lines)
	}
}
