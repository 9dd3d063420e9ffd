package account

import (
	"dovekie/xmppsvc/archive"
	"dovekie/xmppsvc/disco"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/messaging"
	"dovekie/xmppsvc/roster"
)

// features are the account's dialogues with the server, in the order in which they are
// asked about everything.
type features struct {
	disco     *disco.Disco
	roster    *roster.Roster
	messaging *messaging.Messaging
	archive   *archive.Archive
	all       []feature.Feature
}

func (a *Account) newFeatures() features {
	s := view{a}
	var f features
	f.roster = roster.New(s, func() roster.Store { return a.tx }, a.cfg.Store)
	// Messaging asks disco what peers can do, and disco announces what messaging does.
	f.disco = disco.New(s, func() disco.Store { return a.tx }, a.cfg.Store, disco.Software{Name: a.cfg.Name, Version: a.cfg.Version}, f.roster, announced(f.roster, &messaging.Messaging{}))
	f.messaging = messaging.New(s, func() messaging.Store { return a.tx }, f.roster, f.disco)
	f.messaging.SetPrivacy(a.settings.Privacy)
	f.archive = archive.New(s, func() archive.Store { return a.tx }, a.cfg.Store, intake{a})
	f.all = []feature.Feature{
		f.disco,     // what the server can do, before anything relies on it
		f.messaging, // carbons on, before our presence makes messages come
		f.archive,   // what was missed; all that comes later comes by itself
		f.roster,
	}
	return f
}

func announced(all ...feature.Feature) []string {
	var out []string
	for _, f := range all {
		out = append(out, f.Namespaces()...)
	}
	return out
}

// each calls fn for the features that meet T, in order.
func each[T any](f *features, fn func(T)) {
	for _, one := range f.all {
		if t, ok := one.(T); ok {
			fn(t)
		}
	}
}

// handled asks the features that meet T in order until one has handled it.
func handled[T any](f *features, fn func(T) feature.Verdict) bool {
	for _, one := range f.all {
		if t, ok := one.(T); ok && fn(t) == feature.Handled {
			return true
		}
	}
	return false
}

func (f *features) load() error {
	var first error
	each(f, func(l feature.Loader) {
		if err := l.Load(); err != nil && first == nil {
			first = err
		}
	})
	return first
}

func (f *features) open()  { each(f, feature.Opener.Open) }
func (f *features) bound() { each(f, feature.Bound.Bound) }
func (f *features) lost()  { each(f, feature.Lost.Lost) }
