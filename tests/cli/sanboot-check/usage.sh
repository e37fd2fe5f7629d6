# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What is wrong with a command line is said with the nearest right thing.
truncate -s 1M disk.img
try() {
  echo "\$ $*"
  "$@" 2>&1
  echo "exit code $?"
}
try sanboot-check
try sanboot-check --list-check
try sanboot-check disk.img other.img
try sanboot-check -
try sanboot-check missing.img
try sanboot-check iscsi://host/iqn.2026-11.org.example:x
try sanboot-check disk.img --only LNX-3
try sanboot-check disk.img --skip NTE
try sanboot-check disk.img --firmware efi
try sanboot-check disk.img --nic 8086:xyz
try sanboot-check disk.img --profile missing.toml
try sanboot-check disk.img --remedy disk.img
try sanboot-check --json disk.img --only IPXE-5
