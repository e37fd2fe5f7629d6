#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# make_image.sh FILE SIZE [SECTOR]: a sparse disk image with a GPT for sectors of SECTOR bytes (512 or 4096), a
# boot partition of 8 MiB and an ext4 file system with some thousand real files and a quarter of SIZE in random
# data. Needs no root.
set -euo pipefail

file=$1
size=$(numfmt --from=iec "$2")
sector=${3:-512}
tree=$(mktemp -d "${TMPDIR:-/tmp}/sanboot-tree.XXXXXX")
trap 'rm -rf "$tree"' EXIT

# find ends by SIGPIPE where there are more files than asked for.
{ find /usr/share /usr/include /etc/ssl -xdev -type f -readable -size -256k 2>/dev/null || true; } |
  head -n $((size / 104858)) | tar -cf - -T - 2>/dev/null | tar -xf - -C "$tree"
head -c $((size / 4)) /dev/urandom >"$tree/random"
mkdir "$tree/empty"
: >"$tree/empty/file"
truncate -s 64M "$tree/sparse"

rm -f "$file"
truncate -s "$size" "$file"
start=$((9 * 1048576))
end=$((size - 1048576))
if [ "$sector" -eq 512 ]; then
  sgdisk -n 1:2048:18431 -t 1:EF00 -c 1:boot -n "2:$((start / 512)):$((end / 512 - 1))" -t 2:8300 -c 2:root \
    "$file" >/dev/null
else
  # sgdisk takes the sector size of a file to be 512.
  printf 'g\nn\n1\n%d\n%d\nn\n2\n%d\n%d\nw\n' $((1048576 / sector)) $((start / sector - 1)) \
    $((start / sector)) $((end / sector - 1)) | fdisk -b "$sector" "$file" >/dev/null
fi
head -c 3000000 /dev/urandom | dd of="$file" bs=1M seek=1 conv=notrunc status=none
mke2fs -q -t ext4 -b 4096 -E "offset=$start,root_owner=0:0" -d "$tree" "$file" "$(((end - start) / 1024))k"
