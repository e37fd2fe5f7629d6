#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The fragments that sanflash exports are what dnsmasq, ISC dhcpd and Kea take for configuration.
. "$(dirname "$0")/lib.sh"
require dnsmasq dhcpd kea-dhcp4
(umask 077 && echo 'host,secret#1234' >"$work/host1.secret" && echo "disk'secret1234" >"$work/disk1.secret")
portals='["10.0.2.2:13260", "10.0.2.3"]' network='address = "10.0.2.15/24"' dhcp=false

profile() {
  cat >"$work/host1.toml" <<PROFILE
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:ab:56"
dhcp = $dhcp
$network
[target]
portals = $portals
name = "iqn.2026-11.org.example:golden"
lun = 1
$1
PROFILE
}

export_as() {
  "$SANBOOT_BIN/sanflash" export --format "$1" --profile "$work/host1.toml" -o "$work/$1.conf" 2>"$work/stderr" ||
    fail "export as $1"
}

# good PROGRAM ARGUMENT…: takes its file.
good() { "$@" >"$work/stdout" 2>"$work/stderr" || fail "$1 does not take it"; }

check_all() {
  export_as dnsmasq
  good dnsmasq --test --conf-file="$work/dnsmasq.conf"
  export_as dhcpd
  echo 'subnet 10.0.2.0 netmask 255.255.255.0 { range 10.0.2.100 10.0.2.200; }' >>"$work/dhcpd.conf"
  # dhcpd may be confined to its own directories (AppArmor): it reads the file that it is given open.
  good dhcpd -t -cf /dev/stdin <"$work/dhcpd.conf"
}

check_kea() {
  export_as kea
  good kea-dhcp4 -t "$work/kea.conf"
}

login='[auth]
method = "mutual-chap"
user = "host1"
secret_file = "host1.secret"
target_user = "disk1"
target_secret_file = "disk1.secret"'
profile "$login"
check_all
check_kea
[ "$(stat -c %a "$work/dnsmasq.conf")" = 600 ] || fail "others can read the secrets"
dhcp=true network=
profile ''
check_all
check_kea

# The tests can fail.
sed -i 's/option:root-path/option:no-such-option/' "$work/dnsmasq.conf"
if dnsmasq --test --conf-file="$work/dnsmasq.conf" >/dev/null 2>&1; then fail "dnsmasq takes anything"; fi
sed -i 's/option root-path/option no-such-option/' "$work/dhcpd.conf"
if dhcpd -t -cf /dev/stdin <"$work/dhcpd.conf" >/dev/null 2>&1; then fail "dhcpd takes anything"; fi
sed -i 's/"root-path"/"no-such-option"/' "$work/kea.conf"
if kea-dhcp4 -t "$work/kea.conf" >/dev/null 2>&1; then fail "Kea takes anything"; fi
