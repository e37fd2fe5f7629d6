#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --zero: skip leaves holes of the source alone, write writes every zero, prove unmaps where zeros are proven.
. "$(dirname "$0")/lib.sh"
image_size=64M
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
hole=$((size - 16 * 1048576)) # a place in the last, empty part of the file system
cmp -s -n 1048576 -i "$hole:0" "$work/disk.img" /dev/zero || fail "the image has no hole where one is expected"

for thin in --thin ""; do
  # shellcheck disable=SC2086 # none or one option
  start_fake --size "$size" --image "$work/lun" --fill aa $thin
  run_sanclone "$work/disk.img" "$url" --zero=skip
  expect_status 0
  all_aa "$work/lun" "$hole" 1048576 || fail "a hole was written"
  # But for the first MiB, which is hidden until the end.
  if awk '/^(writesame|unmap)/ && $2 >= 2048 {exit 1}' "$work/fake.log"; then :; else fail "zeros were written"; fi
  stop "$fake_pid"

  # shellcheck disable=SC2086 # none or one option
  start_fake --size "$size" --image "$work/lun" --fill aa $thin
  run_sanclone "$work/disk.img" "$url" --zero=write --verify
  expect_status 0
  same "$work/disk.img" "$work/lun"
  if grep -q '^unmap' "$work/fake.log"; then fail "--zero=write unmaps"; fi
  stop "$fake_pid"

  # shellcheck disable=SC2086 # none or one option
  start_fake --size "$size" --image "$work/lun" --fill aa $thin
  run_sanclone "$work/disk.img" "$url" --zero=prove
  expect_status 0
  same "$work/disk.img" "$work/lun"
  if [ -n "$thin" ]; then
    grep -qE '^(writesame-unmap|unmap)' "$work/fake.log" || fail "a thin LUN was not unmapped"
  fi
  stop "$fake_pid"
done
