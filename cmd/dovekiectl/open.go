package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/credential"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

// flags are the ones that all verbs have.
type flags struct {
	*flag.FlagSet
	data, account, level string
	json                 bool
}

func newFlags(e env, verb, args string) *flags {
	f := &flags{FlagSet: flag.NewFlagSet(verb, flag.ContinueOnError)}
	f.SetOutput(e.err)
	f.StringVar(&f.data, "data", "", "the data `folder`")
	f.StringVar(&f.account, "account", "", "the `address` of the account")
	f.StringVar(&f.level, "log-level", "warn", "error, warn, info or debug")
	f.BoolVar(&f.json, "json", false, "one JSON object a line")
	f.Usage = func() {
		_, _ = fmt.Fprintf(e.err, "dovekiectl %s [flags] %s\n", verb, args)
		f.PrintDefaults()
	}
	return f
}

// parse allows flags before and after the other arguments and checks their number.
func (f *flags) parse(args []string, least, most int) ([]string, error) {
	var rest []string
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage
		}
		if args = f.Args(); len(args) == 0 {
			break
		}
		rest, args = append(rest, args[0]), args[1:]
	}
	if len(rest) < least || len(rest) > most {
		f.Usage()
		return nil, errUsage
	}
	return rest, nil
}

// session is an open data folder.
type session struct {
	*xmppsvc.Service
	lock *storage.FolderLock
}

// open locks the data folder and opens the service on it.
func (f *flags) open(ctx context.Context, e env) (*session, error) {
	log, err := logger(e.err, f.level)
	if err != nil {
		return nil, err
	}
	dir := f.data
	if dir == "" {
		if dir, err = xmppsvc.DataDir(); err != nil {
			return nil, err
		}
	}
	lock, err := storage.Lock(dir)
	if err != nil {
		return nil, err
	}
	svc, err := xmppsvc.Open(ctx, xmppsvc.Options{
		Dir: dir, Credentials: credential.NewKeyring(), Logger: log, Name: "Dovekie", Version: version,
	})
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return &session{svc, lock}, nil
}

// close signs out; it also works after an interrupt.
func (s *session) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return errors.Join(s.Close(ctx), s.lock.Release())
}

// pick is the account that was named, or the only one.
func (s *session) pick(ctx context.Context, name string) (jid.JID, error) {
	if name != "" {
		j, err := jid.Parse(name)
		if err != nil {
			return jid.JID{}, model.Errorf(model.ErrInvalidJID, "%q is not an address", name)
		}
		return j.Bare(), nil
	}
	all, err := s.Accounts(ctx)
	if err != nil {
		return jid.JID{}, err
	}
	switch len(all) {
	case 0:
		return jid.JID{}, model.Errorf(model.ErrWhichAccount, "there is no account yet; name one with --account, or sign in with the window")
	case 1:
		return all[0].Account.JID, nil
	}
	return jid.JID{}, model.Errorf(model.ErrWhichAccount, "there are %d accounts; name one with --account", len(all))
}

// online signs the account in.
func (s *session) online(ctx context.Context, e env, account jid.JID) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r := model.ConnectRequest{JID: account, Password: e.password}
	all, err := s.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Account.JID == account {
			r.Address, r.Security, r.CAFile = a.Account.Address, a.Account.Security, a.Account.CAFile
		}
	}
	_, err = s.Connect(ctx, r)
	return err
}
