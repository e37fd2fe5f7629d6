# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# An MBR with logical partitions on a disk that is stored wholly; what is not known is null.
head -c 8M /dev/zero | tr '\0' '\252' >disk.img
printf 'label: dos\nlabel-id: 0x12345678\n1M,1M,82\n3M,4M,5\n4M,1M,83\n' | sfdisk -q disk.img
truncate -s 1M swap
mkswap -q -U 01234567-89ab-cdef-0123-456789abcdef swap 2>/dev/null
dd if=swap of=disk.img bs=1M seek=1 conv=notrunc status=none
sanlun map disk.img --json >map.json
jq -c '.device, .size, .table.kind, .totals, .allocation, .partitions[]' map.json
jq -c '.regions[] | [.kind, .offset, .size, .table, .partitions, .extended_partition, (.fill | length), (.stored | add)]' map.json
