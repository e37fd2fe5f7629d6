#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# No target at all: image to image, sparse; and standard input as the source.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
run_sanclone "$work/disk.img" "$work/copy.img" --verify --json
expect_status 0
expect_json .verified ".bytes.total == $size"
same "$work/disk.img" "$work/copy.img"
within_percent 5 "$(allocated "$work/copy.img")" "$(allocated "$work/disk.img")"

say "onto an image full of something else"
fill_aa "$work/copy.img" "$size"
run_sanclone "$work/disk.img" "$work/copy.img"
expect_status 0
same "$work/disk.img" "$work/copy.img"
within_percent 5 "$(allocated "$work/copy.img")" "$(allocated "$work/disk.img")"

say "an image onto itself is refused, under any name"
cp --sparse=always "$work/disk.img" "$work/before.img"
ln -s disk.img "$work/link.img"
for name in disk.img link.img; do
  run_sanclone "$work/disk.img" "$work/$name"
  expect_status 4 2
  expect_one_line
done
same "$work/before.img" "$work/disk.img"
