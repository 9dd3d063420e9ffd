#!/bin/sh
# make soak: pairs of real programs talk over a real server while the network is cut,
# the server restarts and the programs are killed; docs/soak.md says what it proves.
#
#   SOAK_SERVER    prosody or ejabberd; both, one after the other, without it
#   SOAK_SEED      which faults, when and where; printed, so that it can be given again
#   SOAK_CUTS      faults of all kinds (10000)
#   SOAK_MESSAGES  messages of all senders together (100000)
#   SOAK_SECONDS   the most that faults may take (14400)
#   SOAK_PAIRS     pairs of programs (16)
#   SOAK_SETTLE    seconds that all may take to come to rest afterwards (300)
#   SOAK_ARCHIVE=0 servers without an archive, not restarted: stream management stands alone
#   SOAK_DIR       where the traces of a run go (build/soak); SOAK_KEEP=1 keeps those of good runs
#   SOAK_RECORD=1  adds a row to the table of docs/soak.md
#
# --slice: a minute of it on Prosody, for make test. ejabberd 23.01 loses and repeats messages
# by itself when it is restarted or resumed (docs/soak.md), so it is run by hand.
# --sabotage: can it fail? Builds that are wrong on purpose, each of which has to lose messages.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/packages.sh
. .ci/toolchain.sh

need_go
need "the programs talk over real servers, Prosody and ejabberd; neither is left running." '
prosody prosody
pkg:lua-sec lua-sec
/usr/sbin/ejabberdctl ejabberd
pkg:erlang-p1-sqlite3 erlang-p1-sqlite3
pkg:lua-dbi-sqlite3 lua-dbi-sqlite3
sqlite3 sqlite3
'
need_modules '' 0 ./cmd/dovekiectl
export DOVEKIE_REQUIRE_SERVERS=1
export SOAK_DIR="${SOAK_DIR:-$PWD/build/soak}" SOAK_ROW=''
# The commit that last changed what the program is built from.
SOAK_REVISION=$(git log -1 --format=%h -- go.mod go.sum cmd/dovekiectl xmppsvc ':!*_test.go' ':!xmppsvc/xmpptest' 2>/dev/null)
git diff --quiet HEAD -- go.mod cmd xmppsvc 2>/dev/null || SOAK_REVISION=$SOAK_REVISION-dirty
export SOAK_REVISION
unset DOVEKIE_PASSWORD
# The servers' folders are in memory, if there is room: each of their messages costs them two
# transactions, and the disk is busy with those of our programs, whose folders stay there.
if [ -d /dev/shm ] && [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 4000000 ]; then
	export TMPDIR=/dev/shm
fi
mkdir -p "$SOAK_DIR"

# run WHICH: the tests of that name, with what the variables say.
run() {
	CGO_ENABLED=0 nice -n 10 go test -tags soak -count=1 -v -timeout 0 -run "$1" ./cmd/dovekiectl/soak
}

if [ "${1:-}" = --slice ]; then
	export SOAK_SEED="${SOAK_SEED:-198}" SOAK_PAIRS=3 SOAK_SETTLE=60
	# The verdict and the network are tested first: they must not be what is wrong.
	SOAK_SERVER=prosody SOAK_SECONDS=25 SOAK_CUTS=70 SOAK_MESSAGES=900 run . || failed=1
	[ -z "${failed:-}" ] || fail "soak: the promise was broken; the traces are in $SOAK_DIR."
	exit 0
fi

# wrong WHAT: a brief soak of the program with .ci/sabotage/WHAT.patch. The patch goes to a
# copy of its one file, which the compiler takes instead (go help build, -overlay).
wrong() {
	patch=$PWD/.ci/sabotage/$1.patch
	file=$(sed -n 's,^+++ b/,,p' "$patch")
	mkdir -p "$copies/$1/$(dirname "$file")"
	cp "$file" "$copies/$1/$file"
	git -C "$copies/$1" apply "$patch" || fail "soak: .ci/sabotage/$1.patch does not fit $file any more."
	printf '{"Replace":{"%s":"%s"}}\n' "$PWD/$file" "$copies/$1/$file" >"$copies/$1.json"
	export SOAK_OVERLAY="$copies/$1.json" SOAK_DIR="$traces/sabotage-$1"
	rm -rf "$SOAK_DIR"
	mkdir -p "$SOAK_DIR"
	say "-> $1: $(sed -n 's,.*[[:space:]]//[[:space:]],,p' "$patch" | head -1)"
	run '^TestSoak$' >"$SOAK_DIR/log" 2>&1
	summary=$(find "$SOAK_DIR" -name summary.txt)
	[ -n "$summary" ] || fail "soak: no run came to its end; see $SOAK_DIR/log."
	sed -n "/^soak of/p; /^  faults/p; /^  messages/p; /^  [a-z][a-z' ]* [1-9][0-9]*\$/p; /^  PASSED/p; /^  FAILED/p" "$summary"
	if grep -q '^  lost  *[1-9]' "$summary" && grep -q '^  FAILED' "$summary"; then return; fi
	missed="${missed:-} $1"
}

if [ "${1:-}" = --sabotage ]; then
	traces=$SOAK_DIR
	copies=$(mktemp -d)
	trap 'rm -rf "$copies"' EXIT
	export SOAK_SERVER=prosody SOAK_SEED="${SOAK_SEED:-5}" SOAK_PAIRS=5 SOAK_CUTS=250 SOAK_MESSAGES=3000 SOAK_SECONDS=200 SOAK_SETTLE=40
	wrong outbox
	SOAK_ARCHIVE=0
	export SOAK_ARCHIVE # it would heal what this one breaks
	wrong ack
	[ -z "${missed:-}" ] || fail "soak: it did not notice what is wrong with:$missed"
	say "Both lost messages, and the soak said so."
	exit 0
fi

if [ "${SOAK_RECORD:-}" = 1 ]; then
	SOAK_ROW=$SOAK_DIR/rows.md
	rm -f "$SOAK_ROW"
fi
run '^TestSoak$'
code=$?
# The table is the end of the page.
[ ! -s "$SOAK_ROW" ] || cat "$SOAK_ROW" >>docs/soak.md
[ $code = 0 ] || fail "make soak: the promise was broken, or the soak did not come to its end; the traces are in $SOAK_DIR."
