# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A swap area that a hibernated system is in is copied whole, and said to be.
head -c 1M /dev/zero | tr '\0' '\252' >disk.img
mkswap -q -U 01234567-89ab-cdef-0123-456789abcdef disk.img 2>/dev/null
printf 'S1SUSPEND\0' | dd of=disk.img bs=1 seek=4086 conv=notrunc status=none
sanclone --used-only disk.img copy.img --dry-run
sanclone --used-only disk.img copy.img --quiet
cmp disk.img copy.img
