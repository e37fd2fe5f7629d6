#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A machine boots from an option ROM that sanflash changed for its NIC: iPXE's ROM for the e1000 in a machine whose NIC
# is an e1000-82545em. SeaBIOS takes no ROM of another PCI device, and QEMU leaves a ROM alone that it is told to take,
# so that the ROM as it was is not run there. The same with OVMF, from the EFI image alone.
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64
roms=/usr/lib/ipxe/qemu
[ -e "$roms/efi-e1000.rom" ] || skip "the package ipxe-qemu is not installed"
mkdir "$work/tftp"
# shellcheck disable=SC2016 # iPXE expands that
printf '#!ipxe\necho The script runs: ${net0/chip} ${net0/busid}\n' >"$work/tftp/boot.ipxe"

# machine NAME ROM [OPTION…]: starts it; what it says goes to $work/NAME.
machine() {
  local name=$1 rom=$2
  shift 2
  qemu-system-x86_64 -accel tcg -m 256 -nographic -no-reboot -vga none "$@" \
    -netdev "user,id=n0,restrict=on,tftp=$work/tftp,bootfile=boot.ipxe" \
    -device "e1000-82545em,netdev=n0,romfile=$rom,bootindex=1" </dev/null >"$work/$name" 2>&1 &
}
# says NAME TEXT
says() {
  wait_until 120 grep -qa "$2" "$work/$1" || fail "$1 has not said \"$2\": $(tail -c 2000 "$work/$1" | tr -d '\033')"
}

"$SANBOOT_BIN/sanflash" rom set-id "$roms/efi-e1000.rom" --id 8086:100f -o "$work/both.rom"
"$SANBOOT_BIN/sanflash" rom verify "$work/both.rom"
"$SANBOOT_BIN/sanflash" rom extract "$work/both.rom" -o "$work/parts"
machine untouched "$roms/efi-e1000.rom"
machine changed "$work/both.rom"
machine x86 "$work/parts/both-1-x86.rom"
# What the NIC says of itself: bus type, vendor and device.
says changed 'The script runs: 82545em 01:80:86:10:0f'
says x86 'The script runs: 82545em 01:80:86:10:0f'
says untouched 'No bootable device'
if grep -qa 'iPXE' "$work/untouched"; then fail "a ROM for another device was run: this test proves nothing"; fi
for pid in $(jobs -p); do stop "$pid"; done

code=/usr/share/OVMF/OVMF_CODE_4M.fd
[ -e "$code" ] || skip "OVMF is not installed"
cp "${code/CODE/VARS}" "$work/vars.fd"
machine efi "$work/parts/both-2-efi.rom" -drive if=pflash,format=raw,readonly=on,file="$code" \
  -drive if=pflash,format=raw,file="$work/vars.fd"
says efi 'The script runs: 82545em 01:80:86:10:0f'
