#!/bin/sh
# Makes assets/fonts/dovekie-han.otf: a subset of Noto Sans CJK SC Regular (SIL Open Font
# Licence 1.1) under a name of its own, for machines without a Chinese font.
# Needs the Debian packages fonttools and unicode-data; fetches fonts-noto-cjk with
# apt-get download and takes the font out of it, so that nothing is installed and the
# machine's own Chinese fonts stay what they were.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for need in pyftsubset:fonttools /usr/bin/python3:python3; do
	command -v "${need%%:*}" >/dev/null || { echo "fonts: package ${need##*:} is missing" >&2; exit 1; }
done
[ -f /usr/share/unicode/Unihan_OtherMappings.txt.bz2 ] || { echo "fonts: package unicode-data is missing" >&2; exit 1; }
cd "$work"
apt-get -q download fonts-noto-cjk >/dev/null 2>&1
dpkg-deb -x fonts-noto-cjk*.deb .
/usr/bin/python3 "$root/.ci/fonts_chars.py" /usr/share/unicode >chars.txt
# Number 2 of the collection is the SC face; hinting and features are of no use to Fyne.
pyftsubset usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc --font-number=2 \
	--unicodes-file=chars.txt --output-file=subset.otf \
	--layout-features='' --no-hinting --desubroutinize --drop-tables+=vhea,vmtx,VORG,BASE,GPOS,GSUB,GDEF
/usr/bin/python3 "$root/.ci/fonts_name.py" subset.otf "$root/assets/fonts/dovekie-han.otf"
cp usr/share/doc/fonts-noto-cjk/copyright "$root/assets/fonts/dovekie-han.LICENSE"
ls -l "$root/assets/fonts"
