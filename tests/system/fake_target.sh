#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The scripted target itself, before anything is concluded from it: other people's initiators must get along
# with it, and its rules must do what they say.
. "$(dirname "$0")/lib.sh"
require iscsi-inq iscsi-readcapacity16 iscsi-ls iscsi-test-cu qemu-img xxhsum
qemu_speaks_iscsi || skip "qemu-img has no iSCSI driver"
image_size=64M
make_image "$work/disk.img"

say "libiscsi's conformance tests"
start_fake --size 64M --thin --fill aa
for suite in SCSI.Read10 SCSI.Read16 SCSI.Write10 SCSI.Write16 SCSI.Unmap SCSI.WriteSame16 SCSI.GetLBAStatus \
  SCSI.ReadCapacity10 SCSI.ReadCapacity16 SCSI.Inquiry SCSI.ModeSense6 SCSI.Mandatory SCSI.TestUnitReady \
  iSCSI.iSCSIResiduals iSCSI.iSCSITMF; do
  iscsi-test-cu -d -s -t "$suite" "$url" >"$work/stdout" 2>&1 || fail "$suite"
  expect_text stdout 'tests +[1-9]'
done
stop "$fake_pid"

say "qemu-img copies and compares, whatever is negotiated"
for options in "--thin" "--thin=lbprz,lbpu --unmap-granularity 64K" "--queue 4" \
  "--key InitialR2T=Yes --key ImmediateData=No --key MaxRecvDataSegmentLength=8192 --key MaxBurstLength=65536" \
  "--max-transfer 256K --thin" "--rule op=write,skip=3,count=20,action=busy" \
  "--rule op=any,count=1,every-login=1,action=ua" "--rule op=write,skip=7,count=9,action=full"; do
  rm -f "$work/lun"
  # shellcheck disable=SC2086 # several options
  start_fake --size 64M --fill aa --image "$work/lun" $options
  qemu-img convert -n -W -m 16 -f raw -O raw "$work/disk.img" "$url" 2>"$work/stderr"
  same "$work/disk.img" "$work/lun"
  qemu-img compare -q -f raw -F raw "$work/disk.img" "$url" || fail "read back differs: $options"
  check_run
  stop "$fake_pid"
done

say "rules"
# outcome RULE PATTERN: what iscsi-readcapacity16 says when RULE holds for READ CAPACITY.
outcome() {
  start_fake --rule "$1"
  timeout 2 iscsi-readcapacity16 "$url" >"$work/stdout" 2>&1 || echo "exit $?" >>"$work/stdout"
  expect_text stdout "$2"
  stop "$fake_pid"
}
outcome op=tur,skip=100,action=busy 'Total size:67108864'
outcome op=readcap,count=1,skip=1,action=busy 'Total size:67108864'
outcome op=readcap,action=busy 'failed to send readcapacity'
outcome op=readcap,action=hang 'exit 124'
outcome op=readcap,action=conflict 'failed to send readcapacity'
outcome op=readcap,action=sense:03/11/00 'failed to send readcapacity'
outcome op=0x9e,action=reject 'failed to send readcapacity'
outcome op=login,action=login:0203 'Target not found'
outcome op=login,action=busy 'Service unavailable'
start_fake --claim-size 1T
iscsi-readcapacity16 "$url" | grep -q 'Total size:1099511627776'
stop "$fake_pid"
start_fake --capacity-raw 00000000000000ff00001000
iscsi-readcapacity16 "$url" | grep -q 'Total size:1048576'
stop "$fake_pid"
start_fake --rule op=read,action=corrupt --image "$work/lun" --size 64M
if qemu-img compare -q -f raw -F raw "$work/disk.img" "$url"; then fail "corrupt data are not seen"; fi

say "CHAP"
printf 'secret123456\n' >"$work/secret"
printf 'target123456\n' >"$work/target-secret"
start_fake --chap "me:$work/secret" --mutual "it:$work/target-secret"
portal=${url#iscsi://}
if iscsi-readcapacity16 "$url" 2>/dev/null; then fail "no CHAP and in"; fi
if iscsi-readcapacity16 "iscsi://me%secret12345x@$portal" 2>/dev/null; then fail "a wrong secret and in"; fi
iscsi-readcapacity16 "iscsi://me%secret123456@$portal" >/dev/null
iscsi-readcapacity16 "iscsi://me%secret123456@$portal?target_user=it&target_password=target123456" >/dev/null
if iscsi-readcapacity16 "iscsi://me%secret123456@$portal?target_user=it&target_password=target12345x" 2>/dev/null; then
  fail "the target does not know the mutual secret"
fi
iscsi-ls "iscsi://me%secret123456@127.0.0.1:$fake_port" | grep -q "127.0.0.1:$fake_port"
