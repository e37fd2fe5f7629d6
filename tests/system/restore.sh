#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A LUN back into an image: the same bytes, sparse, from a thin LUN (which tells its holes) and from a thick
# one (whose zeros must be found). An existing image is overwritten whole.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
start_tgtd
for kind in thin thick; do
  cp --sparse=always "$work/disk.img" "$work/$kind"
  [ "$kind" = thin ] || cp --sparse=never "$work/disk.img" "$work/$kind"
  if [ "$kind" = thin ]; then new_tgt_lun "$work/$kind" "$size" thin; else new_tgt_lun "$work/$kind" "$size"; fi
  for before in nothing full; do
    rm -f "$work/out.img"
    [ "$before" = nothing ] || fill_aa "$work/out.img" "$size"
    run_sanclone "$url" "$work/out.img" --verify --json
    expect_status 0
    expect_json .verified ".bytes.total == $size"
    same "$work/disk.img" "$work/out.img"
    [ "$(bytes_of "$work/out.img")" -eq "$size" ] || fail "the image has another size"
    within_percent 5 "$(allocated "$work/out.img")" "$(allocated "$work/disk.img")"
  done
done
