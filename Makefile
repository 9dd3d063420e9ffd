# Each target sets up what it needs; docs/building.md says what that is.
# The work is done by the scripts in .ci, which can be run by hand too.

.PHONY: run build test lint bench fuzz interop soak package threads clean

run: ## builds and opens the window; ARGS="--demo" goes to the program
	@sh .ci/run.sh $(ARGS)

build: ## builds build/dovekie and build/dovekiectl
	@sh .ci/build.sh --all

test: ## all checks: what .ci/run runs
	@sh .ci/test.sh

lint: ## golangci-lint, compiled once
	@sh .ci/lint.sh

bench: ## the figures
	@sh .ci/bench.sh

fuzz: ## each fuzz target for 60 s (SECONDS_EACH=10 for less)
	@sh .ci/fuzz.sh

interop: ## talks with profanity and Gajim, which it installs
	@sh .ci/interop.sh

soak: ## hours of cuts, kills and restarts, compared by content (docs/soak.md)
	@sh .ci/soak.sh

package: ## a .deb in build/
	@sh .ci/package.sh

threads: ## a window that logs every call from a wrong thread, for use by hand
	@CGO_ENABLED=1 go build -trimpath -tags x11,no_animations -o build/dovekie-threads ./cmd/dovekie
	@build/dovekie-threads $(ARGS)

clean: ## removes what was built
	rm -rf build
