#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Option ROMs as iPXE builds them, those of the Debian packages ipxe-qemu and ipxe: sound, described as a second reader
# and QEMU's devices have it, taken apart and put together, and changed for another PCI device.
. "$(dirname "$0")/lib.sh"
require jq python3
support=$here/../support/rom
mapfile -t roms < <(realpath /usr/lib/ipxe/qemu/*.rom /usr/lib/ipxe/*.rom 2>/dev/null | sort -u) # many are links
[ ${#roms[@]} -gt 0 ] || skip "the package ipxe-qemu is not installed"

# rom EXIT ARGUMENT…: sanflash rom, of which nothing but that exit code is expected.
rom() {
  local expected=$1
  shift
  status=0
  "$SANBOOT_BIN/sanflash" rom "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
  expect_status "$expected"
}
# same_view FILE: sanflash and the second reader see the same in it, and every sum in it is 0.
same_view() {
  python3 "$support/rom_reader.py" "$1" >"$work/seen"
  rom 0 info "$1" --json
  jq -S '.images[] | del(.init_bytes, .efi) | .pnp |= map(del(.offset, .bytes)) |
    (.pnp[], .undi, .ipxe | select(.)) |= (.checksum_good = (.sum == 0) | del(.sum))' "$work/seen" >"$work/theirs"
  jq -r '.images[].efi // empty | "\(.machine) \(.subsystem) \(.compression)"' "$work/seen" >>"$work/theirs"
  jq -S '.files[0].roms[0].images[] | del(.init_bytes, .efi, .type, .indicator, .checksum_good) |
    .pnp |= map(del(.offset, .bytes, .boot_entry, .boot_connection))' "$work/stdout" >"$work/ours"
  jq -r '.files[0].roms[0].images[].efi // empty | "\(.machine) \(.subsystem) \(.compression)"' "$work/stdout" |
    sed 's/x86-64/34404/; s/boot service driver/11/; s/none/0/' >>"$work/ours"
  diff "$work/theirs" "$work/ours" || fail "$1: the second reader sees something else"
  jq -e '[.images[] | .byte_sum, .pnp[].sum, .undi.sum, .ipxe.sum | values] | unique == [0]' "$work/seen" >/dev/null ||
    fail "$1: not every sum is 0"
}

say "${#roms[@]} ROMs: sound; what a second reader sees; apart and together; another id and back"
for path in "${roms[@]}"; do
  name=$(basename "$path" .rom)
  rom 0 verify "$path"
  same_view "$path"
  rm -rf "$work/parts"
  for how in --raw ''; do
    rom 0 extract "$path" -o "$work/parts" --overwrite $how
    parts=("$work/parts/$name"-*)
    rom 0 join "${parts[@]}" -o "$work/joined.rom" --overwrite
    cmp "$path" "$work/joined.rom" || fail "$name: apart and together again is not the same"
  done
  rom 0 verify "${parts[@]}"
  for rule in update only keep; do
    rom 0 set-id "$path" --id 10d9:8765 --devices "$rule" -o "$work/changed.rom" --overwrite
    rom 0 verify "$work/changed.rom"
    [ "$rule" != update ] || same_view "$work/changed.rom"
    rom 0 info "$work/changed.rom" --json
    expect_json '[.files[].roms[].images[] | .vendor + .device] | unique == ["10d98765"]'
  done
done
rom 0 set-id /usr/lib/ipxe/qemu/pxe-e1000.rom --id 8086:100f -o "$work/e1000.rom"
[ "$({ cmp -l /usr/lib/ipxe/qemu/pxe-e1000.rom "$work/e1000.rom" || true; } | wc -l)" -eq 3 ] ||
  fail "another device id is more than id, list and checksum"

say "what QEMU's devices are, their ROMs are for"
if command -v qemu-system-x86_64 >/dev/null; then
  while read -r name device; do
    printf '{"execute": "qmp_capabilities"}\n{"execute": "query-pci"}\n{"execute": "quit"}\n' |
      qemu-system-x86_64 -accel tcg -S -nodefaults -display none -qmp stdio -device "$device,romfile=/usr/lib/ipxe/qemu/pxe-$name.rom" >"$work/qmp" 2>"$work/stderr"
    rom 0 info "/usr/lib/ipxe/qemu/pxe-$name.rom" --json
    ours=$(jq -r '.files[0].roms[0].images[0] | .vendor + ":" + .device' "$work/stdout")
    jq -r '.return[]?.devices[]? | select(.class_info.class == 512) | .id | "\(.vendor) \(.device)"' "$work/qmp" |
      xargs printf '%04x:%04x\n' >"$work/qemu"
    [ "$(cat "$work/qemu")" = "$ours" ] || fail "$name: QEMU has $(cat "$work/qemu"), the ROM says $ours"
  done <<'DEVICES'
e1000 e1000
e1000e e1000e
eepro100 i82557b
pcnet pcnet
rtl8139 rtl8139
virtio virtio-net-pci,disable-legacy=on
vmxnet3 vmxnet3
DEVICES
fi

say "containers and dumps"
python3 "$support/rom_make.py" flb3 "$work/boot.flb"
rom 0 info "$work/boot.flb" --json
expect_json '.files[0].source == "flb3"' '[.files[0].roms[].offset] == [151, 2232]'
rom 0 extract "$work/boot.flb" -o "$work/flb"
[ "$(cd "$work/flb" && echo ./*)" = "./boot-rom1-1-x86.rom ./boot-rom2-1-x86.rom ./boot-rom2-2-efi.rom" ] || fail "FLB3: $(ls "$work/flb")"
rom 0 verify "$work/flb"/*
{ head -c 8192 /dev/zero && cat /usr/lib/ipxe/qemu/efi-e1000e.rom && head -c 3000 /dev/zero; } >"$work/dump.bin"
rom 2 info "$work/dump.bin"
rom 0 extract --scan "$work/dump.bin" -o "$work/dump"
rom 0 join "$work/dump"/dump-* -o "$work/joined.rom" --overwrite
cmp /usr/lib/ipxe/qemu/efi-e1000e.rom "$work/joined.rom"

say "every byte of an x86 image is guarded"
rom_bytes=$(bytes_of /usr/lib/ipxe/qemu/pxe-pcnet.rom)
for offset in 6 100 5000 $((rom_bytes - 1)); do
  cp /usr/lib/ipxe/qemu/pxe-pcnet.rom "$work/broken.rom"
  byte=$(od -An -tu1 -j "$offset" -N 1 "$work/broken.rom")
  printf '%b' "\\x$(printf %02x $(((byte + 1) % 256)))" | dd of="$work/broken.rom" bs=1 seek="$offset" conv=notrunc status=none
  rom 1 verify "$work/broken.rom"
done
