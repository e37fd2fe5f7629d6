#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# libiscsi itself does not come back: the process ends when promised, at a signal within seconds, and at a second one
# at once; with --json there is one document for a script, unless nobody reads.
. "$(dirname "$0")/lib.sh"
[ "${SANBOOT_SANITIZED:-0}" != 1 ] || skip "a sanitizer's library wants to be the first to be loaded"
require jq mkfifo
size=33554432
head -c "$size" /dev/urandom >"$work/disk.img"
start_tgtd

# stuck NUMBER CALL COMMAND…: runs it; from its CALL-th one on libiscsi does not come back.
stuck() {
  local number=$1 call=$2
  shift 2
  LD_PRELOAD=$SANBOOT_SUPPORT/libstuck_service.so STUCK_AFTER=$call env --default-signal=INT,TERM \
    "$@" >"${stdout:-$work/stdout$number}" 2>"$work/stderr$number" &
  clone=$!
}
# start NUMBER OPTION…: a clone onto a LUN of its own that gets stuck soon.
start() {
  local number=$1
  shift
  new_tgt_lun "$work/lun$number" "$size"
  stuck "$number" 60 "$SANBOOT_BIN/sanclone" "$work/disk.img" "$url" "$@"
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

# document NUMBER CODE: what a script finds on stdout.
document() {
  cp "$work/stdout$1" "$work/stdout"
  expect_json '.error.cause | test("libiscsi has not returned")' ".error.exit_code == $2" '.error.object | test("^iscsi://")' \
    '.error.hint != ""'
  [ "$(jq -s length "$work/stdout")" -eq 1 ] || fail "not one document"
}

start 0 --json
forever=$clone
say "a signal"
start 1 --json --progress=json
sleep 2
gone && fail "it did not get stuck"
kill -TERM "$clone"
ends 8 130 1
expect_text stderr 'libiscsi has not returned'
document 1 130

say "a verb whose only thread is stuck"
stuck 3 12 "$SANBOOT_BIN/sanlun" show "$url" --json
sleep 2
kill -TERM "$clone"
ends 8 130 3
document 3 130

say "nobody reads the document"
mkfifo "$work/full"
exec 7<>"$work/full"
dd if=/dev/zero of="$work/full" bs=4096 oflag=nonblock status=none 2>/dev/null || true
stdout=$work/full start 4 --json
sleep 2
kill -TERM "$clone"
ends 10 130 4

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
expect_text stderr 'libiscsi has not returned for 45 s'
document 0 3
