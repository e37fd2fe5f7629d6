#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A source that is written to while it is read is noticed, and one that is not never is. A reader that stands still
# holds up the clone, so that no time is measured.
. "$(dirname "$0")/lib.sh"
require jq mkfifo
sanclone=$SANBOOT_BIN/sanclone
head -c 40M /dev/urandom >"$work/disk.img"
mkfifo "$work/fifo"

# poke FILE OFFSET: one byte of it becomes another one.
poke() {
  local old
  old=$(dd if="$1" bs=1 skip="$2" count=1 status=none | od -An -tu1 | tr -d ' ')
  # shellcheck disable=SC2059 # an escape is made
  printf "\\$(printf %o $((old ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# with_change SOURCE FILE OFFSET [OPTION…]: clones SOURCE, and FILE is changed at OFFSET when the first 4 MiB have come.
with_change() {
  local source=$1 file=$2 offset=$3 reader
  shift 3
  {
    dd bs=1M count=4 iflag=fullblock of=/dev/null status=none
    poke "$file" "$offset"
    cat >/dev/null
  } <"$work/fifo" &
  reader=$!
  status=0
  "$sanclone" "$@" "$source" - >"$work/fifo" 2>"$work/stderr" || status=$?
  wait "$reader"
  check_run
}

say "a file"
with_change "$work/disk.img" "$work/disk.img" 30000000
expect_status 1
expect_one_line
expect_text stderr 'changed while it was read: it was modified; .*snapshot.*--freeze'
with_change "$work/disk.img" "$work/disk.img" 30000000 --force=live
expect_status 0
expect_text stderr 'warning: .*changed while it was read.*--force=live'
say "its .zst is not kept, nor is its stream whole"
run_sanclone -q "$work/disk.img" "$work/backup.img.zst"
expect_status 0
before=$(sha256sum <"$work/backup.img.zst")
{
  dd bs=1M count=4 iflag=fullblock of="$work/first" status=none
  poke "$work/disk.img" 30000000
  cat >"$work/rest"
} <"$work/fifo" &
reader=$!
status=0
"$sanclone" -q --stream=zst "$work/disk.img" - "$work/backup.img.zst" >"$work/fifo" 2>"$work/stderr" || status=$?
wait "$reader"
expect_status 1
[ "$(sha256sum <"$work/backup.img.zst")" = "$before" ] || fail "the good image was replaced"
run_sanclone - "$work/copy.img" < <(cat "$work/first" "$work/rest")
expect_status 3

say "a LUN, by what is read twice"
start_tgtd
cp "$work/disk.img" "$work/lun"
new_tgt_lun "$work/lun" 40M thin
with_change "$url" "$work/lun" 1000
expect_status 1
expect_text stderr 'changed while it was read: 64.0 KiB at 0 B .* is not what it was'
say "what had not been read yet when it changed is of one time with the rest"
with_change "$url" "$work/lun" 41943000
expect_status 0

if [ "$(id -u)" -eq 0 ] && loop=$(losetup --find --show "$work/disk.img" 2>/dev/null); then
  trap 'losetup -d "$loop"; cleanup' EXIT
  say "a disk"
  with_change "$loop" "$loop" 30000000
  expect_status 1
  expect_text stderr 'changed while it was read: .* written to it'
fi

say "what is only read has not changed, however new it is"
for ((i = 0; i < 20; ++i)); do
  cp "$work/disk.img" "$work/new.img"
  run_sanclone --json "$work/new.img" "$work/copy.img"
  expect_status 0
  expect_json '.source_changed == false'
done
if [ -n "${loop:-}" ]; then
  for ((i = 0; i < 5; ++i)); do
    dd if=/dev/urandom of="$loop" bs=1M count=4 status=none
    run_sanclone --json "$loop" "$work/copy.img"
    expect_status 0
    expect_json '.source_changed == false'
  done
fi
run_sanclone --json "$url" "$work/copy.img"
expect_status 0
expect_json '.source_changed == false'
run_sanclone --json - "$work/copy.img" < <(cat "$work/disk.img")
expect_status 0
expect_json '.source_changed == null'
