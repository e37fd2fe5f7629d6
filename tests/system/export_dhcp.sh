#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The fragments that sanflash exports are what dnsmasq, ISC dhcpd and Kea take for configuration.
. "$(dirname "$0")/lib.sh"
require dnsmasq dhcpd kea-dhcp4 jq
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
  "$SANBOOT_BIN/sanflash" export --overwrite --format "$1" --profile "$work/host1.toml" -o "$work/$1.conf" 2>"$work/stderr" ||
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

# login TEXT: the table [auth] with that for the user, as a string of TOML
login() {
  printf '[auth]\nmethod = "mutual-chap"\nuser = %s\nsecret_file = "host1.secret"\n' "$1"
  printf 'target_user = "disk1"\ntarget_secret_file = "disk1.secret"\n'
}
profile "$(login '"host1"')"
check_all
check_kea
[ "$(stat -c %a "$work/dnsmasq.conf")" = 600 ] || fail "others can read the secrets"
dhcp=true network=
profile ''
check_all
check_kea

# What would mean something to one of them outside of quotes, and is carried or refused.
carried=0
# shellcheck disable=SC2016
for user in 'a,set:evil,tag:x' '#abc1234567890' 'abc;1234567890' "'; shutdown; '" '123456789012' '0x4142434445464' \
  '00:11:22:33:44:55' '192.0.2.1,192.0.2.2' '  blanks beside  ' '<?include "/etc/shadow"?>' 'a"; } include "b' \
  '//comment1234' '/*comment*/123' '{"a": [1, 2]}' '$(touch PWNED)1' 'conf-file=/etc/x' '\120\127abcdefgh' 'option:x,y1234' \
  'é1234567890123' '%s%s%s%n12345' '!!binary12345' '[1,2,3,4,5,6,7]'; do
  profile "$(login "$(jq -n --arg user "$user" '$user')")"
  if "$SANBOOT_BIN/sanflash" export --format dnsmasq --profile "$work/host1.toml" -o - >"$work/stdout" 2>"$work/stderr"; then
    carried=$((carried + 1))
    check_all
    check_kea
    [ "$(grep -c '^dhcp-option' "$work/dnsmasq.conf")" = "$(grep -c '^dhcp-option.*"$' "$work/dnsmasq.conf")" ] ||
      fail "dnsmasq: $user is not between quotes"
  else
    grep -q 'cannot carry it' "$work/stderr" || fail "$user: $(cat "$work/stderr")"
  fi
done
[ "$carried" -ge 15 ] || fail "only $carried users are carried"
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
