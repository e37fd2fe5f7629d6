#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is behind the clone on a larger LUN is named, and wiped by --wipe-rest. For each kind of leftover blkid, wipefs,
# sgdisk and mdadm say what the disk is taken for before and after.
. "$(dirname "$0")/lib.sh"
require sgdisk sfdisk blkid wipefs mdadm mkfs.btrfs mkntfs mke2fs python3 jq
size=$((16 * 1048576)) large=$((80 * 1048576))
disk=$work/disk.img lun=$work/lun

truncate -s "$size" "$disk"
printf 'label: dos\n1M,8M,83,*\n' | sfdisk -q "$disk"
head -c 8M /dev/urandom | dd of="$disk" bs=1M seek=1 conv=notrunc status=none
seen() { blkid -p -o export "$1" 2>/dev/null | grep -E '^(TYPE|PTTYPE|VERSION|UUID)=' || true; }

# superblock KIND FILE: puts it where a program that makes it would.
superblock() {
  python3 - "$1" "$2" <<'END'
import struct, sys
kind, path = sys.argv[1:]

def folded(words):
    total = sum(words)
    return ((total & 0xffffffff) + (total >> 32)) & 0xffffffff

def md1(size):  # include/uapi/linux/raid/md_p.h, struct mdp_superblock_1
    place = size // 4096 * 4096 - 8192
    b = bytearray(256 + 2 * 2)
    struct.pack_into('<IIII', b, 0, 0xa92b4efc, 1, 0, 0)
    b[16:32] = bytes(range(1, 17))
    b[32:38] = b'host:0'
    struct.pack_into('<QiI', b, 64, 1700000000, 1, 0)
    struct.pack_into('<QIII', b, 80, 60 * 2048, 0, 2, 0)
    struct.pack_into('<QQQQ', b, 128, 0, 60 * 2048, place // 512, 0)
    b[168:184] = bytes(range(17, 33))
    struct.pack_into('<QQQIi', b, 192, 1700000000, 2, 2**64 - 1, 0, 2)
    struct.pack_into('<HH', b, 256, 0, 1)
    struct.pack_into('<I', b, 216, folded(struct.unpack('<%dI' % (len(b) // 4), b)))
    return place, b

def md0(size):  # mdp_super_t
    place = size // 65536 * 65536 - 65536
    b = bytearray(4096)
    struct.pack_into('<16I', b, 0, 0xa92b4efc, 0, 90, 0, 0, 1, 1700000000, 1, 60 * 1024, 2, 2, 0, 0, 2, 3, 4)
    struct.pack_into('<8I', b, 128, 1700000000, 1, 2, 2, 0, 0, 0, 0)
    struct.pack_into('<I', b, 128 + 24, folded(struct.unpack('<1024I', b)))
    return place, b

with open(path, 'r+b') as disk:
    size = disk.seek(0, 2)
    if kind in ('md0', 'md1'):
        place, data = (md0 if kind == 'md0' else md1)(size)
    elif kind == 'drbd':  # drbdmeta.c: the magic number is in byte 60 of the last 4 KiB
        place, data = size - 4096 + 60, struct.pack('>I', 0x8374026b)
    elif kind == 'ddf':
        place, data = size - 512, struct.pack('>I', 0xde11de11) + bytes(8) + b'\xff' * 20 + b'01.02.00' + bytes(400)
    elif kind == 'intel':
        place, data = size - 1024, b'Intel Raid ISM Cfg Sig. 1.3.00\0\0'
    elif kind == 'lsi':
        place, data = size - 512, b'$XIDE$'
    elif kind == 'promise':
        place, data = size - 63 * 512, b'Promise Technology, Inc.'
    elif kind == 'zfs':  # both labels at the end, with four uberblocks each
        for label in (2, 1):
            for slot in range(4, 8):
                disk.seek(size // 262144 * 262144 - label * 262144 + 131072 + slot * 1024)
                disk.write(struct.pack('<QQQ', 0xbab10c, 5000, slot))
        place, data = 0, b''
    disk.seek(place)
    disk.write(data)
END
}

start_tgtd
truncate -s "$large" "$lun"
new_tgt_lun "$lun" "$large" thin

fresh() {
  truncate -s 0 "$lun"
  truncate -s "$large" "$lun"
}

say "a rest of zeros is nothing to speak of"
run_sanclone "$disk" "$url"
expect_status 0
! grep -q 'behind the clone' "$work/stdout" "$work/stderr" || fail "it speaks of a rest of zeros"
plain=$(seen "$lun")
run_sanclone "$disk" "$url" --json
expect_json '.destinations[0].rest | .zeros and .length == 67108864 and .found == [] and (.wiped | not)'
fill_aa "$lun" "$large"
run_sanclone "$disk" "$url"
expect_status 0
expect_text stdout '64.0 MiB behind the clone keep what was there; nothing of it is recognised'
[ ! -s "$work/stderr" ] || fail "it warns of what decides nothing"
run_sanclone "$disk" "$url" --wipe-rest --verify --progress=json
expect_status 0
expect_text stdout '64.0 MiB behind the clone are now zeros'
expect_text stderr '"phase":"wipe"'
same "$disk" "$lun" "$size"
cmp -i "$size:0" -n $((large - size)) "$lun" /dev/zero || fail "the rest is no zeros"

# Each: what it is called, and what blkid calls it where that decides.
while IFS='|' read -r kind name type; do
  say "$kind"
  fresh
  superblock "$kind" "$lun"
  case $kind in md*)
    mdadm --examine "$lun" >"$work/out" 2>&1 || fail "mdadm does not take it for one: $(cat "$work/out")"
    grep -qE 'Checksum : [0-9a-f]+ - correct' "$work/out" || fail "mdadm: $(cat "$work/out")"
    ;;
  esac
  run_sanclone "$disk" "$url" --dry-run
  expect_status 0
  expect_text stderr "warning: .*$name"
  run_sanclone "$disk" "$url" --json
  expect_status 0
  expect_text stderr "warning: .*$name"
  jq -e --arg name "$name" '.destinations[0].rest.found | any(.what | test($name)) and all(.decides)' "$work/stdout" >/dev/null ||
    fail "it is not named in the result"
  seen "$lun" | grep -qx "TYPE=$type" || fail "blkid does not call it $type: $(seen "$lun")"
  run_sanclone "$disk" "$url" --wipe-rest
  expect_status 0
  [ ! -s "$work/stderr" ] || fail "it warns of what is gone"
  [ "$(seen "$lun")" = "$plain" ] || fail "blkid sees something else than the clone: $(seen "$lun")"
  [ "$(wipefs -n -p "$lun" | grep -vc '^#')" -eq "$(wipefs -n -p "$disk" | grep -vc '^#')" ] || fail "wipefs finds more"
done <<'END'
md0|an md superblock .version 0.90|linux_raid_member
md1|an md superblock .version 1.0|linux_raid_member
drbd|the metadata of DRBD|drbd
ddf|a RAID by firmware .DDF|ddf_raid_member
intel|a RAID by firmware .Intel|isw_raid_member
lsi|a RAID by firmware .LSI|lsi_mega_raid_member
promise|a RAID by firmware .Promise|promise_fasttrack_raid_member
zfs|a label of ZFS|zfs_member
END

say "a table of a former disk"
fresh
sgdisk -n 1:2048:+40M "$lun" >/dev/null
run_sanclone "$disk" "$url"
expect_status 0
expect_text stderr 'warning: .*the backup of a GPT, at byte 83885568: sgdisk'
wipefs "$lun" | grep -q gpt || fail "wipefs does not see it"
run_sanclone "$disk" "$url" --wipe-rest
expect_status 0
! wipefs "$lun" | grep -q gpt || fail "it is still there"

say "copies of superblocks and boot sectors decide nothing, and are named"
fresh
truncate -s 160M "$lun"
mkfs.btrfs -q -f "$lun"
truncate -s "$large" "$lun"
run_sanclone "$disk" "$url"
expect_status 0
expect_text stdout 'the copy of a btrfs superblock at byte 67108928'
[ ! -s "$work/stderr" ] || fail "it warns of what decides nothing"
[ "$(seen "$lun")" = "$plain" ] || fail "blkid sees more: $(seen "$lun")"
fresh
mkntfs -Q -F -q "$lun" >/dev/null 2>&1
run_sanclone "$disk" "$url"
expect_status 0
expect_text stdout 'the copy of an NTFS boot sector at byte 83885571'
[ ! -s "$work/stderr" ] || fail "it warns of what decides nothing"
[ "$(seen "$lun")" = "$plain" ] || fail "blkid sees more: $(seen "$lun")"
truncate -s 300M "$work/ext.img"
mke2fs -q -t ext4 -b 4096 "$work/ext.img"
new_tgt_lun "$work/ext.img" 300M
run_sanclone "$disk" "$url"
expect_status 0
expect_text stdout 'the copy of an ext superblock at byte 134217784'
[ ! -s "$work/stderr" ] || fail "it warns of what decides nothing"

say "a GPT that is fitted overwrites the superblock at the very end, and not the one before"
new_tgt_lun "$lun" "$large"
gpt=$work/gpt.img
truncate -s "$size" "$gpt"
sgdisk -n 1:2048:+8M "$gpt" >/dev/null
fresh
superblock md1 "$lun"
run_sanclone "$gpt" "$url" --verify
expect_status 0
[ ! -s "$work/stderr" ] || fail "it warns of what the table has overwritten"
blkid -p "$lun" | grep -q 'PTTYPE="gpt"' || fail "blkid: $(blkid -p "$lun")"
fresh
superblock md0 "$lun"
run_sanclone "$gpt" "$url"
expect_status 0
expect_text stderr 'warning: .*version 0.90'
run_sanclone "$gpt" "$url" --wipe-rest --verify --map "$work/map" --json
expect_status 0
expect_json .verified '.destinations[0].rest.wiped'
sgdisk --verify "$lun" | grep -q 'No problems found' || fail "sgdisk finds problems"
! seen "$lun" | grep -q raid || fail "the superblock is still there"
cmp -i "$size:0" -n $((large - size - 33 * 512)) "$lun" /dev/zero || fail "the rest is no zeros"
say "and again, with the map, when somebody has put it there again"
superblock md0 "$lun"
run_sanclone "$gpt" "$url" --wipe-rest --map "$work/map"
expect_status 0
sgdisk --verify "$lun" | grep -q 'No problems found' || fail "sgdisk finds problems"
! seen "$lun" | grep -q raid || fail "the superblock is still there"

say "a partition that has grown over what was at the end of another"
fresh
superblock md0 "$lun"
truncate -s 79M "$work/part"
superblock md1 "$work/part" # the former partition began with the second MiB, and ended with the 79th
dd if="$work/part" of="$lun" bs=1M skip=77 seek=77 count=1 conv=notrunc status=none
truncate -s 78M "$work/part2"
superblock md1 "$work/part2"
dd if="$work/part2" of="$lun" bs=1M skip=77 seek=78 count=1 conv=notrunc status=none
run_sanclone "$gpt" "$url" --grow-last
expect_status 0
expect_text stderr 'warning: .*version 1.0'

say "a dry run says how much would become zeros"
run_sanclone "$gpt" "$url" --wipe-rest --dry-run
expect_status 0
expect_text stdout '64.0 MiB behind the clone become zeros'
run_sanclone "$gpt" "$url" --wipe-rest --zero=skip
expect_status 2

say "from a pipe"
fresh
superblock md0 "$lun"
status=0
"$SANBOOT_BIN/sanclone" - "$url" < <(cat "$gpt") >"$work/stdout" 2>"$work/stderr" || status=$?
expect_status 0
expect_text stderr 'warning: .*version 0.90'
"$SANBOOT_BIN/sanclone" - "$url" --wipe-rest < <(cat "$gpt") >"$work/stdout" 2>"$work/stderr" || status=$?
expect_status 0
[ ! -s "$work/stderr" ] || fail "it warns of what is gone"
sgdisk --verify "$lun" | grep -q 'No problems found' || fail "sgdisk finds problems"
cmp -i "$size:0" -n $((large - size - 33 * 512)) "$lun" /dev/zero || fail "the rest is no zeros"
