package account

// FailBatch lets the batch at hand fail, as a full disk would; for use inside of Post.
func (a *Account) FailBatch(err error) { a.fail(err) }
