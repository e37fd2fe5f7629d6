#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Disks that live by their backup GPT, on destinations of the same size and larger ones. sgdisk, sfdisk and blkid say
# what is to be found on the clone.
. "$(dirname "$0")/lib.sh"
require sgdisk gdisk fdisk sfdisk partx blkid python3 jq zstd qemu-img
size=$((32 * 1048576)) large=$((48 * 1048576))
good=$work/good.img disk=$work/disk.img lun=$work/lun

truncate -s "$size" "$good"
sgdisk -n 1:2048:+8M -t 1:ef00 -n 2:0:+20M -c 2:root "$good" >/dev/null
head -c 20M /dev/urandom | dd of="$good" bs=1M seek=4 conv=notrunc status=none

# put OFFSET LENGTH [BYTE]: zeros, or that byte in octal, there on $disk.
put() { head -c "$2" /dev/zero | tr '\0' "\\${3:-000}" | dd of="$disk" bs=1 seek="$1" conv=notrunc status=none; }
# partitions FILE: what sgdisk finds, whichever copy it takes.
partitions() { sgdisk -p "$1" 2>/dev/null | awk '/^ +[0-9]/ {print $1, $2, $3, $6, $7}'; }
kernel_view() { partx -o NR,START,END,TYPE,UUID -s "$1" 2>/dev/null || true; }
sound() {
  sgdisk --verify "$1" >"$work/out" 2>&1 || true
  grep -q 'No problems found' "$work/out" || fail "sgdisk of $1: $(cat "$work/out")"
  sfdisk --verify "$1" >"$work/out" 2>&1 || true
  grep -q 'No errors detected' "$work/out" || fail "sfdisk of $1: $(cat "$work/out")"
  [ "$(blkid -p -o value -s PTTYPE "$1")" = gpt ] || fail "blkid sees no GPT in $1"
}
# rest_same FILE: all but the table is that of the source.
rest_same() {
  cmp -i $((34 * 512)) -n $((size - 67 * 512)) "$disk" "$1" || fail "the clone differs outside of its table"
  cmp -n 440 "$disk" "$1" || fail "the boot code differs"
}

start_tgtd
fill_aa "$lun" "$large"
new_tgt_lun "$lun" "$large" thin
large_url=$url
truncate -s "$size" "$work/lun2"
new_tgt_lun "$work/lun2" "$size"
small_url=$url

wanted=$(partitions "$good")
damages() {
  case $1 in
    signature) put 512 8 ;;
    checksum) put 528 4 377 ;;
    header) put 512 512 ;;
    entries) put 1024 64 ;;
    primary) put 512 $((33 * 512)) ;;
    hybrid)
      sgdisk -h 2 "$disk" >/dev/null
      put 512 512
      ;;
  esac
}
for kind in signature checksum header entries primary hybrid; do
  say "damaged: $kind"
  cp "$good" "$disk"
  damages "$kind"
  # sgdisk takes no backup behind a hybrid MBR, and sfdisk does.
  found=$(if [ "$kind" = hybrid ]; then sfdisk -d "$disk" 2>/dev/null | grep -c uuid=; else partitions "$disk"; fi)
  [ "$found" = "$wanted" ] || [ "$found" = 2 ] || fail "the partitions of the source are not found by the backup"

  run_sanclone "$disk" "$small_url" --json
  expect_status 0
  expect_json '.destinations[0].gpt.edits == []' '.destinations[0].gpt.notes[0] | test("depends on its backup GPT")'
  same "$disk" "$work/lun2"

  run_sanclone "$disk" "$large_url" --dry-run --fit-gpt
  expect_status 0
  expect_text stdout 'fitted to 48.0 MiB' 'made from the backup'
  run_sanclone "$disk" "$large_url" --verify --fit-gpt --json
  expect_status 0
  expect_json .verified '.destinations[0].gpt.table | .primary == "good" and .backup == "good"'
  [ "$kind" = hybrid ] || sound "$lun"
  [ "$(partitions "$lun")" = "$wanted" ] || fail "sgdisk finds other partitions"
  if [ "$kind" = hybrid ]; then
    cmp -n 512 "$disk" "$lun" || fail "the hybrid MBR has changed"
  else
    [ -n "$(kernel_view "$lun")" ] || fail "libblkid finds no partitions"
    rest_same "$lun"
  fi
  run_sanclone "$disk" "$large_url" --compare
  expect_status 0
  fill_aa "$lun" "$large"
done

say "entries damaged, and the backup not at the end of a source that has grown"
cp "$good" "$disk"
truncate -s +4M "$disk"
put 1030 2 130
run_sanclone "$disk" "$large_url" --verify
expect_status 0
expect_text stdout 'made from the backup'
sound "$lun"
[ "$(partitions "$lun")" = "$wanted" ] || fail "sgdisk finds other partitions"
cmp -i $((size - 33 * 512)):0 -n $((33 * 512)) "$lun" /dev/zero || fail "the old backup is still there"

say "from a pipe, where the LUN has another table at its end"
cp "$good" "$disk"
damages primary
truncate -s "$large" "$work/other"
sgdisk -n 1:2048:+3M "$work/other" >/dev/null
cp "$work/other" "$lun"
status=0
"$SANBOOT_BIN/sanclone" - "$large_url" --json < <(cat "$disk") >"$work/stdout" 2>"$work/stderr" || status=$?
expect_status 0
sound "$lun"
[ "$(partitions "$lun")" = "$wanted" ] || fail "the table of the former disk was taken"

say "into images: .zst as it is, qcow2 that is larger, a file that keeps its size"
run_sanclone "$disk" "$work/out.zst"
expect_status 0
zstd -q -d "$work/out.zst" -o "$work/out.raw"
same "$disk" "$work/out.raw"
run_sanclone "$work/out.zst" "$large_url"
expect_status 0
sound "$lun"
qemu-img create -q -f qcow2 "$work/vm.qcow2" "$large"
run_sanclone "$disk" "$work/vm.qcow2"
expect_status 0
qemu-img convert -O raw "$work/vm.qcow2" "$work/vm.raw"
sound "$work/vm.raw"
truncate -s "$large" "$work/long.raw"
run_sanclone "$disk" "$work/long.raw" --keep-size
expect_status 0
sound "$work/long.raw"
[ "$(bytes_of "$work/long.raw")" -eq "$large" ] || fail "the file was cut"
rm -f "$work"/vm.* "$work/long.raw" "$work"/out.*

say "with a map, twice, and new identifiers for the revived table"
run_sanclone "$disk" "$large_url" --map "$work/map"
expect_status 0
run_sanclone "$disk" "$large_url" --map "$work/map" --json
expect_status 0
expect_json '.bytes.written + .bytes.unmapped == 0'
sound "$lun"
run_sanclone "$disk" "$large_url" --new-ids --grow-last
expect_status 0
sound "$lun"

say "a boot loader where the primary belongs stays, and the backup moves alone"
for place in 512 8192; do
  cp "$good" "$disk"
  dd if=/dev/urandom of="$disk" bs=512 seek=$((place / 512)) count=8 conv=notrunc status=none
  fill_aa "$lun" "$large"
  run_sanclone "$disk" "$large_url" --verify
  expect_status 0
  expect_text stdout 'only the backup GPT was moved'
  expect_text stderr 'warning: .*depends on its backup GPT'
  cmp -i 1024 -n $((size - 1024 - 33 * 512)) "$disk" "$lun" || fail "the boot loader was changed"
  [ "$(partitions "$lun")" = "$wanted" ] || fail "sgdisk does not find the partitions by the backup at the new end"
  run_sanclone "$disk" "$large_url" --compare
  expect_status 0
done

say "without a protective MBR the source has no table for any system, and neither has the clone"
cp "$good" "$disk"
put 0 $((34 * 512))
fill_aa "$lun" "$large"
run_sanclone "$disk" "$large_url" --used-only --json
expect_status 0
expect_text stderr 'warning: .*no system looks for that'
expect_json '.used_only | all(.state == "whole")'
cmp -n $((34 * 512)) "$lun" /dev/zero || fail "a table was made on the front"
gdisk -l "$lun" </dev/null >"$work/out" 2>&1 || true
grep -q 'Backup header: OK' "$work/out" || fail "gdisk does not find the backup at the new end"

say "what cannot be fitted is refused, and nothing written"
# A second partition that overlaps the first, in the backup alone: such a table is not touched.
cp "$good" "$work/bad.img"
python3 - "$work/bad.img" <<'END'
import struct, sys, zlib
with open(sys.argv[1], 'r+b') as disk:
    disk.seek(0, 2)
    last = disk.tell() // 512 - 1
    disk.seek(last * 512)
    header = bytearray(disk.read(512))
    entries_lba, = struct.unpack_from('<Q', header, 72)
    disk.seek(entries_lba * 512)
    entries = bytearray(disk.read(128 * 128))
    struct.pack_into('<Q', entries, 128 + 32, 4096)
    struct.pack_into('<I', header, 88, zlib.crc32(entries))
    struct.pack_into('<I', header, 16, 0)
    struct.pack_into('<I', header, 16, zlib.crc32(header[:92]))
    disk.seek(entries_lba * 512)
    disk.write(entries)
    disk.seek(last * 512)
    disk.write(header)
    disk.seek(512)
    disk.write(bytes(512))
END
fill_aa "$lun" "$large"
for option in "" --fit-gpt --dry-run; do
  run_sanclone "$work/bad.img" "$large_url" ${option:+"$option"}
  expect_status 4
  expect_one_line
  expect_text stderr 'overlap' '--no-fit-gpt'
  all_aa "$lun" 0 "$large" || fail "something was written in spite of the refusal"
done
status=0
"$SANBOOT_BIN/sanclone" - "$large_url" --json < <(cat "$work/bad.img") >"$work/stdout" 2>"$work/stderr" || status=$?
expect_status 4
expect_text stderr 'the clone is complete, but its partition table was not edited'
run_sanclone "$work/bad.img" "$large_url" --no-fit-gpt --verify
expect_status 0
expect_text stderr 'warning: .*no partitions will be found'
same "$work/bad.img" "$lun" "$size"
run_sanclone "$work/bad.img" "$small_url"
expect_status 0
same "$work/bad.img" "$work/lun2"

say "both copies damaged: there is no table to lose, but --fit-gpt cannot be done"
cp "$good" "$disk"
damages header
put $((size - 512)) 512
run_sanclone "$disk" "$large_url" --fit-gpt
expect_status 4
run_sanclone "$disk" "$large_url"
expect_status 0
expect_text stderr 'warning: .*the partition table is left as it is'
same "$disk" "$lun" "$size"

say "free space by a table that the clone may not have is none"
cp "$good" "$disk"
truncate -s 20M "$work/ext4"
mke2fs -q -t ext4 "$work/ext4"
dd if="$work/ext4" of="$disk" bs=1M seek=9 conv=notrunc status=none
damages header
run_sanclone "$disk" "$large_url" --used-only --json
expect_status 0
expect_json '.used_only | map(select(.state == "used" and .free > 10000000)) | length == 1'
sound "$lun"
run_sanclone "$disk" "$large_url" --used-only --no-fit-gpt --json
expect_status 0
expect_json '.used_only | all(.state == "whole")'
same "$disk" "$lun" "$size"

say "blocks of 4096 bytes"
make_image "$work/4k.img" 64M 4096
rm "$lun"
fill_aa "$work/lun4k" $((96 * 1048576))
new_tgt_lun "$work/lun4k" $((96 * 1048576)) 4096 thin
parts4k() { fdisk -b 4096 -o Start,End,UUID -l "$1" 2>"$work/out" | grep -E '^ *[0-9]+ +[0-9]+ [0-9A-F]+-'; }
parts4k "$work/4k.img" >"$work/parts"
dd if=/dev/zero of="$work/4k.img" bs=4096 seek=1 count=1 conv=notrunc status=none
run_sanclone "$work/4k.img" "$url" --verify --json
expect_status 0
parts4k "$work/lun4k" | diff "$work/parts" - || fail "fdisk finds other partitions"
[ ! -s "$work/out" ] || fail "fdisk: $(cat "$work/out")"
expect_json '.destinations[0].gpt.table | .primary == "good" and .backup == "good" and .sector_size == 4096'
