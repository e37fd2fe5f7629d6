#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# small_guest.sh DIRECTORY INIT MODULE…: makes DIRECTORY/vmlinuz and DIRECTORY/initrd, a guest that is nothing but
# Debian's kernel, busybox (all its commands are links in /bin as soon as INIT says so), these modules with what they
# need, and the script INIT. guest_tools.sh puts programs into it. Nothing is installed: the packages are fetched by
# apt-get and unpacked.
set -euo pipefail
directory=$1
init=$(realpath "$2")
shift 2
rm -rf "$directory"/{packages,tree,root}
mkdir -p "$directory/packages" "$directory/tree" "$directory/root"
cd "$directory"

kernel=$(apt-cache depends --important linux-image-amd64 | awk '$1 == "Depends:" {print $2; exit}')
(cd packages && apt-get -q download "$kernel" busybox-static >/dev/null 2>&1)
for package in packages/*.deb; do dpkg-deb -x "$package" tree; done
busybox=$PWD/tree/bin/busybox
version=$(ls tree/lib/modules)
cp "tree/boot/vmlinuz-$version" vmlinuz
cp "$busybox" busybox # for guest_tools.sh

# The package has no modules.dep: that is made when it is installed.
modules=tree/lib/modules/$version
(cd tree && "$busybox" depmod -b "$PWD" "$version")
closure() {
  local module
  for module; do
    awk -F: -v want="/$module.ko" 'substr($1, length($1) - length(want) + 1) == want {print $1 $2}' "$modules/modules.dep"
  done | tr ' ' '\n' | grep . | sort -u
}
mkdir -p "root/lib/modules/$version" root/{bin,sbin,proc,sys,dev,data,tmp,etc}
for file in $(closure "$@"); do
  mkdir -p "root/lib/modules/$version/$(dirname "$file")"
  cp "$modules/$file" "root/lib/modules/$version/$file"
done
cp "$busybox" root/bin/busybox
ln -s /bin/busybox root/sbin/modprobe # where the kernel looks for it
"$busybox" depmod -b "$PWD/root" "$version"

cp "$init" root/init
chmod +x root/init
(cd root && find . | "$busybox" cpio -o -H newc 2>/dev/null | gzip -1) >initrd
rm -rf packages tree root
