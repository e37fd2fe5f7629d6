#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# delta.sh [ROUNDS]: 20 MiB of a full disk of 2 GiB changed since the last clone: sanclone with its map, in each of the
# ways to know that the LUN still is what the map says, against copying the disk again by qemu-img.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
require mke2fs sgdisk jq
rounds=${1:-5}

truncate -s "$size" "$work/disk.img"
sgdisk -n 1:2048:0 "$work/disk.img" >/dev/null
mke2fs -q -t ext4 -E offset=1048576 "$work/disk.img" "$(((size - 2097152) / 1024))k"
mkdir "$work/mnt"
mount -o loop,offset=1048576 "$work/disk.img" "$work/mnt" 2>/dev/null || skip "loop devices cannot be mounted here"
head -c "$size" /dev/urandom >"$work/mnt/full" 2>/dev/null || true
umount "$work/mnt"
fresh_lun "$work/old.lun"
"$sanclone" --quiet --map "$work/old.map" "$work/disk.img" "$url"
mount -o loop,offset=1048576 "$work/disk.img" "$work/mnt"
for ((i = 0; i < 20; i++)); do
  head -c 1048576 /dev/urandom | dd of="$work/mnt/full" bs=1M seek=$((i * size / 21 / 1048576)) conv=notrunc status=none
done
umount "$work/mnt"

# The LUN and its map as the last clone left them.
prepare() {
  cp --sparse=always "$work/old.lun" "$work/lun"
  cp "$work/old.map" "$work/map"
  # shellcheck disable=SC2086 # none or one parameter
  fresh_lun "$work/lun" $tuned
}
run() {
  case $1 in
    sanclone_--delta=*) "$sanclone" --json --map "$work/map" "${1#sanclone_}" "$work/disk.img" "$url" ;;
    sanclone) "$sanclone" --quiet "$work/disk.img" "$url" ;;
    qemu-img_-W_-m16) qemu-img convert -n -W -m 16 -f raw -O raw "$work/disk.img" "$url" ;;
  esac
}
check() {
  cmp "$work/disk.img" "$work/lun" || fail "$1 did not copy the image"
  case $1 in
    *--delta=*) say "$1 wrote $(jq .bytes.written "$work/run.out") bytes" ;;
  esac
}

for parameters in default tuned; do
  tuned=''
  [ "$parameters" = default ] || tuned=tuned
  compete "delta, tgt $parameters" "$rounds" sanclone_--delta=auto sanclone_--delta=trust sanclone_--delta=compare sanclone \
    qemu-img_-W_-m16
done
