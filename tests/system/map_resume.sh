#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# map_resume.sh [ROUNDS]: sanclone or the target is killed at a random moment, then the same command again until
# it succeeds: what it ends with is the image, and what the map proves done is not written again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/map_lib.sh"
rounds=${1:-50}
[ "$SANBOOT_SANITIZED" != 1 ] || rounds=5
map_image 48M 32M
size=$(bytes_of "$disk")
fill_aa "$work/old" "$size"
data=$(allocated "$disk")

# A target that dies and does not come back; what follows happens meanwhile.
start_tgtd
cp "$work/old" "$work/dead"
new_tgt_lun "$work/dead" "$size"
"$SANBOOT_BIN/sanclone" "$disk" "$url" --rate 8M --map "$work/dead.map" --json >"$work/dead.out" 2>"$work/dead.err" &
dead=$!
sleep 2.5
stop "$tgtd_pid"

end=$((SECONDS + ${SANBOOT_TEST_SECONDS:-60})) done=0 kills=0 skipped=0 written=0 resumed=0
for ((round = 0; round < rounds && SECONDS < end; ++round)); do
  rm -f "$map"
  cp "$work/old" "$lun"
  if [ $((round % 4)) -lt 2 ]; then again "$lun" "$size"; else again "$lun" "$size" thin; fi
  for ((attempt = 0; attempt < 1 + round % 3; ++attempt)); do
    rate=$((24 + RANDOM % 100))M
    "$SANBOOT_BIN/sanclone" "$disk" "$url" --rate "$rate" --map "$map" --block 256K >/dev/null 2>&1 &
    clone=$!
    sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
    if [ $((round % 2)) -eq 0 ]; then stop "$clone"; else
      stop "$tgtd_pid"
      stop "$clone"
      again "$lun" "$size"
    fi
    kills=$((kills + 1))
  done
  run_sanclone "$disk" "$url" --map "$map" --block 256K --json
  expect_status 0
  adds_up
  same "$disk" "$lun"
  skipped=$((skipped + $(number .bytes.skipped)))
  written=$((written + $(number '.bytes.written + .bytes.unmapped')))
  [ "$(number '.map.destinations[0].work')" = new ] || resumed=$((resumed + 1))
  # Once more: there is nothing to do.
  run_sanclone "$disk" "$url" --map "$map" --block 256K --json --delta=trust
  expect_status 0
  expect_json '.bytes.written + .bytes.unmapped == 0' '.map.destinations[0].work == "delta"'
  done=$((done + 1))
  tgt --mode target --op delete --force --tid 1
done
say "$done rounds, $kills kills: $resumed of the last runs went on with the map;" \
  "they left $((skipped / 1048576)) MiB as they were and wrote $((written / 1048576)) MiB of $((done * size / 1048576))"
[ "$done" -ge $((rounds < 10 ? rounds : 10)) ] || fail "too slow"
[ "$resumed" -gt 0 ] || fail "no run went on with the map"
[ "$skipped" -gt 0 ] || fail "nothing was known in any map"

ended() { ! kill -0 "$dead" 2>/dev/null; }
wait_until 60 ended || fail "sanclone still runs 60 s after the target's death"
status=0
wait "$dead" || status=$?
expect_status 5
grep -q '^sanclone: ' "$work/dead.err" || fail "nothing is said of the target's death"
[ ! -s "$work/dead.out" ] || ! jq -e '.destinations[0].state == "done"' "$work/dead.out" >/dev/null || fail "it says it is done"
head_untouched "$work/dead" || fail "the first MiB was written"
again "$work/dead" "$size"
run_sanclone "$disk" "$url" --map "$work/dead.map" --json
expect_status 0
adds_up
same "$disk" "$work/dead"
expect_json '.map.destinations[0].work == "resumed"' '.bytes.skipped >= 4194304'
say "after the target's death: $(number .bytes.skipped) bytes left as they were, $(number .bytes.written) written," \
  "$data bytes of data in the image"
