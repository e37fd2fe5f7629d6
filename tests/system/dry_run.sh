#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --dry-run tells what would be done, and neither source nor destination is touched.
. "$(dirname "$0")/lib.sh"
image_size=64M
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
start_fake --size "$size" --image "$work/lun" --fill aa --thin
run_sanclone "$work/disk.img" "$url" --dry-run
expect_status 0
expect_text stdout '[Gg][Pp][Tt]' root
run_sanclone "$work/disk.img" "$url" --dry-run --json
expect_status 0
expect_json ".bytes.total == $size" '.bytes.written == 0 or .bytes.written == null'
all_aa "$work/lun" 0 "$size" || fail "something was written"
if grep -qE '^(write|writesame|writesame-unmap|unmap|sync) ' "$work/fake.log"; then fail "a command that changes was sent"; fi
