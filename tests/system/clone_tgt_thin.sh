#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Onto a thin LUN that was full of 0xAA: the same bytes, and the holes are holes again.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
start_tgtd
fill_aa "$work/lun" "$size"
new_tgt_lun "$work/lun" "$size" thin
clone_and_check "$work/disk.img" "$work/lun"
expect_json '.bytes.unmapped > 0'
within_percent 5 "$(allocated "$work/lun")" "$(allocated "$work/disk.img")"

say "again, onto what is already the same"
clone_and_check "$work/disk.img" "$work/lun"
within_percent 5 "$(allocated "$work/lun")" "$(allocated "$work/disk.img")"
