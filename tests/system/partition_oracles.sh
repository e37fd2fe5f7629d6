#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The partition layer against sgdisk and sfdisk: both must list the same partitions as it does, and find nothing
# wrong with what it wrote. Usage: partition_oracles.sh PARTITION_TOOL. Exit 77: skipped.
set -eu

tool=$1
for program in sgdisk sfdisk jq; do
  command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
image=$directory/image
other=$directory/other
failures=0

fail() {
  echo "FAIL: $name: $*"
  failures=$((failures + 1))
}

# begin NAME SIZE: a new blank image.
begin() {
  name=$1
  echo "== $name"
  rm -f "$image"
  truncate -s "$2" "$image"
}

# is PATH VALUE: what the tool says of the image.
is() {
  got=$("$tool" show "$image" | jq -r "$1")
  [ "$got" = "$2" ] || fail "$1 is $got, not $2"
}

# The partitions in bytes, one a line, as our JSON and as that of sfdisk has them.
ours() {
  "$tool" show "$@" | jq -r '.partitions[] | "\(.number) \(.start) \(.size) \(.type_id) \(.uuid) \(.name)"'
}
theirs() {
  sfdisk --json "$1" | jq -r --arg device "$1" '.partitiontable | .label as $kind | (.sectorsize // 512) as $s
    | (.id | ltrimstr("0x")) as $id | .partitions // [] | .[]
    | (.node | ltrimstr($device) | ltrimstr("p") | tonumber) as $number
    | if $kind == "gpt" then "\($number) \(.start * $s) \(.size * $s) \(.type | ascii_downcase) \(.uuid | ascii_downcase) \(.name // "")"
      else "\($number) \(.start * $s) \(.size * $s) 0x\(if (.type | length) < 2 then "0" else "" end)\(.type) " +
        "\($id)-\(if $number < 10 then "0" else "" end)\($number) " end'
}

# same: both list the same partitions.
same() {
  ours "$image" >"$directory/ours"
  theirs "$image" >"$directory/theirs"
  diff "$directory/theirs" "$directory/ours" || fail "sfdisk (<) and partition_tool (>) list other partitions"
}

# sound [DEVICE]: neither sgdisk nor sfdisk finds a fault, and a table has no problem in our eyes.
sound() {
  sgdisk --verify "${1:-$image}" >"$directory/out" 2>&1
  grep -q "No problems found" "$directory/out" || { cat "$directory/out"; fail "sgdisk finds problems"; }
  sound_mbr "${1:-$image}"
}
sound_mbr() {
  sfdisk --verify "${1:-$image}" >"$directory/out" 2>&1
  grep -q "No errors detected" "$directory/out" || { cat "$directory/out"; fail "sfdisk finds errors"; }
}

edit() {
  "$tool" "$@" >"$directory/out" 2>&1 || { cat "$directory/out"; fail "$1 was refused"; }
}
refused() {
  if "$tool" "$@" >"$directory/out" 2>&1; then fail "$1 was not refused"; fi
}

# sgdisk sleeps a second when it writes, so it makes this table once.
make_gpt() {
  if [ ! -f "$directory/gpt" ]; then
    truncate -s 64M "$directory/gpt"
    sgdisk -n 1:0:+1M -t 1:ef02 -n 2:0:+8M -t 2:ef00 -c 2:'EFI System Partition' -n 3:0:+16M -t 3:8300 \
      -c 3:'wurzel ä €' -A 3:set:2 -n 4:0:+4M -t 4:8309 "$directory/gpt" >/dev/null
  fi
  cp "$directory/gpt" "$image"
}

begin "GPT, 512 bytes a block" 64M
make_gpt
is .kind gpt
is .backup good
is .sector_size 512
is .disk_id "$(sgdisk -p "$image" | sed -n 's/^Disk identifier (GUID): //p' | tr A-F a-f)"
is '.partitions[3].type' 'Linux LUKS'
is '.problems | length' 0
same
partitions=$(ours "$image")

name="grown"
truncate -s 100M "$image"
is .backup not-at-end
is .protective wrong-size
edit fit "$image"
sound
same
[ "$(ours "$image")" = "$partitions" ] || fail "fit changed the partitions"
is .backup good
is .protective good
is '.problems | length' 0
[ "$(sgdisk -p "$image" | sed -n 's/.*last usable sector is //p')" = $((100 * 2048 - 34)) ] || fail "last usable sector"

name="last partition grown"
edit grow "$image"
sound
same
is '.partitions[3] | .start + .size' $((99 * 1048576))

name="new identifiers"
cp "$image" "$other"
edit ids "$image"
sound
same
ours "$image" | cut -d' ' -f1-4 >"$directory/new"
ours "$other" | cut -d' ' -f1-4 | diff - "$directory/new" || fail "ids changed more than the identifiers"
ours "$image" | cut -d' ' -f5 | sort >"$directory/new"
ours "$other" | cut -d' ' -f5 | sort | comm -12 - "$directory/new" | grep . && fail "an identifier stayed"

name="truncated"
truncate -s 60M "$image"
is .backup missing
refused fit "$image"
begin "truncated behind the last partition" 64M
make_gpt
truncate -s "$("$tool" show "$image" | jq .needed_size)" "$image"
is .backup missing
edit fit "$image"
sound
same

for part in "primary header:560" "primary entries:1100" "backup header:$((64 * 1048576 - 492))" \
  "backup entries:$((64 * 1048576 - 33 * 512 + 70))"; do
  begin "damaged ${part%:*}" 64M
  make_gpt
  partitions=$(ours "$image")
  printf 'XX' | dd of="$image" bs=1 seek="${part#*:}" conv=notrunc status=none
  is ".$(echo "${part%:*}" | cut -d' ' -f1)" damaged
  [ "$(ours "$image")" = "$partitions" ] || fail "the other copy was not used"
  edit repair "$image"
  sound
  same
  [ "$(ours "$image")" = "$partitions" ] || fail "repair changed the partitions"
done

begin "first MiB wiped" 64M
make_gpt
partitions=$(ours "$image")
dd if=/dev/zero of="$image" bs=1M count=1 conv=notrunc status=none
is .kind gpt
is .primary missing
edit repair "$image"
sound
same
[ "$(ours "$image")" = "$partitions" ] || fail "repair changed the partitions"

begin "both copies damaged" 64M
make_gpt
printf 'XX' | dd of="$image" bs=1 seek=560 conv=notrunc status=none
printf 'XX' | dd of="$image" bs=1 seek=$((64 * 1048576 - 492)) conv=notrunc status=none
is '.partitions | length' 0
refused repair "$image"

begin "empty GPT" 4M
sgdisk -o "$image" >/dev/null
is .kind gpt
is '.problems | length' 0
same
truncate -s 6M "$image"
edit fit "$image"
sound
refused grow "$image"

begin "GPT of 128 partitions, out of order" 140M
script=""
for number in $(seq 128); do script="$script -n $number:$(((130 - number) * 2048)):+512K"; done
# shellcheck disable=SC2086
sgdisk $script "$image" >/dev/null
is '.partitions | length' 128
is '.problems | length' 0
same
truncate -s 150M "$image"
edit fit,grow "$image"
sound
same
is '.partitions[0] | .start + .size' $((149 * 1048576))

begin "GPT with room for 256 partitions" 64M
sgdisk -S 256 -n 200:0:+1M "$image" >/dev/null
same
truncate -s 70M "$image"
edit fit,grow,ids "$image"
sound
same

begin "hybrid" 64M
make_gpt
sgdisk -h 2:3 "$image" >/dev/null
is .kind hybrid
is .protective hybrid
ours "$image" | cut -d' ' -f1-3 >"$directory/ours"
sgdisk -p "$image" | awk '/^ +[0-9]/ {print $1, $2 * 512, ($3 - $2 + 1) * 512}' | diff - "$directory/ours" ||
  fail "sgdisk (<) and partition_tool (>) list other partitions"
truncate -s 80M "$image"
edit fit "$image"
sgdisk --verify "$image" | grep -q "No problems found" || fail "sgdisk finds problems"
refused grow "$image"

begin "MBR with logical partitions" 64M
printf 'label: dos\n,8M,7,*\n,8M,c\n,30M,5\n,4M,83\n,4M,82\n,8M,8e\n,2M,83\n' | sfdisk -q "$image"
is .kind mbr
is '.problems | length' 0
is .partitions[0].active true
same
truncate -s 100M "$image"
edit fit,grow "$image" # a primary partition behind the extended one is the last
is '.partitions[3] | .start + .size' $((100 * 1048576))
is '.partitions[2].size' $((30 * 1048576))
sound_mbr
same
edit ids "$image"
sound_mbr
same

begin "MBR whose last logical partition ends the disk" 64M
printf 'label: dos\n,8M,7,*\n,,5\n,4M,83\n,4M,82\n,8M,8e\n' | sfdisk -q "$image"
truncate -s 100M "$image"
edit grow "$image"
is '.partitions[1] | .start + .size' $((100 * 1048576))
is '.partitions[4] | .start + .size' $((100 * 1048576))
sound_mbr
same

begin "MBR of one primary partition" 64M
printf 'label: dos\n,,83\n' | sfdisk -q "$image"
truncate -s 100M "$image"
edit grow "$image"
is '.partitions[0] | .start + .size' $((100 * 1048576))
sound_mbr
same

begin "4096 bytes a block" 64M
if [ "$(id -u)" = 0 ] && loop=$(losetup --show -f --sector-size 4096 "$image" 2>/dev/null); then
  trap 'losetup -d "$loop" 2>/dev/null || true; rm -rf "$directory"' EXIT
  printf 'label: gpt\n,8M,U\n,16M,L\n,4M,S\n' | sfdisk -q --no-reread --no-tell-kernel "$loop" 2>/dev/null
  ours "$image" 4096 >"$directory/ours"
  theirs "$loop" | diff - "$directory/ours" || fail "sfdisk (<) and partition_tool (>) list other partitions"
  is .sector_size 4096 # also seen as an image of 512-byte blocks
  losetup -d "$loop"

  name="grown, 4096 bytes a block"
  truncate -s 80M "$image"
  edit fit,grow,ids "$image" 4096
  loop=$(losetup --show -f --sector-size 4096 "$image")
  sound "$loop"
  losetup -d "$loop"

  name="converted from 512 to 4096 bytes a block"
  rm "$image"
  truncate -s 64M "$image"
  make_gpt
  partitions=$(ours "$image")
  edit convert "$image" 4096
  loop=$(losetup --show -f --sector-size 4096 "$image")
  sound "$loop"
  theirs "$loop" >"$directory/theirs"
  losetup -d "$loop"
  echo "$partitions" | diff - "$directory/theirs" || fail "the conversion changed the partitions"

  name="converted from 4096 to 512 bytes a block"
  edit convert "$image"
  sound
  same
  [ "$(ours "$image")" = "$partitions" ] || fail "the conversion changed the partitions"

  name="not convertible"
  sgdisk -n 5:0:0 "$image" >/dev/null # ends at sector 131038, which is not a multiple of 8
  refused convert "$image" 4096
else
  echo "skipped: a loop device with blocks of 4096 bytes needs root and the loop driver"
fi

begin "no table" 4M
is .kind none
for filesystem in ext4 vfat ntfs xfs; do
  command -v mkfs.$filesystem >/dev/null || { echo "skipped: mkfs.$filesystem is not installed"; continue; }
  begin "$filesystem without a table" 320M
  case $filesystem in
    ext4) options=-qF content=ext ;;
    vfat) options=-v content=FAT ;;
    ntfs) options=-qF content=NTFS ;;
    xfs) options=-q content=XFS ;;
  esac
  "mkfs.$filesystem" "$options" "$image" >/dev/null 2>&1
  is .kind none
  is .content "$content"
done

[ $failures = 0 ] || { echo "$failures failures"; exit 1; }
echo "all agree"
