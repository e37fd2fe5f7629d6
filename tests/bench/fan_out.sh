#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# fan_out.sh [ROUNDS]: one image onto four LUNs at once, against four clones one after the other. The LUNs are null devices of
# four tgtds, so that the target's storage is not the limit; they hold nothing that could be compared. On one machine its
# processors are, which do the work of the targets too; so it is measured once more with a source of 1 GiB/s.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rounds=${1:-5}
make_random_image "$work/disk.img"

pids=() urls=()
prepare() {
  local i pid
  for pid in "${pids[@]}"; do stop "$pid"; done
  pids=() urls=()
  for i in 1 2 3 4; do
    tgtd_name=$i
    start_tgtd
    tgt_tid=$((i * 10))
    tgt --mode target --op new --tid "$tgt_tid" -T "$iqn$i"
    [ -z "$tuned" ] || tune_tgt "$tgt_tid"
    tgt --mode logicalunit --op new --tid "$tgt_tid" --lun 1 --bstype null -b "$((size / 1048576))"
    tgt --mode target --op bind --tid "$tgt_tid" -I ALL
    pids+=("$tgtd_pid")
    urls+=("iscsi://127.0.0.1:$tgtd_port/$iqn$i/1")
  done
}
run() {
  local one
  case $1 in
    at_once*) "$sanclone" --quiet --zero=skip --rate "$rate" "$work/disk.img" "${urls[@]}" ;;
    one_by_one*) for one in "${urls[@]}"; do "$sanclone" --quiet --zero=skip --rate "$rate" "$work/disk.img" "$one"; done ;;
  esac
}
check() { :; }

for parameters in default tuned; do
  tuned=''
  [ "$parameters" = default ] || tuned=tuned
  rate=1T
  compete "4 LUNs, tgt $parameters" "$rounds" at_once one_by_one
  rate=1G
  compete "4 LUNs, slow source, $parameters" "$rounds" at_once one_by_one
done
