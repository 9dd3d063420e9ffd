package account

// Post lets a test run something as an input of the loop.
func (a *Account) Post(fn func()) { a.post(fn) }
