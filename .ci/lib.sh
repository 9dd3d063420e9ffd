# Sourced by the scripts beside it, which run at the top of the repository.
# POSIX sh: it must work where nothing has been installed yet.

WINDOW_TAGS=x11,migrated_fynedo,no_animations,release
HEADLESS_TAGS=ci,no_glfw,migrated_fynedo

# Go would ask git for a version, and fail where the repository is somebody else's.
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-buildvcs=false"

say() { printf '%s\n' "$*"; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }
now() { date +%s; }
have() { command -v "$1" >/dev/null 2>&1; }

# step WHAT COMMAND...: runs the command with its output in a log, prints what
# happens and, every five seconds, the time gone by and the newest line of the
# log. Shows the end of the log when the command fails. With uninterrupted=yes
# it goes on whatever comes.
uninterrupted=no
step_tail=25
step() {
	step_what=$1
	shift
	mkdir -p build/log
	step_log=build/log/$(printf '%s' "$step_what" | tr -c 'A-Za-z0-9\n' '-').log
	step_begin=$(now)
	say "-> $step_what"
	"$@" >"$step_log" 2>&1 </dev/null &
	step_pid=$!
	if [ $uninterrupted = yes ]; then trap '' INT TERM HUP; else trap 'kill $step_pid 2>/dev/null; exit 130' INT TERM HUP; fi
	step_next=5
	while kill -0 $step_pid 2>/dev/null; do
		sleep 0.2
		step_gone=$(($(now) - step_begin))
		if [ $step_gone -ge $step_next ]; then
			step_next=$((step_gone + 5))
			say "   $step_gone s  $(tail -n 1 "$step_log" | cut -c 1-90)"
		fi
	done
	trap - INT TERM HUP
	if wait $step_pid; then
		say "   done in $(($(now) - step_begin)) s"
		return 0
	fi
	tail -n $step_tail "$step_log" >&2
	return 1
}

# as_root COMMAND...: directly as root, else through sudo.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() {
	[ "$(id -u)" = 0 ] && return 0
	have sudo || return 1
	sudo -n true 2>/dev/null && return 0
	[ -t 0 ] && sudo -v
}

# older_than A B: version A is lower than version B (digits and dots).
older_than() {
	[ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$1" ]
}
