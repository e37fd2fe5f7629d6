#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# restore.sh [ROUNDS]: a thin LUN, half of it never written, into an image.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
require nbdcopy qemu-nbd
rounds=${1:-5}
make_random_image "$work/disk.img"

prepare() {
  rm -f "$work/copy.img"
  # shellcheck disable=SC2086 # none or one parameter
  fresh_lun "$work/disk.img" $tuned
}
by_nbdcopy() {
  truncate -s "$size" "$work/copy.img"
  nbdcopy --connections=4 "$nbd" "$work/copy.img"
}
run() {
  case $1 in
    sanclone) "$sanclone" --quiet "$url" "$work/copy.img" ;;
    qemu-img_-W_-m16) qemu-img convert -W -m 16 -f raw -O raw "$url" "$work/copy.img" ;;
    qemu-img_-m16) qemu-img convert -m 16 -f raw -O raw "$url" "$work/copy.img" ;;
    qemu-img) qemu-img convert -f raw -O raw "$url" "$work/copy.img" ;;
    nbdcopy) by_nbd by_nbdcopy ;;
  esac
}
check() { cmp "$work/disk.img" "$work/copy.img" || fail "$1 did not copy the LUN"; }

for parameters in default tuned; do
  tuned=''
  [ "$parameters" = default ] || tuned=tuned
  compete "restore, tgt $parameters" "$rounds" sanclone qemu-img_-W_-m16 qemu-img_-m16 qemu-img nbdcopy
done
