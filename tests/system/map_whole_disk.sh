#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is on a whole disk, with and without the 55 AA of a boot sector in front: wherever blkid names a content, sanlun
# map must not call any of it unallocated, and names it the same where it is known; --used-only copies what it has no
# reader for byte by byte.
. "$(dirname "$0")/lib.sh"
require blkid jq python3 mke2fs mkfs.xfs mkfs.btrfs mkntfs mkfs.fat mkfs.exfat mkswap cryptsetup mkfs.f2fs mkudffs \
  mkfs.erofs mksquashfs mkfs.jfs mkfs.nilfs2 mkfs.reiserfs mkfs.ocfs2 make-bcache xorriso
cd "$work"

# map FILE: its output goes to $work/stdout and $work/stderr.
map() {
  status=0
  timeout --kill-after=5 60 "$SANBOOT_BIN/sanlun" map "$1" --json >stdout 2>stderr || status=$?
  check_run
  expect_status 0
}

# blkid_type FILE: the content, or nothing.
blkid_type() { blkid -p -o value -s TYPE "$1" || true; }

# our_name TYPE: what sanlun calls what blkid calls so; a pattern.
our_name() {
  case $1 in
    vfat) echo 'fat(12|16|32)' ;;
    xfs) echo 'xfs v[45]' ;;
    crypto_LUKS) echo luks ;;
    LVM2_member) echo lvm ;;
    linux_raid_member) echo linux_raid ;;
    BitLocker) echo bitlocker ;;
    VMFS_volume_member) echo vmfs ;;
    minix | cramfs | bfs) echo unknown ;; # nobody boots from these
    *) echo "$1" ;;
  esac
}

# looks_right FILE: sanlun map against blkid.
looks_right() {
  local type wanted
  type=$(blkid_type "$1")
  [ -n "$type" ] || fail "$1: blkid does not know it"
  map "$1"
  expect_json '.totals.unallocated == 0' '.totals.beyond == 0' 'all(.regions[]; .kind != "unallocated")'
  wanted=$(our_name "$type")
  [ "$wanted" != unknown ] || return 0
  expect_json '.table.kind == "none"' '.partitions | length == 1' ".partitions[0].content | test(\"^$wanted\$\")"
}

# has_reader TYPE: whether --used-only knows what is free in it.
has_reader() {
  case $1 in ext4 | xfs | ntfs | vfat | exfat | swap) ;; *) return 1 ;; esac
}

# kind NAME SIZE COMMAND…: makes NAME by the command and looks at it, then with a boot sector's mark.
kind() {
  local name=$1 size=$2
  shift 2
  truncate -s "$size" "$name"
  "$@" >make.log 2>&1 || { cat make.log >&2; fail "$name cannot be made"; }
  looks_right "$name"
  if [ "$(od -An -tx1 -j 510 -N 2 "$name" | tr -d ' ')" != 55aa ]; then
    printf '\125\252' | dd of="$name" bs=1 seek=510 conv=notrunc status=none
    looks_right "$name"
  fi
  if ! has_reader "$(blkid_type "$name")"; then
    run_sanclone "$name" copy --used-only --quiet
    expect_status 0
    same "$name" copy
    rm copy
  fi
  rm "$name"
}

# What no program makes, as util-linux knows it (libblkid/src/superblocks).
crafted() {
  python3 - "$@" <<'PYTHON'
import struct, sys
kind, path = sys.argv[1:]
parts = {}
if kind == "bitlocker":  # as Windows 7 and later write it: the volume header names the place of the metadata
    parts = {0: b"\xeb\x58\x90-FVE-FS-", 0xb0: struct.pack("<Q", 1 << 20), 1 << 20: b"-FVE-FS-"}
elif kind == "raid":  # md 1.2, at 4 KiB
    sb = bytearray(256)
    struct.pack_into("<IIII", sb, 0, 0xa92b4efc, 1, 0, 0)
    sb[16:32] = bytes(range(16))
    struct.pack_into("<Q", sb, 144, 8)
    struct.pack_into("<I", sb, 216, 0)
    total = sum(struct.unpack("<64I", sb))
    struct.pack_into("<I", sb, 216, ((total & 0xffffffff) + (total >> 32)) & 0xffffffff)
    parts = {4096: bytes(sb)}
elif kind == "zfs":
    for slot in range(8): parts[(128 + slot) * 1024] = struct.pack("<QQ", 0x00bab10c, 5000)
elif kind == "vmfs":
    parts = {0x100000: b"\x0d\xd0\x01\xc0"}
elif kind == "hfsplus":
    parts = {1024: b"H+\x00\x04", 1024 + 40: struct.pack(">I", 4096)}
elif kind == "lvm":
    sector = bytearray(512)
    sector[:32] = b"LABELONE" + struct.pack("<QII", 1, 0, 32) + b"LVM2 001"
    sector[32:64] = b"A" * 32
    table = []
    for n in range(256):
        for _ in range(8): n = n >> 1 ^ 0xedb88320 if n & 1 else n >> 1
        table.append(n)
    crc = 0xf597a6cf
    for byte in sector[20:]: crc = table[(crc ^ byte) & 0xff] ^ crc >> 8
    struct.pack_into("<I", sector, 16, crc)
    parts = {512: bytes(sector)}
with open(path, "r+b") as image:
    for offset, data in parts.items():
        image.seek(offset)
        image.write(data)
PYTHON
}

mkdir tree
head -c 100000 /dev/urandom >tree/file
kind ext4 32M mke2fs -q -t ext4 ext4
kind xfs 320M mkfs.xfs -q xfs
kind btrfs 128M mkfs.btrfs -q btrfs
kind ntfs 32M mkntfs -F -Q -q ntfs
kind fat12 4M mkfs.fat -F 12 fat12
kind fat32 64M mkfs.fat -F 32 fat32
kind exfat 32M mkfs.exfat exfat
kind swap 16M mkswap swap
kind luks1 16M sh -c 'echo x | cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 luks1 -'
kind luks2 32M sh -c 'echo x | cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 luks2 -'
kind f2fs 64M mkfs.f2fs -q f2fs
kind udf 16M mkudffs -b 512 udf
kind erofs 1M mkfs.erofs erofs tree
kind squashfs 0 mksquashfs tree squashfs -quiet -no-progress -noappend
kind jfs 32M mkfs.jfs -q jfs
kind nilfs2 160M mkfs.nilfs2 -f -q nilfs2
kind reiserfs 64M mkfs.reiserfs -f -f -q reiserfs
kind ocfs2 64M mkfs.ocfs2 -q -M local --fs-features=local ocfs2
kind bcache 16M make-bcache -B bcache
kind iso 0 xorriso -as mkisofs -quiet -V LABEL -o iso tree
for one in bitlocker raid zfs vmfs hfsplus lvm; do kind $one 64M crafted $one $one; done
for one in minix cramfs bfs; do
  if ! command -v "mkfs.$one" >/dev/null; then continue; fi
  case $one in cramfs) kind cramfs 0 mkfs.cramfs tree cramfs ;; *) kind $one 4M "mkfs.$one" $one ;; esac
done

# Near twins: a table is still a table, a disk of nothing is not free, and a GPT that lists nothing is unallocated.
truncate -s 16M disk
printf 'label: dos\n1M,8M,83\n' | sfdisk -q disk
map disk
expect_json '.table.kind == "mbr"' '.totals.unallocated > 7 * 1048576'
printf 'label: dos\n' | sfdisk -q --wipe always disk
map disk
expect_json '.table.kind == "mbr"' '.totals.unallocated == 0' '.totals.unknown == 16 * 1048576 - 512'
printf 'label: gpt\n' | sfdisk -q --wipe always disk
map disk
expect_json '.table.kind == "gpt"' '.totals.unknown == 0' '.totals.unallocated > 15 * 1048576'
printf '_BHRfS_M' | dd of=disk bs=1 seek=65600 conv=notrunc status=none # left over, or alive: who knows
map disk
expect_json '.table.kind == "gpt"' '.totals.unallocated == 0' '.partitions[0].content == "btrfs"'
