#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sanlun bench: figures that make sense, in the time that was given, and nothing destroyed that is not to be.
. "$(dirname "$0")/lib.sh"
require jq

run_bench() {
  local begun=$SECONDS
  status=0
  timeout --kill-after=5 60 "$SANBOOT_BIN/sanlun" bench "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
  seconds=$((SECONDS - begun))
  check_run
}
sane='[.cells[] | select(.note == null) | .rate > 0 and .iops > 0 and .latency_us.min <= .latency_us.p50
  and .latency_us.p50 <= .latency_us.max and .bytes == .requests * .request] | all'

say "reads where data are, and only there"
start_tgtd
truncate -s 512M "$work/lun"
for at in 64 256 400; do dd if=/dev/urandom of="$work/lun" bs=1M seek="$at" count=24 conv=notrunc status=none; done
cp --sparse=always "$work/lun" "$work/before"
new_tgt_lun "$work/lun" 512M thin
run_bench "$url" --seconds 3 --json --progress=json
expect_status 0
[ "$seconds" -le 15 ] || fail "took $seconds s"
expect_json '.cells | length == 30' "$sane" '.read.content == "data"' '.read.bytes == 72 * 1048576' \
  '.best.read.rate > 1000000' '.best.write == null' '.written == null' '[.cells[] | select(.operation == "write")] == []' \
  '[.cells[] | select(.note == null)] | length > 5' '.conclusion | length >= 1'
expect_text stderr '"phase":"read"'
same "$work/lun" "$work/before"

say "a LUN that nothing was written to says nothing of disks"
new_tgt_lun "$work/empty" 64M thin
run_bench "$url" --seconds 1
expect_status 0
expect_text stdout CAUTION
[ "$(awk '{ if (length($0) > m) m = length($0) } END { print m }' "$work/stdout")" -lt 80 ] || fail "lines are too long"

say "writes, on a scratch LUN"
run_bench "$url" --write
expect_status 2
expect_text stderr 'destroy'
run_bench "$url" --seconds 3 --write --destroy --json
expect_status 0
expect_json '.cells | length == 59' "$sane" '.best.write.rate > 1000000' '.read.content == "data"' '.written.bytes > 0'
[ "$(head -c 1M "$work/empty" | tr -d '\0' | wc -c)" -gt 1000000 ] || fail "nothing was written"

say "what is not scratch is left alone"
mke2fs -q -F "$work/before"
cp --sparse=always "$work/before" "$work/disk"
new_tgt_lun "$work/disk" 512M
run_bench "$url" --write --destroy --seconds 1
expect_status 4
expect_text stderr 'holds ext'
same "$work/disk" "$work/before"

say "a file"
run_bench "$work/disk" --seconds 1 --json
expect_status 0
expect_json '.cells | length == 12' "$sane"

say "a target that dies, and one that falls silent"
pids=() targets=()
for signal in KILL STOP; do
  start_fake --fill 5a
  targets+=("$fake_pid")
  "$SANBOOT_BIN/sanlun" bench "$url" --seconds 20 >"$work/stdout.$signal" 2>"$work/stderr.$signal" &
  pids+=($!)
  sleep 1
  kill "-$signal" "$fake_pid"
done
begun=$SECONDS
for signal in KILL STOP; do
  ended() { ! kill -0 "${pids[0]}" 2>/dev/null; }
  wait_until 40 ended || fail "sanlun bench still runs 40 s after the target's end"
  status=0
  wait "${pids[0]}" || status=$?
  pids=("${pids[@]:1}")
  expect_status 3
  expect_text "stderr.$signal" '^sanlun: iscsi://.*no progress for 1[0-9] s' '^sanlun: warning: .*no progress for [45] s'
  [ ! -s "$work/stdout.$signal" ] || fail "figures of a target that was gone"
done
say "end after $((SECONDS - begun)) s"
stop "${targets[1]}"
