#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Standard input as the source: a pipe has neither a size nor holes.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
start_tgtd
fill_aa "$work/lun" "$size"
new_tgt_lun "$work/lun" "$size" thin

run_sanclone - "$url" --verify --json < <(cat "$work/disk.img")
expect_status 0
expect_json .verified ".bytes.total == $size"
same "$work/disk.img" "$work/lun"
within_percent 5 "$(allocated "$work/lun")" "$(allocated "$work/disk.img")"

say "a file as standard input"
fill_aa "$work/lun" "$size"
run_sanclone - "$url" <"$work/disk.img"
expect_status 0
same "$work/disk.img" "$work/lun"

say "more than the LUN holds"
run_sanclone - "$url" < <(
  cat "$work/disk.img"
  head -c 1048576 /dev/zero
)
expect_status 3 4
expect_one_line

say "nothing at all"
run_sanclone - "$url" </dev/null
expect_status 0 2 3
