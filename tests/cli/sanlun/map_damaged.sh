# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Tables with problems are drawn as far as they are known, and the problems are named.
head -c 4M /dev/zero | tr '\0' '\252' >disk.img
printf 'label: gpt\nlabel-id: 00000000-1111-4222-8333-444444444444\nstart=1M, size=1M\n' | sfdisk -q disk.img
head -c 6M /dev/zero | tr '\0' '\252' >larger.img
dd if=disk.img of=larger.img conv=notrunc status=none
COLUMNS=70 sanlun map larger.img
echo
dd if=/dev/zero of=disk.img bs=1 seek=600 count=8 conv=notrunc status=none
COLUMNS=70 sanlun map disk.img
echo
dd if=disk.img of=smaller.img bs=1M count=1 status=none
COLUMNS=70 sanlun map smaller.img
echo
: >empty.img
sanlun map empty.img
