#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# verify.sh [ROUNDS]: a clone that is read back, against one that is not, and against qemu-img convert followed by
# qemu-img compare.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rounds=${1:-5}
make_random_image "$work/disk.img"

prepare() {
  rm -f "$work/lun"
  # shellcheck disable=SC2086 # none or one parameter
  fresh_lun "$work/lun" $tuned
}
run() {
  case $1 in
    sanclone_--verify) "$sanclone" --quiet --verify "$work/disk.img" "$url" ;;
    sanclone) "$sanclone" --quiet "$work/disk.img" "$url" ;;
    qemu-img_convert+compare)
      qemu-img convert -n -W -m 16 -f raw -O raw "$work/disk.img" "$url"
      qemu-img compare -f raw -F raw "$work/disk.img" "$url"
      ;;
  esac
}
check() { cmp "$work/disk.img" "$work/lun" || fail "$1 did not copy the image"; }

for parameters in default tuned; do
  tuned=''
  [ "$parameters" = default ] || tuned=tuned
  compete "verify, tgt $parameters" "$rounds" sanclone_--verify sanclone qemu-img_convert+compare
done
