#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The script that sanflash exports for iPXE, run by the ROM of QEMU's NIC in a machine with a BIOS: it logs in by mutual
# CHAP and starts the boot loader on the LUN. SANBOOT_TEST_LONG=1 boots Debian to its end.
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64
boot=$(cd "$(dirname "$0")" && pwd)
golden=${SANBOOT_GOLDEN:-$SANBOOT_BIN/../golden}
"$boot/golden_disk.sh" "$golden" || skip "no golden disk"
cp --sparse=always "$golden/golden.img" "$work/disk.img"
(umask 077 && echo hostsecret1234 >"$work/host1.secret" && echo disksecret1234 >"$work/disk1.secret")
start_tgtd
new_tgt_lun "$work/disk.img" 0 chap=host1:hostsecret1234
tgt --mode account --op new --user disk1 --password disksecret1234
tgt --mode account --op bind --tid 1 --user disk1 --outgoing

# Two portals: nobody listens at the first.
dead=$(free_port)
cat >"$work/host1.toml" <<PROFILE
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:ab:56"
dhcp = false
address = "10.0.2.15/24"
gateway = "10.0.2.2"
[target]
portals = ["10.0.2.2:$dead", "10.0.2.2:$tgtd_port"]
name = "${iqn}1"
lun = 1
[auth]
method = "mutual-chap"
user = "host1"
secret_file = "host1.secret"
target_user = "disk1"
target_secret_file = "disk1.secret"
[boot]
firmware = "bios"
PROFILE
mkdir "$work/tftp"
"$SANBOOT_BIN/sanflash" export --format ipxe --profile "$work/host1.toml" -o "$work/tftp/boot.ipxe"
[ "$(stat -c %a "$work/tftp/boot.ipxe")" = 600 ] || fail "others can read the secrets"
# Another NIC, which brings the script and leads nowhere else: the script has to find its own.
qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 1024 -nographic -no-reboot \
  -netdev "user,id=n0,restrict=on,tftp=$work/tftp,bootfile=boot.ipxe" -device e1000,netdev=n0,mac=52:54:00:00:00:01,bootindex=1 \
  -netdev user,id=n1 -device e1000,netdev=n1,mac=52:54:00:12:ab:56,bootindex=2 \
  </dev/null >"$work/serial" 2>&1 &
machine_pid=$!
wait_until 240 grep -qa 'golden: the boot loader runs' "$work/serial" ||
  fail "the boot loader does not start: $(tail -c 2000 "$work/serial" | tr -d '\033')"
if [ -n "${SANBOOT_TEST_LONG:-}" ]; then
  wait_until 450 grep -qa SANPROOF "$work/serial" || fail "Debian does not come up"
  grep -a SANPROOF "$work/serial" >"$work/stdout"
  expect_text stdout 'firmware=bios' 'root=/dev/sda3' 'initiator=iqn.2026-11.org.example:host1'
fi
stop "$machine_pid"
