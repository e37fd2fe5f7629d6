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
# --- volumes ---------------------------------------------------------------------------------------------------

# expect LINE: file_tree_tool volumes has to say that of image
expect() {
  "$tool" volumes image > seen 2>tool.log || { fail "$(cat tool.log)"; return; }
  if grep -qxF -e "$1" seen; then passed=$((passed + 1)); echo "ok   $name: $1"
  else fail "not \"$1\" but:"; cat seen; fi
}
tag() { blkid -p -o value -s "$1" "$2"; }
# identified TYPE WHY: type, UUID and label are those of blkid
identified() { expect "whole device|$1|$(tag UUID image)|$(tag LABEL image)|${2:-}"; }

btrfs_subvolumes() {
  wanted btrfs-subvolumes && have mkfs.btrfs || return
  fresh 300M
  mkfs.btrfs -q -f image >/dev/null 2>&1 || { fail mkfs.btrfs; return; }
  mount_at -o loop image || { skip "cannot be mounted here: $(cat mount.log)"; return; }
  local id
  { btrfs subvolume create mnt/@ && btrfs subvolume create mnt/@home && btrfs subvolume create mnt/@/nested; } >/dev/null
  fill_small mnt/@; echo home > mnt/@home/file; echo nested > mnt/@/nested/file; echo top > mnt/top
  btrfs subvolume snapshot mnt/@ mnt/snapshot >/dev/null
  id=$(btrfs inspect-internal rootid mnt/@)
  unmount
  mount_at -o loop,ro,subvolid=5 image; check small; unmount
  mount_at -o loop,ro,subvol=@ image; check small "#@"; check small "#/@/"; unmount
  mount_at -o loop,ro,subvol=@/nested image; check small "#@/nested"; unmount
  mount_at -o loop,ro,subvol=snapshot image; check small "#snapshot"; unmount
  mount_at -o loop image; btrfs subvolume set-default "$id" mnt; unmount
  mount_at -o loop,ro image; [[ -d mnt/nested ]] || fail "no other default"; check small; unmount
  mount_at -o loop,ro,subvol=@home image; check small "#@home"; unmount
  for id in none @/directory top; do
    "$tool" list image "#$id" / >/dev/null 2>tool.log && fail "subvolume $id exists"
    grep -q "it has no subvolume $id" tool.log || fail "$(cat tool.log)"
  done
}

# with_lvm IMAGE COMMANDS: with the image as $dev. LVM without device-mapper only writes its metadata.
with_lvm() {
  local dev
  dev=$(losetup -f --show "$1") || return
  loop=$dev
  (export LVM_SUPPRESS_FD_WARNINGS=1; eval "$2") >lvm.log 2>&1
  local code=$?
  losetup -d "$dev"
  loop=
  return $code
}

volume_cases() {
  local part
  if wanted volume-types; then
    fresh 300M; mke2fs -q -F -t ext3 -L "my root" image; identified ext3
    name=volume-xfs; fresh 400M; have mkfs.xfs && mkfs.xfs -q -f -L data image && identified xfs
    name=volume-btrfs; fresh 200M; have mkfs.btrfs && mkfs.btrfs -q -f -L pool image >/dev/null && identified btrfs
    name=volume-ntfs; fresh 50M; have mkntfs && mkntfs -q -F -Q -L System image >/dev/null 2>&1 && identified ntfs
    name=volume-fat; fresh 100M; mkfs.fat -F 32 -n ESP image >/dev/null && identified fat32
    name=volume-exfat; fresh 100M; have mkfs.exfat && mkfs.exfat -L stick image >/dev/null && identified exfat
    name=volume-swap; fresh 50M; mkswap -q -L swap image && identified swap "is swap space"
    if have cryptsetup; then
      name=volume-luks; fresh 50M
      echo x | cryptsetup luksFormat -q --type luks2 --label secret --pbkdf pbkdf2 --pbkdf-force-iterations 1000 image -
      identified luks "is encrypted (LUKS)"
      fresh 50M; echo x | cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 image -
      identified luks "is encrypted (LUKS)"
    fi
  fi
  if wanted volume-partitions; then
    fresh 200M
    sgdisk -n 1:2048:+50M -t 1:ef00 -n 3:0:+100M -c 3:root -n 2:0:0 image >/dev/null
    truncate -s 50M part; mkfs.fat -F 32 part >/dev/null; dd if=part of=image bs=1M seek=1 conv=notrunc status=none
    expect "partition 1|fat32|$(tag UUID part)||"
    truncate -s 100M part; mke2fs -q -F -t ext4 part
    dd if=part of=image bs=512 seek="$(sgdisk -i 3 image | awk '/^First sector/ { print $3 }')" conv=notrunc,sparse status=none
    expect "partition 3|ext4|$(tag UUID part)||"
    expect "partition 2|unknown|||it holds nothing that is recognised"
    [[ $("$tool" list image "partition 3" / 2>/dev/null) == "directory lost+found" ]] || fail "partition 3 is not read"
  fi
  wanted volume-lvm || return
  have pvcreate || { skip "lvm2 is missing"; return; }
  fresh 200M
  # shellcheck disable=SC2016 # for with_lvm
  if ! with_lvm image 'pvcreate -y $dev && vgcreate vg-0 $dev && lvm="lvcreate --driverloaded n -y -an -Zn -Wn" &&
      $lvm -L 40M -n root vg-0 && $lvm -L 20M -n other vg-0 && lvextend --driverloaded n -L 100M vg-0/root &&
      pvs -o pv_uuid --noheadings $dev > pv && lvs -o seg_start_pe,seg_size_pe,seg_pe_ranges --noheadings vg-0/root > segments'; then
    skip "LVM cannot be used here: $(tail -1 lvm.log)"
    return
  fi
  rm -rf source mnt; mkdir source; fill_small source; truncate -s 100M part
  mke2fs -q -F -t ext4 -d source part
  (($(wc -l < segments) == 2)) || fail "not two segments: the test lost its point"
  local start size range
  while read -r start size range; do
    range=${range#*:}
    dd if=part of=image bs=4M skip="$start" count="$size" conv=notrunc status=none \
      oflag=seek_bytes seek=$((1048576 + ${range%-*} * 4194304))
  done < segments
  expect "whole device|lvm|$(tr -d ' ' < pv)||is a physical volume of LVM"
  expect "vg-0/root|ext4|$(tag UUID part)||"
  expect "vg-0/other|unknown|||it holds nothing that is recognised"
  mv source mnt; rmdir mnt/lost+found 2>/dev/null; mkdir mnt/lost+found; check small vg-0/root
  rm -rf mnt; mkdir mnt
  fresh 200M
  truncate -s 100M image2
  # shellcheck disable=SC2016
  with_lvm image2 'second=$dev; with_second() { pvcreate -y $1 $second && vgcreate two $1 $second &&
      lvcreate --driverloaded n -y -an -Zn -Wn -i2 -L 40M -n striped two && lvcreate --driverloaded n -y -an -Zn -Wn -L 8M -n away two $second; }
    first=$(losetup -f --show image) && { with_second $first; code=$?; losetup -d $first; exit $code; }' || { skip "two disks: $(tail -1 lvm.log)"; return; }
  expect "two/striped|unknown|||is striped over 2 areas of LVM"
  expect "two/away|unknown|||a physical volume of it is not on this disk"
}
