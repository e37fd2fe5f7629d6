#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh and targets.sh set it
# A man in the middle spoils one PDU of a session, the first of its kind, one in the middle, or a last one: writing,
# reading and verifying must end rightly, or with an error, and in the promised time. A handful of modes; with
# SANBOOT_TEST_LONG=1 all of them, which takes half an hour, or those of SANBOOT_TEST_MODES (an extended regular
# expression). The table of results is $work/results (SANBOOT_TEST_KEEP=1).
. "$(dirname "$0")/lib.sh"
spoiler=$SANBOOT_SUPPORT/pdu_spoiler
size=8388608
slots=8
# A silent target is borne for 45 s; logging in again, flushing and a slow machine come on top.
promised=75
some='response-01|response-80|status-77|status-missing|check-no-sense|r2t-huge|r2t-back|r2t-to-good|r2ts-huge|in-short|in-offset|in-twice|in-end-to-good|event-255|event-1|reject-own|nop-questions|login-ahs|in-flip'
positions='first middle last'
if [ -z "${SANBOOT_TEST_LONG:-}" ]; then positions='first middle'; else some='.*'; fi
some=${SANBOOT_TEST_MODES:-$some}

# What the target is told wrongly, or tells wrongly in a way that the protocol allows, nobody can see in the protocol.
# Reading back shows the former, reading twice the latter.
invisible() {
  case $1-$2 in
    out-flip-write | out-drop-write | in-flip-read) return 0 ;;
    *) return 1 ;;
  esac
}

head -c $((size / 2)) /dev/urandom >"$work/disk.img"
head -c $((size / 4)) /dev/zero >>"$work/disk.img"
head -c $((size / 4)) /dev/urandom >>"$work/disk.img"
start_tgtd
for ((slot = 0; slot < slots; slot++)); do
  mkdir "$work/$slot"
  new_tgt_lun "$work/$slot/lun" "$size"
done

# spoiled SLOT MODE N TASK: runs the task. Sets ended, took, hits; the counts of all PDUs go to SLOT/counts.
spoiled() {
  local slot=$1 mode=$2 nth=$3 task=$4 own=$work/$1 man begin url
  rm -f "$own/out.img"
  : >"$own/man"
  "$spoiler" "$mode" "$nth" "$tgtd_port" >"$own/man" &
  man=$!
  until grep -q listening "$own/man"; do sleep 0.02; done
  url=iscsi://127.0.0.1:$(awk '/listening/ {print $2}' "$own/man")/$iqn$((slot + 1))/1
  if [[ $task = *read ]]; then
    cp "$work/disk.img" "$own/lun"
    set -- "$url" "$own/out.img"
    [ "$task" = read ] || set -- "$@" --verify
  else
    fill_aa "$own/lun" "$size"
    set -- "$work/disk.img" "$url"
    [ "$task" = write ] || set -- "$@" --verify
  fi
  begin=$(date +%s%N)
  ended=0
  timeout --kill-after=5 $((promised + 60)) "$SANBOOT_BIN/sanclone" "$@" -v >"$own/stdout" 2>"$own/stderr" || ended=$?
  took=$((($(date +%s%N) - begin) / 1000000))
  kill -TERM "$man"
  wait "$man" || true
  hits=$(awk '/^hits/ {print $2}' "$own/man")
  grep -v -e listening -e hits "$own/man" >"$own/counts"
}

# judge SLOT MODE POSITION TASK: a line of the table; its first word is ok, error (one was rightly given), missed (the
# PDU did not come), or WRONG and what.
judge() {
  local slot=$1 mode=$2 position=$3 task=$4 own=$work/$1 copy=lun verdict
  [[ $task != *read ]] || copy=out.img
  if grep -qE 'AddressSanitizer|runtime error:|ThreadSanitizer|LeakSanitizer' "$own/stderr"; then
    verdict=WRONG-sanitizer
  elif [ "$took" -gt $((promised * 1000)) ]; then
    verdict=WRONG-time
  else
    case $ended in
      0)
        verdict=ok
        cmp -s "$work/disk.img" "$own/$copy" || verdict=WRONG-data
        ;;
      1 | 3 | 4) verdict=error ;;
      *) verdict=WRONG-exit ;;
    esac
  fi
  if [ "$verdict" = WRONG-data ] && invisible "$mode" "$task"; then verdict=invisible; fi
  if [ "$hits" -eq 0 ]; then verdict=missed-$verdict; fi
  printf '%s %s %s %s exit %s in %s ms: %s\n' "$verdict" "$mode" "$position" "$task" "$ended" "$took" \
    "$(sed -n 's/^sanclone: //p' "$own/stderr" | tail -n 1 | cut -c 1-300)"
}

# How many PDUs of each kind there are when nothing is spoiled.
for task in write read verify reread; do
  spoiled 0 none 0 "$task"
  [ "$ended" -eq 0 ] || {
    cat "$work/0/stderr" >&2
    fail "$task through the man in the middle: exit code $ended"
  }
  cp "$work/0/counts" "$work/counts.$task"
done

"$spoiler" --modes | grep -E "^($some) " | grep -v '^none ' >"$work/modes"
while read -r mode kind; do
  for task in write read verify reread; do
    count=$(awk -v kind="$kind" '$1 == kind {print $2}' "$work/counts.$task")
    for position in $positions; do
      case $position in
        first) nth=1 ;;
        middle) nth=$(((count + 1) / 2)) ;;
        # Runs differ a little.
        last) nth=$((count - count / 10)) ;;
      esac
      # Where there are few of a kind, two positions can be the same.
      if [ "$count" -eq 0 ] || { [ "$position" != first ] && [ "$nth" -le 1 ]; }; then continue; fi
      echo "$mode $nth $position $task"
    done
  done
done <"$work/modes" >"$work/cases"
say "$(wc -l <"$work/cases") cases of $(wc -l <"$work/modes") modes"

# Each slot takes every eighth case; most of the time of most is waiting.
work_off() {
  local slot=$1 mode nth position task
  awk -v slot="$slot" -v slots="$slots" 'NR % slots == slot' "$work/cases" |
    while read -r mode nth position task; do
      spoiled "$slot" "$mode" "$nth" "$task" </dev/null
      judge "$slot" "$mode" "$position" "$task"
    done >"$work/results.$slot"
}
for ((slot = 0; slot < slots; slot++)); do
  work_off "$slot" &
  workers[slot]=$!
done
wait "${workers[@]}"
cat "$work"/results.[0-9]* >"$work/results"
cut -d ' ' -f 1 "$work/results" | sort | uniq -c >&2
if grep -E '^(missed-)?WRONG' "$work/results" >&2; then fail "a spoiled PDU was believed, or not survived"; fi
[ "$(wc -l <"$work/results")" -eq "$(wc -l <"$work/cases")" ] || fail "some cases have no result"
[ "$(grep -c '^missed' "$work/results")" -le $(($(wc -l <"$work/cases") / 4)) ] || fail "the man in the middle misses too much"
