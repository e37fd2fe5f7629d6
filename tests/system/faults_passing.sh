#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Answers worth fearing that pass: the clone succeeds and is right.
. "$(dirname "$0")/lib.sh"
image_size=64M
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")

# survives OPTION…: of fake_target.
survives() {
  say "$*"
  rm -f "$work/lun"
  start_fake --size "$size" --image "$work/lun" --fill aa "$@"
  run_sanclone "$work/disk.img" "$url" --verify --json
  expect_status 0
  expect_json .verified
  same "$work/disk.img" "$work/lun"
  stop "$fake_pid"
}
hit() { grep -q "$1" "$work/fake.log" || fail "the fault did not happen: $1"; }

survives --thin --rule op=write,count=20,action=busy
hit '^write .* busy'
survives --thin --rule op=write,skip=5,count=10,action=full
hit '^write .* full'
survives --thin --rule op=read,count=5,action=busy
hit '^read .* busy'
survives --thin --rule op=any,count=1,every-login=1,action=ua
hit ' 06/29/00'
survives --thin --rule op=write,skip=3,count=2,action=ua:062A09 # capacity data has changed
survives --thin --rule op=unmap,count=2,action=busy --rule op=writesame,count=2,action=busy
survives --thin --rule op=readcap,count=3,action=busy --rule op=inquiry,count=1,action=busy
survives --thin --rule op=login,count=1,action=busy
survives --rule op=sync,count=1,action=sense:05/20/00
survives --thin --rule op=write,skip=10,count=1,action=drop
hit '^write .* dropped'
survives --thin --rule op=write,skip=10,count=1,action=delay:7000
survives --thin --rule op=lbastatus,action=sense:05/20/00 --rule op=modesense,action=sense:05/24/00

say "narrow paths"
survives --queue 4
survives --queue 1
survives --max-transfer 64K
survives --thin --unmap-granularity 1M
survives --key InitialR2T=Yes --key ImmediateData=No --key MaxBurstLength=4096 --key FirstBurstLength=512
survives --key InitialR2T=No --key ImmediateData=No --key MaxRecvDataSegmentLength=512

say "a LUN above 255"
start_fake --size "$size" --image "$work/lun" --fill aa --lun 300
run_sanclone "$work/disk.img" "${url%/1}/300"
expect_status 0
same "$work/disk.img" "$work/lun"
