package main

import (
	"context"
	"errors"

	"dovekie/xmppsvc/rpc"
)

// runRPC speaks JSON-RPC until standard input ends.
func runRPC(ctx context.Context, e env, args []string) error {
	f := newFlags(e, "rpc", "")
	describe := f.Bool("describe", false, "print the tables of methods and events")
	if _, err := f.parse(args, 0, 0); err != nil {
		return err
	}
	if *describe {
		return rpc.Describe(e.out)
	}
	s, err := f.open(ctx, e)
	if err != nil {
		return err
	}
	log, err := logger(e.err, f.level)
	if err == nil {
		err = rpc.Serve(ctx, s.Service, e.in, e.out, rpc.Options{Password: e.password, Log: log})
	}
	if errors.Is(err, context.Canceled) {
		err = nil // interrupted: as good an end as that of the input
	}
	return errors.Join(err, s.close(ctx))
}
