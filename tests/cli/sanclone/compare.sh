# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
truncate -s 3M a.img
cp a.img b.img
sanclone --compare a.img b.img
echo "$?"
printf 'x' | dd of=b.img bs=1 seek=$((2 * 1048576 + 5)) conv=notrunc status=none
sanclone --compare a.img b.img
