#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --used-only: an ext4 file system of 2 GiB without a partition table that was full and holds 300 MiB now. Onto a
# thin LUN no more is written than 1.2 times of what is in use, in under 128 MiB of memory.
image_size=2G
. "$(dirname "$0")/lib.sh"
# shellcheck source=free_space_lib.sh
. "$here/free_space_lib.sh"
# shellcheck source=used_only_lib.sh
. "$here/used_only_lib.sh"
require e2fsck jq
[ -x /usr/bin/time ] || skip "/usr/bin/time is not installed"

old_data ext4 2048
mke2fs -q -F -t ext4 -E nodiscard ext4
mount_or_skip -o loop ext4
random_file block 2000000
for ((i = 0; i < 1800; i++)); do head -c $(((i * 7919 % 2000 + 4) * 1000)) block >"mnt/f$i" || break; done 2>full.log
say "filled by $(find mnt -name 'f*' | wc -l) files, $(df -m --output=avail mnt | tail -n 1) MiB left"
for ((i = 0; i < 1800; i++)); do [ $((i % 6)) -eq 0 ] || echo "mnt/f$i"; done | xargs rm -f
sync -f mnt
in_use=$(($(du -sk mnt | cut -f 1) * 1024))
manifest mnt >ext4.files
unmount

fill_aa lun 2G
start_tgtd
new_tgt_lun "$work/lun" 2G thin
status=0
/usr/bin/time -f 'memory %M' timeout --kill-after=5 240 "$SANBOOT_BIN/sanclone" ext4 "$url" --used-only --verify --json \
  >stdout 2>stderr || status=$?
expect_status 0
check_run
memory=$(awk '$1 == "memory" { print $2 }' stderr)
say "$(jq -c '.bytes, .seconds' stdout); in use $in_use, on the LUN $(allocated lun), $memory KiB of memory"
expect_json .verified '.used_only[0].number == 0' '.used_only[0].state == "used"' ".bytes.written <= 1.2 * $in_use"
[ "$(allocated lun)" -le $((in_use * 12 / 10)) ] || fail "$(allocated lun) bytes are on the LUN"
[ -n "${SANBOOT_SANITIZED:-}" ] || [ "$memory" -lt 131072 ] || fail "it took $memory KiB of memory"
[ $((in_use / 1048576)) -ge 250 ] || fail "only $in_use bytes are in use"

e2fsck -fn lun >fsck.log 2>&1 || fail "e2fsck: $(tail -n 5 fsck.log)"
mount_or_skip -o loop,ro lun
files_are ext4
