#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One LUN by two names as destinations, and a file beside the loop device that shows it.
. "$(dirname "$0")/lib.sh"
require sgdisk
size=$((8 * 1048576))
disk=$work/disk.img
truncate -s "$size" "$disk"
sgdisk -n 1:2048:+4M "$disk" >/dev/null
start_tgtd
fill_aa "$work/lun" "$size"
new_tgt_lun "$work/lun" "$size"
first=$url
other=${url/127.0.0.1/localhost}
fill_aa "$work/lun2" "$size"
new_tgt_lun "$work/lun2" "$size"
for option in --new-ids --dry-run --verify; do
  run_sanclone "$disk" "$first" "$other" "$option"
  expect_status 4
  expect_one_line
  expect_text stderr "is $first by another name"
  all_aa "$work/lun" 0 "$size" || fail "something was written in spite of the refusal"
done
run_sanclone "$disk" "$first" "$first"
expect_status 4
expect_text stderr 'is named twice'
run_sanclone "$first" "$other"
expect_status 4
expect_text stderr 'is the source'
run_sanclone "$disk" "$first" "$url" --new-ids
expect_status 0

say "a file and its loop device"
[ "$(id -u)" -eq 0 ] || skip "loop devices need root"
require losetup
cp "$disk" "$work/a.img"
loop=$(losetup -f --show "$work/a.img" 2>/dev/null) || skip "there are no loop devices"
trap 'losetup -d "$loop" 2>/dev/null || true; cleanup' EXIT
for option in --verify --dry-run; do
  run_sanclone "$work/a.img" "$loop" "$option"
  expect_status 4
  expect_text stderr 'is the source'
  run_sanclone "$loop" "$work/a.img" "$option"
  expect_status 4
  run_sanclone "$disk" "$work/a.img" "$loop" "$option"
  expect_status 4
  expect_text stderr "is $work/a.img by another name"
done
same "$disk" "$work/a.img"
say "another part of the same file is another disk"
truncate -s $((2 * size)) "$work/a.img"
losetup -d "$loop"
loop=$(losetup -f --show -o "$size" "$work/a.img")
run_sanclone "$disk" "$loop"
expect_status 0
cmp -i 0:"$size" -n "$size" "$disk" "$work/a.img" || fail "the clone differs"
