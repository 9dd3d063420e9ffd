#!/bin/sh
# make interop: Dovekie talks with clients that other people wrote, profanity in
# a terminal and Gajim on a screen in memory, over Prosody and ejabberd.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/packages.sh
. .ci/toolchain.sh

need_go
need "Dovekie is tried with clients that other people wrote, over real servers; nothing is left running." "$SERVERS$SCREEN
gajim gajim
"
export DOVEKIE_REQUIRE_SERVERS=1 DOVEKIE_REQUIRE_PEERS=1
unset DOVEKIE_PASSWORD DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
CGO_ENABLED=0 go test -count=1 -v -run 'Profanit|Gajim' ./cmd/dovekiectl ./xmppsvc/xmpptest ||
	fail "make interop: the test above failed."
