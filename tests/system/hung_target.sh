#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The target stops answering but keeps its connections: the stall is reported with the pending range and ends
# with exit code 3; a target that comes back in time is forgiven.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
start_tgtd
fill_aa "$work/lun" "$size"
new_tgt_lun "$work/lun" "$size"

start_clone() {
  "$SANBOOT_BIN/sanclone" "$work/disk.img" "$url" "$@" >"$work/stdout" 2>"$work/stderr" &
  clone=$!
}
ended() { ! kill -0 "$clone" 2>/dev/null; }
message() { grep -qE '\(bytes [0-9]+ to [0-9]+\)' "$work/stderr"; }

say "8 seconds of silence"
start_clone --rate $((size / 5))
sleep 2
kill -STOP "$tgtd_pid"
wait_until 7 message || fail "no message with the pending range within 5 s"
sleep 2
kill -CONT "$tgtd_pid"
wait_until 60 ended || fail "sanclone does not go on"
status=0
wait "$clone" || status=$?
expect_status 0
check_run
same "$work/disk.img" "$work/lun"

say "silence for good"
fill_aa "$work/lun" "$size"
start_clone --rate $((size / 20))
sleep 3
kill -STOP "$tgtd_pid"
stopped=$SECONDS
wait_until 7 message || fail "no message with the pending range within 5 s"
wait_until 60 ended || fail "sanclone still runs 60 s after the target fell silent"
say "end after $((SECONDS - stopped)) s"
status=0
wait "$clone" || status=$?
expect_status 3
check_run
head_untouched "$work/lun" || fail "the first MiB was written"
