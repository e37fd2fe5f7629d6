#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The script that sanflash exports for the UEFI shell, run by OVMF's own shell from a FAT medium, makes the variables that
# sanflash writes into the store itself.
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64 mformat mcopy python3
reader=$(cd "$(dirname "$0")" && pwd)/read_variables.py
[ -e /usr/share/OVMF/OVMF_CODE.fd ] || skip "OVMF is not installed"

(umask 077 && echo hostsecret1234 >"$work/host1.secret" && echo disksecret1234 >"$work/disk1.secret")
cat >"$work/host1.toml" <<PROFILE
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:ab:56"
dhcp = false
address = "10.0.2.15/24"
gateway = "10.0.2.2"
[target]
portals = ["10.0.2.2:13260", "10.0.2.3"]
name = "iqn.2026-11.org.example:golden"
lun = 1
[auth]
method = "mutual-chap"
user = "host1"
secret_file = "host1.secret"
target_user = "disk1"
target_secret_file = "disk1.secret"
[boot]
firmware = "uefi"
priority = "primary"
PROFILE
"$SANBOOT_BIN/sanflash" export --format uefi-shell --profile "$work/host1.toml" -o "$work/startup.nsh"
[ "$(stat -c %a "$work/startup.nsh")" = 600 ] || fail "others can read the secrets"
echo 'reset -s' >>"$work/startup.nsh"
truncate -s 8M "$work/fat.img"
mformat -i "$work/fat.img" -T 16384 -h 16 -s 32 ::
mcopy -i "$work/fat.img" "$work/startup.nsh" ::/startup.nsh

cp /usr/share/OVMF/OVMF_VARS.fd "$work/vars.fd"
timeout 240 qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m 256 -M q35 -nographic -no-reboot -nic none \
  -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE.fd \
  -drive if=pflash,format=raw,file="$work/vars.fd" -drive format=raw,file="$work/fat.img" \
  </dev/null >"$work/stdout" 2>&1 || fail "the shell does not come to its end"

cp /usr/share/OVMF/OVMF_VARS.fd "$work/set.fd"
"$SANBOOT_BIN/sanflash" set "uefi:$work/set.fd" --profile "$work/host1.toml" 2>/dev/null >"$work/stderr"
variables() { "$reader" "$1" | grep -E '^(Attempt_[12]|AttemptOrder|I_NAME|BootOrder) ' | sort; }
variables "$work/vars.fd" >"$work/by_shell"
variables "$work/set.fd" >"$work/by_sanflash"
[ "$(wc -l <"$work/by_sanflash")" -eq 4 ] || fail "sanflash has not written four variables"
cmp "$work/by_shell" "$work/by_sanflash" || fail "$(diff "$work/by_shell" "$work/by_sanflash" | cut -c 1-300)"
