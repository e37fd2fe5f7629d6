#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --fit-gpt, --grow-last and --new-ids against sgdisk, sfdisk and the file systems' own checks.
. "$(dirname "$0")/lib.sh"
require sgdisk sfdisk jq mke2fs e2fsck mformat mcopy fsck.fat zstd
disk=$work/disk.img lun=$work/lun map=$work/map
mib=1048576 size=$((96 * 1048576)) large=$((160 * 1048576))

# An EFI System partition of 16 MiB with FAT, then 64 MiB of ext4.
truncate -s "$size" "$disk"
sgdisk -n 1:2048:+16M -t 1:ef00 -n 2:0:+64M "$disk" >/dev/null
mkdir "$work/files"
head -c 20M /dev/urandom >"$work/files/data"
mformat -i "$disk@@$mib" -T 32768 -h 16 -s 32 ::
head -c 3M /dev/urandom >"$work/efi"
mcopy -i "$disk@@$mib" "$work/efi" ::EFI.BIN
truncate -s 64M "$work/ext4"
mke2fs -q -t ext4 -b 4096 -d "$work/files" "$work/ext4"
dd if="$work/ext4" of="$disk" bs=1M seek=17 conv=notrunc status=none

# sound FILE: neither finds a fault.
sound() {
  sgdisk --verify "$1" >"$work/out" 2>&1
  grep -q 'No problems found' "$work/out" || fail "sgdisk of $1: $(cat "$work/out")"
  sound_mbr "$1"
}
sound_mbr() {
  sfdisk --verify "$1" >"$work/out" 2>&1
  grep -q 'No errors detected' "$work/out" || fail "sfdisk of $1: $(cat "$work/out")"
}
# partitions FILE COLUMN…: as sgdisk lists them.
partitions() { sgdisk -p "$1" | awk '/^ +[0-9]/ {print $1, $2, $3, $6}'; }
ids() { sfdisk --json "$1" | jq -r '.partitiontable | .id, .partitions[].uuid'; }
# contents FILE: the partitions of the clone are those of the source, and whole.
contents() {
  cmp -i "$mib" -n $((80 * mib)) "$disk" "$1" || fail "the partitions of $1 differ"
  dd if="$1" of="$work/part" bs=1M skip=1 count=16 status=none
  fsck.fat -n "$work/part" >"$work/out" 2>&1 || fail "fsck.fat of $1: $(cat "$work/out")"
  dd if="$1" of="$work/part" bs=1M skip=17 count=64 status=none
  e2fsck -fn "$work/part" >"$work/out" 2>&1 || fail "e2fsck of $1: $(cat "$work/out")"
}
clone() {
  run_sanclone "$disk" "$@" --json
  expect_status 0
}
wrote() { jq '.bytes.written + .bytes.unmapped' "$work/stdout"; }
# damage FILE OFFSET
damage() { printf 'XX' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

say "onto a larger LUN"
fill_aa "$lun" "$large"
start_tgtd
new_tgt_lun "$lun" "$large" thin
run_sanclone "$disk" "$url" --dry-run
expect_status 0
expect_text stdout 'fitted to 160.0 MiB'
all_aa "$lun" 0 "$large" || fail "a dry run wrote something"
clone "$url" --map "$map" --verify
expect_json .verified '.destinations[0].gpt.edits == ["fit"]' '.destinations[0].gpt.table.backup == "good"' \
  '.gpt.disk_id == .destinations[0].gpt.table.disk_id'
sound "$lun"
contents "$lun"
diff <(partitions "$disk") <(partitions "$lun") || fail "sgdisk lists other partitions"
all_aa "$lun" "$size" $((large - size - 33 * 512)) || fail "something was written between the disk's end and the backup"
cmp -i "$((size - 33 * 512)):0" -n $((33 * 512)) "$lun" /dev/zero ||
  fail "the old backup is still there"
run_sanclone "$disk" "$url" --compare
expect_status 0
clone "$url" --map "$map" --verify
[ "$(wrote)" -eq 0 ] || fail "the second run wrote $(wrote) bytes"
expect_json '.map.destinations[0].work == "delta"' '.destinations[0].bytes.compared < 40000000'

say "a table that is not what it should be is found, and put right"
for place in 520 $((large - 500)); do
  damage "$lun" "$place"
  run_sanclone "$disk" "$url" --compare
  expect_status 1
  clone "$url" --map "$map"
  sound "$lun"
  run_sanclone "$disk" "$url" --compare
  expect_status 0
done

say "with the same map, but other wishes"
clone "$url" --map "$map" --no-fit-gpt --delta=trust
same "$disk" "$lun" "$size"
run_sanclone "$disk" "$url" --compare
expect_status 0
clone "$url" --map "$map" --delta=trust
sound "$lun"
run_sanclone "$disk" "$url" --compare
expect_status 0
clone "$url" --map "$map" --grow-last --new-ids
sound "$lun"
contents "$lun"
[ "$(partitions "$lun" | awk '$1 == 2 {print $3}')" -eq $((159 * 2048 - 1)) ] || fail "the last partition did not grow"
expect_json '.destinations[0].gpt.edits == ["fit", "grow-last", "new-ids"]' \
  '.destinations[0].gpt.notes | any(test("resize2fs /dev/sdX2"))' '.destinations[0].gpt.warnings | any(test("PARTUUID"))'
expect_text stderr 'warning: .*PARTUUID'
[ -z "$(sort <(ids "$disk") <(ids "$lun") | uniq -d)" ] || fail "an identifier is as it was"
ids "$lun" >"$work/ids"
run_sanclone "$disk" "$url" --compare --grow-last --new-ids
expect_status 0
run_sanclone "$disk" "$url" --compare
expect_status 1
clone "$url" --map "$map" --grow-last --new-ids
sound "$lun"
[ -z "$(sort "$work/ids" <(ids "$lun") | uniq -d)" ] || fail "the second run made no new identifiers"

say "killed on its way it does not look bootable, and goes on"
fill_aa "$work/lun3" "$large"
printf '\125\252' | dd of="$work/lun3" bs=1 seek=510 conv=notrunc status=none
new_tgt_lun "$work/lun3" "$large"
"$SANBOOT_BIN/sanclone" "$disk" "$url" --map "$work/map3" --rate 12M --grow-last 2>/dev/null &
pid=$!
sleep 1.5
kill -KILL "$pid" || fail "it was done before it was killed"
wait "$pid" 2>/dev/null || true
head_untouched "$work/lun3" || fail "the first MiB is there"
clone "$url" --map "$work/map3" --grow-last
expect_json '.map.destinations[0].work == "resumed"' '.bytes.skipped > 0'
sound "$work/lun3"
contents "$work/lun3"
rm "$work/lun3"

say "the file system can take the room"
dd if="$lun" of="$work/part" bs=1M skip=17 count=142 status=none
e2fsck -fy "$work/part" >/dev/null 2>&1
resize2fs "$work/part" >"$work/out" 2>&1 || fail "resize2fs: $(cat "$work/out")"
e2fsck -fn "$work/part" >"$work/out" 2>&1 || fail "e2fsck: $(cat "$work/out")"
rm "$work/part"

say "onto files that keep their size: larger by a little, by much, and not at all; only zeros left out"
truncate -s $((size + 4096)) "$work/a.raw"
truncate -s "$large" "$work/b.raw"
run_sanclone "$disk" "$work/a.raw" "$work/b.raw" "$work/c.raw" --keep-size --verify --zero=skip --json
expect_status 0
expect_json '[.destinations[].gpt.edits] == [["fit"], ["fit"], null]'
for file in a b; do
  sound "$work/$file.raw"
  contents "$work/$file.raw"
  [ "$(bytes_of "$work/$file.raw")" -gt "$size" ] || fail "$file.raw was cut off"
done
same "$disk" "$work/c.raw"
rm "$work"/[abc].raw

say "an image that cannot be read again"
fill_aa "$work/lun2" "$large"
new_tgt_lun "$work/lun2" "$large"
status=0
"$SANBOOT_BIN/sanclone" - "$url" --grow-last --json <"$disk" >"$work/stdout" 2>"$work/stderr" || status=$?
expect_status 0
dd if="$disk" bs=1M status=none | "$SANBOOT_BIN/sanclone" - "$url" --grow-last --json --verify >"$work/stdout" 2>"$work/stderr" ||
  fail "from a pipe"
expect_json '.destinations[0].gpt.edits == ["fit", "grow-last"]' '.gpt == null'
sound "$work/lun2"
contents "$work/lun2"
damage "$disk" 600
damage "$disk" $((size - 424))
dd if="$disk" bs=1M status=none | "$SANBOOT_BIN/sanclone" - "$url" --json >"$work/stdout" 2>"$work/stderr" || fail "from a pipe"
expect_json '.destinations[0].gpt.unfitted | test("primary GPT is damaged")'
same "$disk" "$work/lun2" "$size"
status=0
dd if="$disk" bs=1M status=none | "$SANBOOT_BIN/sanclone" - "$url" --new-ids --json >"$work/stdout" 2>"$work/stderr" || status=$?
expect_status 4
expect_json '.destinations[0].error.cause | test("the clone is complete, but")'
say "a table with errors"
run_sanclone "$disk" "$url" --json
expect_status 0
expect_json '.destinations[0].gpt.unfitted | test("primary GPT is damaged")'
fill_aa "$work/lun2" "$large"
run_sanclone "$disk" "$url" --grow-last
expect_status 4
expect_one_line
all_aa "$work/lun2" 0 "$large" || fail "something was written in spite of the refusal"

say "an MBR with logical partitions"
rm "$disk"
truncate -s 64M "$disk"
printf 'label: dos\n,8M,7,*\n,,5\n,4M,83\n,4M,82\n,8M,8e\n' | sfdisk -q "$disk"
truncate -s 100M "$work/mbr.raw"
clone "$work/mbr.raw" --keep-size --verify --grow-last --new-ids
sound_mbr "$work/mbr.raw"
[ "$(sfdisk --disk-id "$disk")" != "$(sfdisk --disk-id "$work/mbr.raw")" ] || fail "the signature is as it was"
sfdisk --json "$work/mbr.raw" | jq -e '.partitiontable.partitions | (.[1].start + .[1].size == 204800) and
  (.[4].start + .[4].size == 204800)' >/dev/null || fail "the last partition did not grow"
expect_text stderr 'BCD'
run_sanclone "$disk" "$work/mbr.raw" --compare --grow-last --new-ids
expect_status 0
clone "$work/mbr.raw.zst" --new-ids
zstd -q -d "$work/mbr.raw.zst" -o "$work/mbr.out"
sound_mbr "$work/mbr.out"
[ "$(sfdisk --disk-id "$disk")" != "$(sfdisk --disk-id "$work/mbr.out")" ] || fail "the signature is as it was"
