#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --sector-convert: a GPT for sectors of 512 bytes becomes one for blocks of 4096 bytes, if the file systems can
# do without the old ones. A loop device with such blocks lets sgdisk and the kernel judge.
. "$(dirname "$0")/lib.sh"
require sgdisk sfdisk jq mke2fs e2fsck mformat losetup
[ "$(id -u)" -eq 0 ] || skip "a loop device needs root"
loop=''
leave() {
  [ -z "$loop" ] || losetup -d "$loop" || true
  cleanup
}
trap leave EXIT
disk=$work/disk.img lun=$work/lun size=$((48 * 1048576)) large=$((80 * 1048576))
# attach FILE: sets loop.
attach() { loop=$(losetup -f --show --sector-size 4096 "$1") || skip "no loop device with blocks of 4096 bytes"; }
detach() {
  losetup -d "$loop"
  loop=''
}
# new_disk BLOCK: ext4 of such blocks in partition 1, and nothing else.
new_disk() {
  rm -f "$disk"
  truncate -s "$size" "$disk"
  sgdisk -n 1:2048:+32M "$disk" >/dev/null
  rm -f "$work/ext4"
  truncate -s 32M "$work/ext4"
  mke2fs -q -t ext4 -b "$1" -d "$work/files" "$work/ext4"
  dd if="$work/ext4" of="$disk" bs=1M seek=1 conv=notrunc status=none
}
# refused PATTERN OPTION…: before anything is written.
refused() {
  local pattern=$1
  shift
  run_sanclone "$disk" "$url" "$@"
  expect_status 4
  expect_one_line
  expect_text stderr "$pattern"
  all_aa "$lun" 0 "$large" || fail "something was written in spite of the refusal"
}

mkdir "$work/files"
head -c 6M /dev/urandom >"$work/files/data"
fill_aa "$lun" "$large"
start_tgtd
new_tgt_lun "$lun" "$large" 4096 thin
new_disk 4096
refused 'blocks of 4096 bytes'
run_sanclone "$disk" "$url" --sector-convert --dry-run --json
expect_status 0
expect_json '.destinations[0].gpt.edits == ["sector-convert", "fit"]' '.destinations[0].gpt.table.problems == []'

say "file systems that count in sectors"
new_disk 1024
refused 'partition 1 .* ext4 with blocks of 1024 bytes' --sector-convert
new_disk 4096
mformat -i "$disk@@1M" -T 16384 -h 16 -s 32 ::
refused 'partition 1 .* FAT made for sectors of 512 bytes' --sector-convert
refused 'partition 1 .* FAT made for sectors of 512 bytes' --sector-convert --force=unknown-content
dd if=/dev/zero of="$disk" bs=1M seek=1 count=32 conv=notrunc status=none
refused 'unknown-content' --sector-convert
say "a table that cannot be"
new_disk 4096
sgdisk -n 2:70000:70001 -a 1 "$disk" >/dev/null
refused 'partition 2 .* not a multiple of 4096' --sector-convert

say "unknown content, by force"
new_disk 4096
sgdisk -n 2:0:+4M "$disk" >/dev/null
refused 'partition 2 .*unknown-content' --sector-convert
run_sanclone "$disk" "$url" --sector-convert --force=unknown-content --verify
expect_status 0

say "a disk that can"
new_disk 4096
fill_aa "$lun" "$large"
run_sanclone "$disk" "$url" --sector-convert --grow-last --verify --json
expect_status 0
expect_json .verified '.destinations[0].gpt.edits == ["sector-convert", "fit", "grow-last"]'
attach "$lun"
sgdisk --verify "$loop" >"$work/out" 2>&1
grep -q 'No problems found' "$work/out" || fail "sgdisk: $(cat "$work/out")"
sfdisk --verify "$loop" >"$work/out" 2>&1
grep -q 'No errors detected' "$work/out" || fail "sfdisk: $(cat "$work/out")"
sgdisk -p "$loop" >"$work/out"
grep -q 'Sector size (logical.*): 4096' "$work/out" || fail "sgdisk does not count in 4096 bytes"
[ "$(awk '/^ +1 / {print $2, $3}' "$work/out")" = "256 $((79 * 256 - 1))" ] || fail "partition 1: $(cat "$work/out")"
detach
cmp -i 1048576 -n $((32 * 1048576)) "$disk" "$lun" || fail "the partition differs"
loop=$(losetup -f --show --sector-size 4096 -o 1048576 --sizelimit $((78 * 1048576)) "$lun")
e2fsck -fn "$loop" >"$work/out" 2>&1 || fail "e2fsck: $(cat "$work/out")"
if mkdir "$work/mnt" && mount -o ro,noload "$loop" "$work/mnt" 2>/dev/null; then
  cmp "$work/files/data" "$work/mnt/data" || fail "a file differs"
  umount "$work/mnt"
fi
detach
run_sanclone "$disk" "$url" --compare --sector-convert --grow-last
expect_status 0
run_sanclone "$disk" "$url" --compare
expect_status 1

say "and the other way round"
run_sanclone "$url" "$work/back.raw"
expect_status 0
attach "$work/back.raw"
sgdisk --verify "$loop" | grep -q 'No problems found' || fail "the image is not as the LUN was"
detach
fill_aa "$work/lun512" "$large"
new_tgt_lun "$work/lun512" "$large"
run_sanclone "$work/back.raw" "$url" --sector-convert --verify
expect_status 0
sgdisk --verify "$work/lun512" | grep -q 'No problems found' || fail "sgdisk finds problems"
cmp -i 1048576 -n $((32 * 1048576)) "$disk" "$work/lun512" || fail "the partition differs"
