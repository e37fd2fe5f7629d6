# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A disk with nothing on it: no operating system is recognised, and unknown is not READY.
truncate -s 8M disk.img
# How many checks there are is not what this is about.
sanboot-check disk.img | grep -v 'not applicable'
echo "exit code ${PIPESTATUS[0]}"
sanboot-check -q disk.img --firmware bios
echo "exit code $?"
sanboot-check -q disk.img --skip ipxe-07
echo "exit code $?"
sanboot-check disk.img -v --only IPXE
echo "exit code $?"
