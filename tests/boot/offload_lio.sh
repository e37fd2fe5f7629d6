#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Copies by Linux' own target (LIO), in a guest: from LUN to LUN, and what it says to LUNs that it cannot tell apart.
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64 apt-get dpkg-deb flock
guest=${SANBOOT_GUEST:-$work/guest}
"$(dirname "$0")/lio_guest.sh" "$guest" 2>"$work/stderr" || skip "the guest cannot be made: $(tail -n 1 "$work/stderr")"
size=$((64 * 1048576))

# start_guest WORD…: boots it; the words are for lio_guest.sh. Sets url.
start_guest() {
  local port
  port=$(free_port)
  : >"$work/serial" # of the guest before
  qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 512 -nographic -no-reboot \
    -kernel "$guest/vmlinuz" -initrd "$guest/initrd" \
    -append "console=ttyS0 quiet panic=-1 lun_size=$size $*" \
    -netdev "user,id=n0,hostfwd=tcp:127.0.0.1:$port-10.0.2.15:3260" \
    -device virtio-net-pci,netdev=n0,romfile= </dev/null >"$work/serial" 2>&1 &
  guest_pid=$!
  wait_until 180 grep -q 'lio: ready' "$work/serial" || fail "the guest does not come up: $(tail "$work/serial")"
  url=iscsi://127.0.0.1:$port/iqn.2026-11.org.example:lio
}

# 48 MiB of data with a hole, and a mark of a boot sector.
head -c $((40 * 1048576)) /dev/urandom >"$work/disk.img"
truncate -s $((56 * 1048576)) "$work/disk.img"
head -c $((8 * 1048576)) /dev/urandom >>"$work/disk.img"
printf '\125\252' | dd of="$work/disk.img" bs=1 seek=510 conv=notrunc status=none

say "thick LUNs: the target copies, and keeps no status"
start_guest thin=0
run_sanclone "$work/disk.img" "$url/0"
expect_status 0
run_sanclone "$url/0" "$url/1" --json -v
expect_status 0
expect_text stderr 'does not tell what became of a copy'
expect_json ".bytes.offloaded == $((size - 1048576))" '.hash == null'
run_sanclone --compare "$work/disk.img" "$url/1"
expect_status 0
say "verified"
run_sanclone "$url/0" "$url/1" --json --verify --offload=require
expect_status 0
expect_json .verified ".destinations[0].bytes.verified == $size"
stop "$guest_pid"

say "thin LUNs: LIO has no GET LBA STATUS, and a copy would fill the destination"
start_guest thin=1
run_sanclone "$work/disk.img" "$url/0"
expect_status 0
run_sanclone "$url/0" "$url/1" --json -v
expect_status 0
expect_text stderr 'the destination is thin'
expect_json '.bytes.offloaded == 0'
run_sanclone "$url/0" "$url/1" --json --offload=require
expect_status 0
expect_json ".bytes.offloaded == $((size - 1048576))"
run_sanclone --compare "$work/disk.img" "$url/1"
expect_status 0
stop "$guest_pid"

say "LUNs with the same NAA identifier"
start_guest thin=0 same_naa=1
run_sanclone "$url/0" "$url/1" --offload=require
expect_status 3
expect_text stderr 'the same NAA identifier'
