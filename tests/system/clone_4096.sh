#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A LUN of 4096-byte blocks takes an image whose GPT is for such blocks, and no other: a table for 512-byte
# sectors would stand in the wrong place and count in the wrong unit.
. "$(dirname "$0")/lib.sh"
image_size=64M
size=$(to_bytes "$image_size")
start_tgtd
fill_aa "$work/lun" "$size"
new_tgt_lun "$work/lun" "$size" 4096 thin

make_image "$work/disk512.img"
run_sanclone "$work/disk512.img" "$url"
expect_status 4
expect_one_line
expect_text stderr 512 4096
all_aa "$work/lun" 0 "$size" || fail "something was written in spite of the refusal"

make_image "$work/disk4096.img" "$image_size" 4096
clone_and_check "$work/disk4096.img" "$work/lun"

say "and the other way round"
fill_aa "$work/lun512" "$size"
new_tgt_lun "$work/lun512" "$size"
run_sanclone "$work/disk4096.img" "$url"
expect_status 4
all_aa "$work/lun512" 0 "$size" || fail "something was written in spite of the refusal"
