#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# clone.sh [ROUNDS]: an image, half of it holes, onto a thin LUN: sanclone against qemu-img convert with its best flags and
# without any, nbdcopy and dd through qemu-nbd, and the floor: the plainest libiscsi writer of the same data (see
# floor.cc) at several numbers of sessions and depths, of which the fastest counts.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
require nbdcopy qemu-nbd g++
rounds=${1:-5}
make_random_image "$work/disk.img"
g++ -std=c++20 -O2 -o "$work/floor" "$root/tests/bench/floor.cc" -liscsi -pthread

prepare() {
  rm -f "$work/lun"
  # shellcheck disable=SC2086 # none or one parameter
  fresh_lun "$work/lun" $tuned
}
by_nbdcopy() { nbdcopy --connections=4 "$work/disk.img" "$nbd"; }
by_dd() { dd if="$work/disk.img" bs=1M status=none | nbdcopy - "$nbd"; }
run() {
  case $1 in
    sanclone) "$sanclone" --quiet "$work/disk.img" "$url" ;;
    qemu-img_-W_-m16) qemu-img convert -n -W -m 16 -f raw -O raw "$work/disk.img" "$url" ;;
    qemu-img) qemu-img convert -n -f raw -O raw "$work/disk.img" "$url" ;;
    nbdcopy) by_nbd by_nbdcopy ;;
    dd) by_nbd by_dd ;;
    floor*)
      IFS=_ read -r _ sessions depth <<<"$1"
      seconds=$("$work/floor" "127.0.0.1:$tgtd_port" "$iqn$tgt_tid" 1 "$work/disk.img" "$sessions" "$depth")
      ;;
  esac
}
check() { cmp "$work/disk.img" "$work/lun" || fail "$1 did not copy the image"; }

for parameters in default tuned; do
  tuned=''
  [ "$parameters" = default ] || tuned=tuned
  compete "clone, tgt $parameters" "$rounds" sanclone qemu-img_-W_-m16 qemu-img nbdcopy dd floor_1_16 floor_2_8 \
    floor_2_16 floor_4_8
done
