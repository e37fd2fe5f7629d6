#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# libiscsi itself does not come back: the process ends when promised, at a signal within seconds, and at a second one
# at once.
. "$(dirname "$0")/lib.sh"
[ "${SANBOOT_SANITIZED:-0}" != 1 ] || skip "a sanitizer's library wants to be the first to be loaded"
size=33554432
head -c "$size" /dev/urandom >"$work/disk.img"
start_tgtd

# start NUMBER: a clone onto a LUN of its own that gets stuck soon.
start() {
  new_tgt_lun "$work/lun$1" "$size"
  LD_PRELOAD=$SANBOOT_SUPPORT/libstuck_service.so STUCK_AFTER=60 env --default-signal=INT,TERM "$SANBOOT_BIN/sanclone" \
    "$work/disk.img" "$url" >"$work/stdout$1" 2>"$work/stderr$1" &
  clone=$!
}
gone() { ! kill -0 "$clone" 2>/dev/null; }
# ends SECONDS CODE NUMBER
ends() {
  local begin=$SECONDS
  wait_until "$1" gone || fail "it still runs"
  status=0
  wait "$clone" || status=$?
  cp "$work/stderr$3" "$work/stderr"
  expect_status "$2"
  say "$3: exit $status after $((SECONDS - begin)) s"
}

start 0
forever=$clone
say "a signal"
start 1
sleep 2
gone && fail "it did not get stuck"
kill -TERM "$clone"
ends 8 130 1
expect_text stderr 'libiscsi has not come back'

say "two signals"
start 2
sleep 2
kill -TERM "$clone"
sleep 0.5
kill -INT "$clone"
ends 1 130 2

say "none"
clone=$forever
ends 55 3 0
expect_text stderr 'libiscsi has not come back for 45 s'
