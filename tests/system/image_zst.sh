#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Compressed images: zstd is the witness of what is written, and the maker of what is read.
. "$(dirname "$0")/lib.sh"
require zstd
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")

run_sanclone "$work/disk.img" "$work/disk.img.zst" --verify --json
expect_status 0
expect_json .verified ".bytes.total == $size"
zstd -q -t "$work/disk.img.zst" || fail "zstd finds the image damaged"
zstd -lv "$work/disk.img.zst" >"$work/stdout" 2>&1
expect_text stdout '# Skippable Frames: 3' 'Check: XXH64' "Decompressed Size: .*\($size B\)"
zstd -q -dc "$work/disk.img.zst" | cmp - "$work/disk.img" || fail "zstd reads another disk"
[ "$(bytes_of "$work/disk.img.zst")" -lt $((size / 2)) ] || fail "it is hardly smaller than the disk"
[ ! -e "$work/disk.img.zst.partial" ] || fail "the unfinished file is left"

say "back, in parallel, with its holes"
run_sanclone "$work/disk.img.zst" "$work/back.img" --verify --json
expect_status 0
expect_json .verified '.gpt != null'
same "$work/disk.img" "$work/back.img"
within_percent 5 "$(allocated "$work/back.img")" "$(allocated "$work/disk.img")"
run_sanclone --compare "$work/disk.img" "$work/disk.img.zst"
expect_status 0
printf x | dd of="$work/back.img" bs=1 seek=$((size / 2 + 7)) conv=notrunc status=none
run_sanclone --compare "$work/disk.img.zst" "$work/back.img"
expect_status 1
run_sanclone --dry-run "$work/disk.img.zst" "$work/disk.img.zst.new.zst"
expect_status 0

say "files of zstd itself have no seek table and are streams"
for options in -1 '-15 --no-check'; do
  # shellcheck disable=SC2086 # several options
  zstd -q -f $options "$work/disk.img" -o "$work/plain.zst"
  rm "$work/back.img"
  run_sanclone "$work/plain.zst" "$work/back.img" --verify
  expect_status 0
  same "$work/disk.img" "$work/back.img"
done
run_sanclone --compare "$work/plain.zst" "$work/disk.img"
expect_status 2
expect_one_line
truncate -s -1000 "$work/plain.zst"
run_sanclone "$work/plain.zst" "$work/back.img"
expect_status 3
expect_one_line
expect_text stderr 'cut off'

say "a stream into an image, of a length that is no multiple of a block"
head -c 10000001 /dev/urandom >"$work/odd.img"
run_sanclone - "$work/odd.zst" --verify < <(cat "$work/odd.img")
expect_status 0
zstd -q -dc "$work/odd.zst" | cmp - "$work/odd.img" || fail "the stream differs"
run_sanclone "$work/odd.zst" "$work/odd.back"
expect_status 0
same "$work/odd.img" "$work/odd.back"

say "a damaged frame is named, and nothing is made up for it"
cp "$work/disk.img.zst" "$work/damaged.zst"
middle=$(($(bytes_of "$work/damaged.zst") / 2))
head -c 64 /dev/urandom | dd of="$work/damaged.zst" bs=1 seek="$middle" conv=notrunc status=none
run_sanclone "$work/damaged.zst" "$work/back.img"
expect_status 3
expect_one_line
expect_text stderr 'cannot be decompressed' 'bytes [0-9]+ to [0-9]+'

say "an interrupted run leaves neither an image nor a part of one, and the old image stays"
cp "$work/disk.img.zst" "$work/kept.zst"
for signal in TERM KILL; do
  env --default-signal=TERM "$SANBOOT_BIN/sanclone" "$work/disk.img" "$work/kept.zst" --rate 20M \
    >"$work/stdout" 2>"$work/stderr" &
  clone=$!
  wait_until 5 test -s "$work/kept.zst.partial" || fail "nothing was written"
  kill -s "$signal" "$clone"
  wait "$clone" || true
  same "$work/disk.img.zst" "$work/kept.zst"
  [ "$signal" = KILL ] || [ ! -e "$work/kept.zst.partial" ] || fail "a part is left"
done
run_sanclone "$work/disk.img" "$work/kept.zst" # over what SIGKILL has left
expect_status 0
zstd -q -t "$work/kept.zst"

say "a disk full of holes"
truncate -s 200G "$work/hole.img"
dd if="$work/disk.img" of="$work/hole.img" bs=1M count=4 seek=150000 conv=notrunc status=none
if [ -x /usr/bin/time ]; then
  /usr/bin/time -v "$SANBOOT_BIN/sanclone" "$work/hole.img" "$work/hole.zst" --verify >"$work/stdout" 2>"$work/stderr" ||
    fail "the clone failed"
  memory=$(awk '/Maximum resident set size/ {print $NF}' "$work/stderr")
  say "$(bytes_of "$work/hole.zst") bytes, $memory KiB"
  [ -n "${SANBOOT_SANITIZED:-}" ] || [ "$memory" -lt 131072 ] || fail "it took $memory KiB of memory"
  [ "$(bytes_of "$work/hole.zst")" -lt 14000000 ] || fail "holes cost too much"
  run_sanclone --compare "$work/hole.img" "$work/hole.zst"
  expect_status 0
fi
