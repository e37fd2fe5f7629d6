# shellcheck shell=bash disable=SC2034,SC2154 # work, mounted and loop are those of file_trees.sh
# SPDX-License-Identifier: Apache-2.0
# What file_trees.sh fills file systems with, and how it compares.

fresh() { rm -f image; truncate -s "$1" image; }
random_file() { head -c "$2" /dev/urandom > "$1"; }
mount_at() { mount "$@" "$work/mnt" 2>mount.log && mounted=$work/mnt; }
mount_exfat() {  # OPTIONS…: FUSE, on a loop device of its own
  have mount.exfat-fuse && loop=$(losetup -f --show image 2>mount.log) || return
  mount.exfat-fuse "$@" "$loop" "$work/mnt" >/dev/null 2>mount.log && mounted=$work/mnt && return
  losetup -d "$loop"
  loop=
  return 1
}
unmount() {
  for _ in 1 2 3 4 5; do umount "$work/mnt" 2>/dev/null && break; sleep 0.3; done
  mounted=
  # FUSE daemons go on writing for a moment after umount has returned.
  for _ in $(seq 50); do fuser -s "${loop:-$work/image}" 2>/dev/null || break; sleep 0.1; done
  [[ -z $loop ]] || losetup -d "$loop"
  loop=
}

# --- content ---------------------------------------------------------------------------------------------------

# For every kind: small and large, empty, names with spaces and other letters.
fill_small() {
  mkdir -p "$1/directory/sub/Sub With A Long Name" "$1/EFI/BOOT" "$1/empty"
  : > "$1/directory/empty"
  echo small > "$1/directory/small"
  echo unicode > "$1/directory/äöü names"
  echo upper > "$1/EFI/BOOT/BOOTX64.EFI"
  echo "a name" > "$1/directory/sub/Sub With A Long Name/exactly 26 units of UTF-16"
  random_file "$1/directory/random" 700001
  random_file "$1/directory/deleted" 5000
  local i
  for ((i = 0; i < 150; i++)); do echo "$i" > "$1/directory/sub/file number $i"; done
  touch -d '2001-02-03 04:05:06 UTC' "$1/directory/small"
}
fill_plain() {
  fill_small "$1"
  rm "$1/directory/deleted"
  mkdir "$1/many"
  (cd "$1/many" && seq 1 3000 | xargs touch)
  seq 1 3 3000 | sed "s|^|$1/many/|" | xargs rm
  # Written in turns, so that their extents are many.
  local i
  for ((i = 0; i < 60; i++)); do
    head -c 65537 /dev/urandom >> "$1/directory/turn1"
    head -c 65537 /dev/urandom >> "$1/directory/turn2"
    ((i % 10)) || sync -f "$1/directory/turn1"
  done
  random_file "$1/directory/large" 12345678
}
# With what file systems of Unix have: links, holes, modes, fragments, big directories.
fill_unix() {
  fill_plain "$1"
  ln -s small "$1/directory/short link"
  ln -s "$(printf 'long/%.0s' {1..100})" "$1/directory/long link"
  ln -s "$(printf 'x%.0s' {1..59})" "$1/directory/link59"
  ln -s "$(printf 'x%.0s' {1..60})" "$1/directory/link60"
  ln -s "$(printf 'l/%.0s' {1..511})" "$1/directory/link1022"
  ln "$1/directory/small" "$1/directory/hard link"
  mkfifo "$1/directory/pipe"
  truncate -s 5M "$1/directory/hole"
  echo end >> "$1/directory/hole"
  dd if=/dev/urandom of="$1/directory/holes" bs=4096 count=3 seek=700 status=none
  dd if=/dev/urandom of="$1/directory/holes" bs=1000 count=1 seek=7 conv=notrunc status=none
  fallocate -l 1M "$1/directory/allocated" 2>/dev/null
  echo inline > "$1/directory/tiny"
  head -c 150 /dev/urandom > "$1/directory/tiny150"
  seq 200000 > "$1/directory/numbers"
  seq 400 > "$1/directory/few numbers"
  touch -d '2040-01-02 03:04:05 UTC' "$1/directory/tiny"
  chmod 4711 "$1/directory/tiny"
  # Two blocks here, two there: a map of extents that needs a tree.
  local i
  for ((i = 0; i < 500; i++)); do
    dd if=/dev/urandom of="$1/directory/fragments" bs=4096 count=1 seek=$((i * 3)) conv=notrunc status=none
  done
  mkdir "$1/big" "$1/middle"
  (cd "$1/big" && seq -f 'a rather long name of a file %.0f' 1 8000 | tr '\n' '\0' | xargs -0 touch)
  (cd "$1/middle" && seq -f 'file %.0f' 1 60 | tr '\n' '\0' | xargs -0 touch)
  ((${#1})) && rm -rf "${1:?}/many"/1?5*
}

# --- comparing -------------------------------------------------------------------------------------------------

manifest() { (cd "$1" && find . -type f -print0 | sort -z | xargs -0r sha256sum; find . -type l -printf '%p -> %l\n' | sort); }
listing() {  # DIR KIND: as file_tree_tool lists
  local times='%T@' modes='%m'
  [[ $2 == unix ]] || modes=0
  [[ $2 == small ]] && times=0
  (cd "$1" && find . -mindepth 1 \( -type f -printf "/%P file %s $times $modes\n" -o -type d -printf "/%P directory 0 $times $modes\n" \
    -o -type l -printf "/%P symlink 0 $times $modes\n" -o -printf "/%P other 0 $times $modes\n" \)) |
    sed -E 's/ (-?[0-9]+)\.[0-9]+ ([0-9]+)$/ \1 \2/'
}

# check KIND [VOLUME]: the files in mnt have to be those that the library sees in image. KIND is what is compared: unix
# all; plain no modes; small neither modes nor times.
check() {
  local before=$failed figures
  rm -rf got got.list
  mkdir got
  figures=$("$tool" copy image "${2:-}" got 2>&1 >/dev/null) || { fail "$figures"; return; }
  manifest mnt > expected
  manifest got > found
  cmp -s expected found || { fail "other content:"; diff expected found | head -5; }
  listing mnt "$1" | sort > expected
  case $1 in
    unix) cat got.list ;;
    plain) sed -E 's/ [0-7]+$/ 0/' got.list ;;
    small) sed -E 's/ -?[0-9]+ [0-7]+$/ 0 0/' got.list ;;
  esac | sort > found
  cmp -s expected found || { fail "other kinds, sizes, times or modes:"; diff expected found | head -5; }
  if ((failed == before)); then
    passed=$((passed + 1))
    echo "ok   $name: $(wc -l < found) names; $figures"
  fi
  rm -rf got
}
btrfs_subvolumes() { :; }
volume_cases() { :; }
