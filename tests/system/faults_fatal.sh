#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Answers that end a clone: one clear line, the right exit code, nothing falsely called good.
. "$(dirname "$0")/lib.sh"
image_size=64M
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
time_limit=90

# ends CODES PATTERN OPTION…: sanclone's exit code is one of CODES, its one line has PATTERN.
ends() {
  local codes=$1 pattern=$2
  shift 2
  say "$*"
  rm -f "$work/lun"
  start_fake --size "$size" --image "$work/lun" --fill aa "$@"
  # shellcheck disable=SC2086 # none or several options
  run_sanclone "$work/disk.img" "$url" $sanclone_options
  # shellcheck disable=SC2086 # several codes
  expect_status $codes
  expect_one_error
  expect_text stderr "$pattern"
  stop "$fake_pid"
}
sanclone_options=
# LBA 5000 is within random data, outside the first MiB.

say "writing"
ends 3 '\(bytes [0-9]+ to [0-9]+\)' --rule op=write,lba=5000-5000,action=sense:03/0C/00
grep -q '^write .* 03/0C/00' "$work/fake.log" || fail "the fault did not happen"
head_untouched "$work/lun" || fail "the first MiB was written in spite of the error"
ends 3 '.' --rule op=write,action=sense:04/44/00
ends 3 '.' --rule op=write,action=nosense
ends 3 '.' --rule op=write,action=busy
ends 3 '.' --rule op=any,skip=20,action=ua
ends 3 '.' --rule op=sync,action=sense:04/44/00
ends 3 'SYNCHRONIZE CACHE' --rule op=sync,action=sense:05/20/00
ends 3 '.' --rule op=sync,action=sense:03/0C/00
ends 4 '[Rr]eserv' --rule op=write,action=conflict
ends 4 '[Rr]eserv' --rule op=any,action=conflict
ends '3 4' '[Ww]rite.protect' --write-protected
ends 3 '[Ss]pace|full' --thin --rule op=write,skip=5,action=sense:07/27/07 # space allocation failed, write protect

say "a LUN smaller than it said"
rm -f "$work/lun"
start_fake --size $((size / 2)) --claim-size "$size" --image "$work/lun" --fill aa
run_sanclone "$work/disk.img" "$url"
expect_status 3
expect_one_error
expect_text stderr '\(bytes [0-9]+ to [0-9]+\)'
stop "$fake_pid"

say "verification"
sanclone_options=--verify
ends '1 3' '\(bytes [0-9]+ to [0-9]+\)' --rule op=write,lba=5000-5000,action=corrupt
ends '1 3' '\(bytes [0-9]+ to [0-9]+\)' --rule op=read,lba=5000-5000,action=corrupt
ends '1 3' '\(bytes [0-9]+ to [0-9]+\)' --rule op=write,lba=5000-5000,action=ignore
sanclone_options=

say "reading"
cp --sparse=always "$work/disk.img" "$work/source"
start_fake --size "$size" --image "$work/source" --rule op=read,lba=5000-5000,action=sense:03/11/00
run_sanclone "$url" "$work/out.img"
expect_status 3
expect_one_error
expect_text stderr '\(bytes [0-9]+ to [0-9]+\)' "$fake_port"
stop "$fake_pid"
