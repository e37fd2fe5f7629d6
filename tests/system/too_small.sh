#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A destination that is too small is refused with the exact numbers before the first write.
. "$(dirname "$0")/lib.sh"
image_size=66001K # nothing that rounds
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
lun_size=$((size - 512))
start_tgtd
fill_aa "$work/lun" "$lun_size"
new_tgt_lun "$work/lun" "$lun_size"
run_sanclone "$work/disk.img" "$url"
expect_status 4
expect_one_line
expect_text stderr "$size" "$lun_size"
run_sanclone "$work/disk.img" "$url" --dry-run
expect_status 4
expect_text stdout "$size" "$lun_size"
all_aa "$work/lun" 0 "$lun_size" || fail "something was written in spite of the refusal"

run_sanclone "$work/disk.img" "$url" --json
expect_status 4
expect_json .error
