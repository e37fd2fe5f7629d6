# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# NICs of a machine that has none of those: what is no NIC, and what makes no sense for all.
touch old.bin
mkdir directory
for line in "show nic:" "show nic:nosuch0" "show nic:../net/lo" "show nic:lo" "priority nic:lo pxe" "backup nic:lo new.bin" \
  "restore all old.bin" "diff all old.bin" "priority all primary" "priority all secondary" "priority all pxe --port 2" \
  "reset all --port 1" "reset all --backup x" "set all --lun 1 --port 1" "set all --address 192.0.2.2/24" \
  "set all --lun 1 --mac 52:54:00:12:34:56" "backup all old.bin"; do
  # shellcheck disable=SC2086 # words
  sanflash $line || echo "exit code $?"
done
sanflash list >/dev/null
sanflash list extra || echo "exit code $?"
