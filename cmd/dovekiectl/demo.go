package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/demo"
	"path/filepath"
)

// runServeDemo opens the demo server on loopback until it is interrupted.
func runServeDemo(ctx context.Context, e env, args []string) error {
	f := newFlags(e, "serve-demo", "")
	listen := f.String("listen", "127.0.0.1:0", "`address:port` of this computer")
	caFile := f.String("ca-file", "", "write the server's certificate authority to this `file` (PEM)")
	lang := f.String("lang", "en", "the guide's language: en or zh")
	if _, err := f.parse(args, 0, 0); err != nil {
		return err
	}
	dir := f.data
	if dir == "" {
		base, err := xmppsvc.DataDir()
		if err != nil {
			return err
		}
		dir = filepath.Join(base, "demo-server")
	}
	srv, err := demo.New(demo.Options{Dir: dir, Lang: *lang})
	if err != nil {
		return err
	}
	addr, err := srv.Listen(*listen)
	if err != nil {
		return errors.Join(err, srv.Close())
	}
	if *caFile != "" {
		pem, err := os.ReadFile(srv.CAFile())
		if err == nil {
			err = os.WriteFile(*caFile, pem, 0o600)
		}
		if err != nil {
			return errors.Join(err, srv.Close())
		}
	}
	owner, password := srv.Owner()
	// The password is new at each start and opens nothing but this demo.
	_, _ = fmt.Fprintf(e.out, "listening on %s\naddress  %s\npassword %s\nca-file  %s\n", addr, owner, password.Reveal(), srv.CAFile())
	<-ctx.Done()
	return srv.Close()
}
