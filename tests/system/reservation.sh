#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# reservation.sh: while a LUN is written to nobody else can, qemu-img being the other; whoever reserved it before is
# left alone; and what a run leaves behind, killed or not, locks nobody out.
. "$(dirname "$0")/lib.sh"
require qemu-img
head -c 16M /dev/urandom >"$work/image"
head -c 16M /dev/urandom >"$work/other"
start_tgtd
qemu_speaks_iscsi || skip "qemu-img has no iSCSI here"
new_tgt_lun "$work/lun" 16M thin

others_write() {
  timeout 60 qemu-img convert -n -f raw -O raw "$work/other" "$url" >"$work/qemu" 2>&1
}
keys() { "$SANBOOT_SUPPORT/reserve" "$url" 0 iqn.2026-11.org.example:reader keys; }
without_mark() { dd if=/dev/zero of="$work/lun" bs=1M count=1 conv=notrunc status=none; }
# begin OPTION…: a clone that takes some seconds; $running is its process.
begin() {
  without_mark
  "$SANBOOT_BIN/sanclone" "$work/image" "$url" --rate 4M "$@" >"$work/stdout" 2>"$work/stderr" &
  running=$!
  wait_until 10 grep -aq 'Written by sanclone' "$work/lun" || fail "there is no mark"
}
ends_well() {
  status=0
  wait "$running" || status=$?
  expect_status 0
  same "$work/image" "$work/lun"
}

say "nobody else writes, and afterwards everybody may"
begin --verify -v
expect_text stderr 'reserved \(write exclusive, registrants only\)'
[ -n "$(keys)" ] || fail "no key is registered"
! others_write || fail "qemu-img could write beside a clone"
ends_well
[ -z "$(keys)" ] || fail "keys are left: $(keys)"
others_write || fail "$(cat "$work/qemu")"

say "two and more sessions, each of which is registered"
run_sanclone "$work/image" "$url" --sessions 4 --reserve=require
expect_status 0
same "$work/image" "$work/lun"
[ -z "$(keys)" ] || fail "keys are left: $(keys)"

say "not with --reserve=never"
begin --reserve=never
[ -z "$(keys)" ] || fail "keys were registered"
stop "$running"

say "a signal gives it back"
begin
kill -TERM "$running"
status=0
wait "$running" || status=$?
expect_status 130
[ -z "$(keys)" ] || fail "keys are left: $(keys)"

say "a run that was killed leaves it, and the next one begins at once"
begin
stop "$running"
[ -n "$(keys)" ] || fail "the killed run has left nothing, so this shows nothing"
! others_write || fail "the reservation is gone"
began=$SECONDS
run_sanclone "$work/image" "$url" --reserve=require
expect_status 0
[ $((SECONDS - began)) -lt 5 ] || fail "the run that was killed was waited for"
[ -z "$(keys)" ] || fail "keys are left: $(keys)"

say "on another machine it is waited for"
begin
stop "$running"
# Without the mark, which would be waited for, too.
without_mark
unshare --uts sh -c "hostname elsewhere; exec $SANBOOT_BIN/sanclone $work/image $url -v" \
  >"$work/stdout" 2>"$work/stderr" || fail "$(cat "$work/stderr")"
expect_text stderr 'reserved by process [0-9]+ on another machine; watching for 5 s whether it is still active'
same "$work/image" "$work/lun"
[ -z "$(keys)" ] || fail "keys are left: $(keys)"

say "and refused while it lives, before anything is written"
begin
without_mark
status=0
unshare --uts sh -c "hostname elsewhere; exec $SANBOOT_BIN/sanclone $work/other $url" \
  >"$work/out2" 2>"$work/err2" || status=$?
expect_status 4
grep -q "another clone is being written to it, by process $running on another machine, which has reserved it" "$work/err2" ||
  fail "$(cat "$work/err2")"
ends_well

say "the target forgets it"
begin --verify
stop "$tgtd_pid"
tgtd -f --iscsi "portal=127.0.0.1:$tgtd_port" -C 1 >>"$work/tgtd.log" 2>&1 &
tgtd_pid=$!
wait_until 5 tgt_answers || fail "tgtd does not start again"
tgt_tid=$((tgt_tid - 1))
new_tgt_lun "$work/lun" 16M thin
ends_well
[ -z "$(keys)" ] || fail "keys are left: $(keys)"

say "others' reservations and keys are left alone"
"$SANBOOT_SUPPORT/reserve" "$url" 4711 iqn.2026-11.org.example:other register >"$work/reserve.out" &
other=$!
wait_until 10 grep -q reserved "$work/reserve.out" || fail "no key"
run_sanclone "$work/other" "$url" --reserve=require
expect_status 4
expect_text stderr 'cannot be reserved: another host has registered a key with it; leave out --reserve=require'
run_sanclone "$work/other" "$url" -v
expect_status 0
expect_text stderr 'not reserved: another host has registered a key with it'
same "$work/other" "$work/lun"
[ "$(keys)" = 0000000000001267 ] || fail "not only the other's key: $(keys)"
stop "$other"
