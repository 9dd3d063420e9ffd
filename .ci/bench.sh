#!/bin/sh
# make bench: the benchmarks of all packages, with the real servers.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/packages.sh
. .ci/toolchain.sh

need_go
need "the benchmarks sign in to real servers; none of them is left running." "$SERVERS"
export DOVEKIE_REQUIRE_SERVERS=1
unset DOVEKIE_PASSWORD
mkdir -p build/log
{
	CGO_ENABLED=0 go test -p 1 -run '^$' -bench . -benchmem -timeout 20m -tags "$HEADLESS_TAGS" ./...
	echo $? >build/log/bench.code
} | grep -v -e '\[no test files\]' -e '^PASS$' -e '^ok .*[0-9]s$'
exit "$(cat build/log/bench.code)"
