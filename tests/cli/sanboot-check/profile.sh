# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A boot profile alone: the plan is examined, and the target that is not there.
cat >host1.toml <<'PROFILE'
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:34:56"
vlan = 5
[target]
portal = "127.0.0.1:9"
name = "iqn.2026-11.org.example:golden"
lun = 1
[boot]
firmware = "bios"
PROFILE
# How many checks there are is not what this is about.
sanboot-check --profile host1.toml | grep -v 'not applicable'
echo "exit code ${PIPESTATUS[0]}"
