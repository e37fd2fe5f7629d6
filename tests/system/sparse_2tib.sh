#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A 2 TiB image with 64 MiB of data in it onto a thin LUN: under a minute, in under 128 MiB of memory.
. "$(dirname "$0")/lib.sh"
require qemu-img
[ -x /usr/bin/time ] || skip "/usr/bin/time is not installed"
truncate -s 2T "$work/disk.img" 2>/dev/null || skip "$work cannot hold a file of 2 TiB"
head -c 67108864 /dev/urandom >"$work/random"
for i in $(seq 0 63); do
  # 33 GiB apart, the last one in the last MiB
  place=$((i * 33792))
  [ "$i" -lt 62 ] || place=$((2097151 - 63 + i))
  dd if="$work/random" of="$work/disk.img" bs=1M skip="$i" seek="$place" count=1 conv=notrunc status=none
done
start_tgtd
new_tgt_lun "$work/lun" 2T thin tuned
head -c 1048576 "$work/random" | dd of="$work/lun" bs=1M seek=700000 conv=notrunc status=none # in a hole of the image

begin=$SECONDS
status=0
/usr/bin/time -v timeout --kill-after=5 240 "$SANBOOT_BIN/sanclone" "$work/disk.img" "$url" --verify \
  >"$work/stdout" 2>"$work/stderr" || status=$?
seconds=$((SECONDS - begin))
expect_status 0
check_run
memory=$(awk '/Maximum resident set size/ {print $NF}' "$work/stderr")
say "$seconds s, $memory KiB"
if [ -z "${SANBOOT_SANITIZED:-}" ]; then
  [ "$seconds" -lt 60 ] || fail "it took $seconds s"
  [ "$memory" -lt 131072 ] || fail "it took $memory KiB of memory"
fi
qemu-img compare -q -f raw -F raw "$work/disk.img" "$work/lun" || fail "the LUN differs"
within_percent 5 "$(allocated "$work/lun")" "$(allocated "$work/disk.img")"
