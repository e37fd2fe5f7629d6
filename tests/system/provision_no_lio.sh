#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A kernel without Linux' own target: sanlun says what is missing and what to do, and touches nothing. A kernel that
# has it is the business of tests/boot/provision_lio.sh.
. "$(dirname "$0")/lib.sh"
[ ! -d /sys/kernel/config/target ] || skip "this kernel has LIO"
for verb in "create disk1 --size 64M --initiator iqn.2026-11.org.example:host1" "tune disk1" \
  "delete disk1 --yes-destroy disk1"; do
  status=0
  # shellcheck disable=SC2086 # words
  "$SANBOOT_BIN/sanlun" $verb --driver lio --pool "$work/pool" --config "$work/saveconfig.json" \
    >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
  expect_status 3
  expect_text stderr '^sanlun: lio: (this kernel has no |configfs is not mounted)' \
    'run "(modprobe [a-z_]+|mount -t configfs none /sys/kernel/config)"' '; or use --driver tgt$'
  if [ -e "$work/pool" ] || [ -e "$work/saveconfig.json" ]; then fail "$verb: something was made"; fi
done
