#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Ways to the LUN that need a network of the test's own, in a network namespace: the firmware's initiator with its address
# from dnsmasq, through a VLAN, and with the settings that the exported script made in the UEFI shell; and QEMU's iPXE on a
# BIOS, which knows nothing but the fragment for dnsmasq that sanflash exports. Each up to the boot loader on the LUN; the
# last two with SANBOOT_TEST_LONG=1 only.
if [ -z "${in_namespace:-}" ]; then
  if unshare --net true 2>/dev/null; then exec env in_namespace=1 unshare --net "$0"; fi
  echo "skipped: no network namespace can be made" >&2
  exit 77
fi
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64 dnsmasq ip mformat mcopy python3
boot=$(cd "$(dirname "$0")" && pwd)
code=/usr/share/OVMF/OVMF_CODE.fd
[ -e "$code" ] || skip "OVMF is not installed"
golden=${SANBOOT_GOLDEN:-$SANBOOT_BIN/../golden}
"$boot/golden_disk.sh" "$golden" || skip "no golden disk"
mac=52:54:00:12:ab:56
ip link set lo up
ip tuntap add dev machine mode tap || skip "no tap device can be made"

# on LINK: it is the network of the tests, 10.0.2.0/24 and fd00:5a::/64.
on() {
  ip addr flush dev machine
  ip addr add 10.0.2.2/24 dev "$1"
  ip addr add fd00:5a::2/64 dev "$1" nodad
  ip link set "$1" up
}
on machine
cp --sparse=always "$golden/golden.img" "$work/disk.img"
(umask 077 && echo hostsecret1234 >"$work/host1.secret")
tgt_address=10.0.2.2 start_tgtd
new_tgt_lun "$work/disk.img" 0

# profile NETWORK PORTAL FIRMWARE [LINE…]: the machine's; the lines are what stands under [auth].
profile() {
  cat >"$work/host1.toml" <<PROFILE
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "$mac"
$1
[target]
portal = "$2:$tgtd_port"
name = "${iqn}1"
lun = 1
[boot]
firmware = "$3"
PROFILE
  shift 3
  if [ $# -gt 0 ]; then printf '%s\n' '[auth]' "$@" >>"$work/host1.toml"; fi
}

sanflash() { "$SANBOOT_BIN/sanflash" "$@" -p "$work/host1.toml" >"$work/stdout" 2>"$work/stderr" || fail "sanflash $1"; }

# serve: dnsmasq with the fragment of the profile; it runs as $dnsmasq_pid.
serve() {
  sanflash export --format dnsmasq -o "$work/dnsmasq.conf"
  dnsmasq --keep-in-foreground --conf-file="$work/dnsmasq.conf" --port=0 --interface=machine --no-ping --user=root \
    --dhcp-range=10.0.2.100,10.0.2.200 --dhcp-leasefile="$work/leases" --pid-file= 2>"$work/dnsmasq.log" &
  dnsmasq_pid=$!
}

# boots LINK QEMU-ARGUMENT…: until the boot loader on the LUN speaks.
boots() {
  local link=$1 started=$SECONDS
  shift
  : >"$work/serial"
  qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 1024 -nographic -no-reboot \
    -netdev tap,id=n0,ifname="$link",script=no,downscript=no "$@" </dev/null >"$work/serial" 2>&1 &
  machine_pid=$!
  wait_until 180 grep -qa 'golden: the boot loader runs' "$work/serial" ||
    fail "the boot loader does not start: $(tail -c 2000 "$work/serial" | tr -d '\033')"
  say "  the boot loader runs after $((SECONDS - started)) s"
  stop "$machine_pid"
}

# uefi LINK
uefi() {
  boots "$1" -M q35 -drive if=pflash,format=raw,readonly=on,file="$code" -drive if=pflash,format=raw,file="$work/vars.fd" \
    -device virtio-net-pci,netdev=n0,mac="$mac",romfile=,bootindex=1
}

fresh_store() {
  cp /usr/share/OVMF/OVMF_VARS.fd "$work/vars.fd"
  chmod 600 "$work/vars.fd"
}

say "UEFI, its address by DHCP"
profile 'dhcp = true' 10.0.2.2 uefi
fresh_store
sanflash set "uefi:$work/vars.fd"
serve
uefi machine
stop "$dnsmasq_pid"

say "UEFI, by IPv6"
tgt --mode portal --op new --param "portal=[fd00:5a::2]:$tgtd_port"
profile 'address = "fd00:5a::15/64"' '[fd00:5a::2]' uefi
fresh_store
sanflash set "uefi:$work/vars.fd"
uefi machine
if [ -n "${SANBOOT_TEST_LONG:-}" ]; then
  say "UEFI, by IPv6, its address by router advertisements"
  dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=machine --user=root --enable-ra \
    --dhcp-range=fd00:5a::,ra-only --pid-file= 2>"$work/dnsmasq.log" &
  dnsmasq_pid=$!
  profile 'dhcp = true' '[fd00:5a::2]' uefi
  sanflash set "uefi:$work/vars.fd" # it has booted with an address of its own
  uefi machine
  stop "$dnsmasq_pid"
fi

say "UEFI, by IPv6, by the script for its shell"
profile 'address = "fd00:5a::15/64"' '[fd00:5a::2]' uefi
fresh_store
sanflash export --format uefi-shell -o "$work/startup.nsh"
echo 'reset -s' >>"$work/startup.nsh"
truncate -s 8M "$work/fat.img"
mformat -i "$work/fat.img" -T 16384 -h 16 -s 32 ::
mcopy -i "$work/fat.img" "$work/startup.nsh" ::/startup.nsh
timeout 240 qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m 256 -M q35 -nographic -no-reboot -nic none \
  -drive if=pflash,format=raw,readonly=on,file="$code" -drive if=pflash,format=raw,file="$work/vars.fd" \
  -drive format=raw,file="$work/fat.img" </dev/null >"$work/stdout" 2>&1 || fail "the shell does not come to its end"
uefi machine

[ -n "${SANBOOT_TEST_LONG:-}" ] || exit 0
say "a BIOS, iPXE, all by DHCP, with CHAP"
tgt --mode account --op new --user host1 --password hostsecret1234
tgt --mode account --op bind --tid 1 --user host1
profile 'dhcp = true' 10.0.2.2 bios 'method = "chap"' 'user = "host1"' 'secret_file = "host1.secret"'
serve
boots machine -device e1000,netdev=n0,mac="$mac",bootindex=1
stop "$dnsmasq_pid"
tgt --mode account --op unbind --tid 1 --user host1

# The kernel need not know VLANs: a program puts tags on and takes them off.
say "UEFI, through a VLAN"
"$boot/../support/uefi/vlan_relay.py" plain tagged 100 >"$work/relay" &
wait_until 5 grep -q ready "$work/relay" || fail "the relay does not start"
on plain
ip link add trunk type bridge
for link in machine tagged; do ip link set "$link" master trunk; done
for link in machine tagged trunk; do ip link set "$link" up; done
profile $'address = "10.0.2.15/24"\nvlan = 100' 10.0.2.2 uefi
fresh_store
sanflash set "uefi:$work/vars.fd"
uefi machine
