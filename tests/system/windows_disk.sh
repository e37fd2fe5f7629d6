#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A disk with a Windows: GPT, EFI system partition, NTFS with hives that hivexregedit filled. It is READY; each
# fault is found by the check that is meant for it, and no other blocker fires.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/windows_lib.sh"
require ntfsfix mdel jq

# complaints [NIC]: blockers that fail or are unknown: "WIN-02 WIN-05".
complaints() {
  local code=0
  "$SANBOOT_BIN/sanboot-check" "$work/disk.img" --only WIN --nic "${1:-8086:10d3}" --json \
    >"$work/stdout" 2>"$work/stderr" || code=$?
  [ "$code" -le 1 ] || fail "sanboot-check ended with $code"
  jq -r '[.checks[] | select(.severity == "blocker" and (.status == "fail" or .status == "unknown")) | .id] | join(" ")' "$work/stdout"
}

# expect IDS: the disk's complaints are these and no others.
expect() {
  local found
  assemble
  found=$(complaints)
  [ "$found" = "$1" ] || fail "expected \"$1\", found \"$found\""
}

hive system
hive software
hive boot
make_parts

say "a Windows that boots over iSCSI"
fresh
expect ""
jq -e '.verdict == "READY" and ([.. | .bytes_read? // empty | numbers] | length == 1 and .[0] < 4194304)' "$work/stdout" >/dev/null || fail "not READY, or too much was read"
cp --sparse=always "$work/disk.img" "$work/before.img"
[ -z "$(complaints)" ] || fail "not READY the second time"
same "$work/before.img" "$work/disk.img"

say "the initiator is not started at boot"
fresh
with_registry '[\ControlSet001\Services\iScsiPrt]
"Start"=dword:00000003'
expect WIN-02

say "a dirty hive"
fresh
cp "$work/system" "$work/changed"
for at in 4 508; do # the number of the last write, and with it the checksum, an exclusive-or
  byte=$(od -An -tu1 -j $at -N 1 "$work/changed")
  printf '%b' "\\x$(printf %02x $((byte ^ 1)))" | dd of="$work/changed" bs=1 seek=$at conv=notrunc status=none
done
ntfscp -q -f "$work/part" "$work/changed" /Windows/System32/config/SYSTEM
expect WIN-01
grep -q 'sequence numbers' "$work/stdout" || fail "not for its sequence numbers"

say "NTFS marked dirty"
fresh
ntfsfix "$work/part" >"$work/stdout" 2>&1 || fail "ntfsfix"
expect WIN-01

say "hibernated"
fresh
{ printf hibr && head -c 8188 /dev/zero; } >"$work/hiberfil.sys"
ntfscp -q -f "$work/part" "$work/hiberfil.sys" /hiberfil.sys
expect WIN-01

say "the NIC's driver is not started at boot"
fresh
with_registry '[\ControlSet001\Services\e1i65x64]
"BootFlags"=dword:00000000'
expect WIN-03

say "another NIC"
fresh
assemble
found=$(complaints 8086:100e)
[ "$found" = WIN-04 ] || fail "expected WIN-04, found \"$found\""

say "a class filter that is not there"
fresh
with_registry '[\ControlSet001\Control\Class\{71a27cdd-812a-11d0-bec7-08002be2092f}]
"LowerFilters"=str(7):"leftover"'
expect WIN-06

say "new identifiers on the disk"
fresh
sgdisk -G "$work/disk.img" >"$work/stdout"
expect WIN-09

say "no boot configuration for UEFI"
fresh
mdel -i "$work/disk.img@@1M" ::EFI/Microsoft/Boot/BCD
expect WIN-11

say "BitLocker: nothing is known"
fresh
printf '\xeb\x58\x90-FVE-FS-' | dd of="$work/part" conv=notrunc status=none
assemble
complaints >/dev/null
jq -e '[.checks[] | select(.id == "WIN-15")][0].status == "fail"' "$work/stdout" >/dev/null || fail "BitLocker not found"
jq -e '[.checks[] | select(.id == "WIN-02")][0].status == "unknown"' "$work/stdout" >/dev/null || fail "files were read"
jq -e '.verdict == "NOT READY"' "$work/stdout" >/dev/null || fail "READY"

say "no boot loader under the default name: Windows has its own command for that"
status=0
"$SANBOOT_BIN/sanboot-check" "$work/before.img" --only IPXE-05 --firmware uefi --json >"$work/stdout" 2>"$work/stderr" || status=$?
expect_status 1
expect_json '.checks[0].status == "fail"' '.checks[0].commands | tostring | test("bcdboot") and (test("grub") | not)'
