# Sourced after lib.sh: Go itself and the modules.

# need_go: a Go that is new enough for go.mod, wherever it usually is.
need_go() {
	have go || PATH=$PATH:/usr/local/go/bin:$HOME/go/bin:/usr/lib/go/bin
	want=$(sed -n 's/^go //p' go.mod)
	have go || fail "Dovekie is built with Go $want or newer, which is not on this machine: install it from https://go.dev/dl/ (or set PATH to where it is) and run make again."
	got=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//; s/[^0-9.].*//')
	if older_than "${got:-0}" "$want"; then
		# From 1.21 on, Go can fetch the newer one by itself.
		if older_than "${got:-0}" 1.21 || ! step "fetching Go $want, as yours is $got" go list -m; then
			fail "Dovekie is built with Go $want or newer, and yours is ${got:-older}: install a newer one from https://go.dev/dl/ and run make again."
		fi
	fi
}

# need_modules TAGS CGO PACKAGES...: fetches what these packages import.
need_modules() {
	modules_tags=$1 modules_cgo=$2
	shift 2
	step_tail=1
	step "fetching the Go modules" env CGO_ENABLED="$modules_cgo" go list -deps -test -tags "$modules_tags" "$@" && step_tail=25 && return 0
	if grep -qE 'dial tcp|lookup |timeout|connection refused|no such host|proxyconnect|x509|TLS handshake|40[34] |50[0-9] ' "$step_log"; then
		fail "The Go module proxy ($(go env GOPROXY)) cannot be reached: check the network, or name another one with: go env -w GOPROXY=https://...,direct"
	fi
	fail "The Go modules could not be loaded; the line before this one says why, and all of it stands in $step_log."
}
