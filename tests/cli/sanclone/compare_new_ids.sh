# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# --compare --new-ids tells the identifier that is on the disk, whoever put it there; of another disk it tells none.
truncate -s 8M a.img
printf 'label: gpt\nlabel-id: 00000000-1111-4222-8333-444444444444\n1M,2M\n' | sfdisk -q a.img
sanclone --quiet a.img b.img --new-ids
sfdisk -q --disk-id b.img 12345678-0000-0000-0000-000000000001
sanclone --compare a.img b.img --new-ids
echo "exit code $?"
sanclone --compare a.img b.img --new-ids --json | jq -c '.identical, .gpt.table.disk_id'
printf x | dd of=b.img bs=1M seek=4 conv=notrunc status=none
sanclone --compare a.img b.img --new-ids --json | jq -c '.identical, .gpt'
