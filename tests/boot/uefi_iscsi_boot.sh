#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What sanflash writes into a UEFI variable store boots a machine: the firmware's own initiator (OVMF, no option ROM,
# no iPXE, no key pressed) logs in to the LUN and starts what is there. Once up to a running Debian; the other ways only
# until the boot loader speaks, for each takes minutes. SANBOOT_TEST_LONG=1 boots Debian every time.
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64
boot=$(cd "$(dirname "$0")" && pwd)
code=/usr/share/OVMF/OVMF_CODE.fd
[ -e "$code" ] || skip "OVMF is not installed"
golden=${SANBOOT_GOLDEN:-$SANBOOT_BIN/../golden}
"$boot/golden_disk.sh" "$golden" || skip "no golden disk"
mac=52:54:00:12:ab:56
cp --sparse=always "$golden/golden.img" "$work/disk.img"
(umask 077 && echo hostsecret1234 >"$work/host1.secret" && echo disksecret1234 >"$work/disk1.secret")

# profile PORT TARGET LUN [LINE…]: the machine's; the lines are what stands under [auth].
profile() {
  target=$2
  cat >"$work/host1.toml" <<PROFILE
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "$mac"
dhcp = false
address = "10.0.2.15/24"
gateway = "10.0.2.2"
[target]
portal = "10.0.2.2:$1"
name = "$target"
lun = $3
[boot]
firmware = "uefi"
priority = "primary"
PROFILE
  shift 3
  if [ $# -gt 0 ]; then printf '%s\n' '[auth]' "$@" >>"$work/host1.toml"; fi
}

# machine STORE: starts it in the background; what it says goes to $work/serial.
machine() {
  : >"$work/serial"
  qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 1024 -M q35 -nographic -no-reboot \
    -drive if=pflash,format=raw,readonly=on,file="$code" -drive if=pflash,format=raw,file="$1" \
    -netdev user,id=n0 -device virtio-net-pci,netdev=n0,mac="$mac",romfile=,bootindex=1 \
    </dev/null >"$work/serial" 2>&1 &
  machine_pid=$!
  started=$SECONDS
}

# says TEXT SECONDS: waits until the machine says that.
says() {
  wait_until "$2" grep -qa "$1" "$work/serial" ||
    fail "after $2 s the machine has not said \"$1\": $(tail -c 2000 "$work/serial" | tr -d '\033')"
  say "  \"$1\" after $((SECONDS - started)) s"
}

# boots STORE [debian]: up to the boot loader, or until Debian has said whence it came.
boots() {
  machine "$1"
  says 'golden: the boot loader runs' 180
  if [ "${2:-}" = debian ] || [ -n "${SANBOOT_TEST_LONG:-}" ]; then
    says SANPROOF 450
    grep -a SANPROOF "$work/serial" | tr -d '\r' >"$work/stdout"
    expect_text stdout 'firmware=uefi' 'root=/dev/sda3' "ibft=$target" "session=$target" \
      'initiator=iqn.2026-11.org.example:host1'
  fi
  stop "$machine_pid"
}

set_store() {
  "$SANBOOT_BIN/sanflash" set "uefi:$1" --profile "$work/host1.toml" >"$work/stdout" 2>"$work/stderr" ||
    fail "sanflash set"
}

say "a store that never booted, no CHAP"
start_tgtd
new_tgt_lun "$work/disk.img" 0
cp /usr/share/OVMF/OVMF_VARS.fd "$work/vars.fd"
profile "$tgtd_port" "${iqn}1" 1
set_store "$work/vars.fd"
boots "$work/vars.fd"

say "settings that make no other entry of the disk leave BootOrder as it is"
set_store "$work/vars.fd"
[ ! -s "$work/stderr" ] || fail "a warning"
"$SANBOOT_BIN/sanflash" set "uefi:$work/vars.fd" --profile "$work/host1.toml" --address 10.0.2.16/24 --dry-run \
  >"$work/stdout" 2>"$work/stderr"
expect_text stderr 'BootOrder .* is removed'
stop "$tgtd_pid"

# tgt will not do: it takes CHAP's algorithm 7, which is SHA-256, for SHA-1, and OVMF offers it first
# (open-iscsi/open-iscsi issue 192).
say "the same store, which has booted, with CHAP"
istgt_auth=CHAP istgt_account='"host1" "hostsecret1234"' start_istgt "$work/disk.img"
chap=('method = "chap"' 'user = "host1"' 'secret_file = "host1.secret"')
profile "$istgt_port" iqn.2026-11.org.example:disk1 0 "${chap[@]}"
set_store "$work/vars.fd"
boots "$work/vars.fd"
stop "$istgt_pid"

say "a store in which PXE and HTTP stand before the disk, mutual CHAP, up to Debian"
cp /usr/share/OVMF/OVMF_VARS.fd "$work/vars.fd"
machine "$work/vars.fd"
says 'Start PXE over IPv4' 120
stop "$machine_pid"
istgt_auth='CHAP Mutual' istgt_account='"host1" "hostsecret1234" "disk1" "disksecret1234"' start_istgt "$work/disk.img"
chap=('method = "mutual-chap"' "${chap[@]:1}" 'target_user = "disk1"' 'target_secret_file = "disk1.secret"')
profile "$istgt_port" iqn.2026-11.org.example:disk1 0 "${chap[@]}"
set_store "$work/vars.fd"
expect_text stderr 'BootOrder'
boots "$work/vars.fd" debian
expect_text serial 'iSCSI\(iqn.2026-11.org.example:disk1,.*CHAP_BI'

say "a target that cannot prove itself is not booted from"
echo wrongsecret1234 >"$work/disk1.secret"
set_store "$work/vars.fd"
machine "$work/vars.fd"
says 'Start PXE over IPv4' 180
! grep -qa 'golden: the boot loader runs' "$work/serial" || fail "it booted"
stop "$machine_pid"
