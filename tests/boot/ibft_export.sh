#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The iBFT that sanflash exports, given to a machine as an ACPI table: Linux takes it, and every field in
# /sys/firmware/ibft is that of the profile.
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64 apt-get dpkg-deb
cat >"$work/init" <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
modprobe iscsi_ibft
cd /sys/firmware/ibft && for file in */*; do
  [ ! -f $file ] || echo "ibft: $file=$(cat $file)"
done
echo "ibft: end"
poweroff -f
END
small=$(cd "$(dirname "$0")" && pwd)/small_guest.sh
"$small" "$work/guest" "$work/init" iscsi_ibft 2>"$work/stderr" || skip "the guest cannot be made: $(tail -n 1 "$work/stderr")"
(umask 077 && echo hostsecret1234 >"$work/host1.secret" && echo disksecret1234 >"$work/disk1.secret")

# boot: the machine with the iBFT of $work/host1.toml; what the kernel shows of it is in $work/seen.
boot() {
  "$SANBOOT_BIN/sanflash" export --overwrite --format ibft --profile "$work/host1.toml" -o "$work/ibft"
  timeout 240 qemu-system-x86_64 -accel tcg -cpu max -m 512 -nographic -no-reboot -nic none -acpitable "file=$work/ibft" \
    -kernel "$work/guest/vmlinuz" -initrd "$work/guest/initrd" -append "console=ttyS0 quiet panic=-1" \
    </dev/null >"$work/serial" 2>&1 || fail "the guest does not come to its end: $(tail "$work/serial")"
  tr -d '\r' <"$work/serial" | sed -n 's/^ibft: //p' >"$work/seen"
  grep -q '^end$' "$work/seen" || fail "the guest has seen nothing: $(tail "$work/serial")"
}

# sees NAME=VALUE…
sees() {
  local line
  for line; do grep -qxF "$line" "$work/seen" || fail "not in /sys/firmware/ibft: $line; $(cat "$work/seen")"; done
}

say "static address, VLAN, mutual CHAP, two portals"
cat >"$work/host1.toml" <<'PROFILE'
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:ab:56"
dhcp = false
address = "10.0.2.15/20"
gateway = "10.0.2.2"
vlan = 100
[target]
portals = ["10.0.2.3:13260", "10.0.3.4"]
name = "iqn.2026-11.org.example:golden"
lun = 1
[auth]
method = "mutual-chap"
user = "host1"
secret_file = "host1.secret"
target_user = "disk1"
target_secret_file = "disk1.secret"
PROFILE
boot
sees acpi_header/signature=iBFT initiator/initiator-name=iqn.2026-11.org.example:host1 initiator/flags=3 \
  ethernet0/index=0 ethernet0/flags=7 ethernet0/ip-addr=10.0.2.15 ethernet0/subnet-mask=255.255.240.0 \
  ethernet0/prefix-len=20 ethernet0/origin=1 ethernet0/gateway=10.0.2.2 ethernet0/vlan=100 \
  ethernet0/mac=52:54:00:12:ab:56 ethernet0/hostname=host1
for n in 0 1; do
  sees "target$n/index=$n" "target$n/flags=3" "target$n/lun=01000000" "target$n/chap-type=2" "target$n/nic-assoc=0" \
    "target$n/target-name=iqn.2026-11.org.example:golden" "target$n/chap-name=host1" \
    "target$n/chap-secret=hostsecret1234" "target$n/rev-chap-name=disk1" "target$n/rev-chap-name-secret=disksecret1234"
done
sees target0/ip-addr=10.0.2.3 target0/port=13260 target1/ip-addr=10.0.3.4 target1/port=3260

say "DHCP, no CHAP, an IPv6 portal"
cat >"$work/host1.toml" <<'PROFILE'
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:ab:56"
dhcp = true
[target]
portal = "[2001:db8::1]:3261"
name = "iqn.2026-11.org.example:golden"
lun = 0
PROFILE
boot
sees ethernet0/origin=3 ethernet0/vlan=0 target0/chap-type=0 target0/lun=00000000 target0/port=3261 \
  target0/ip-addr=2001:0db8:0000:0000:0000:0000:0000:0001
if grep -qE 'target1|ip-addr=10|chap-name' "$work/seen"; then fail "there is more than the profile says: $(cat "$work/seen")"; fi
