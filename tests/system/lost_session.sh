#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh and targets.sh set it
# A session that ends in the first commands, by an event, a Reject or a reset: what only looks logs in again, and shows
# what it would have shown; where every session ends it says so, in bounded time; and what changes a LUN is not sent
# twice. With SANBOOT_TEST_LONG=1 at every PDU.
. "$(dirname "$0")/lib.sh"
require jq
spoiler=$SANBOOT_SUPPORT/pdu_spoiler
size=33554432
start_tgtd
new_tgt_lun "$work/lun" "$size"
printf '\125\252' | dd of="$work/lun" bs=1 seek=510 conv=notrunc status=none
lun_path=${url#iscsi://*/}

# through MODE N VERB OPTION…: sanlun through the man in the middle; @U among the options is the LUN, @T its target, @P
# the portal. Sets status, took (ms), hits and count (PDUs); his address is gone from stdout and stderr.
through() {
  local mode=$1 nth=$2 man port begin words=()
  shift 2
  : >"$work/man"
  "$spoiler" "$mode" "$nth" "$tgtd_port" >"$work/man" &
  man=$!
  until grep -q listening "$work/man"; do sleep 0.02; done
  port=$(awk '/listening/ {print $2}' "$work/man")
  for word in "$@"; do
    word=${word/@U/iscsi://127.0.0.1:$port/$lun_path}
    word=${word/@T/iscsi://127.0.0.1:$port/${lun_path%/*}}
    words+=("${word/@P/127.0.0.1:$port}")
  done
  begin=$(date +%s%N)
  status=0
  timeout --kill-after=5 100 "$SANBOOT_BIN/sanlun" "${words[@]}" >"$work/stdout" 2>"$work/stderr" || status=$?
  took=$((($(date +%s%N) - begin) / 1000000))
  kill -TERM "$man"
  wait "$man" || true
  hits=$(awk '/^hits/ {print $2}' "$work/man")
  count=$(awk '/^any/ {print $2}' "$work/man")
  sed -i "s/127\.0\.0\.1:$port/MAN/g; s/\"connect_ms\": .*/\"connect_ms\": 0/" "$work/stdout" "$work/stderr"
  check_run
}

cases=0 again=0
# bears OPTION…: the command does what it always does, whichever of its first sessions ends, and how.
bears() {
  local mode nth last
  through none 0 "$@"
  expect_status 0
  cp "$work/stdout" "$work/expected"
  last=$((count - 1)) # behind it comes the answer to the logout
  [ "$last" -le 60 ] || last=60
  for mode in event-1 event-2 reject-own any-close any-reset; do
    for ((nth = 1; nth <= last; nth++)); do
      if [ -z "${SANBOOT_TEST_LONG:-}" ]; then
        case $nth in 1 | 2 | 7 | $((last / 2)) | "$last") ;; *) continue ;; esac
      fi
      # A second session may join or not, so that the last PDUs are not there every time: then it is done again.
      for _ in 1 2 3 4 5; do
        through "$mode" "$nth" "$@" -v
        [ "$hits" -eq 0 ] || break
      done
      [ "$hits" -eq 1 ] || fail "$mode $nth $*: spoiled $hits times"
      [ "$status" -eq 0 ] || fail "$mode $nth $*: exit code $status"
      cmp -s "$work/stdout" "$work/expected" || fail "$mode $nth $*: another output than undisturbed"
      [ "$took" -lt 15000 ] || fail "$mode $nth $*: $took ms"
      cases=$((cases + 1))
      ! grep -q 'logging in again' "$work/stderr" || again=$((again + 1))
    done
  done
}
# gives_up OPTION…: where every session ends it says which LUN, why, and what to do.
gives_up() {
  local mode nth
  for mode in events-1 events-2 rejects-own any-resets; do
    for nth in 1 5; do
      through "$mode" "$nth" "$@"
      [ "$status" -eq 3 ] || fail "$mode $nth $*: exit code $status"
      [ "$took" -lt 25000 ] || fail "$mode $nth $*: $took ms"
      expect_text stderr "^sanlun: .*MAN.*lost.*; check the target"
      cases=$((cases + 1))
    done
  done
}

say "show, list, discover, map"
bears show @U --json --timeout 20
bears list @T --json --timeout 20
bears discover @P --json --timeout 20
bears map @U --json
say "$cases cases, another session in $again"
# An event in front of the last answer, say, comes too late to take anything away.
[ "$again" -ge $((cases * 2 / 3)) ] || fail "the man in the middle ends too few sessions"
gives_up show @U --timeout 20
gives_up map @U
gives_up bench @U --seconds 1
# A list stands on stdout, and what it lacks with it.
for mode in events-1 any-resets; do
  through "$mode" 1 list @T --timeout 20
  expect_status 3
  expect_text stdout 'the connection was lost' 'check the target'
done
say "$cases cases"

say "bench and probe, whose numbers differ"
verdicts='[.features[] | {id, verdict}]'
through none 0 probe @U --destroy --force=unknown-content --json
usual=$status
jq -c "$verdicts" "$work/stdout" >"$work/verdicts"
for nth in 1 4 9; do
  for mode in event-1 reject-own any-reset; do
    through "$mode" "$nth" bench @U --seconds 1
    expect_status 0
    # Behind the first session of the probe, which looks for content, comes that of its trials.
    through "$mode" $((nth + 20)) probe @U --destroy --force=unknown-content --json
    expect_status "$usual"
    [ "$(jq -c "$verdicts" "$work/stdout")" = "$(cat "$work/verdicts")" ] || fail "$mode $nth: another verdict than undisturbed"
    cases=$((cases + 2))
  done
done
stop "$tgtd_pid"

say "what changes a LUN is not sent twice by a probe"
for op in write 0x5f unmap; do
  start_fake --size "$size" --thin --rule "op=$op,count=1,action=drop"
  status=0
  "$SANBOOT_BIN/sanlun" probe "$url" --destroy --json >"$work/stdout" 2>"$work/stderr" || status=$?
  expect_status 3
  expect_json '[.features[] | select(.evidence | test("lost"))] | length >= 1'
  stop "$fake_pid"
done
say "$cases cases"
