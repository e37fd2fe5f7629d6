#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A disk image onto a thick LUN that was full of 0xAA, and onto a larger one.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
start_tgtd

fill_aa "$work/lun" "$size"
new_tgt_lun "$work/lun" "$size"
clone_and_check "$work/disk.img" "$work/lun"
rm "$work/lun"

fill_aa "$work/larger" $((size + 1048576))
new_tgt_lun "$work/larger" $((size + 1048576))
clone_and_check "$work/disk.img" "$work/larger" --no-fit-gpt
