#!/bin/sh
# make test: sets up and runs every check. Ends at the first that fails.
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
check "all packages with the race detector" \
	env CGO_ENABLED=1 go test -race -shuffle=on -p 2 -timeout 15m -tags "$HEADLESS_TAGS" ./...
check "the user interface at full speed, without cgo" \
	env CGO_ENABLED=0 go test -p 2 -timeout 10m -tags "$HEADLESS_TAGS" ./app/... ./widgets/... ./cmd/...
if grep -rq --include='*_test.go' '^//go:build windowtest' cmd; then
	check "the window on a screen in memory" \
		env CGO_ENABLED=0 DOVEKIE_BIN="$PWD/build/dovekie" DOVEKIE_SHOTS="$PWD/build/windowtest" \
		go test -p 1 -count=1 -timeout 12m -tags "windowtest,$HEADLESS_TAGS" ./cmd/dovekie/...
fi
section "all passed"
