# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What becomes of a GPT on a larger disk, of an MBR, and of what is neither.
truncate -s 8M gpt.img mbr.img none.img
printf '%s\n' 'label: gpt' 'label-id: 00000000-1111-4222-8333-444444444444' \
  'start=2048,size=4096,type=U,uuid=00000001-0002-4003-8004-000000000005' \
  'start=6144,size=4096,type=L,uuid=00000002-0002-4003-8004-000000000005' |
  sfdisk -q gpt.img
printf 'label: dos\nlabel-id: 0x12345678\n1M,4M,83\n' | sfdisk -q mbr.img
truncate -s 16M large.img
for disk in gpt mbr none; do
  sanclone --dry-run --keep-size "$disk.img" large.img | grep -v '  size'
  sanclone --dry-run --keep-size --no-fit-gpt "$disk.img" large.img | tail -n 3
done
sanclone --dry-run --keep-size --grow-last gpt.img large.img | tail -n 5 | grep -v "  size"
sanclone --dry-run --keep-size --new-ids mbr.img large.img | tail -n 5 | grep -v "  size"
sanclone --json --keep-size gpt.img large.img | jq '.destinations[0].gpt | del(.table)'
sanclone --compare gpt.img large.img
sanclone --compare --grow-last gpt.img large.img
sanclone --compare --json gpt.img large.img | jq -c '.identical, .gpt.edits'
sanclone --json --keep-size --no-fit-gpt gpt.img large.img | jq '.destinations[0].gpt'
sanclone --compare gpt.img large.img
