#!/bin/sh
# make package: build/dovekie_VERSION_ARCH.deb, by dpkg-deb.
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/lib.sh
. .ci/packages.sh

have dpkg-deb || fail "make package makes a Debian package and needs dpkg-deb, which is not on this machine. build/dovekie by itself runs anywhere on this kind of system: make build."
sh .ci/build.sh --all || exit 1
version=$(sed -n 's/^ *Version *= *"\(.*\)"/\1/p' FyneApp.toml)
arch=$(dpkg --print-architecture)
root=build/package/root
rm -rf build/package
mkdir -p $root/DEBIAN $root/usr/bin $root/usr/share/applications $root/usr/share/doc/dovekie \
	$root/usr/share/icons/hicolor/scalable/apps
install -m 755 build/dovekie build/dovekiectl $root/usr/bin/
install -m 644 .ci/package/dovekie.desktop $root/usr/share/applications/
install -m 644 assets/marks/mark.svg $root/usr/share/icons/hicolor/scalable/apps/dovekie.svg
for doc in README.md README.zh-CN.md CHANGELOG.md docs/*.md; do
	[ ! -f "$doc" ] || install -m 644 "$doc" $root/usr/share/doc/dovekie/
done
install -m 644 LICENSE $root/usr/share/doc/dovekie/copyright
size=$(du -sk $root/usr | cut -f 1)
sed "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$size/" .ci/package/control >$root/DEBIAN/control
dpkg-deb --root-owner-group --build $root "build/dovekie_${version}_$arch.deb" ||
	fail "dpkg-deb could not build the package; the lines before this one say why."
