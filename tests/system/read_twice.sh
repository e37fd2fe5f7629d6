#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One read of a LUN gives a wrong bit, which no protocol shows: --verify reads a second time, by another session, and
# sees it.
. "$(dirname "$0")/lib.sh"
size=33554432
head -c "$size" /dev/urandom >"$work/lun"
cp "$work/lun" "$work/disk.img"

say "an honest LUN"
start_fake --size "$size" --image "$work/lun"
run_sanclone "$url" "$work/out.img"
expect_status 0
once=$(grep -c '^read ' "$work/fake.log")
rm "$work/out.img"
run_sanclone "$url" "$work/out.img" --verify --json
expect_status 0
expect_json .verified
same "$work/disk.img" "$work/out.img"
twice=$(($(grep -c '^read ' "$work/fake.log") - once))
[ "$twice" -ge $((once + size / 1048576)) ] || fail "$once reads without --verify, $twice with it"
rm "$work/out.img"
run_sanclone "$url" "$work/out.img" --verify=sample
expect_status 0
rm "$work/out.img"
stop "$fake_pid"

say "one wrong bit"
seen=0
for skip in 12 17 22 27 32 37; do
  start_fake --size "$size" --image "$work/lun" --rule "op=read,skip=$skip,count=1,action=corrupt"
  run_sanclone "$url" "$work/out.img" --verify --json
  if [ "$status" -eq 0 ]; then same "$work/disk.img" "$work/out.img"; else expect_status 1 && expect_json '.verified != true'; fi
  # Else the sample that is always read twice has it.
  if grep -q 'when it is read a second time, by another session' "$work/stderr"; then seen=$((seen + 1)); fi
  rm -f "$work/out.img"
  stop "$fake_pid"
done
[ "$seen" -gt 0 ] || fail "the second reading has never seen it"
