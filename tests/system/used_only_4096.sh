#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --used-only with blocks of 4096 bytes: onto such a LUN, and from it.
. "$(dirname "$0")/lib.sh"
require jq e2fsck
make_image "$work/disk.img" 256M 4096
size=$(bytes_of "$work/disk.img")
fill_aa "$work/lun" "$size"
start_tgtd
new_tgt_lun "$work/lun" "$size" 4096
run_sanclone "$work/disk.img" "$url" --used-only --verify --json
expect_status 0
expect_json .verified '[.used_only[].state] == ["whole", "used"]' '.used_only[1].content == "ext4"' '.bytes.free > 100000000'
dd if="$work/lun" of="$work/copy" bs=1M skip=9 count=246 status=none
e2fsck -fn "$work/copy" >"$work/fsck.log" 2>&1 || fail "e2fsck: $(tail -n 5 "$work/fsck.log")"

# Old data in the last block of the file system, which is free.
dumpe2fs "$work/copy" 2>/dev/null | grep -q 'Free blocks:.*-62975$' || fail "the last block is not free"
cp "$work/lun" "$work/clean"
fill_aa "$work/old" 4096
dd if="$work/old" of="$work/lun" bs=4096 seek=$((9 * 256 + 62975)) conv=notrunc status=none
run_sanclone "$url" "$work/back.img" --used-only
expect_status 0
same "$work/clean" "$work/back.img"
run_sanclone "$url" "$work/back.img"
expect_status 0
if cmp -s "$work/clean" "$work/back.img"; then fail "without --used-only free space is not copied"; fi
