#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Targets that do not do what they declare about zeros: nothing of it may reach the data.
. "$(dirname "$0")/lib.sh"
image_size=64M
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")

zeros_are_zeros() {
  say "$*"
  rm -f "$work/lun"
  start_fake --size "$size" --image "$work/lun" --fill aa "$@"
  run_sanclone "$work/disk.img" "$url" --json
  expect_status 0
  same "$work/disk.img" "$work/lun"
  stop "$fake_pid"
}

zeros_are_zeros --thin --rule op=writesame,action=sense:05/20/00
zeros_are_zeros --thin --rule op=unmap,action=sense:05/20/00
zeros_are_zeros --thin --rule op=writesame,action=sense:05/24/00 --rule op=unmap,action=sense:05/26/00
zeros_are_zeros --rule op=writesame,action=sense:05/20/00
# LBPRZ without a word of truth in it: GOOD, and nothing done.
zeros_are_zeros --thin --rule op=unmap,action=ignore
zeros_are_zeros --thin --rule op=unmap,skip=2,action=ignore
zeros_are_zeros --thin --rule op=unmap,action=ignore --rule op=writesame,action=sense:05/20/00
zeros_are_zeros --thin=lbpu,lbprz --rule op=unmap,action=ignore
zeros_are_zeros --thin=lbpu
zeros_are_zeros --thin=lbpws
zeros_are_zeros --thin=lbpu,lbpws
# GET LBA STATUS of the destination is no proof either.
zeros_are_zeros --thin --rule op=lbastatus,action=corrupt
