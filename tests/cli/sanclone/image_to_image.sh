# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The times are all that differs from run to run.
truncate -s 3M a.img
printf 'first' | dd of=a.img conv=notrunc status=none
printf 'last' | dd of=a.img bs=1 seek=$((3 * 1048576 - 4)) conv=notrunc status=none
sanclone --json --verify a.img b.img | jq 'del(.seconds)'
cmp a.img b.img
