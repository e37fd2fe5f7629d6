#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# clone.sh [ROUNDS]: sanclone against qemu-img convert, both onto a thin LUN in memory on a private tgtd, with
# tgt's default session parameters and with tuned ones. The image has 2 GiB, every other 16 MiB of it data. The
# programs take turns, so that what else the machine does hits all of them; the medians count. Every result is
# compared with the image.
#
# SANBOOT_BIN is the directory of the built tools (default: build/release/tools), SANBOOT_BENCH_SIZE the size of
# the image.
tools=$(dirname "$0")/../..
: "${SANBOOT_BIN:=$(cd "$tools" && pwd)/build/release/tools}"
: "${SANBOOT_SUPPORT:=$SANBOOT_BIN}"
export SANBOOT_TEST_SIZE=${SANBOOT_BENCH_SIZE:-2G}
# shellcheck source=../system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
require qemu-img
qemu_speaks_iscsi || skip "qemu-img has no iSCSI driver"
rounds=${1:-5}
size=$(to_bytes "$image_size")

truncate -s "$size" "$work/disk.img"
for ((at = 0; at < size; at += 32 * 1048576)); do
  head -c 16777216 /dev/urandom | dd of="$work/disk.img" bs=1M seek=$((at / 1048576)) conv=notrunc \
    iflag=fullblock status=none
done
start_tgtd

kinds=(sanclone qemu-img-W-m16 qemu-img)
run_kind() {
  case $1 in
    sanclone) "$SANBOOT_BIN/sanclone" --quiet "$work/disk.img" "$url" ;;
    qemu-img-W-m16) qemu-img convert -n -W -m 16 -f raw -O raw "$work/disk.img" "$url" ;;
    qemu-img) qemu-img convert -n -f raw -O raw "$work/disk.img" "$url" ;;
  esac
}

# measure KIND: seconds that it takes onto an empty LUN go to $work/PARAMETERS.KIND.
measure() {
  local begin end
  rm -f "$work/lun"
  truncate -s "$size" "$work/lun"
  # shellcheck disable=SC2086 # none or one parameter
  new_tgt_lun "$work/lun" "$size" thin $tuned
  begin=$EPOCHREALTIME
  run_kind "$1"
  end=$EPOCHREALTIME
  awk "BEGIN {printf \"%.3f\n\", $end - $begin}" >>"$work/$parameters.$1"
  cmp "$work/disk.img" "$work/lun" || fail "$1 did not copy the image"
  tgt --mode target --op delete --force --tid "$tgt_tid"
}

median() { sort -n "$1" | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

printf '%s image, %s of it data; %s rounds; seconds (median, all), and how many times sanclone is faster\n' \
  "$image_size" "$(numfmt --to=iec "$(allocated "$work/disk.img")")" "$rounds"
for parameters in default tuned; do
  tuned=''
  [ "$parameters" = default ] || tuned=tuned
  for ((round = 0; round < rounds; round++)); do
    for kind in "${kinds[@]}"; do measure "$kind"; done
  done
  ours=$(median "$work/$parameters.sanclone")
  for kind in "${kinds[@]}"; do
    theirs=$(median "$work/$parameters.$kind")
    printf 'tgt %-8s %-16s %6.2f   %5.2f   (%s)\n' "$parameters" "$kind" "$theirs" \
      "$(awk "BEGIN {print $theirs / $ours}")" "$(paste -sd ' ' "$work/$parameters.$kind")"
  done
done
