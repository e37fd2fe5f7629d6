#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What changed since the last clone, at either end: file systems of five kinds on one disk, whose clone is used
# between two runs. --delta=auto and compare find that out, and --delta=trust does not, which shows that there
# is something to find.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/map_lib.sh"
require sgdisk jq mke2fs mkfs.xfs mkntfs mformat mkswap mcopy ntfscp losetup
[ "$(id -u)" -eq 0 ] || skip "mounting file systems needs root"
use_mounts

# NAME and MIB of the partitions, from 1 MiB on, without gaps; the numbers are theirs.
names=(ext4 xfs ntfs fat swap) sizes=(128 320 96 64 32)
script='' at=1
for i in 0 1 2 3 4; do
  declare "${names[i]}=$((at * 1048576))" "${names[i]}_size=$((sizes[i] * 1048576))" # $ext4, $ext4_size and so on
  script="$script -n $((i + 1)):$((at * 2048)):+${sizes[i]}M"
  at=$((at + sizes[i]))
done
size=$(((at + 1) * 1048576))
truncate -s "$size" "$disk"
# shellcheck disable=SC2086 # several arguments
sgdisk $script -t 5:8200 "$disk" >/dev/null

: "${fat:?}" "${swap:?}"

# attach FILE NAME: sets loop.
attach() {
  local from=$2 length=${2}_size
  loop=$(losetup -f --show -o "${!from}" --sizelimit "${!length}" "$1") || skip "no loop device"
}
detach() {
  losetup -d "$loop"
  loop=''
}
# with_file FILE NAME SOURCE TARGET: copies a file onto a file system of the disk FILE.
with_file() {
  case $2 in
    fat) mcopy -o -i "$1@@$fat" "$3" "::$4" ;;
    ntfs)
      attach "$1" ntfs
      ntfscp -f "$loop" "$3" "$4" 2>/dev/null
      detach
      ;;
    *)
      attach "$1" "$2"
      mount "$loop" "$work/mnt" || skip "$2 cannot be mounted"
      mounted=$work/mnt
      cp "$3" "$work/mnt/$4"
      umount "$work/mnt"
      mounted=''
      detach
      ;;
  esac
}

head -c 12M /dev/urandom >"$work/twelve"
head -c 5M /dev/urandom >"$work/five"
echo "written on the clone" >"$work/note"
attach "$disk" ext4 && mke2fs -q -t ext4 "$loop" && detach
attach "$disk" xfs && mkfs.xfs -q "$loop" && detach
attach "$disk" ntfs && mkntfs -q -f -F "$loop" >/dev/null 2>&1 && detach
mformat -i "$disk@@$fat" -T $((64 * 2048)) -h 16 -s 32 ::
attach "$disk" swap && mkswap -q "$loop" >/dev/null && detach
for name in ext4 xfs ntfs fat; do with_file "$disk" "$name" "$work/twelve" twelve; done

start_tgtd
fill_aa "$lun" "$size"
new_tgt_lun "$lun" "$size" thin
clone() {
  run_sanclone "$disk" "$url" --map "$map" --json "$@"
  expect_status 0
  adds_up
}
# parts WAY NAME…: that was how the content of these partitions was established, and of no others.
parts() {
  local way=$1 found
  shift
  found=$(jq -r --arg way "$way" '.map.destinations[0].parts[] | select(.how == $way and (.what | startswith("partition"))) |
    .what | capture("partition (?<n>[0-9])").n' "$work/stdout" | xargs)
  [ "$found" = "$*" ] || fail "$way: partitions $found instead of $*: $(jq -c '.map.destinations[0].parts' "$work/stdout")"
}
report() {
  say "$1: $(number '.bytes.written + .bytes.unmapped') bytes written, $(number '.destinations[0].bytes.compared') read back" \
    "and $(number '.map.destinations[0].examined') for the decision, $(number .seconds.total) s"
}

clone
report "new clone"
same "$disk" "$lun"

say "nothing has changed"
clone
report "no change"
expect_json '.bytes.written + .bytes.unmapped == 0' '.map.destinations[0].work == "delta"'
parts trusted 1 2 3
parts 'read back' 4 5
say "(a) 20 MiB in four places of the source"
for name in ext4 xfs ntfs fat; do with_file "$disk" "$name" "$work/five" five; done
clone
report "delta"
parts trusted 1 2 3
same "$disk" "$lun"
[ "$(number '.bytes.written + .bytes.unmapped')" -le $((45 * 1048576)) ] || fail "it wrote more than 45 MiB"
[ "$(number .bytes.written)" -ge $((20 * 1048576)) ] || fail "it wrote less than has changed"

use_clone() {
  for name in ext4 xfs ntfs fat; do with_file "$lun" "$name" "$work/note" "note$1"; done
  head -c 100000 /dev/urandom | dd of="$lun" bs=4096 seek=$(((swap + 1048576) / 4096)) conv=notrunc status=none
  ! cmp -s "$disk" "$lun" || fail "the clone was not changed"
}
say "(b) the clone is used"
use_clone 1
clone --delta=trust
report trust
parts trusted
expect_json '.map.destinations[0].parts[0].how == "trusted"'
! cmp -s "$disk" "$lun" || fail "--delta=trust found what it does not look for: this test proves nothing"
clone
report auto
parts trusted
parts 'read back' 1 2 3 4 5
same "$disk" "$lun"
clone
parts trusted 1 2 3
say "only one of them is used"
for name in ext4 xfs ntfs; do
  with_file "$lun" "$name" "$work/note" again
  clone
  report "$name used"
  case $name in ext4) parts trusted 2 3 ;; xfs) parts trusted 1 3 ;; ntfs) parts trusted 1 2 ;; esac
  same "$disk" "$lun"
done
say "mounted, and nothing written"
for name in ext4 xfs; do
  attach "$lun" "$name"
  mount "$loop" "$work/mnt"
  umount "$work/mnt"
  detach
done
clone
parts trusted 3
same "$disk" "$lun"
use_clone 2
clone --delta=compare
report compare
same "$disk" "$lun"
