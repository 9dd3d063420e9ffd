#!/bin/sh
# make test: sets up and runs every check. What does not compile ends it at
# once; tests that fail are told again at the end.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/packages.sh
. .ci/toolchain.sh
begin=$(now)

section() { printf '\n== %s (%s s)\n' "$*" "$(($(now) - begin))"; }
# check WHAT COMMAND...: output as it comes, and the end of it all on failure.
check() {
	section "$1"
	check_what=$1
	shift
	"$@" || fail "make test: $check_what failed after $(($(now) - begin)) s."
}

failed=
# try is check for tests: what comes after them is run all the same.
try() {
	section "$1"
	try_what=$1
	shift
	"$@" || failed="$failed$try_what; "
}

formatted() {
	unformatted=$(gofmt -l app assets cmd widgets xmppsvc)
	[ -z "$unformatted" ] && return 0
	say "gofmt wants to change:" "$unformatted"
	return 1
}

section "system packages"
need_go
need "the window is compiled against the C headers of OpenGL and X11 and tested on a screen in memory, and the tests talk to real servers (Prosody, ejabberd), another client (profanity), a real keychain and a real input method; none of them is left running." \
	"$COMPILER$SCREEN$SERVERS"
need_modules "$HEADLESS_TAGS" 0 ./...
# A server that is missing fails its tests from here on instead of skipping them.
export DOVEKIE_REQUIRE_SERVERS=1
unset DOVEKIE_PASSWORD DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS

check "formatting" formatted
check "go vet" env CGO_ENABLED=0 go vet -tags "$HEADLESS_TAGS" ./...
check "the programs" sh .ci/build.sh --all
try "all packages with the race detector" \
	env CGO_ENABLED=1 go test -race -shuffle=on -p 2 -timeout 15m -tags "$HEADLESS_TAGS" ./...
try "the user interface at full speed, without cgo" \
	env CGO_ENABLED=0 go test -p 2 -timeout 10m -tags "$HEADLESS_TAGS" ./app/... ./widgets/... ./cmd/dovekie
if grep -rq --include='*_test.go' '^//go:build windowtest' cmd; then
	try "the window on a screen in memory" \
		env CGO_ENABLED=0 DOVEKIE_BIN="$PWD/build/dovekie" DOVEKIE_SHOTS="$PWD/build/windowtest" \
		go test -p 1 -count=1 -timeout 12m -tags "windowtest,$HEADLESS_TAGS" ./cmd/dovekie/windowtest/...
fi
try "a minute of cuts, kills and restarts" sh .ci/soak.sh --slice
section "end"
[ -z "$failed" ] || fail "make test: these failed: ${failed%; }."
say "All passed."
