# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced: changes to $disk, a copy of the golden disk of $golden (golden_disk.sh), by programs that need no mount.
# shellcheck disable=SC2154,SC2034
esp=$((4096 * 512)) root=$((36864 * 512))

# good: the disk as it was.
good() { cp --sparse=always "$golden/golden.img" "$disk"; }
zeros() { dd if=/dev/zero of="$disk" bs=1 seek="$1" count="$2" conv=notrunc status=none; } # OFFSET LENGTH

# ext REQUEST…: what debugfs does to the root file system.
ext() { printf '%s\n' "$@" | debugfs -w -f - "$disk?offset=$root" >"$work/debugfs.log" 2>&1; }
# replace PATH <CONTENT
replace() {
  cat >"$work/content"
  ext "rm $1" "write $work/content $1"
}
# content PATH: a file of the disk.
content() { debugfs -R "cat $1" "$disk?offset=$root" 2>/dev/null; }
# rewrite PATH SED-EXPRESSION
rewrite() {
  content "$1" | sed "$2" >"$work/rewritten"
  replace "$1" <"$work/rewritten"
}
# kernel_version: of the kernel that grub.cfg starts.
kernel_version() { content /boot/grub/grub.cfg | sed -n 's/.*vmlinuz-\([^ ]*\) .*/\1/p' | head -n 1; }

# unpack: the disk's initramfs becomes the directory $work/tree.
unpack() {
  initrd=/boot/initrd.img-$(kernel_version)
  content "$initrd" >"$work/initrd"
  mkdir "$work/tree"
  (cd "$work/tree" && zcat ../initrd | cpio -idm --quiet)
}
# repack: the tree becomes the disk's initramfs.
repack() { (cd "$work/tree" && find . | cpio -o -H newc --quiet | gzip -1) | replace "$initrd"; }
# hide PATTERN…, show: files of the tree go away, and come back.
hide() {
  local pattern
  for pattern; do
    (cd "$work/tree" && find . -path "$pattern" ! -type d) | while read -r file; do
      mkdir -p "$work/hidden/$(dirname "$file")"
      mv "$work/tree/$file" "$work/hidden/$file"
    done
  done
  [ -d "$work/hidden" ] || fail "the initramfs has no $*"
  repack
}
show() {
  cp -a "$work/hidden/." "$work/tree/"
  rm -rf "$work/hidden"
  good
}
