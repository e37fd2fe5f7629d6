#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Faults in the middle of a clone with a map: one clear line, the right exit code, and the next run goes on.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/map_lib.sh"
map_image 32M 24M
size=$(bytes_of "$disk")

# fault CODE PATTERN RULE…: the clone ends with CODE; without the rules the same command ends it.
fault() {
  local code=$1 pattern=$2
  shift 2
  say "$*"
  rm -f "$lun" "$map"
  start_fake --size "$size" --image "$lun" --fill aa --thin "$@"
  run_sanclone "$disk" "$url" --map "$map" --block 256K --rate 16M
  expect_status "$code"
  expect_one_error
  expect_text stderr "$pattern"
  [ ! -s "$work/stdout" ] || fail "a report of a clone that failed"
  head_untouched "$lun" || fail "the first MiB was written"
  stop "$fake_pid"
  start_fake --size "$size" --image "$lun" --thin
  run_sanclone "$disk" "$url" --map "$map" --block 256K --json --verify
  expect_status 0
  adds_up
  expect_json .verified
  same "$disk" "$lun"
  say "  went on: $(number .bytes.skipped) bytes left as they were, $(number .bytes.written) written"
  [ "$(number .bytes.skipped)" -ge 1048576 ] || fail "it did not go on"
  stop "$fake_pid"
}
half=60 # writes of 256 KiB
fault 4 '[Ww]rite.protect' --rule "op=write,skip=$half,action=sense:07/27/00"
fault 4 '[Rr]eserv' --rule "op=write,skip=$half,action=conflict"
fault 5 '[Ss]pace|full' --rule "op=write,skip=$half,action=sense:07/27/07"
fault 5 '\(bytes [0-9]+ to [0-9]+\)' --rule "op=write,skip=$half,action=sense:03/0C/00"
fault 5 '.' --rule "op=sync,skip=3,action=sense:04/44/00"

say "a thin pool that is full"
[ "$(id -u)" -eq 0 ] || skip "a small file system needs root"
mkdir "$work/pool"
mount -t tmpfs -o size=16m none "$work/pool" || skip "tmpfs cannot be mounted"
trap 'stop "$tgtd_pid"; umount "$work/pool"; cleanup' EXIT
rm -f "$map"
start_tgtd
truncate -s "$size" "$work/pool/lun"
new_tgt_lun "$work/pool/lun" "$size" thin
run_sanclone "$disk" "$url" --map "$map" --block 256K --rate 16M
expect_status 5
expect_one_error
expect_text stderr '\(bytes [0-9]+ to [0-9]+\)'
mount -o remount,size=64m "$work/pool"
run_sanclone "$disk" "$url" --map "$map" --block 256K --json
expect_status 0
adds_up
same "$disk" "$work/pool/lun"
[ "$(number .bytes.skipped)" -ge 1048576 ] || fail "it did not go on"
say "  went on: $(number .bytes.skipped) bytes left as they were, $(number .bytes.written) written"
