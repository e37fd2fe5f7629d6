#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Snapshots and rollbacks of a volume that tgt serves: on XFS, where they share blocks, and in memory, where they are
# full copies.
. "$(dirname "$0")/lib.sh"
require losetup mkfs.xfs iscsi-inq iscsi-perf
[ "$(id -u)" -eq 0 ] || skip "tgtd accepts commands from root only"

machine=iqn.2026-11.org.example:host1
target=iqn.2026-11.org.example:disk1
mkdir "$work/conf.d"
mounted=
drop_xfs() {
  # tgtd holds files of it open.
  [ -z "$tgtd_pid" ] || stop "$tgtd_pid"
  [ -z "$mounted" ] || umount "$mounted"
}
trap 'drop_xfs; cleanup' EXIT

run_sanlun() {
  status=0
  timeout 60 "$SANBOOT_BIN/sanlun" "$@" --control-port 1 --config "$work/conf.d" --pool "$pool" \
    >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
}

# on_lun FILE…: puts FILE onto the LUN through the target.
on_lun() {
  run_sanclone "$1" "iscsi://127.0.0.1:$tgtd_port/$target/1" --initiator "$machine"
  expect_status 0
}
lun_is() {
  run_sanclone "$1" "iscsi://127.0.0.1:$tgtd_port/$target/1" --initiator "$machine" --compare
  expect_status 0
}

log_in() {
  iscsi-perf -i "$machine" -t 20 "iscsi://127.0.0.1:$tgtd_port/$target/1" >/dev/null 2>&1 &
  perf=$!
  wait_until 5 sh -c "tgtadm --lld iscsi -C 1 --mode target --op show | grep -q 'Initiator: $machine'"
}
log_out() {
  stop "$perf"
  wait_until 5 sh -c "! tgtadm --lld iscsi -C 1 --mode target --op show | grep -q 'Initiator: $machine'"
}

# try_pool DIRECTORY shared|copied
try_pool() {
  pool=$1
  run_sanlun create disk1 --size 64M --target "$target" --initiator "$machine"
  expect_status 0
  on_lun "$work/first"
  run_sanlun snapshot disk1 clean
  expect_status 0
  same "$work/first" "$pool/disk1@clean.img"
  if [ "$2" = shared ]; then
    expect_text stdout 'shares its blocks'
    [ ! -s "$work/stderr" ] || fail "a warning where there is nothing to warn of"
  else
    expect_text stderr 'warning: .*full copy'
    [ "$(allocated "$pool/disk1@clean.img")" -lt $((20 << 20)) ] || fail "the copy is not sparse"
  fi
  run_sanlun snapshot disk1 clean
  expect_status 4
  on_lun "$work/second"
  same "$work/first" "$pool/disk1@clean.img"

  # With a machine logged in: no rollback; a snapshot of one moment, or none.
  log_in
  run_sanlun rollback disk1 clean
  expect_status 4
  expect_text stderr "is logged in to by $machine"
  run_sanlun snapshot disk1 live
  if [ "$2" = shared ]; then
    expect_status 0
    expect_text stderr 'what a power cut at this moment would leave'
    same "$work/second" "$pool/disk1@live.img"
    run_sanlun snapshot disk1 live --remove
    expect_status 0
  else
    expect_status 4
    expect_text stderr 'cannot copy it at one moment'
  fi
  log_out
  lun_is "$work/second"

  run_sanlun rollback disk1 clean
  expect_status 0
  lun_is "$work/first"
  same "$work/first" "$pool/disk1.img"
  iscsi-inq -i "$machine" "iscsi://127.0.0.1:$tgtd_port/$target/1" | grep -q "Product:disk1" || fail "the LUN has another name now"
  on_lun "$work/second"
  same "$work/first" "$pool/disk1@clean.img"
  run_sanlun rollback disk1 clean
  lun_is "$work/first"

  run_sanlun rollback disk1 dirty
  expect_status 3
  expect_text stderr 'disk1 has: clean'
  run_sanlun snapshot disk1 --json
  expect_json '.snapshots | length == 1' '.snapshots[0].name == "clean"' '.snapshots[0].size == 67108864'
  run_sanlun delete disk1 --yes-destroy disk1
  expect_status 4
  expect_text stderr 'has snapshots: clean'
  run_sanlun snapshot disk1 clean --remove
  expect_status 0
  run_sanlun delete disk1 --yes-destroy disk1
  expect_status 0
  [ -z "$(ls "$pool")" ] || fail "something is left: $(ls "$pool")"
}

for file in first second; do
  truncate -s 64M "$work/$file"
  head -c 12M /dev/urandom | dd of="$work/$file" bs=1M seek=3 conv=notrunc status=none
done
start_tgtd
mkdir "$work/memory" "$work/xfs"
try_pool "$work/memory" copied

truncate -s 600M "$work/xfs.img"
mkfs.xfs -q -m reflink=1 "$work/xfs.img"
mount -o loop "$work/xfs.img" "$work/xfs" 2>"$work/mount.log" || skip "no loop mount of XFS here: $(cat "$work/mount.log")"
mounted=$work/xfs
try_pool "$work/xfs/pool" shared
