#!/bin/sh
# make bench: the benchmarks of all packages, with the real servers.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/packages.sh
. .ci/toolchain.sh

need_go
need "the benchmarks sign in to real servers and show a real window on a screen in memory; none of them is left running." "$COMPILER$SCREEN$SERVERS"
sh .ci/build.sh || exit 1
export DOVEKIE_REQUIRE_SERVERS=1
unset DOVEKIE_PASSWORD
mkdir -p build/log
failed=0
# figures WHAT PATTERN PACKAGE: tests that measure and hold a limit; what they log is the figure.
figures() {
	printf '\n== %s\n' "$1"
	CGO_ENABLED=0 go test -count=1 -v -run "$2" -tags "$HEADLESS_TAGS" "$3" >build/log/figures.log 2>&1 || failed=1
	grep -vE '^(=== |PASS|ok )' build/log/figures.log
}

figures "round trips of a login, TCP connect to presence written; of a resumption; of a naive client" '^TestRoundTripsO[nf]' ./xmppsvc/stream
figures "5,000 messages between two dovekiectl over Prosody" '^TestFiveThousandMessages' ./cmd/dovekiectl
figures "how long our functions hold the window" '^TestNothingHoldsTheWindow' ./app
printf '\n== the window with 5,000 contacts and 100 presences a second, three times; "ours" is without the wait for a processor\n'
CGO_ENABLED=0 DOVEKIE_BIN="$PWD/build/dovekie" go test -run '^$' -bench '^BenchmarkWindowUnderLoad' -benchtime 1x -count 3 -timeout 10m \
	-tags "windowtest,$HEADLESS_TAGS" ./cmd/dovekie/windowtest >build/log/window.log 2>&1 || failed=1
grep -vE '^(goos|goarch|PASS|ok )' build/log/window.log
printf '\n== benchmarks; BenchmarkIdle waits three minutes, DOVEKIE_IDLE=1h for the whole hour\n'
{
	CGO_ENABLED=0 go test -p 1 -run '^$' -bench . -benchmem -timeout 90m -tags "$HEADLESS_TAGS" ./...
	echo $? >build/log/bench.code
} | grep -v -e '\[no test files\]' -e '^PASS$' -e '^ok .*[0-9]s$' -e '^goos' -e '^goarch'
[ "$(cat build/log/bench.code)" = 0 ] && [ $failed = 0 ] || fail "make bench: a figure above is missed, or a benchmark failed."
