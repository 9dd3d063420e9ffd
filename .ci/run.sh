#!/bin/sh
# make run: sets up, builds and opens the window; without a display the same
# program shows its tour on a screen in memory. Arguments go to the program.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/packages.sh

sh .ci/build.sh || exit 1
if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" = Darwin ]; then
	exec build/dovekie "$@"
fi

say "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
need "without a display the window is shown on a screen in memory, drawn by software." "$SCREEN"
. .ci/screen.sh
open_screen || fail "The screen in memory (Xvfb) did not start; build/log/xvfb.log says why."
if [ $# -gt 0 ]; then
	say "The program runs on a screen in memory; Ctrl+C ends it."
	build/dovekie "$@"
	exit
fi
say "The program runs on a screen in memory instead and shows itself: pictures go to build/tour/."
rm -rf build/tour
timeout 120 build/dovekie --tour build/tour
result=$?
[ $result != 124 ] || say "The tour did not end by itself within two minutes."
[ $result = 0 ] || fail "The tour failed (exit code $result)."
say "Look at build/tour/index.html. On a machine with a display, make run opens the window."
