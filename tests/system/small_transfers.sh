#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A target of which one request may have 7 blocks, less than the table reader or the head of a clone would like.
. "$(dirname "$0")/lib.sh"
require sfdisk jq
cd "$work"
truncate -s 4M source
printf 'label: gpt\n1M,1M\n' | sfdisk -q source
head -c 1M /dev/urandom | dd of=source bs=1M seek=1 conv=notrunc status=none
truncate -s 5M lun
start_fake --size 5M --image lun --max-transfer 3584
run_sanclone source "$url" --verify --grow-last --new-ids
expect_status 0
run_sanclone source "$url" --compare --grow-last --new-ids
expect_status 0
sfdisk --verify lun >out 2>&1 || fail "$(cat out)"
[ "$(sfdisk --json lun | jq '.partitiontable.partitions[0].size')" -eq $((3 * 2048)) ] || fail "it has not grown"
run_sanclone source "$url" --map map --no-fit-gpt
expect_status 0
run_sanclone source "$url" --map map --no-fit-gpt --verify=sample
expect_status 0
same source lun 4194304
run_sanclone "$url" back --used-only --verify
expect_status 0
same lun back
status=0
"$SANBOOT_BIN/sanlun" map "$url" --json >stdout 2>stderr || status=$?
expect_status 0
expect_json '.partitions | length == 1'
# Blocks of 4096 bytes.
truncate -s 5M lun4096
start_fake --size 5M --block-size 4096 --image lun4096 --max-transfer 4096
head -c 4M /dev/urandom >source
run_sanclone source "$url" --verify
expect_status 0
same source lun4096 4194304
