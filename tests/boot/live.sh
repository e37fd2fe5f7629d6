#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sanboot-check --live on a machine that runs from its LUN: the golden disk, started by UEFI's own initiator. It judges the
# kernel's real session, iBFT, NIC and boot variables. With SANBOOT_TEST_LONG=1 it is started by a BIOS and iPXE, too, with
# the old local disk still in the machine.
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64 debugfs jq ldd strip
boot=$(cd "$(dirname "$0")" && pwd)
code=/usr/share/OVMF/OVMF_CODE.fd
[ -e "$code" ] || skip "OVMF is not installed"
golden=${SANBOOT_GOLDEN:-$SANBOOT_BIN/../golden}
"$boot/golden_disk.sh" "$golden" || skip "no golden disk"
disk=$work/disk.img
. "$boot/change_disk.sh"
good
mac=52:54:00:12:ab:56
start_tgtd
mkdir "$work/tool"

# profile NAME FIRMWARE TARGET: goes where the tool goes.
profile() {
  cat >"$work/tool/$1.toml" <<PROFILE
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "$mac"
dhcp = false
address = "10.0.2.15/24"
gateway = "10.0.2.2"
[target]
portal = "10.0.2.2:$tgtd_port"
name = "$3"
lun = 1
[boot]
firmware = "$2"
PROFILE
}
profile uefi uefi "${iqn}1"
profile bios bios "${iqn}1"
profile other uefi "${iqn}2"

# What the machine does instead of saying whence it came. A login prompt on the line would hang it up meanwhile.
cat >"$work/sanproof" <<'END'
#!/bin/sh
export LD_LIBRARY_PATH=/opt/sanboot
cd /opt/sanboot
firmware=bios mode=uefi
[ ! -d /sys/firmware/efi ] || firmware=uefi mode=bios
show() {
  name=$1 status=0
  shift
  echo "live: begin $name"
  "$@" 2>&1 || status=$?
  echo "live: end $name $status"
}
check() { ./sanboot-check --live "$@"; }
{
  show root findmnt -no SOURCE /
  show planned check --profile $firmware.toml --json
  show bare check --json
  show other check --profile other.toml --json
  show mode check --profile $mode.toml --only NET-02 --json
  show loopback check --nic lo
} >/dev/ttyS0
sync
systemctl --no-block poweroff -f
END
printf '[Unit]\nAfter=open-iscsi.service\n' >"$work/after.conf"
units=/etc/systemd/system
requests=("rm /usr/local/sbin/sanproof" "write $work/sanproof /usr/local/sbin/sanproof"
  "sif /usr/local/sbin/sanproof mode 0100755"
  "symlink $units/serial-getty@ttyS0.service /dev/null"
  "mkdir $units/sanproof.service.d" "write $work/after.conf $units/sanproof.service.d/after.conf"
  "mkdir /opt/sanboot")
ldd "$SANBOOT_BIN/sanboot-check" | awk '$2 == "=>" && $1 !~ "^lib[cm][.]so" {print $3}' >"$work/libraries"
echo "$SANBOOT_BIN/sanboot-check" >>"$work/libraries"
while read -r file; do strip -o "$work/tool/$(basename "$file")" "$file"; done <"$work/libraries"
for file in "$work"/tool/*; do
  name=/opt/sanboot/$(basename "$file")
  requests+=("write $file $name" "sif $name mode 0100755")
done
ext "${requests[@]}"
# What LNX-13 asks for.
rewrite /etc/iscsi/iscsid.conf 's/^\(node.session.timeo.replacement_timeout\) .*/\1 = 86400/
s/^\(node.conn.*noop_out_[a-z]*\) .*/\1 = 0/'
new_tgt_lun "$disk" 0

# runs QEMU-ARGUMENT…: the machine, to its end.
runs() {
  local started=$SECONDS
  timeout 500 qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 1024 -nographic -no-reboot "$@" \
    </dev/null >"$work/console" 2>&1 ||
    fail "the machine does not come to its end: $(tail -c 2000 "$work/console" | tr -d '\033')"
  tr -d '\r' <"$work/console" >"$work/serial"
  say "  done after $((SECONDS - started)) s"
}

# said NAME: what the command of that name put out.
said() { sed -n "/^live: begin $1\$/,/^live: end $1 /p" "$work/serial" | sed '1d;$d' | grep -v '^\[ *[0-9.]*\]' || true; }

# finds NAME STATUS VERDICT [BLOCKER…]: what it ends with, what it says, and which blockers are not passed.
finds() {
  local name=$1 ended=$2 verdict=$3
  shift 3
  said "$name" >"$work/stdout"
  grep -qx "live: end $name $ended" "$work/serial" || fail "$name did not end with $ended: $(tail -n 3 "$work/stdout")"
  expect_json ".verdict == \"$verdict\"" \
    "[.checks[] | select(.severity == \"blocker\" and (.status == \"fail\" or .status == \"unknown\")) | .id] == ($(
      printf '%s\n' "$@" | jq -Rn '[inputs | select(. != "")]'))"
}
passes() { # ID…
  local id
  for id; do expect_json ".checks[] | select(.id == \"$id\") | .status == \"pass\""; done
}

say "by UEFI"
cp /usr/share/OVMF/OVMF_VARS.fd "$work/vars.fd"
"$SANBOOT_BIN/sanflash" set "uefi:$work/vars.fd" --profile "$work/tool/uefi.toml" >"$work/stdout" 2>"$work/stderr" ||
  fail "sanflash set"
runs -M q35 -drive if=pflash,format=raw,readonly=on,file="$code" -drive if=pflash,format=raw,file="$work/vars.fd" \
  -netdev user,id=n0 -device virtio-net-pci,netdev=n0,mac="$mac",romfile=,bootindex=1
[ "$(said root)" = /dev/sda3 ] || fail "it does not run from its LUN: $(said root)"
finds planned 0 READY
passes NET-01 NET-02 NET-03 IBFT-01 IBFT-02 IBFT-03 LNX-01 LNX-02 LNX-03 LNX-08 LNX-09 LNX-10 LNX-11 LNX-13 TGT-02
expect_json '.examined == ["plan", "target", "machine"]' '.subject.firmware == "uefi" and .subject.nic.interface == "eth0"'
say "without a profile the iBFT tells which NIC it is"
finds bare 0 READY
passes NET-01 NET-02 IBFT-03 LNX-02 LNX-11
expect_json '.subject.firmware == "uefi"' ".subject.nic.mac == \"$mac\" and .subject.nic.driver == \"virtio_net\""
say "the plan of another machine"
finds other 1 'NOT READY' IBFT-03 LNX-11 TGT-02
finds mode 1 'NOT READY' NET-02
said loopback | grep -q -- '--nic lo: is an interface without hardware' || fail "$(said loopback)"

[ -n "${SANBOOT_TEST_LONG:-}" ] || exit 0
# The kernel takes one of two file systems with the same UUID.
say "by a BIOS, with the old local disk"
cp --sparse=always "$golden/golden.img" "$work/local.img"
mkdir "$work/tftp"
"$SANBOOT_BIN/sanflash" export --format ipxe --profile "$work/tool/bios.toml" -o "$work/tftp/boot.ipxe"
runs -drive if=virtio,format=raw,file="$work/local.img" \
  -netdev "user,id=n0,tftp=$work/tftp,bootfile=boot.ipxe" -device e1000,netdev=n0,mac="$mac",bootindex=1
if [ "$(said root)" = /dev/sda3 ]; then finds planned 0 READY; else finds planned 1 'NOT READY' LNX-11; fi
passes NET-01 IBFT-01 IBFT-03 # IBFT-02 needs the raw table, which is in ACPI with UEFI only
expect_json '.checks[] | select(.id == "LNX-10") | .status == "fail" and (.evidence | tostring | test("/dev/vda3.*/dev/sda3"))'
finds mode 1 'NOT READY' NET-02
