#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --compare writes nothing: exit code 0 for the same, 1 and the first differing ranges otherwise.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
cp --sparse=always "$work/disk.img" "$work/lun"
start_fake --size "$size" --image "$work/lun" --thin
run_sanclone "$work/disk.img" "$url" --compare
expect_status 0
run_sanclone "$work/disk.img" "$work/lun" --compare
expect_status 0

# A byte in data, and the last byte of what is a hole in the other.
data=$((2 * 1048576 + 4711))
hole=$((size - 16 * 1048576 - 1))
printf '\0' | dd of="$work/lun" bs=1 seek="$data" conv=notrunc status=none
cmp -s "$work/disk.img" "$work/lun" && printf '\1' | dd of="$work/lun" bs=1 seek="$data" conv=notrunc status=none
printf '\1' | dd of="$work/lun" bs=1 seek="$hole" conv=notrunc status=none
cp --sparse=always "$work/lun" "$work/before"
run_sanclone "$work/disk.img" "$url" --compare
expect_status 1
cat "$work/stderr" >>"$work/stdout"
expect_text stdout '2\.0 MiB'
run_sanclone "$work/disk.img" "$url" --compare --json
expect_status 1
expect_json .
same "$work/before" "$work/lun"
if grep -qE '^(write|writesame|writesame-unmap|unmap) ' "$work/fake.log"; then fail "--compare writes"; fi
