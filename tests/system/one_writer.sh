#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# one_writer.sh [ROUNDS]: two, three and five clones at once onto one LUN: whatever the timing, exactly one of them
# succeeds, or none, and a clone that is called good is one. What a dead run left locks nobody out. In two rounds of
# three only the marks keep them apart, or in some of them: with reservations they are seldom needed.
. "$(dirname "$0")/lib.sh"
default=9
[ -z "${SANBOOT_TEST_LONG:-}" ] || default=100
[ "$SANBOOT_SANITIZED" != 1 ] || default=3
rounds=${1:-$default}
for one in 1 2 3 4 5; do head -c 24M /dev/urandom >"$work/image$one"; done
start_tgtd
new_tgt_lun "$work/lun" 24M thin

none=0 single=0
for ((round = 0; round < rounds; ++round)); do
  counts=(2 3 5)
  count=${counts[round % 3]}
  pids=()
  for ((i = 1; i <= count; ++i)); do
    rate=$((6 + RANDOM % 6))M # some seconds, so that they overlap
    case $((round / 3 % 3)) in
      0) reserve=auto ;;
      1) reserve=never ;;
      *) reserve=$([ $((RANDOM % 2)) -eq 0 ] && echo auto || echo never) ;;
    esac
    "$SANBOOT_BIN/sanclone" "$work/image$i" "$url" --rate "$rate" --reserve="$reserve" >"$work/out$i" 2>"$work/err$i" &
    pids[i]=$!
    [ $((round % 2)) -eq 0 ] || sleep "0.0$((RANDOM % 10))"
  done
  winner=0
  for ((i = 1; i <= count; ++i)); do
    status=0
    wait "${pids[i]}" || status=$?
    case $status in
      0)
        [ "$winner" -eq 0 ] || fail "round $round: two of $count call their clone good"
        winner=$i
        ;;
      4) grep -qE 'another clone is being written to it, by process [0-9]+ on |reserv' "$work/err$i" || fail "$(cat "$work/err$i")" ;;
      *) fail "round $round: exit code $status: $(cat "$work/err$i")" ;;
    esac
  done
  if [ "$winner" -eq 0 ]; then
    none=$((none + 1))
    continue
  fi
  single=$((single + 1))
  same "$work/image$winner" "$work/lun"
done
say "$rounds rounds: one good clone in $single, none in $none"
[ "$single" -gt 0 ] || fail "no clone came to its end"

# A run that was killed: the next one begins at once, and a run on another machine is only waited for.
"$SANBOOT_BIN/sanclone" "$work/image1" "$url" --rate 8M >/dev/null 2>&1 &
killed=$!
marked() { grep -aq 'Written by sanclone' "$work/lun"; }
wait_until 10 marked || fail "there is no mark"
stop "$killed"
cp "$work/lun" "$work/left"
began=$SECONDS
run_sanclone "$work/image2" "$url"
expect_status 0
[ $((SECONDS - began)) -lt 5 ] || fail "the run that was killed was waited for"
same "$work/image2" "$work/lun"
! marked || fail "the mark is still there"
cat "$work/left" >"$work/lun"
unshare --uts sh -c "hostname elsewhere; exec $SANBOOT_BIN/sanclone $work/image3 $url" >"$work/stdout" 2>"$work/stderr" ||
  fail "$(cat "$work/stderr")"
expect_text stderr 'warning: .*: an unfinished clone from another machine is on it; watching for 5 s whether it is still running'
same "$work/image3" "$work/lun"
# While one runs, another machine is refused, too.
"$SANBOOT_BIN/sanclone" "$work/image1" "$url" --rate 2M --reserve=never >/dev/null 2>&1 &
running=$!
wait_until 10 marked || fail "there is no mark"
status=0
unshare --uts sh -c "hostname elsewhere; exec $SANBOOT_BIN/sanclone $work/image3 $url --reserve=never" >"$work/stdout" 2>"$work/stderr" || status=$?
expect_status 4
expect_text stderr "another clone is being written to it, by process $running on $(hostname)"
wait "$running" || fail "the first run was disturbed"
same "$work/image1" "$work/lun"
