#!/bin/sh
# Makes the emoji pictures and their names: assets/emoji/pack.bin and names.tsv, with the
# licences beside them. Takes Noto Color Emoji and the Unicode CLDR out of the Debian
# packages fonts-noto-color-emoji and unicode-cldr-core without installing either.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download fonts-noto-color-emoji unicode-cldr-core >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" .
done
cd "$root"
go run .ci/emoji.go "$work/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf" \
	"$work/usr/share/unicode/cldr/common" assets/emoji
cp "$work/usr/share/doc/fonts-noto-color-emoji/copyright" assets/emoji/pack.LICENSE
cp "$work/usr/share/doc/unicode-cldr-core/copyright" assets/emoji/names.LICENSE
ls -l assets/emoji
