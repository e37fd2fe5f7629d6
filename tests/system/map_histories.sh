#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# map_histories.sh [HISTORIES [SEED]]: whatever happened to source, destination and map, the same command again ends
# in a right clone, or does not end with exit code 0. In each history a few random things happen: a run that is
# interrupted or killed, a whole run, a destination made anew, a snapshot of it, a return to a snapshot, a file system
# mounted and written, two destinations exchanged, an older map, the map of the other destination, a target that is
# restarted, a source that changes.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/map_lib.sh"
require sgdisk jq mke2fs debugfs
default=24
[ -z "${SANBOOT_TEST_LONG:-}" ] || default=200
[ "$SANBOOT_SANITIZED" != 1 ] || default=8
histories=${1:-$default}
RANDOM=${2:-$$}
say "seed ${2:-$$}"

size=$((24 * 1048576)) file_system=1048576 # where the partition with ext4 begins
truncate -s "$size" "$disk"
sgdisk -n 1:2048:+8M -n 2:0:0 "$disk" >/dev/null
mke2fs -q -t ext4 -E offset="$file_system" "$disk" 8M 2>/dev/null
head -c 7M /dev/urandom | dd of="$disk" bs=64K seek=180 conv=notrunc status=none
cp "$disk" "$work/first.img"

use_mounts

# Two destinations, a and b, each with its file, its map and its URL; $kind is what they are.
declare -A place
targets() {
  local one options=''
  [ "$kind" != thin ] || options=thin
  tgt_tid=0
  for one in a b; do
    # shellcheck disable=SC2086 # no option is none
    new_tgt_lun "$work/$one" "$size" $options
    place[$one]=$url
  done
}
without_targets() {
  local one
  [ "$kind" != file ] || return 0
  # A session that was just killed may still be there.
  for one in 1 2; do wait_until 20 tgt --mode target --op delete --force --tid "$one" 2>/dev/null; done
}
with_targets() { [ "$kind" = file ] || targets; }

# clone WHICH OPTION…: the command that is the same each time.
clone() {
  local which=$1
  shift
  set -- "$disk" "${place[$which]}" --map "$work/$which.map" --block 64K "$@"
  # In the background the process itself is to be killed, not a shell that waits for it.
  if [ "$BASHPID" = $$ ]; then "$SANBOOT_BIN/sanclone" "$@"; else exec "$SANBOOT_BIN/sanclone" "$@"; fi
}

any_of() {
  shift $((RANDOM % $#))
  echo "$1"
}

snapshots=0 maps=0
happens() {
  local what=$1 which=a other=b pid from
  [ $((RANDOM % 3)) -ne 0 ] || which=b other=a
  case $what in
    interrupted | killed)
      (
        trap - EXIT ERR
        clone "$which" --rate $((10 + RANDOM % 40))M
      ) >/dev/null 2>&1 &
      pid=$!
      sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
      if [ "$what" = killed ]; then kill -KILL $pid; else kill -INT $pid; fi 2>/dev/null || true
      wait $pid 2>/dev/null || true
      ;;
    whole) clone "$which" >/dev/null 2>&1 || true ;;
    remade)
      without_targets
      rm -f "$work/$which"
      if [ $((RANDOM % 2)) -eq 0 ]; then fill_aa "$work/$which" "$size"; elif [ "$kind" != file ]; then truncate -s "$size" "$work/$which"; fi
      with_targets
      ;;
    snapshot)
      [ -e "$work/$which" ] || return 0
      cp --sparse=always "$work/$which" "$work/snapshot.$which.$snapshots"
      snapshots=$((snapshots + 1))
      ;;
    rollback)
      from=$(any_of "$work/snapshot.$which".*)
      [ -e "$from" ] || return 0
      without_targets
      cp --sparse=always "$from" "$work/$which"
      with_targets
      ;;
    mounted)
      [ -e "$work/$which" ] || return 0
      loop=$(losetup -f --show -o "$file_system" --sizelimit 8388608 "$work/$which" 2>/dev/null) || { loop='' && return 0; }
      if mount "$loop" "$work/mnt" 2>/dev/null; then
        mounted=$work/mnt
        head -c $((RANDOM * 8)) /dev/urandom >"$work/mnt/file$RANDOM" 2>/dev/null || true
        umount "$work/mnt"
        mounted=''
      fi
      losetup -d "$loop"
      loop=''
      ;;
    exchanged)
      [ -e "$work/a" ] && [ -e "$work/b" ] || return 0
      without_targets
      mv "$work/a" "$work/c" && mv "$work/b" "$work/a" && mv "$work/c" "$work/b"
      with_targets
      ;;
    'map kept')
      [ -e "$work/$which.map" ] || return 0
      cp "$work/$which.map" "$work/old.$which.$maps"
      maps=$((maps + 1))
      ;;
    'older map')
      from=$(any_of "$work/old.$which".*)
      [ ! -e "$from" ] || cp "$from" "$work/$which.map"
      ;;
    'other map')
      [ -e "$work/$other.map" ] || return 0
      status=0
      "$SANBOOT_BIN/sanclone" "$disk" "${place[$which]}" --map "$work/$other.map" --block 64K >/dev/null 2>&1 || status=$?
      [ "$status" -eq 4 ] || fail "the map of another destination was taken, exit code $status"
      ;;
    restarted)
      [ "$kind" != file ] || return 0
      stop "$tgtd_pid"
      start_tgtd
      targets
      ;;
    'source written') # by going around the file system, and in the file system
      for ((n = 0; n < 1 + RANDOM % 12; ++n)); do
        head -c $((1 + RANDOM)) /dev/urandom | dd of="$disk" bs=4K seek=$((256 + RANDOM % 5800)) conv=notrunc status=none
      done
      ;;
    'source mounted')
      head -c $((RANDOM * 4)) /dev/urandom >"$work/new"
      debugfs -w -R "write $work/new f$RANDOM" "$disk?offset=$file_system" >/dev/null 2>&1 || true
      ;;
  esac
}
kinds_of_things=(interrupted interrupted killed killed whole whole remade snapshot snapshot rollback rollback mounted
  exchanged 'map kept' 'older map' 'other map' restarted 'source written' 'source written' 'source mounted')

declare -A runs examined
good=0 refused=0
start_tgtd
for ((history = 0; history < histories; ++history)); do
  kinds=(thin thick file)
  kind=${kinds[history % 3]}
  rm -f "$work"/[ab] "$work"/*.map "$work"/snapshot.* "$work"/old.*
  cp "$work/first.img" "$disk"
  snapshots=0 maps=0
  for one in a b; do place[$one]=$work/$one; done
  if [ "$kind" != file ]; then
    for one in a b; do fill_aa "$work/$one" "$size"; done
    kill -0 "$tgtd_pid" 2>/dev/null || start_tgtd
    targets
  fi
  told="$kind:"
  for ((step = 0; step < 3 + RANDOM % 7; ++step)); do
    what=${kinds_of_things[RANDOM % ${#kinds_of_things[@]}]}
    told="$told $what,"
    happens "$what"
  done
  for one in a b; do
    status=0
    clone "$one" --json >"$work/stdout" 2>"$work/stderr" || status=$?
    if [ "$status" -ne 0 ]; then
      refused=$((refused + 1))
      say "exit code $status: $told $(head -n 1 "$work/stderr")"
      continue
    fi
    cmp "$disk" "$work/$one" >&2 || fail "wrong data with exit code 0: $told"
    good=$((good + 1))
    how=$(jq -r '.map.destinations[0] | .work + (if any(.parts[]; .how == "read back") then ", doubted" else "" end)' "$work/stdout")
    runs[$how]=$((${runs[$how]:-0} + 1))
    bytes=$(number '.map.destinations[0].examined')
    examined[$how]=$((${examined[$how]:-0} + bytes))
  done
  without_targets
done
for how in "${!runs[@]}"; do say "$how: ${runs[$how]} runs, $((${examined[$how]} / ${runs[$how]} / 1024)) KiB examined each"; done
say "$good right clones, $refused that did not end with 0"
[ $((good + refused)) -eq $((2 * histories)) ] || fail "$histories histories did not run to their end"
[ "$refused" -eq 0 ] || fail "$refused of the last runs did not end with exit code 0"
