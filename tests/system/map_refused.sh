#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Maps that are not this clone's, damaged or in use: refused, nothing written, and --fresh helps.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/map_lib.sh"
map_image 16M 8M
size=$(bytes_of "$disk")
start_tgtd
fill_aa "$lun" "$size"
new_tgt_lun "$lun" "$size"
first=$url
fill_aa "$work/lun2" "$size"
new_tgt_lun "$work/lun2" "$size"
second=$url
run_sanclone "$disk" "$first" --map "$map"
expect_status 0
same "$disk" "$lun"
cp "$map" "$work/good"

# refused PATTERN… -- ARGUMENT…: exit code 4 and one line with the patterns; neither LUN nor map is touched.
refused() {
  local patterns=() before
  while [ "$1" != -- ]; do
    patterns+=("$1")
    shift
  done
  shift
  before=$(sha256sum "$lun" "$work/lun2" "$map")
  run_sanclone "$@"
  expect_status 4
  expect_one_line
  expect_text stderr "${patterns[@]}"
  [ "$(sha256sum "$lun" "$work/lun2" "$map")" = "$before" ] || fail "something was written"
}

say "another source"
cp "$disk" "$work/other.img"
refused 'map of another clone: its source is' "$disk" "$work/other.img" -- "$work/other.img" "$first" --map "$map"
say "another LUN"
refused 'its destination is .*test1 .* not .*test2 ' -- "$disk" "$second" --map "$map"
say "another block size"
refused '1.0 MiB' '256.0 KiB' '--block=1048576' -- "$disk" "$first" --map "$map" --block 256K
say "a damaged map"
printf '\001' | dd of="$map" bs=1 seek=$(($(bytes_of "$map") - 20)) conv=notrunc status=none
refused 'damaged clone map' '--fresh' -- "$disk" "$first" --map "$map"
truncate -s 500 "$map"
refused 'damaged clone map' -- "$disk" "$first" --map "$map"
run_sanclone "$disk" "$first" --map "$map" --fresh --json
expect_status 0
expect_json '.bytes.skipped == 0' '.map.destinations[0].work == "new"'
say "a file that is no map, with --fresh too"
head -c 5000 /dev/urandom >"$map"
refused 'not a clone map' -- "$disk" "$first" --map "$map"
refused 'not a clone map' -- "$disk" "$first" --map "$map" --fresh
cp "$work/good" "$map"
say "--fresh for another clone"
run_sanclone "$disk" "$second" --map "$map" --fresh
expect_status 0
same "$disk" "$work/lun2"
cp "$work/good" "$map"
say "a map in use"
exec 9<"$map"
flock 9
refused 'in use by another clone' -- "$disk" "$first" --map "$map"
refused 'in use by another clone' -- "$disk" "$first" --map "$map" --fresh
exec 9<&-

say "what cannot have a map"
# usage PATTERN ARGUMENT…
usage() {
  local pattern=$1
  shift
  run_sanclone "$@"
  expect_status 2
  expect_one_line
  expect_text stderr "$pattern"
}
status=0
"$SANBOOT_BIN/sanclone" - "$first" --map "$work/m" < <(cat "$disk" || true) >"$work/stdout" 2>"$work/stderr" || status=$?
expect_status 2
expect_one_line
expect_text stderr '--map.*read again'
usage '--map.*cannot be resumed' "$disk" "$work/out.zst" --map "$work/m"
[ ! -e "$work/out.zst" ] || fail "there is an image"
usage '--zero=skip' "$disk" "$first" --map "$work/m" --zero=skip
usage '--fresh.*--map' "$disk" "$first" --fresh
usage '--delta.*--map' "$disk" "$first" --delta=trust
usage 'regular file' "$disk" "$first" --map /dev/null

say "no room for the map"
[ "$(id -u)" -eq 0 ] || skip "a small file system needs root"
mkdir "$work/small"
mount -t tmpfs -o size=4k none "$work/small" || skip "tmpfs cannot be mounted"
trap 'umount "$work/small"; cleanup' EXIT
# In the middle, and at the very end, when the map is put in order.
for room in 4k 12k; do
  rm -f "$work"/small/*
  mount -o "remount,size=$room" "$work/small"
  run_sanclone "$disk" "$first" --map "$work/small/map" --block 64K
  expect_status 5
  expect_one_line
  expect_text stderr "$work/small/map" '[Nn]o space'
done
mount -o remount,size=1m "$work/small"
run_sanclone "$disk" "$first" --map "$work/small/map" --block 64K --json
expect_status 0
expect_json '.bytes.written + .bytes.unmapped == 0'
same "$disk" "$lun"
