# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Every check has its line; in JSON, the same.
sanboot-check --list-checks | grep -E '^(IPXE-0[5-8]|OPS)'
sanboot-check --list-checks -v | grep -A3 '^OPS-03'
sanboot-check --list-checks --json | jq '.[] | select(.id == "OPS-03")'
sanboot-check --list-checks >text
sanboot-check --list-checks --json | jq -r '.[].id' >ids
cut -d ' ' -f 1 text | diff - ids && echo the same
