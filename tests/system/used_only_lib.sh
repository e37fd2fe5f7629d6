# shellcheck shell=bash disable=SC2034,SC2154 # work, mounted and loop are used by free_space_lib.sh
# SPDX-License-Identifier: Apache-2.0
# What the tests of --used-only share: file systems in files named after their kind, and a disk made of these.

mounted='' loop=''
mkdir "$work/mnt"
cd "$work" || exit
trap 'leave_mounts; cleanup' EXIT
[ "$(id -u)" -eq 0 ] || skip "mounting file systems needs root"
require losetup fuser sgdisk

have() { command -v "$1" >/dev/null; }

leave_mounts() {
  cd /
  [ -z "$mounted" ] || umount "$mounted" || true
  [ -z "$loop" ] || losetup -d "$loop" || true
}

# old_data FILE MIB: what a disk holds that was in use before.
old_data() { head -c "$(($2 * 1048576))" < <(yes "left from before" || true) >"$1"; }

mount_or_skip() { mount_at "$@" || skip "mount $*: $(cat mount.log)"; }

# fill_and_age KIND FILES: of what is mounted; FILES a round; what is left is listed in KIND.files.
fill_and_age() {
  age mnt "$2"
  fragment mnt 400
  manifest mnt >"$1.files"
  [ "$(wc -l <"$1.files")" -gt "$2" ] || fail "only $(wc -l <"$1.files") files on $1"
  unmount
}

# files_are KIND: of what is mounted.
files_are() {
  manifest mnt >found
  unmount
  cmp -s found "$1.files" || fail "files of $1: $(diff found "$1.files" | head -3)"
}

# put_on_disk FILE…: disk.img with a GPT and each file as a partition, old data in the gaps of 1 MiB between them.
# $work/places has their names, places and sizes in MiB.
put_on_disk() {
  local file at=1 size script=''
  : >places
  for file in "$@"; do
    size=$(($(bytes_of "$file") / 1048576))
    echo "$file $at $size" >>places
    script="$script -n 0:$((at * 2048)):+${size}M"
    at=$((at + size + 1))
  done
  old_data disk.img "$at"
  # shellcheck disable=SC2086 # several arguments
  sgdisk -o $script disk.img >/dev/null
  while read -r file at size; do dd if="$file" of=disk.img bs=1M seek="$at" conv=notrunc status=none; done <places
}

# at_partition NAME: ranges from its front on stdin, from the disk's front on stdout.
at_partition() { awk -v base="$(awk -v n="$1" '$1 == n { print $2 * 1048576 }' places)" '{ printf "%.0f %.0f\n", $1 + base, $2 }'; }

# kept_by_xfs FILE: the blocks in the free lists (AGFL) of its allocation groups.
kept_by_xfs() {
  local ag count block agblocks first last
  read -r block agblocks count < <(xfs_db -r -c 'sb 0' -c 'p blocksize agblocks agcount' "$1" | awk '{ printf "%s ", $3 } END { print "" }')
  for ((ag = 0; ag < count; ag++)); do
    read -r first last < <(xfs_db -r -c "agf $ag" -c 'p flfirst fllast' "$1" | awk '{ printf "%s ", $3 } END { print "" }')
    xfs_db -r -c "agfl $ag" -c "p bno[$first-$last]" "$1" | tr ' ' '\n' |
      awk -F: -v a=$((ag * agblocks)) -v b="$block" 'NF == 2 { printf "%.0f %.0f\n", (a + $2) * b, b }'
  done
}

# take_from DISK NAME: a partition, to the file copy.
take_from() {
  local at size
  read -r at size < <(awk -v n="$2" '$1 == n { print $2, $3 }' places)
  dd if="$1" of=copy bs=1M skip="$at" count="$size" status=none
}
