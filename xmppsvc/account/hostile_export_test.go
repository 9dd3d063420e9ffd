package account

import (
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/storage"
)

// FailBatch lets the batch at hand fail, as a full disk would; for use inside of Post.
func (a *Account) FailBatch(err error) { a.fail(err) }

// FailBatchLate lets it fail when all of it was done, if it sends or handles a stanza; for
// use inside of Post.
func (a *Account) FailBatchLate(err error) { a.tx = full{a.tx, err} }

// full is a disk that has room for all but the last thing that a batch writes.
type full struct {
	storage.Tx
	err error
}

func (f full) PutSession(jid.JID, storage.Session) error { return f.err }
