#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The NVM of NICs in a running machine, QEMU's: an e1000e keeps what sanflash writes, also over a reboot, and ethtool
# sees the same; an e1000 takes every write and ignores it, which is found out.
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64 apt-get dpkg-deb strip ethtool jq python3
cat >"$work/init" <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mkdir -p /run
for module in virtio_pci virtio_blk e1000e e1000; do modprobe $module; done
echo nobody:x:65534:65534::/:/bin/sh >/etc/passwd
# What is on the console between "begin NAME" and "end NAME STATUS" is the output of a command.
show() {
  name=$1 status=0
  shift
  echo "nic: begin $name"
  "$@" 2>&1 || status=$?
  echo "nic: end $name $status"
}
eeprom() { ethtool -e $1 raw on | xxd -p -c 128; }
boot=$(head -c 1 /dev/vda)
show eth0.$boot eeprom eth0
show verify.$boot sanflash verify nic:eth0
if [ $boot = 1 ]; then
  show unprivileged su nobody -c "sanflash list --json"
  show denied su nobody -c "sanflash show nic:eth0"
  show list sanflash list --json
  show priority sanflash priority nic:eth0 primary --json
  show eth0.primary eeprom eth0
  show back sanflash restore nic:eth0 /var/lib/sanboot/nvm/*.nvm --backup /tmp/primary
  show eth0.back eeprom eth0
  show mode stat -c %a /tmp/primary /var/lib/sanboot/nvm /var/lib/sanboot/nvm/*
  show same sanflash diff nic:eth0 /tmp/primary
  show all sanflash priority all disabled --unverified --json
  ln -s "$(command -v sanflash)" /bin/iscsiutl
  show classic iscsiutl -nic=1 -bootpriority=primary
  show eth0.classic eeprom eth0
  show classic.ignored iscsiutl -NIC=2 -BootPriority=disabled --unverified
  show classic.flash iscsiutl -nic=1 -flashenable
  show classic.up iscsiutl -all -up -file=/card.rom
  show again sanflash restore nic:eth0 /tmp/primary
  show eth1.before eeprom eth1
  show ignored sanflash priority nic:eth1 disabled --unverified
  show eth1.after eeprom eth1
  show eth0.end eeprom eth0
  printf 2 | dd of=/dev/vda conv=notrunc 2>/dev/null
  sync
  reboot -f
fi
show priority.2 sanflash show nic:eth0 --json
poweroff -f
END
here_boot=$(cd "$(dirname "$0")" && pwd)
"$here_boot/small_guest.sh" "$work/guest" "$work/init" virtio_pci virtio_blk e1000e e1000 2>"$work/stderr" ||
  skip "the guest cannot be made: $(tail -n 1 "$work/stderr")"
"$here_boot/guest_tools.sh" "$work/guest" "$work/initrd" "$SANBOOT_BIN/sanflash" "$(PATH=$PATH:/usr/sbin:/sbin command -v ethtool)"
python3 "$here/../support/rom/rom_make.py" plain "$work/card.rom"
(cd "$work" && echo card.rom | "$work/guest/busybox" cpio -o -H newc 2>/dev/null | gzip) >>"$work/initrd"
printf '1%511s' '' >"$work/disk"
timeout 240 qemu-system-x86_64 -M q35 -accel tcg -cpu max -m 512 -nographic -nic none \
  -device e1000e,mac=52:54:00:12:ab:01 -device e1000,mac=52:54:00:12:ab:02,romfile= \
  -drive "file=$work/disk,format=raw,if=virtio" -kernel "$work/guest/vmlinuz" -initrd "$work/initrd" \
  -append "console=ttyS0 quiet panic=-1" </dev/null >"$work/console" 2>&1 ||
  fail "the guest does not come to its end: $(tail "$work/console")"
tr -d '\r' <"$work/console" >"$work/serial"

# said NAME: what the command of that name put out.
said() { sed -n "/^nic: begin $1\$/,/^nic: end $1 /p" "$work/serial" | sed '1d;$d' | grep -v '^\[ *[0-9.]*\]' || true; }
# ended NAME STATUS
ended() {
  grep -qx "nic: end $1 $2" "$work/serial" || fail "$1 did not end with $2: $(said "$1"); $(grep "^nic: end $1 " "$work/serial")"
}
# says NAME PATTERN…
says() {
  local name=$1 pattern
  shift
  for pattern; do said "$name" | grep -qE -- "$pattern" || fail "$name does not say \"$pattern\": $(said "$name")"; done
}
# holds NAME FILTER…
holds() {
  local name=$1 filter
  shift
  for filter; do said "$name" | grep -v "^sanflash: " | jq -e "$filter" >/dev/null || fail "$name: $filter does not hold: $(said "$name")"; done
}
# word NAME NUMBER: of an EEPROM, which is little-endian.
word() { said "$1" | tr -d '\n' | cut -c "$(($2 * 4 + 1))-$(($2 * 4 + 4))" | sed -E 's/(..)(..)/\2\1/'; }
# summed NAME: that words 0 to 0x3F add up to 0xBABA.
summed() {
  local i sum=0
  for ((i = 0; i < 64; i++)); do sum=$((sum + 0x$(word "$1" "$i"))); done
  [ $((sum & 0xFFFF)) -eq $((0xBABA)) ] || fail "$1: the checksum is wrong: $(said "$1")"
}
# only_changed NAME NAME WORD…: in which words two EEPROMs differ.
only_changed() {
  local one=$1 other=$2 i found=''
  shift 2
  for ((i = 0; i < 64; i++)); do [ "$(word "$one" "$i")" = "$(word "$other" "$i")" ] || found+=$(printf ' %02x' "$i"); done
  [ "$found" = " $*" ] || fail "$one and $other differ in words$found, not $*"
}

say "list, as anybody and as root"
ended unprivileged 0
holds unprivileged '.nics | length == 2' '.nics[0] | .interface == "eth0" and .driver == "e1000e" and .device_id == "8086:10d3"
  and .mac == "52:54:00:12:ab:01" and .family == "82574" and .words == null and .boots == null and .note == "needs root"'
ended denied 3
says denied 'nic:eth0: cannot read its NVM: Operation not permitted; become root'
ended list 0
holds list '.nics[0] | .words == 64 and .boots == "PXE" and .iscsi_block == "not usable" and .option_rom_bytes > 0' \
  '.nics[1] | .driver == "e1000" and .device_id == "8086:100e" and .family == "8254x" and .boots == "PXE" and .option_rom_bytes == 0'

say "e1000e: the boot words change, the checksum is right, and ethtool agrees"
for name in eth0.1 eth0.primary eth0.back eth0.end; do ended "$name" 0 && summed "$name"; done
[ "$(word eth0.1 48)" = 0100 ] || fail "the e1000e does not begin as it should: $(said eth0.1)"
ended priority 0
holds priority '.written and .changes[0].where == "word 0x0030" and .changes[0].after == "0x0102"' \
  '.backup | test("^/var/lib/sanboot/nvm/eth0-52540012ab01-[0-9TZ]+.nvm$")'
[ "$(word eth0.primary 48)" = 0102 ] || fail "the word is not written: $(said eth0.primary)"
only_changed eth0.1 eth0.primary 30 3f
ended back 0
[ "$(said eth0.back)" = "$(said eth0.1)" ] || fail "the backup does not bring back what was there: $(said eth0.back)"
says mode '^700$' '^600$'
[ "$(said mode | tr '\n' ' ')" = "600 700 600 " ] || fail "others may read it: $(said mode)"
ended same 1
says same '0x0030 .*0x0100 .*0x0102'

say "all: one NIC after another"
ended all 3
holds all '.devices[0] | .device == "nic:eth0" and .written' '.devices[1] | .device == "nic:eth1" and .error.exit_code == 3'
ended again 0

say "the classic commands"
ended classic 0
summed eth0.classic
[ "$(word eth0.classic 48)" = 0102 ] || fail "iscsiutl has not made the NIC the primary one: $(said eth0.classic)"
ended classic.ignored 3
says classic.ignored 'nic:eth1: e1000 took the write of word 0x0030 without an error'
ended classic.flash 4
says classic.flash 'no public document says which bit hides the option ROM of an 82574'
ended classic.up 4
says classic.up 'eth0: the ROM is not for this NIC \(8086:10d3\)' 'eth1 \(8086:100e\): /card.rom is good, and for this NIC' \
  'eth1: not written: no ioctl does that. What writes it: Intel'

say "e1000: the ignored write is found out"
ended ignored 3
says ignored 'nic:eth1: e1000 took the write of word 0x0030 without an error, and it does not hold what was written; nothing has changed'
[ "$(said eth1.before)" = "$(said eth1.after)" ] || fail "the e1000 has changed"

say "after the guest's reboot"
[ "$(said eth0.end)" = "$(said eth0.primary)" ] || fail "the settings are not back: $(said eth0.end)"
[ "$(said eth0.2)" = "$(said eth0.end)" ] || fail "the e1000e is not as it was: $(said eth0.2)"
holds priority.2 '.ports[0].priority == "primary"' '.checksums[0].good' '.family == "82574"'
ended verify.2 1 # QEMU's 82574 points to an iSCSI block that is not there
says verify.2 'error: word 0x3d'
