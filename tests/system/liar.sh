# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Clones onto and from a scripted target that breaks the rules: sanclone may succeed or give up with one line,
# but it neither hangs nor crashes, and what it calls good is good.
. "$(dirname "$0")/lib.sh"
image_size=64M
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
time_limit=120

# honest: exit code 0 and the same bytes, or 1 or 3 and one line.
honest() {
  expect_status 0 1 3
  if [ "$status" -eq 0 ]; then same "$work/disk.img" "$1"; else expect_one_error; fi
}
onto() {
  say "onto: $*"
  rm -f "$work/lun"
  start_fake --size "$size" --image "$work/lun" --fill aa "$@"
  run_sanclone "$work/disk.img" "$url"
  honest "$work/lun"
  stop "$fake_pid"
}
from() {
  say "from: $*"
  cp --sparse=always "$work/disk.img" "$work/lun"
  rm -f "$work/out.img"
  start_fake --size "$size" --image "$work/lun" "$@"
  run_sanclone "$url" "$work/out.img"
  honest "$work/out.img"
  stop "$fake_pid"
}
