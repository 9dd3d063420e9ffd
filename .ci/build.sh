#!/bin/sh
# Builds build/dovekie, the window, unless it is up to date. With --all also
# build/dovekiectl, the headless twin.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/packages.sh
. .ci/toolchain.sh

# fresh BINARY: nothing it is made of is newer. Folders count, so that a
# deleted file is noticed too.
fresh() {
	[ -x "$1" ] || return 1
	[ -z "$(find cmd app widgets assets xmppsvc go.mod go.sum FyneApp.toml .ci/build.sh .ci/lib.sh \
		! -name '*_test.go' -newer "$1" -print 2>/dev/null | head -n 1)" ]
}

window() {
	fresh build/dovekie && return 0
	need_go
	need "the window is drawn with OpenGL, and the Go packages for that are compiled against C headers." "$COMPILER"
	need_modules "$WINDOW_TAGS" 1 ./cmd/dovekie
	[ -e build/dovekie ] || say "The first build compiles Fyne and SQLite: a minute or two on a fast machine, up to ten on a slow one. Later ones take seconds."
	# -v names each package as it is compiled, which the step shows.
	step "building the window" env CGO_ENABLED=1 go build -v -trimpath -tags "$WINDOW_TAGS" -ldflags "-s -w" -o build/dovekie ./cmd/dovekie ||
		fail "The build failed; the lines before this one say why. The whole log is $step_log."
	touch build/dovekie
}

headless() {
	fresh build/dovekiectl && return 0
	need_go
	step "building dovekiectl" env CGO_ENABLED=0 go build -v -trimpath -ldflags "-s -w" -o build/dovekiectl ./cmd/dovekiectl ||
		fail "The build of dovekiectl failed; the lines before this one say why."
	touch build/dovekiectl
}

mkdir -p build
window
[ "${1:-}" != --all ] || headless
