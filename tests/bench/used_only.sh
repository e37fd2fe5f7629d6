#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# used_only.sh [ROUNDS]: an ext4 file system of 2 GiB that was full of files and of which 300 MiB are in use, onto a thin LUN:
# sanclone --used-only against qemu-img convert, which copies what was deleted too, and against partclone, which
# knows what is in use as well and writes to the LUN through nbdfuse.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
require mke2fs e2fsck partclone.extfs nbdfuse qemu-nbd
rounds=${1:-5}

# An old disk: no hole is left anywhere.
head -c "$size" /dev/urandom >"$work/disk.img"
mke2fs -q -F -t ext4 -E nodiscard "$work/disk.img"
mkdir "$work/mnt"
mount -o loop "$work/disk.img" "$work/mnt" 2>/dev/null || skip "loop devices cannot be mounted here"
head -c 2000000 /dev/urandom >"$work/block"
for ((i = 0; i < 1800; i++)); do head -c $(((i * 7919 % 2000 + 4) * 1000)) "$work/block" >"$work/mnt/f$i" || break; done 2>/dev/null
for ((i = 0; i < 1800; i++)); do [ $((i % 6)) -eq 0 ] || echo "$work/mnt/f$i"; done | xargs rm -f
(cd "$work/mnt" && find . -type f -print0 | sort -z | xargs -0 md5sum) >"$work/files"
in_use=$(du -sm "$work/mnt" | cut -f 1)
umount "$work/mnt"
say "$in_use MiB of $image_size are in use"

prepare() {
  rm -f "$work/lun"
  # shellcheck disable=SC2086 # none or one parameter
  fresh_lun "$work/lun" $tuned
}
through_fuse() {
  local file=$work/fuse pid
  touch "$file"
  nbdfuse "$file" "$nbd" &
  pid=$!
  wait_until 10 test -s "$file"
  partclone.extfs --dev-to-dev --source "$work/disk.img" --overwrite "$file" --logfile "$work/partclone.log" >/dev/null 2>&1
  fusermount3 -u "$file" 2>/dev/null || fusermount -u "$file"
  wait "$pid" || true
}
run() {
  case $1 in
    sanclone_--used-only) "$sanclone" --quiet --used-only "$work/disk.img" "$url" ;;
    qemu-img_-W_-m16) qemu-img convert -n -W -m 16 -f raw -O raw "$work/disk.img" "$url" ;;
    partclone) by_nbd through_fuse ;;
  esac
}
check() {
  e2fsck -fn "$work/lun" >/dev/null 2>&1 || fail "$1: e2fsck is not content"
  mount -o loop,ro "$work/lun" "$work/mnt"
  (cd "$work/mnt" && md5sum --quiet -c "$work/files") || fail "$1: a file differs"
  umount "$work/mnt"
}

for parameters in default tuned; do
  tuned=''
  [ "$parameters" = default ] || tuned=tuned
  compete "used only, tgt $parameters" "$rounds" sanclone_--used-only qemu-img_-W_-m16 partclone
done
