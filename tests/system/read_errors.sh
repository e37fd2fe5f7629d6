#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A source with bad places: the clone stops, or has zeros in these places and in no other, and says which.
. "$(dirname "$0")/lib.sh"
require ddrescuelog jq
image_size=64M
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
# Four bad blocks in random data, and one in the first MiB.
unreadable=(--rule "op=read,lba=5000-5003,action=sense:03/11/00" --rule "op=read,lba=700-700,action=sense:03/11/00")
cp --sparse=always "$work/disk.img" "$work/lun"
start_fake --size "$size" --image "$work/lun" "${unreadable[@]}"

say "fail, the default"
run_sanclone "$url" "$work/out.img"
expect_status 3
expect_one_error
expect_text stderr '\(bytes [0-9]+ to [0-9]+\)'
rm -f "$work/out.img"

say "zeros"
run_sanclone "$url" "$work/out.img" --on-read-error=zero --bad-map "$work/bad.map" --json --verify
expect_status 1
expect_json ".bytes.bad == $((5 * 512))" '.verified' \
  ".bad == [{\"offset\": $((700 * 512)), \"length\": 512}, {\"offset\": $((5000 * 512)), \"length\": 2048}]"
expect_text stderr '2\.5 KiB in 2 places' zeros
cp "$work/disk.img" "$work/expected.img"
dd if=/dev/zero of="$work/expected.img" bs=512 seek=5000 count=4 conv=notrunc status=none
dd if=/dev/zero of="$work/expected.img" bs=512 seek=700 count=1 conv=notrunc status=none
same "$work/expected.img" "$work/out.img"

say "ddrescue's own reader"
ddrescuelog --show-status "$work/bad.map" >"$work/status"
grep -qE 'bad-sector: +2560 B' "$work/status" || fail "ddrescuelog reads: $(cat "$work/status")"
[ "$(ddrescuelog --list-blocks=- "$work/bad.map" | paste -sd ' ')" = "700 5000 5001 5002 5003" ] ||
  fail "ddrescuelog lists other blocks"
stop "$fake_pid"

say "a place that is good at the fourth try"
start_fake --size "$size" --image "$work/lun" --rule op=read,lba=5000-5000,count=13,action=sense:03/11/00
run_sanclone "$url" "$work/out.img" --on-read-error=retry:100
expect_status 0
same "$work/disk.img" "$work/out.img"
stop "$fake_pid"

say "a source that goes away is no bad place"
start_fake --size "$size" --image "$work/lun" --rule op=read,skip=20,action=sense:04/44/00
run_sanclone "$url" "$work/out.img" --on-read-error=zero
expect_status 3
expect_one_error

say "a rescue that is killed leaves a map of what it had found"
start_fake --size "$size" --image "$work/lun" "${unreadable[@]}"
"$SANBOOT_BIN/sanclone" "$url" "$work/killed.img" --on-read-error=zero --bad-map "$work/killed.map" --rate 4M \
  >/dev/null 2>&1 &
pid=$!
wait_until 20 test -s "$work/killed.map"
kill -KILL "$pid"
wait "$pid" 2>/dev/null || true
ddrescuelog --show-status "$work/killed.map" >"$work/status"
grep -qE 'bad-sector: +(512|2048|2560) B' "$work/status" || fail "ddrescuelog reads: $(cat "$work/status")"
grep -qE 'non-tried: +[1-9]' "$work/status" || fail "a rescue that was killed says that it was finished"
