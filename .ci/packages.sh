# Sourced after lib.sh: which system packages what needs, and their installation.

# A line of a table: TEST PACKAGE. The test is a program, a header file (an
# absolute path below /usr/include), or pkg:NAME for a Debian package that
# cannot be told by a single file.
COMPILER='
cc gcc
/usr/include/stdlib.h libc6-dev
pkg-config pkg-config
/usr/include/GL/gl.h libgl1-mesa-dev
/usr/include/X11/Xlib.h libx11-dev
/usr/include/X11/Xcursor/Xcursor.h libxcursor-dev
/usr/include/X11/extensions/Xrandr.h libxrandr-dev
/usr/include/X11/extensions/Xinerama.h libxinerama-dev
/usr/include/X11/extensions/XInput2.h libxi-dev
/usr/include/X11/extensions/xf86vmode.h libxxf86vm-dev
'
SCREEN='
Xvfb xvfb
pkg:libgl1-mesa-dri libgl1-mesa-dri
'
SERVERS='
prosody prosody
pkg:lua-sec lua-sec
/usr/sbin/ejabberdctl ejabberd
pkg:erlang-p1-sqlite3 erlang-p1-sqlite3
pkg:lua-dbi-sqlite3 lua-dbi-sqlite3
sqlite3 sqlite3
gnome-keyring-daemon gnome-keyring
secret-tool libsecret-tools
dbus-run-session dbus
dbus-launch dbus-x11
fcitx5 fcitx5
pkg:fcitx5-pinyin fcitx5-pinyin
openbox openbox
xdotool xdotool
xprop x11-utils
import imagemagick
ip iproute2
unshare util-linux
profanity profanity
tmux tmux
openssl openssl
'
CHECKER='
cc gcc
/usr/include/stdlib.h libc6-dev
'

present() {
	case $1 in
	/*) [ -e "$1" ] ;;
	pkg:*)
		have dpkg-query || return 0
		[ "$(dpkg-query -W -f '${Status}' "${1#pkg:}" 2>/dev/null)" = 'install ok installed' ]
		;;
	*) have "$1" || [ -x "/usr/sbin/$1" ] ;;
	esac
}

# missing TABLE: the packages of the table whose test fails.
missing() {
	printf '%s\n' "$1" | while read -r probe package; do
		[ -n "$probe" ] || continue
		present "$probe" || printf '%s\n' "$package"
	done
}

# need WHY TABLE: installs what the table lists and is not there.
need() {
	need_list=$(missing "$2" | tr '\n' ' ' | sed 's/ *$//')
	[ -n "$need_list" ] || return 0
	say "System packages to install: $need_list"
	say "Why: $1"
	if ! have apt-get; then
		fail "This script installs packages on Debian and its relatives only. Please install what provides them on your system (the names above are Debian's), then run make again."
	fi
	if ! can_be_root; then
		fail "You are not root and sudo is not available. Please let an administrator run: apt-get install --no-install-recommends $need_list"
	fi
	step "asking apt for the newest package lists" as_root apt-get update ||
		fail "apt-get update failed: is this machine connected? The packages above are needed before Dovekie can be built."
	before=$(units)
	# An installation that is broken off leaves the system half configured.
	uninterrupted=yes
	hold_services
	# shellcheck disable=SC2086 # a list of words on purpose
	if step "installing the packages" as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
		apt-get install -y --no-install-recommends $need_list; then installed=yes; else installed=no; fi
	release_services
	uninterrupted=no
	leave_disabled "$before"
	[ $installed = yes ] || fail "apt-get could not install the packages above; the lines before this one say why."
}

# While packages are installed a policy forbids the start of services. One that
# was there before is put aside and comes back.
POLICY=/usr/sbin/policy-rc.d
hold_services() {
	trap release_services EXIT
	[ ! -e $POLICY ] || as_root mv $POLICY $POLICY.before-dovekie
	printf '#!/bin/sh\nexit 101\n' | as_root tee $POLICY >/dev/null
	as_root chmod 755 $POLICY
}
release_services() {
	as_root rm -f $POLICY
	[ ! -e $POLICY.before-dovekie ] || as_root mv $POLICY.before-dovekie $POLICY
	trap - EXIT
}

# units lists what is started at boot or at login: systemd's links and the old
# scripts of /etc/rc*.d.
units() {
	find /etc/systemd/system /etc/systemd/user -type l 2>/dev/null
	find /etc/rc*.d -name 'S*' 2>/dev/null
}

# leave_disabled BEFORE: whatever the installation enabled is disabled again.
# deb-systemd-helper is what the packages enable with; it wants to be called by
# one of them.
leave_disabled() {
	units | while read -r link; do
		printf '%s\n' "$1" | grep -qxF "$link" && continue
		name=${link##*/}
		case $link in
		/etc/rc*) as_root update-rc.d "${name#S[0-9][0-9]}" disable ;;
		/etc/systemd/user/*) as_root env DPKG_MAINTSCRIPT_PACKAGE=dovekie deb-systemd-helper --user disable "$name" ;;
		*) as_root env DPKG_MAINTSCRIPT_PACKAGE=dovekie deb-systemd-helper disable "$name" ;;
		esac </dev/null >/dev/null 2>&1
	done
	left=$(units | while read -r link; do
		printf '%s\n' "$1" | grep -qxF "$link" || printf '%s ' "${link##*/}"
	done)
	if [ -n "$left" ]; then say "   still enabled by their packages: $left"; else say "   no service was started or left enabled"; fi
}
