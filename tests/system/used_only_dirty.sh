#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --used-only: what is dirty, mounted, hibernated or contradictory is copied whole, to the last byte, with one
# warning each; what has no reader is copied whole without a word.
. "$(dirname "$0")/lib.sh"
# shellcheck source=free_space_lib.sh
. "$here/free_space_lib.sh"
# shellcheck source=used_only_lib.sh
. "$here/used_only_lib.sh"
require debugfs mkfs.xfs mkntfs ntfscp ntfsresize mkfs.fat mkfs.exfat mkswap jq

# while_mounted FILE: what is mounted from it stays so while the disk is copied.
while_mounted() {
  random_file mnt/file 3000000
  sync -f mnt
  cp "$1" live
  unmount
  mv live "$1"
}

old_data ext4 64
mke2fs -q -F -t ext4 -E nodiscard ext4
mount_or_skip -o loop ext4
while_mounted ext4
old_data xfs 320
mkfs.xfs -q -f -K xfs
mount_or_skip -o loop xfs
while_mounted xfs
old_data exfat 64
mkfs.exfat exfat >mkfs.log
mount_exfat exfat || skip "exfat-fuse cannot mount here: $(cat mount.log)"
while_mounted exfat
old_data ntfs 64
mkntfs -q -F -Q ntfs >mkfs.log 2>&1
yes 2>/dev/null | ntfsresize -f -s 40M ntfs >ntfsresize.log 2>&1 || true # schedules a check of the volume
old_data hibernated 64
mkntfs -q -F -Q hibernated >mkfs.log 2>&1
old_data hiberfil 1
printf 'hibr' | dd of=hiberfil conv=notrunc status=none
ntfscp -q hibernated hiberfil hiberfil.sys
old_data fat 64
mkfs.fat -F 32 -s 1 fat >mkfs.log
printf '\1' | dd of=fat bs=1 seek=65 conv=notrunc status=none
old_data bitmap 32
mke2fs -q -F -t ext4 -E nodiscard bitmap
debugfs -w -R 'ssv free_blocks_count 77' bitmap 2>debugfs.log
old_data suspended 8
mkswap -q suspended 2>mkfs.log
printf 'S1SUSPEND\0' | dd of=suspended bs=1 seek=4086 conv=notrunc status=none
old_data luks 8
printf 'LUKS\272\276' | dd of=luks conv=notrunc status=none
old_data swap 8
mkswap -q swap 2>mkfs.log

put_on_disk ext4 xfs exfat ntfs hibernated fat bitmap suspended luks swap
run_sanclone disk.img copy.img --used-only --verify --json
expect_status 0
expect_json .verified '[.used_only[] | select(.state == "used") | .number] == [10]' \
  '[.used_only[] | select(.state == "whole") | .free] == [0, 0, 0, 0, 0, 0, 0, 0, 0]'
expect_text stderr 'partition 1 \(ext4\) is copied whole: its journal needs recovery' \
  'partition 2 \(xfs v5\) is copied whole: its log needs recovery' \
  'partition 3 \(exfat\) is copied whole: it was not unmounted cleanly' \
  'partition 4 \(ntfs\) is copied whole: it is marked dirty' \
  'partition 5 \(ntfs\) is copied whole: Windows is hibernated on it' \
  'partition 6 \(fat32\) is copied whole: it was not unmounted cleanly' \
  'partition 7 \(ext4\) is copied whole: its count of free blocks is inconsistent' \
  'partition 8 \(swap\) is copied whole: it holds a hibernated system'
[ "$(wc -l <stderr)" -eq 8 ] || fail "$(wc -l <stderr) warnings instead of 8"
echo "4096 $(($(bytes_of swap) - 4096))" | at_partition swap | {
  read -r offset length
  fallocate -p -o "$offset" -l "$length" disk.img
}
same disk.img copy.img
rm copy.img disk.img

# A table in doubt: the backup GPT is another one than the primary.
put_on_disk swap suspended
cp disk.img other.img
sgdisk -G other.img >/dev/null
tail -c 16896 other.img | dd of=disk.img bs=512 seek=$(($(bytes_of disk.img) / 512 - 33)) conv=notrunc status=none
run_sanclone disk.img copy.img --used-only
expect_status 0
expect_text stderr 'all partitions are copied whole: the backup GPT differs from the primary'
[ "$(wc -l <stderr)" -eq 1 ] || fail "$(wc -l <stderr) warnings instead of 1"
same disk.img copy.img

# In use, and forced: nothing of it is believed, not even what is unmounted in between.
rm copy.img
old_data ext4 64
mke2fs -q -F -t ext4 -E nodiscard ext4
mount_or_skip -o loop ext4
run_sanclone ext4 copy.img --used-only
expect_status 4
run_sanclone ext4 copy.img --used-only --force=live --json
expect_status 0
expect_text stderr 'copied whole: the source is in use: .*mounted read-write'
expect_json '.used_only[0].state == "whole"' '.bytes.free == 0'
unmount
