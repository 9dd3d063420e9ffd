package account

// Post lets a test run something as an input of the loop.
func (a *Account) Post(fn func()) { a.post(fn) }

// Tick lets the loop see what time it is.
func (a *Account) Tick() { a.post(a.tick) }

// Waiting is how many inputs from other goroutines wait for the loop.
func (a *Account) Waiting() int { return len(a.posts) }
