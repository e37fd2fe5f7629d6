# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What is no verb, no option, no device, no value.
for line in "" "shw x" "show" "show --famly=I350 x" "show card.bin" "show nvm:" "show nvm:missing" "show nvm:." \
  "priority nvm:x first" "priority nvm:x" "set nvm:x" "set nvm:x --lun 65536" "set nvm:x --vlan 4095" "set nvm:x --address 10.0.0.1" \
  "set nvm:x --dhcp --address 10.0.0.1/24" "set nvm:x --target IQN.2026-11.org.example:x" "set nvm:x --port 0 --lun 1" \
  "set nvm:x --no-chap --chap-user u" "show nvm:x --ip-order=host"; do
  # shellcheck disable=SC2086 # words
  sanflash $line || echo "exit code $?"
done
