#!/bin/sh
# make fuzz: every fuzz target for a while each (SECONDS_EACH, default 60). Making an input
# smaller is no search: it gets two seconds.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/toolchain.sh

need_go
each=${SECONDS_EACH:-60}
grep -rl --include='*_test.go' '^func Fuzz' xmppsvc app widgets | sort | while read -r file; do
	package=./$(dirname "$file")
	sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file" | while read -r target; do
		say "== $target in $package, $each s"
		CGO_ENABLED=0 go test -tags "$HEADLESS_TAGS" -run '^$' -fuzz "^$target\$" -fuzztime "${each}s" -fuzzminimizetime 2s "$package" </dev/null || exit 1
	done || exit 1
done || fail "make fuzz: the target above found something; its input is in that package's testdata/fuzz."
