#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A LUN with a real GPT and the file systems of real machines, drawn by sanlun map: the table against sfdisk, bytes
# used and free against each file system's own tools, what the LUN stores against the file behind it.
. "$(dirname "$0")/lib.sh"
require tgtd sfdisk jq mke2fs dumpe2fs mformat mcopy fsck.fat mkntfs ntfscp ntfsinfo mkfs.xfs xfs_db mkswap \
  qemu-img rsvg-convert xmllint
cd "$work"

# run_map ARGUMENT…: its output goes to $work/stdout and $work/stderr.
run_map() {
  status=0
  timeout --kill-after=5 60 "$SANBOOT_BIN/sanlun" map "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
  expect_status 0
}

# put FILE MIB: into the disk, holes as holes.
put() { dd if="$1" of=disk.img bs=1M seek="$2" conv=notrunc,sparse status=none; }

# is WHAT GOT EXPECTED
is() { [ "$2" = "$3" ] || fail "$1: $2 instead of $3"; }

# of NUMBER FIELD: a field of a partition.
of() { jq -r ".partitions[] | select(.number == $1) | .$2" "$work/stdout"; }

# --- a disk ----------------------------------------------------------------------------------------------------
truncate -s 900M disk.img
sfdisk -q disk.img <<'END'
label: gpt
start=1M, size=40M, type=U, name="EFI system"
start=41M, size=200M, name="root"
start=260M, size=100M, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name="Basic data"
start=360M, size=320M, name="home"
start=680M, size=64M, type=S
start=760M, size=100M, type=V, name="pv"
END
mkdir tree
head -c 60M /dev/urandom >tree/big
for i in 1 2 3 4 5 6 7 8 9; do head -c 10000 /dev/urandom >"tree/$i"; done
truncate -s 40M fat
mformat -i fat -F -c 1 -v EFI ::
mcopy -i fat tree/1 tree/2 ::
truncate -s 200M ext
mke2fs -q -t ext4 -L rootfs -d tree ext
truncate -s 100M ntfs
mkntfs -F -Q -q -L Windows ntfs >/dev/null 2>&1
ntfscp ntfs tree/3 three >/dev/null 2>&1
truncate -s 300M xfs # of 320
printf '/\n0 0\nd--755 0 0\nbig ---644 0 0 %s\n$\n' "$PWD/tree/big" >proto
mkfs.xfs -q -L home -p proto xfs
truncate -s 64M swap
mkswap -q -L swap swap 2>/dev/null
put fat 1
put ext 41
put ntfs 260
put xfs 360
put swap 680
head -c 3M /dev/urandom | dd of=disk.img bs=1M seek=870 conv=notrunc iflag=fullblock status=none # in a gap
before=$(sha256sum <disk.img)

# --- the LUN against every tool ----------------------------------------------------------------------------------
start_tgtd
new_tgt_lun disk.img 900M thin
run_map "$url" --json
sfdisk --json disk.img | jq -c '.partitiontable.partitions[] | [.start * 512, .size * 512, (.type | ascii_downcase),
  (.uuid | ascii_downcase), .name]' >expected
jq -c '.partitions[] | [.offset, .size, .type_id, .partition_uuid, .name]' stdout >got
diff -u expected got || fail "the table is not what sfdisk says"
is disk "$(jq -r .table.disk_id stdout)" "$(sfdisk --json disk.img | jq -r '.partitiontable.id | ascii_downcase')"
expect_json '.table.problems == []' '.size == 943718400' '[.regions[].size] | add == 943718400' \
  '.totals | (.used + .free + .behind_file_systems + .unknown + .table + .unallocated + .beyond) == 943718400' \
  '.totals.unknown == 104857600'

read -r clusters size < <(fsck.fat -n -v fat | awk '/bytes per cluster/ { s = $1 } / files, / { split($NF == "clusters" ? $(NF - 1) : $NF, c, "/") }
  END { print c[2] - c[1], s }')
is "FAT, free" "$(of 1 free)" $((clusters * size))
is "FAT" "$(of 1 content) $(of 1 label)" "fat32 EFI"

read -r blocks size < <(dumpe2fs -h ext 2>/dev/null | awk '/^Free blocks:/ { f = $3 } /^Block size:/ { s = $3 } END { print f, s }')
is "ext4, free" "$(of 2 free)" $((blocks * size))
is "ext4, size" "$(of 2 file_system_size)" 209715200
is "ext4" "$(of 2 content) $(of 2 label) $(of 2 uuid)" \
  "ext4 rootfs $(dumpe2fs -h ext 2>/dev/null | awk '/^Filesystem UUID:/ { print $3 }')"

read -r clusters size < <(ntfsinfo -m ntfs 2>/dev/null | awk -F: '/Cluster Size:/ { s = $2 + 0 } /Free Clusters:/ { f = $2 + 0 } END { print f, s }')
is "NTFS, free" "$(of 3 free)" $((clusters * size))
is "NTFS" "$(of 3 content) $(of 3 label)" "ntfs Windows"

size=$(xfs_db -r -c 'sb 0' -c 'p blocksize' xfs | awk '{ print $3 }')
blocks=0
for ag in 0 1 2 3; do blocks=$((blocks + $(xfs_db -r -c "agf $ag" -c 'p freeblks' xfs | awk '{ print $3 }'))); done
is "XFS, free" "$(of 4 free)" $((blocks * size))
is "XFS, size" "$(of 4 file_system_size)" 314572800
is "XFS" "$(of 4 label)" home
of 4 grow | grep -q xfs_growfs || fail "nothing is said of the 20 MiB behind the XFS"

is "swap, used" "$(of 5 used) $(of 5 label)" "4096 swap"
is "LVM" "$(of 6 used) $(of 6 content)" "null unknown"

# --- what is stored ----------------------------------------------------------------------------------------------
# stored LEAST: bytes of the file that are stored, holes below LEAST counted as if they were.
stored() {
  qemu-img map --output=json -f raw disk.img | jq --argjson least "$1" '[.[] | select(.data or .length < $least) | .length] | add'
}
# Of a LUN such holes are not believed: that takes reading, a round trip each.
is "stored on the LUN" "$(jq .allocation.data stdout)" "$(stored 1048576)"
is "not stored on the LUN" "$(jq .allocation.zero stdout)" $((943718400 - $(stored 1048576)))
expect_json '.regions[-2].kind == "unallocated"' '.regions[-2].stored | add | . >= 3145728 and . < 3149824'
jq 'del(.device, .allocation, .regions[].stored)' stdout >lun.json
run_map disk.img --json
is "stored in the file" "$(jq .allocation.data stdout)" "$(stored 0)"
jq 'del(.device, .allocation, .regions[].stored)' stdout >file.json
cmp file.json lun.json || fail "the LUN and the file behind it differ"

# A LUN that does not tell is not called full.
new_tgt_lun disk.img 900M
run_map "$url" --json
expect_json '.allocation.data == null' '.allocation.unknown == 943718400' 'all(.regions[]; .stored == null)'
is "untouched" "$(sha256sum <disk.img)" "$before"

# --- pictures ----------------------------------------------------------------------------------------------------
for columns in 60 80 120 200; do
  COLUMNS=$columns LC_ALL=C.UTF-8 run_map "$url"
  sed -n '/┌/,/└/p' stdout >bar
  [ "$(wc -l <bar)" -eq 5 ] || fail "the bar has $(wc -l <bar) lines"
  if LC_ALL=C.UTF-8 grep -vE "^.{$columns}\$" bar; then fail "the bar is not $columns wide"; fi
  for number in 1 2 3 4 5 6; do expect_text stdout "^ +$number  "; done
done
run_map "$url" --svg disk.svg
xmllint --noout disk.svg
rsvg-convert disk.svg -o disk.png
[ "$(head -c 8 disk.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] || fail "the SVG cannot be drawn"

# --- a large sparse disk: soon, and in little memory ---------------------------------------------------------------
truncate -s 2T large.img
printf 'label: gpt\nstart=1M, size=1T\nstart=1500G, size=500G, type=S\n' | sfdisk -q large.img
truncate -s 500G large-swap
mkswap -q large-swap 2>/dev/null
dd if=large-swap of=large.img bs=1M seek=1536000 count=1 conv=notrunc status=none
status=0
/usr/bin/time -f '%M' -o rss timeout 20 "$SANBOOT_BIN/sanlun" map large.img --json >stdout 2>stderr || status=$?
expect_status 0
expect_json '.partitions[1].used == 4096' '.allocation.data < 4194304'
[ -n "${SANBOOT_SANITIZED:-}" ] || [ "$(tail -n 1 rss)" -lt 65536 ] || fail "$(tail -n 1 rss) KiB of memory"

# --- what the device does not tell is not stored -------------------------------------------------------------------
# tgt counts the blocks of GET LBA STATUS in 32 bits: behind 2 TiB it tells nothing sensible.
truncate -s 3T big.img
new_tgt_lun big.img 3T thin
run_map "$url" --json
expect_json '([.regions[].stored[]? | select(. != null)] | add) <= .allocation.data' \
  '(.allocation.unknown > 0) == any(.regions[]; .stored == null or any(.stored[]; . == null))'
if jq -e '.allocation.unknown > 0' stdout >/dev/null; then
  COLUMNS=80 run_map "$url"
  expect_text stdout '^\|.*\?\?\?\?\|$' '\? not reported by the device'
fi
