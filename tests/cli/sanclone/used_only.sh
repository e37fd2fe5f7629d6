# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A swap area is all free but its header; of the other partitions nothing is known. Gaps are copied.
head -c 4M /dev/zero | tr '\0' '\252' >disk.img
printf 'label: dos\nlabel-id: 0x12345678\n1M,1M,82\n2560K,1M,8e\n' | sfdisk -q disk.img
truncate -s 1M swap.img
mkswap -q -U 01234567-89ab-cdef-0123-456789abcdef swap.img 2>/dev/null
dd if=swap.img of=disk.img bs=4096 seek=256 count=1 conv=notrunc status=none
sanclone --used-only --json --verify disk.img copy.img | jq -c '.used_only[], .bytes, .verified'
dd if=/dev/zero of=disk.img bs=4096 seek=257 count=255 conv=notrunc status=none
cmp disk.img copy.img
