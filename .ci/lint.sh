#!/bin/sh
# make lint: golangci-lint as .golangci.yml says, in a version of our choice.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/packages.sh
. .ci/toolchain.sh
VERSION=v2.15.0

need_go
linter=build/bin/golangci-lint-$VERSION
if [ ! -x $linter ]; then
	mkdir -p build/bin
	say "golangci-lint $VERSION is compiled once; that takes some minutes."
	step "building golangci-lint" nice env GOBIN="$PWD/build/bin" CGO_ENABLED=0 go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$VERSION" ||
		fail "golangci-lint could not be built: is the Go module proxy ($(go env GOPROXY)) reachable?"
	mv build/bin/golangci-lint $linter
fi
CGO_ENABLED=0 $linter run --allow-parallel-runners --build-tags "$HEADLESS_TAGS" ./...
