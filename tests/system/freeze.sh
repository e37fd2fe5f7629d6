#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A source that is mounted read-write: refused, copied as it is, or frozen for as long as it is read, and thawed
# whatever happens.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "mounting file systems needs root"
require losetup mke2fs e2fsck dumpe2fs mkfs.xfs xfs_repair fsfreeze jq

mkdir "$work/mnt" "$work/look"
loop='' mapped='' writer=''
trap 'leave; cleanup' EXIT
leave() {
  [ -z "$writer" ] || stop "$writer"
  umount "$work/look" 2>/dev/null || true
  # Whatever failed, nothing stays frozen.
  if mountpoint -q "$work/mnt"; then
    fsfreeze --unfreeze "$work/mnt" 2>/dev/null || true
    umount -l "$work/mnt" || true
  fi
  [ -z "$mapped" ] || dmsetup remove --retry "$mapped" || true
  [ -z "$loop" ] || losetup -d "$loop" || true
  writer='' mapped='' loop=''
}

# live KIND SIZE: $work/live.img with that file system, on $loop, mounted, with somebody who never stops writing.
live() {
  leave
  rm -f "$work"/live.img "$work"/copy*.img "$work/map"
  truncate -s "$2" "$work/live.img"
  loop=$(losetup -f --show "$work/live.img" 2>"$work/stderr") || skip "no loop device: $(cat "$work/stderr")"
  case $1 in
    ext4) mke2fs -q -F -t ext4 "$loop" ;;
    xfs) mkfs.xfs -q -f "$loop" ;;
    exfat) mkfs.exfat "$loop" >"$work/mkfs.log" && mount.exfat-fuse "$loop" "$work/mnt" >"$work/mkfs.log" 2>&1 ;;
  esac
  mountpoint -q "$work/mnt" || mount "$loop" "$work/mnt" 2>"$work/stderr" || skip "$1 cannot be mounted: $(cat "$work/stderr")"
  write_on &
  writer=$!
  wait_until 5 test -s "$work/mnt/7" || fail "nobody writes"
}
write_on() {
  local i
  trap - EXIT ERR
  for ((i = 0; ; i = (i + 1) % 40)); do
    head -c $((RANDOM * 3)) /dev/urandom >"$work/mnt/new" && mv "$work/mnt/new" "$work/mnt/$i" || exit 0
    [ $((i % 8)) -ne 0 ] || sync -f "$work/mnt"
  done
}

# thawed: a write to it comes to an end.
frozen() { ! (timeout -s KILL 0.5 touch "$work/mnt/thawed") 2>/dev/null; }
not_frozen() { ! frozen; }
thawed() { timeout -s KILL 5 touch "$work/mnt/thawed" || fail "it is still frozen"; }
# not_frozen_by PATTERN ARGUMENT…: exit code 4, and neither file nor file system is left behind.
not_frozen_by() {
  local pattern=$1
  shift
  run_sanclone "$@"
  expect_status 4
  expect_one_line
  expect_text stderr "$pattern"
  thawed
}
# consistent KIND FILE: it needs no repair, and ext4 not even its journal. XFS leaves its log dirty when it is
# frozen, on purpose, so that one is mounted first.
consistent() {
  if [ "$1" = ext4 ]; then
    e2fsck -fn "$2" >"$work/fsck" 2>&1 || fail "e2fsck: $(cat "$work/fsck")"
    if dumpe2fs -h "$2" 2>/dev/null | grep -q needs_recovery; then fail "its journal needs recovery"; fi
  fi
  local options=loop
  [ "$1" != xfs ] || options=loop,nouuid # its like is mounted
  mount -o "$options" "$2" "$work/look" || fail "the clone cannot be mounted"
  [ "$(find "$work/look" -type f | wc -l)" -gt 5 ] || fail "files are missing"
  cat "$work"/look/[0-9]* >/dev/null || fail "a file cannot be read"
  umount "$work/look"
  [ "$1" != xfs ] || xfs_repair -n "$2" >"$work/fsck" 2>&1 || fail "xfs_repair: $(cat "$work/fsck")"
}

for kind in ext4 xfs; do
  say "$kind: refused, or copied as it is"
  live "$kind" 320M
  not_frozen_by 'mounted read-write at .*--freeze.*--force=live' "$loop" "$work/copy.img"
  [ ! -e "$work/copy.img" ] || fail "a refused clone left a file"
  not_frozen_by 'mounted read-write at' "$loop" "$work/copy.img" --force=in-use
  run_sanclone "$loop" "$work/copy.img" --force=live
  expect_status 0
  expect_text stderr 'warning: .*mounted read-write'

  say "$kind: frozen, as a device and as the file behind it"
  for source in "$loop" "$work/live.img"; do
    rm -f "$work/copy.img"
    run_sanclone "$source" "$work/copy.img" --freeze --verify --json
    expect_status 0
    [ ! -s "$work/stderr" ] || fail "there is a message"
    expect_json .verified ".frozen.mounts == [\"$work/mnt\"]" '.frozen.seconds > 0'
    thawed
    consistent "$kind" "$work/copy.img"
  done
  run_sanclone "$loop" "$work/copy.img" --freeze --dry-run
  expect_status 0
  expect_text stdout "would be frozen: $work/mnt"
  thawed
done

say "what is in use of a frozen file system is known"
live ext4 64M
run_sanclone "$loop" "$work/copy.img" --freeze --used-only --verify --json
expect_status 0
expect_json '.used_only[0].state == "used"' '.used_only[0].free > 0'
thawed
consistent ext4 "$work/copy.img"

say "the time is over"
run_sanclone "$loop" "$work/copy2.img" --freeze=1 --rate 500K
expect_status 3
expect_one_line
expect_text stderr 'frozen for 1 s, and thawed before all was read'
thawed
run_sanclone "$loop" "$work/copy3.img" --map "$work/map" --freeze=1 --rate 500K
expect_status 5
expect_text stderr 'run the same command again'
run_sanclone "$loop" "$work/copy3.img" --map "$work/map" --freeze --json
expect_status 0
expect_json '.map.destinations[0].work == "resumed"'
thawed
consistent ext4 "$work/copy3.img"

say "killed, and interrupted"
for signal in KILL TERM INT HUP; do
  env --default-signal=INT,TERM,HUP "$SANBOOT_BIN/sanclone" "$loop" "$work/copy2.img" --freeze=100 --rate 500K 2>"$work/stderr" &
  clone=$!
  sleep 1
  kill -0 "$clone" || fail "it has ended"
  frozen || fail "it is not frozen"
  kill -s "$signal" "$clone"
  wait_until 5 not_frozen || fail "$signal: it is still frozen"
  wait "$clone" && fail "$signal was not noticed"
done

say "what the clone itself needs is not frozen"
not_frozen_by "$work/mnt/copy.img lies on it" "$loop" "$work/mnt/copy.img" --freeze
[ ! -e "$work/mnt/copy.img" ] || fail "a refused clone left a file"
not_frozen_by "the clone map $work/mnt/map lies on it" "$loop" "$work/copy.img" --map "$work/mnt/map" --freeze
[ ! -e "$work/mnt/map" ] || fail "a refused clone left a map"
status=0
"$SANBOOT_BIN/sanclone" "$loop" "$work/copy.img" --freeze >"$work/mnt/log" 2>"$work/stderr" || status=$?
expect_status 4
expect_text stderr 'standard output lies on it'
mkdir "$work/mnt/bin"
cp "$SANBOOT_BIN/sanclone" "$work/mnt/bin"
status=0
LD_LIBRARY_PATH=$SANBOOT_BIN/../lib "$work/mnt/bin/sanclone" "$loop" "$work/copy.img" --freeze 2>"$work/stderr" || status=$?
expect_status 4
expect_text stderr 'this program lies on it.*LVM snapshot'
run_sanclone "$loop" "$work/copy.img" --force=live --freeze --map "$work/mnt/map"
expect_status 0
expect_text stderr 'map lies on it; going on because of --force=live'
thawed

say "frozen by somebody else"
kill -STOP "$writer"
fsfreeze --freeze "$work/mnt"
run_sanclone "$loop" "$work/copy.img" --freeze
expect_status 4
expect_text stderr 'frozen by another program'
frozen || fail "it was thawed"
fsfreeze --unfreeze "$work/mnt"
kill -CONT "$writer"

say "mounted read-only"
stop "$writer"
writer=''
# A touch that was killed while it waited for the thaw may still be on its way out.
for _ in $(seq 50); do
  if mount -o remount,ro "$work/mnt" 2>/dev/null; then break; fi
  sleep 0.2
done
mount -o remount,ro "$work/mnt"
run_sanclone "$loop" "$work/copy.img"
expect_status 0
run_sanclone "$loop" "$work/copy.img" --freeze --json
expect_status 0
expect_json '.frozen.mounts == []'

if command -v mkfs.exfat mount.exfat-fuse >/dev/null && [ -e /dev/fuse ]; then
  say "a file system that cannot be frozen"
  live exfat 32M
  not_frozen_by 'fuseblk has no such operation.*--force=live' "$loop" "$work/copy.img" --freeze
  run_sanclone "$loop" "$work/copy.img" --freeze --force=live
  expect_status 0
  expect_text stderr 'going on because of --force=live'
fi

leave
rm -f "$work"/copy*.img
truncate -s 64M "$work/live.img"
loop=$(losetup -f --show "$work/live.img")
if dmsetup create sanboot-test-$$ --table "0 131072 linear $loop 0" 2>/dev/null; then
  say "a disk that is part of another device, which is mounted"
  mapped=sanboot-test-$$
  dmsetup mknodes "$mapped"
  run_sanclone "$loop" "$work/copy.img"
  expect_status 4
  expect_text stderr 'is part of /dev/dm-'
  mke2fs -q -F -t ext4 "/dev/mapper/$mapped"
  mount "/dev/mapper/$mapped" "$work/mnt"
  seq 1000 | tee "$work"/mnt/{0,1,2,3,4,5,6,7} >/dev/null
  run_sanclone "$loop" "$work/copy.img" --freeze --json
  expect_status 0
  expect_json ".frozen.mounts == [\"$work/mnt\"]"
  consistent ext4 "$work/copy.img"
else
  say "not tried: device-mapper does not work here"
fi
