#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How long a source has to be, by what the tools that make file systems and tables say of it: with the last block
# it is whole, without it was cut off.
. "$(dirname "$0")/lib.sh"
seen=0

# whole FILE, cut_off FILE PATTERN: what a dry run says of it.
whole() {
  run_sanclone --dry-run "$1" "$work/none.img"
  expect_status 0
}
cut_off() {
  run_sanclone --dry-run "$1" "$work/none.img"
  expect_status 3
  expect_text stderr "$2"
}

# boundary NAME LENGTH STEP PATTERN: $work/x holds LENGTH bytes of it; STEP fewer are too few, more are not too many.
boundary() {
  say "$1: $2 bytes"
  seen=$((seen + 1))
  truncate -s "$2" "$work/x"
  whole "$work/x"
  truncate -s "$(($2 - $3))" "$work/x"
  cut_off "$work/x" "the $4 on it goes on to byte $2"
  truncate -s "$(($2 / 2))" "$work/x"
  cut_off "$work/x" "the $4 on it goes on to byte $2"
  truncate -s "$(($2 + 1048576))" "$work/x"
  whole "$work/x"
}

# make SIZE COMMAND…: makes a file system on $work/x, if there is a program for it.
make() {
  local size=$1
  shift
  command -v "$1" >/dev/null || return 1
  rm -f "$work/x"
  truncate -s "$size" "$work/x"
  "$@" "$work/x" >"$work/stdout" 2>"$work/stderr" || fail "$*"
}

field() { sed -n "s/^$1:* *//p" | head -n 1; }
ext_bytes() { echo $(($(dumpe2fs -h "$work/x" 2>/dev/null | field 'Block count') * $(dumpe2fs -h "$work/x" 2>/dev/null | field 'Block size'))); }

for options in '-t ext2' '-t ext3' '-t ext4' '-t ext4 -O ^64bit' '-t ext4 -O bigalloc -C 65536' '-t ext4 -b 1024 -O meta_bg,^resize_inode'; do
  # shellcheck disable=SC2086 # several options
  make 33M mke2fs -q -F $options && boundary "mke2fs $options" "$(ext_bytes)" 512 'ext[234]'
done
make 17T mke2fs -q -F -t ext4 -E lazy_itable_init=1 -m 0 -N 1000 && boundary 'ext4 of 17 TiB' "$(ext_bytes)" 4096 ext4
make 320M mkfs.xfs -q && boundary XFS "$(xfs_db -r -c 'sb 0' -c 'p dblocks' "$work/x" | awk '{print $3 * 4096}')" 512 XFS
make 120M mkfs.btrfs -q &&
  boundary btrfs "$(btrfs inspect-internal dump-super "$work/x" | field 'dev_item.total_bytes' | tr -d '\t ')" 4096 btrfs
make 64M mkfs.f2fs -q && boundary F2FS $(($(fsck.f2fs --dry-run "$work/x" | sed -n 's/.*total FS sectors = \([0-9]*\).*/\1/p') * 512)) 512 F2FS
make 20M mkswap && boundary swap $((20 << 20)) 4096 'swap area'
if make 4M mkfs.exfat; then
  say exFAT
  whole "$work/x"
  truncate -s 3M "$work/x"
  cut_off "$work/x" 'the exFAT on it goes on to byte'
fi
for options in '-F 12 -s 64' '-F 16 -s 4' '-F 32 -s 1'; do
  # shellcheck disable=SC2086 # several options
  if make 64M mkfs.fat $options; then
    say "FAT $options"
    whole "$work/x"
    truncate -s $((63 << 20)) "$work/x"
    cut_off "$work/x" 'the FAT on it goes on to byte'
  fi
done
if make $((32 << 20 | 512)) mkntfs -q -F -p 0 -s 512 -c 4096; then
  # The boot sector's copy behind it repeats the first sector.
  truncate -s $((32 << 20)) "$work/x"
  whole "$work/x"
  expect_text stderr 'warning: .*the NTFS on it should end at byte'
  truncate -s $(((32 << 20) - 4096)) "$work/x"
  cut_off "$work/x" 'the NTFS on it goes on to byte'
  seen=$((seen + 1))
fi
if command -v mksquashfs >/dev/null; then
  rm -f "$work/x"
  head -c 300000 /dev/urandom >"$work/content"
  mksquashfs "$work/content" "$work/x" -quiet -no-progress >"$work/stdout"
  whole "$work/x"
  truncate -s 250000 "$work/x"
  cut_off "$work/x" 'the squashfs on it'
fi
if command -v xorriso >/dev/null; then
  mkdir "$work/tree"
  head -c 3M /dev/urandom >"$work/tree/content"
  xorriso -as mkisofs -quiet -o "$work/x" "$work/tree" 2>"$work/stderr"
  whole "$work/x"
  size=$(bytes_of "$work/x")
  truncate -s $((size - 150 * 2048)) "$work/x"
  whole "$work/x"
  truncate -s $((size - 200 * 2048)) "$work/x"
  cut_off "$work/x" 'the ISO 9660 on it'
fi
rm -f "$work/x"
truncate -s 64M "$work/x"
if command -v pvcreate >/dev/null && loop=$(losetup --find --show "$work/x" 2>/dev/null); then
  made=
  pvcreate -q --config 'devices { use_devicesfile=0 scan="/dev" }' "$loop" >"$work/stdout" 2>"$work/stderr" && made=1
  losetup -d "$loop"
  [ -z "$made" ] || boundary LVM $((64 << 20)) 512 'LVM physical volume'
fi
[ "$seen" -ge 5 ] || skip "too few of the programs that make file systems are installed"

say "tables"
require sgdisk sfdisk
for sector in 512 4096; do
  rm -f "$work/x"
  truncate -s 64M "$work/x"
  # parted and sgdisk count a file in blocks of 512 bytes; sfdisk does as it is told.
  sfdisk -q --sector-size "$sector" "$work/x" >"$work/stdout" 2>"$work/stderr" <<'END' || continue
label: gpt
start=1MiB, size=30MiB
start=31MiB, size=17MiB
END
  truncate -s 48M "$work/x"
  whole "$work/x"
  truncate -s $(((48 << 20) - 512)) "$work/x"
  cut_off "$work/x" 'partition 2 goes on to byte 50331648:'
done
say "the two halves of what a GPT may lose: its backup, and what is not in use behind the last partition"
truncate -s 3T "$work/large"
sgdisk -n 1:2048:+1T "$work/large" >"$work/stdout"
truncate -s $(((1 << 40) + (1 << 20))) "$work/large"
whole "$work/large"
truncate -s 1T "$work/large"
cut_off "$work/large" 'partition 1 goes on to byte'
say "an extended partition that goes on behind its last logical one"
rm -f "$work/x"
truncate -s 64M "$work/x"
sfdisk -q "$work/x" >"$work/stdout" <<'END'
label: dos
start=1MiB, size=63MiB, type=f
start=2MiB, size=10MiB, type=83
END
truncate -s 12M "$work/x"
whole "$work/x"
truncate -s 11M "$work/x"
cut_off "$work/x" 'partition 5 goes on to byte 12582912:'
truncate -s 1M "$work/x"
cut_off "$work/x" 'the chain of logical partitions goes on to byte'
say "a shrunk partition is a fault of another kind"
rm -f "$work/x"
truncate -s 64M "$work/x"
sgdisk -n 1:2048:+20M "$work/x" >"$work/stdout"
mke2fs -q -t ext4 -E "offset=$((1 << 20))" "$work/x" 20M 2>"$work/stderr"
sgdisk -d 1 -n 1:2048:+10M "$work/x" >"$work/stdout"
whole "$work/x"
expect_text stderr 'warning: .*the ext4 in partition 1 is of 20.0 MiB, larger than the 10.0 MiB of its partition'
