# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A disk with a GPT: an ext2 half full, a swap area, gaps, and a partition of which nothing is known; in ASCII and
# in UTF-8, at several widths. All of it is stored, whatever the file system does about holes.
head -c 32M /dev/zero | tr '\0' '\252' >disk.img
sfdisk -q disk.img <<'END'
label: gpt
label-id: 00000000-1111-4222-8333-444444444444
start=1M, size=12M, name="root", uuid=00000000-1111-4222-8333-000000000001
start=13M, size=2M, type=S, uuid=00000000-1111-4222-8333-000000000002
start=20M, size=6M, name="data", uuid=00000000-1111-4222-8333-000000000003
END
mkdir tree
head -c 5M /dev/zero | tr '\0' x >tree/file
truncate -s 12M ext2
mke2fs -q -t ext2 -b 4096 -N 64 -m 0 -O none -L rootfs -U 01234567-89ab-cdef-0123-456789abcdef -d tree ext2
truncate -s 2M swap
mkswap -q -L swap -U 01234567-89ab-cdef-0123-000000000002 swap 2>/dev/null
dd if=ext2 of=disk.img bs=1M seek=1 conv=notrunc status=none
dd if=swap of=disk.img bs=1M seek=13 conv=notrunc status=none
for columns in 60 80 120; do
  COLUMNS=$columns sanlun map disk.img
  echo
done
COLUMNS=80 LC_ALL=C.UTF-8 sanlun map disk.img
echo
COLUMNS=60 sanlun map --color=always disk.img | head -n 4 | tr '\033' '^'
