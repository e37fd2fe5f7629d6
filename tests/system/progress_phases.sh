#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Progress for programs: every phase is announced once, in its order, ends once, and then all of its total is done; with
# one destination and with two, with verification and without.
# shellcheck disable=SC2154 # lib.sh sets it
. "$(dirname "$0")/lib.sh"
require jq
start_tgtd
make_image "$work/disk.img" 64M
size=$(stat -c %s "$work/disk.img")
new_tgt_lun "$work/one.lun" $((size + 16777216)) thin
one=$url
new_tgt_lun "$work/two.lun" "$size" thin
two=$url

# phases EXPECTED OPTION…: clones, and looks at the lines on stderr.
phases() {
  local expected=$1
  shift
  run_sanclone --progress=json "$@"
  expect_status 0
  grep '^{"phase"' "$work/stderr" >"$work/lines"
  [ "$(jq -r 'select(.finished) | .phase' "$work/lines" | paste -sd,)" = "$expected" ] ||
    fail "phases that ended: $(jq -r 'select(.finished) | .phase' "$work/lines" | paste -sd,)"
  [ "$(jq -r .phase "$work/lines" | uniq | paste -sd,)" = "$expected" ] ||
    fail "phases that were shown: $(jq -r .phase "$work/lines" | uniq | paste -sd,)"
  [ -z "$(jq -c 'select(.finished and .total != null and .done != .total)' "$work/lines")" ] ||
    fail "ended before its total: $(cat "$work/lines")"
  [ -z "$(jq -c 'select(.total != null and .done > .total)' "$work/lines")" ] || fail "more than its total is done"
}
phases 'copy,flush,verify,boot region' --verify "$work/disk.img" "$one"
phases 'copy,flush,boot region' "$work/disk.img" "$two"
phases 'copy,wipe,flush,verify,boot region' --verify --wipe-rest "$work/disk.img" "$one"
phases 'copy,flush,verify,boot region' --verify "$work/disk.img" "$one" "$two"
phases 'copy,flush,verify,boot region' --verify "$work/disk.img" "$work/file.img"
phases 'copy,flush,verify' --verify "$work/disk.img" "$work/file.zst"
