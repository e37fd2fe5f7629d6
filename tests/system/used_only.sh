#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --used-only: a disk of ext4, XFS, NTFS, FAT32, exFAT, swap and something unknown, all of them full of old data,
# onto a LUN full of 0xAA. The LUN must hold the disk with zeros where independent tools say that it is free, fsck
# must find nothing, and every file must be there.
. "$(dirname "$0")/lib.sh"
# shellcheck source=free_space_lib.sh
. "$here/free_space_lib.sh"
# shellcheck source=used_only_lib.sh
. "$here/used_only_lib.sh"
require xfs_db xfs_repair dumpe2fs e2fsck mkntfs ntfsfix mkfs.fat fsck.fat mcopy mkfs.exfat fsck.exfat \
  mkswap partclone.extfs partclone.xfs partclone.ntfs partclone.fat partclone.exfat xxhsum jq

old_data ext4 300
mke2fs -q -F -t ext4 -b 4096 -E nodiscard ext4
mount_or_skip -o loop ext4
fill_and_age ext4 60
old_data xfs 320
mkfs.xfs -q -f -K xfs
mount_or_skip -o loop xfs
fill_and_age xfs 60
old_data ntfs 100
mkntfs -q -F -Q ntfs >mkfs.log 2>&1
mount_or_skip -t ntfs-3g ntfs
fill_and_age ntfs 40
old_data exfat 100
mkfs.exfat exfat >mkfs.log
mount_exfat exfat || skip "exfat-fuse cannot mount here: $(cat mount.log)"
fill_and_age exfat 40

old_data fat 300
mkfs.fat -F 32 -s 8 fat >mkfs.log
export MTOOLS_SKIP_CHECK=1
for i in $(seq 60); do random_file "f$i" "$(size_of_file)"; done
mcopy -i fat f[0-9]* ::
for i in $(seq 1 2 60); do
  mdel -i fat "::f$i"
  rm "f$i"
done
sha256sum f[0-9]* | sort -k 2 >fat.files
rm f[0-9]*

old_data swap 16
mkswap -q swap 2>mkfs.log
old_data raw 8

put_on_disk ext4 xfs ntfs exfat fat swap raw
fill_aa lun "$(bytes_of disk.img)"
start_tgtd
new_tgt_lun "$work/lun" "$(bytes_of disk.img)"
begin=$SECONDS
run_sanclone disk.img "$url" --used-only --verify --json
say "cloned in $((SECONDS - begin)) s"
expect_status 0
[ ! -s stderr ] || fail "there are warnings"
expect_json .verified '[.used_only[].content] == ["ext4", "xfs v5", "ntfs", "exfat", "fat32", "swap", "unknown"]' \
  '[.used_only[].state] == ["used", "used", "used", "used", "used", "used", "whole"]' \
  '.used_only[6].reason == "it holds nothing that is recognised"' 'all(.used_only[]; .used + .free == .size)' \
  '(.used_only | map(.free) | add) == .bytes.free' '.bytes.data + .bytes.zero == .bytes.total' \
  '.bytes.zero >= .bytes.free' ".hash == \"$(xxhsum -q -H2 lun | cut -d ' ' -f 1)\""

# What the oracles have free, from the front of each partition: the disk with zeros there is what is expected.
{
  oracle_dumpe2fs ext4 | at_partition ext4
  oracle_xfs_db xfs | at_partition xfs
  oracle_partclone ntfs ntfs | at_partition ntfs
  oracle_partclone exfat exfat | at_partition exfat
  oracle_partclone fat fat | at_partition fat
  echo "4096 $(($(bytes_of swap) - 4096))" | at_partition swap
} >free.ranges
oracle_partclone extfs ext4 | cmp - <(oracle_dumpe2fs ext4) || fail "the oracles of ext4 contradict each other"
cp disk.img expected.img
while read -r offset length; do fallocate -p -o "$offset" -l "$length" expected.img; done <free.ranges
# Blocks that XFS keeps for its free space B+trees are free to the oracles, and in use to sanclone.
oracle_partclone xfs xfs | cmp - <(oracle_xfs_db xfs) || fail "the oracles of XFS contradict each other"
kept_by_xfs xfs | at_partition xfs >kept.ranges
[ -s kept.ranges ] || fail "XFS keeps no blocks"
while read -r offset length; do
  dd if=disk.img of=expected.img bs="$length" skip="$offset" seek="$offset" iflag=skip_bytes oflag=seek_bytes count=1 \
    conv=notrunc status=none
done <kept.ranges
free=$(awk 'NR == FNR { sum += $2; next } { sum -= $2 } END { printf "%.0f", sum }' free.ranges kept.ranges)
say "$(jq -c '[.used_only[] | {content, used, free}], .bytes' stdout); free by the oracles: $free"
same expected.img lun
expect_json ".bytes.free == $free"

run_sanclone --compare --used-only disk.img "$url"
expect_status 0
run_sanclone --compare disk.img "$url"
expect_status 1

# The other way, from the LUN.
cp disk.img lun
run_sanclone "$url" back.img --used-only --json
expect_status 0
expect_json ".bytes.free == $free"
same expected.img back.img
rm back.img
cp expected.img lun

take_from lun ext4
e2fsck -fn copy >fsck.log 2>&1 || fail "e2fsck: $(tail -5 fsck.log)"
mount_or_skip -o loop,ro copy
files_are ext4
take_from lun xfs
xfs_repair -n copy >fsck.log 2>&1 || fail "xfs_repair: $(tail -5 fsck.log)"
mount_or_skip -o loop,ro,nouuid copy
files_are xfs
take_from lun ntfs
ntfsfix -n copy >fsck.log 2>&1 || fail "ntfsfix: $(tail -5 fsck.log)"
mount_or_skip -t ntfs-3g -o ro copy
files_are ntfs
take_from lun exfat
fsck.exfat -n copy >fsck.log 2>&1 || fail "fsck.exfat: $(tail -5 fsck.log)"
mount_exfat copy -o ro || skip "exfat-fuse cannot mount the copy: $(cat mount.log)"
files_are exfat
take_from lun fat
fsck.fat -n copy >fsck.log 2>&1 || fail "fsck.fat: $(tail -5 fsck.log)"
mkdir out
mcopy -n -i copy '::f*' out
(cd out && sha256sum f[0-9]* | sort -k 2) | diff - fat.files || fail "files of FAT differ"
[ "$(wc -l <fat.files)" -eq 30 ] || fail "FAT has $(wc -l <fat.files) files"
