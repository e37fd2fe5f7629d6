#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Targets whose answers are wrong.
. "$(dirname "$0")/liar.sh"

onto --rule op=write,skip=5,count=1,action=reject
onto --rule op=write,skip=5,count=1,action=short
onto --rule op=sync,action=sense:05/20/00
onto --rule op=readcap,action=short
onto --rule op=readcap,action=ignore
onto --rule op=inquiry,action=ignore
onto --rule op=inquiry,action=short
for length in 0 1 255 4096 65535; do onto --thin --rule "op=inquiry,action=length:$length"; done
onto --rule op=modesense,action=corrupt --rule op=modesense,action=short
from --rule op=read,skip=5,count=1,action=short
from --rule op=read,skip=5,count=1,action=ignore
from --rule op=read,skip=5,count=1,action=nosense
from --thin --rule op=lbastatus,action=short
from --thin --rule op=lbastatus,action=ignore
from --thin --rule op=lbastatus,count=1,action=sense:0B/00/00

say "capacities"
# A block of 0 bytes, of 513, of 2 GiB; 2^64 blocks; nothing but zeros; cut short.
zeros=$(printf '%040d' 0)
for capacity in "000000000001ffff00000000$zeros" "000000000001ffff00000201$zeros" "000000000001ffff80000000$zeros" \
  "ffffffffffffffff00000200$zeros" "000000000000000000000000$zeros" 00000000000000 00; do
  say "$capacity"
  start_fake --size "$size" --capacity-raw "$capacity"
  run_sanclone "$work/disk.img" "$url"
  expect_status 3 4
  expect_one_error
  stop "$fake_pid"
done
