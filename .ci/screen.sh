# Sourced after lib.sh: a private X display in memory, ended with the script.

open_screen() {
	mkdir -p build/log
	rm -f build/log/display
	# -displayfd lets Xvfb choose a free number; 3 is the file it writes it to.
	Xvfb -displayfd 3 -screen 0 1440x960x24 -nolisten tcp -noreset 3>build/log/display >build/log/xvfb.log 2>&1 &
	screen_pid=$!
	trap 'kill $screen_pid 2>/dev/null' EXIT
	trap 'exit 130' INT TERM HUP
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
		[ -s build/log/display ] && break
		sleep 0.25
	done
	[ -s build/log/display ] || return 1
	DISPLAY=:$(cat build/log/display)
	LIBGL_ALWAYS_SOFTWARE=1
	export DISPLAY LIBGL_ALWAYS_SOFTWARE
}
