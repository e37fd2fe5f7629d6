#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# With session parameters that suit bulk data: immediate data, large segments, no R2T for the first burst.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
start_tgtd
fill_aa "$work/lun" "$size"
new_tgt_lun "$work/lun" "$size" thin tuned
clone_and_check "$work/disk.img" "$work/lun"

say "other shapes of the queue"
for options in "--sessions 1 --depth 1" "--sessions 4 --depth 32 --block 64K" "--block 8M"; do
  fill_aa "$work/lun" "$size"
  # shellcheck disable=SC2086 # several options
  clone_and_check "$work/disk.img" "$work/lun" $options
done
