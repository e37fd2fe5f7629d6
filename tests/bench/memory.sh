#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# memory.sh: the most memory (RSS) that sanclone takes for disks of several sizes and ways to clone, and qemu-img for one.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
[ -x /usr/bin/time ] || skip "/usr/bin/time is not installed"
make_random_image "$work/disk.img"
truncate -s 2T "$work/huge.img"
head -c 64M /dev/urandom | dd of="$work/huge.img" bs=1M seek=1000000 conv=notrunc iflag=fullblock status=none

# measure TITLE SIZE PROGRAM…: onto a LUN of that size, which {} stands for.
measure() {
  local title=$1 argument
  rm -f "$work/lun"
  size=$(to_bytes "$2")
  fresh_lun "$work/lun" tuned
  shift 2
  local command=()
  for argument in "$@"; do command+=("${argument//\{\}/$url}"); done
  /usr/bin/time -o "$work/time" -f '%M %e' "${command[@]}" >/dev/null
  awk -v title="$title" '{printf "%-44s %6.1f MiB  %7.2f s\n", title, $1 / 1024, $2}' "$work/time"
}

measure "sanclone, 2 GiB" 2G "$sanclone" --quiet "$work/disk.img" {}
measure "sanclone --verify, 2 GiB" 2G "$sanclone" --quiet --verify "$work/disk.img" {}
measure "sanclone --verify --map, 2 GiB" 2G "$sanclone" --quiet --verify --map "$work/map" "$work/disk.img" {}
measure "sanclone --block 8M --verify, 2 GiB" 2G "$sanclone" --quiet --verify --block 8M "$work/disk.img" {}
measure "sanclone --verify, 2 TiB, 64 MiB of it data" 2T "$sanclone" --quiet --verify "$work/huge.img" {}
measure "qemu-img -W -m16, 2 GiB" 2G qemu-img convert -n -W -m 16 -f raw -O raw "$work/disk.img" {}
