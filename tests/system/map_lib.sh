# shellcheck shell=bash disable=SC2034,SC2154 # work and tgtd_pid are set by lib.sh; what is set here is used by the tests
# SPDX-License-Identifier: Apache-2.0
# What the tests of --map share.

disk=$work/disk.img lun=$work/lun map=$work/map

# use_mounts: $work/mnt for file systems of the disks. Who mounts sets mounted, who attaches a loop device sets loop;
# both are undone when the test ends.
mounted='' loop=''
use_mounts() {
  mkdir "$work/mnt"
  trap leave_mounts EXIT
}
leave_mounts() {
  [ -z "$mounted" ] || umount "$mounted" || true
  [ -z "$loop" ] || losetup -d "$loop" || true
  cleanup
}

# map_image SIZE DATA: $disk with a GPT and DATA bytes of random data in pieces, holes between them.
map_image() {
  require sgdisk jq
  local size data at
  size=$(to_bytes "$1")
  data=$(to_bytes "$2")
  rm -f "$disk"
  truncate -s "$size" "$disk"
  sgdisk -n 1:2048:0 "$disk" >/dev/null
  for at in 0 1 2 3; do
    head -c $((data / 4)) /dev/urandom |
      dd of="$disk" bs=4K seek=$(((1048576 + 12288 + at * (size - 4194304) / 4) / 4096)) conv=notrunc status=none
  done
}

# again FILE: one more tgtd, if need be, with FILE as the same LUN as before. Sets url.
again() {
  tgt_tid=0
  kill -0 "$tgtd_pid" 2>/dev/null || start_tgtd
  new_tgt_lun "$@"
}

# number FILTER: of the result.
number() { jq -r "$1" "$work/stdout"; }

# adds_up: every byte was written, unmapped or left as it was.
adds_up() { expect_json '.bytes.written + .bytes.unmapped + .bytes.skipped == .bytes.total'; }
