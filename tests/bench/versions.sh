#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# versions.sh OTHER [ROUNDS]: the sanclone of this build against that in the directory OTHER, a build of another
# version: a plain clone, the rest of one that was killed in the middle, and an update of a finished one, 20 MiB of
# which have changed.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
other=$(realpath "${1:?the directory of another sanclone}")
rounds=${2:-5}
make_random_image "$work/disk.img"
cp --sparse=always "$work/disk.img" "$work/changed.img"
for ((i = 0; i < 20; i++)); do
  head -c 1048576 /dev/urandom |
    dd of="$work/changed.img" bs=1M seek=$((32 * (i % (size / 33554432)) + i % 16)) conv=notrunc iflag=fullblock status=none
done

sanclone_of() { if [ "$1" = this ]; then echo "$sanclone"; else echo "$other/sanclone"; fi; }
check() { cmp "$image" "$work/lun" || fail "$1 did not copy the image"; }

image=$work/disk.img
prepare() {
  rm -f "$work/lun"
  fresh_lun "$work/lun"
}
run() { "$(sanclone_of "$1")" --quiet "$image" "$url"; }
compete "clone" "$rounds" this other

prepare() {
  rm -f "$work/lun" "$work/map"
  fresh_lun "$work/lun"
  timeout --signal=KILL 2 "$(sanclone_of "$1")" --quiet --map "$work/map" --rate "$((size / 4))" "$image" "$url" || true
}
run() { "$(sanclone_of "$1")" --quiet --map "$work/map" "$image" "$url"; }
compete "resume" "$rounds" this other

for one in this other; do
  rm -f "$work/lun"
  fresh_lun "$work/lun"
  "$(sanclone_of "$one")" --quiet --map "$work/$one.map" "$image" "$url"
  mv "$work/lun" "$work/$one.lun"
done
prepare() {
  cp "$work/$1.map" "$work/map"
  cp --sparse=always "$work/$1.lun" "$work/lun"
  fresh_lun "$work/lun"
  cp --sparse=always "$work/changed.img" "$work/disk.img"
}
compete "delta" "$rounds" this other
