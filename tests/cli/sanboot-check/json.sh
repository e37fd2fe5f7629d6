# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The fields of the JSON document, of a disk with an MBR that lists a partition and has no boot code.
truncate -s 8M disk.img
printf 'label: dos\nlabel-id: 0x1234abcd\nstart=2048, type=83, bootable\n' | sfdisk -q disk.img
sanboot-check --json disk.img --firmware bios --only IPXE |
  jq '.seconds |= (. >= 0) | .subject.bytes_read |= (. > 0 and . < 1000000)'
echo "exit code ${PIPESTATUS[0]}"
