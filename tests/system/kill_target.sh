#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The target dies in the middle: a message with the pending range within 5 seconds, the end within 60 with exit
# code 3, and a LUN that does not look bootable.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
start_tgtd
fill_aa "$work/lun" "$size"
new_tgt_lun "$work/lun" "$size"

begin=$SECONDS
"$SANBOOT_BIN/sanclone" "$work/disk.img" "$url" --rate 8M --verify >"$work/stdout" 2>"$work/stderr" &
clone=$!
sleep 3
[ ! -s "$work/stderr" ] || fail "messages before anything happened"
stop "$tgtd_pid"
killed=$SECONDS
wait_until "$((SANBOOT_SANITIZED == 1 ? 15 : 6))" grep -qE '\(bytes [0-9]+ to [0-9]+\)' "$work/stderr" ||
  fail "no message with the pending range within 5 s of the target's death"
say "message after $((SECONDS - killed)) s"
ended() { ! kill -0 "$clone" 2>/dev/null; }
wait_until 60 ended || fail "sanclone still runs 60 s after the target's death"
status=0
wait "$clone" || status=$?
say "end after $((SECONDS - killed)) s, $((SECONDS - begin)) s in all"
expect_status 3
check_run
head_untouched "$work/lun" || fail "the first MiB was written"
[ "$(head -c 67108864 "$work/lun" | tr -d '\252' | wc -c)" -gt 1000000 ] || fail "nothing was written before"
