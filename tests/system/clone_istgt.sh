#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A second, independent target: LUN 0 is the disk, no UNMAP, no GET LBA STATUS.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
fill_aa "$work/lun" "$size"
start_istgt "$work/lun"
clone_and_check "$work/disk.img" "$work/lun"

say "and back"
run_sanclone "$url" "$work/back.img"
expect_status 0
same "$work/disk.img" "$work/back.img"
