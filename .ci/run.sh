#!/bin/sh
# make run: sets up, builds and opens the window; without a display the same
# program shows its tour on a screen in memory. Arguments go to the program.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/packages.sh
. .ci/toolchain.sh

if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" = Darwin ]; then
	sh .ci/build.sh || exit 1
	exec build/dovekie "$@"
fi

say "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
# All packages at once and first: whoever waits for the build waits undisturbed.
need_go
need "the window is compiled against the C headers of OpenGL and X11, and without a display it is shown on a screen in memory." "$COMPILER$SCREEN"
sh .ci/build.sh || exit 1
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
