#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A target at a link-local IPv6 address, in a network of our own: the zone as people write it, a portal that the target
# tells without one, and what is said where it is missing.
if [ -z "${in_namespace:-}" ]; then
  if unshare --net true 2>/dev/null; then exec env in_namespace=1 unshare --net "$0"; fi
  echo 'skipped: no network namespaces' >&2
  exit 77
fi
. "$(dirname "$0")/lib.sh"
require ip tgtd jq
cd "$work"
ip link set lo up
ip link add v0 type veth peer name v1 2>/dev/null || skip "no veth"
ip link set v0 up
ip link set v1 up
ip -6 address add fe80::10/64 dev v0 nodad
ip -6 address add fd00::10/64 dev v0 nodad

truncate -s 8M source
printf x | dd of=source bs=1 seek=4000000 conv=notrunc status=none
tgt_address='[::]' start_tgtd
new_tgt_lun lun 8M
name=$iqn$tgt_tid

# sanlun ARGUMENT…: its output goes to $work/stdout and $work/stderr.
sanlun() {
  status=0
  timeout --kill-after=5 60 "$SANBOOT_BIN/sanlun" "$@" >stdout 2>stderr || status=$?
  check_run
}

for host in 'fe80::10%v0' 'fe80::10%25v0' "fe80::10%$(ip -oneline link show v0 | cut -d : -f 1)"; do
  run_sanclone source "iscsi://[$host]:$tgtd_port/$name/1" --verify
  expect_status 0
  same source lun
  fill_aa lun 8M
done

say "a portal that the target tells gets the zone of the question"
sanlun discover "[fe80::10%v0]:$tgtd_port" --json
expect_status 0
expect_json ".targets[0].portals[0] | .advertised == \"[fe80::10]:$tgtd_port,1\"" \
  ".targets[0].portals[0] | .portal == \"[fe80::10%v0]:$tgtd_port\" and .reachable"
sanlun list "[fe80::10%25v0]:$tgtd_port" --json
expect_status 0
expect_json '.targets[0].luns[] | select(.lun == 1) | .size == 8388608'

say "and no other portal does"
sanlun discover "[fd00::10]:$tgtd_port" --json
expect_status 0
expect_json ".targets[0].portals[0] | .portal == \"[fd00::10]:$tgtd_port\" and .reachable"

say "without a zone, or with a wrong one, the interfaces are named"
run_sanclone source "iscsi://[fe80::10]:$tgtd_port/$name/1"
expect_status 3
expect_one_line
expect_text stderr 'link-local address, which needs the name of an interface; write \[fe80::10%v[01]\]; .*v0'
run_sanclone source "iscsi://[fe80::10%25v7]:$tgtd_port/$name/1"
expect_status 3
expect_text stderr 'there is no interface v7; .*v0'
sanlun discover "[fe80::10]:$tgtd_port"
expect_status 3
expect_text stderr 'needs the name of an interface'
