#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From one LUN to another: of the same target, thick to thin; and from another target.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
start_tgtd
new_tgt_lun "$work/disk.img" "$size"
source_url=$url
fill_aa "$work/lun" "$size"
new_tgt_lun "$work/lun" "$size" thin
destination=$url

run_sanclone "$source_url" "$destination" --verify
expect_status 0
same "$work/disk.img" "$work/lun"
within_percent 5 "$(allocated "$work/lun")" "$(allocated "$work/disk.img")"

start_fake --size "$size" --image "$work/disk.img" --thin
fill_aa "$work/lun" "$size"
run_sanclone "$url" "$destination" --verify
expect_status 0
same "$work/disk.img" "$work/lun"

say "a LUN onto itself is refused"
run_sanclone "$destination" "$destination"
expect_status 4 2
expect_one_line
