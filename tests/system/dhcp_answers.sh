#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What dnsmasq, ISC dhcpd and Kea really send by the fragments that sanflash exports: to the machine of the profile root
# path, initiator name, host name and iPXE's user and secrets; to an adapter that names itself "BRCM ISAN" option 43 with
# both portals; and to other machines nothing of it. In a network namespace of its own.
if [ -z "${in_namespace:-}" ]; then
  if unshare --net true 2>/dev/null; then exec env in_namespace=1 unshare --net "$0"; fi
  echo "skipped: no network namespace can be made" >&2
  exit 77
fi
. "$(dirname "$0")/lib.sh"
require dnsmasq dhcpd kea-dhcp4 ip python3
ask=$(cd "$(dirname "$0")" && pwd)/../support/dhcp/dhcp_ask.py
ip link add server type veth peer name client || skip "no veth"
ip addr add 10.0.2.2/24 dev server
for link in lo server client; do ip link set "$link" up; done

(umask 077 && echo 'host,secret#1234' >"$work/host1.secret" && echo "disk'secret1234" >"$work/disk1.secret")
cat >"$work/host1.toml" <<'PROFILE'
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:ab:56"
dhcp = false
address = "10.0.2.15/24"
[target]
portals = ["10.0.2.2:13260", "10.0.2.3"]
name = "iqn.2026-11.org.example:golden"
lun = 17
[auth]
method = "mutual-chap"
user = "host1"
secret_file = "host1.secret"
target_user = "disk1"
target_secret_file = "disk1.secret"
PROFILE
cat >"$work/expected" <<'ANSWER'
12=host1
175.190=host1
175.191=host,secret#1234
175.192=disk1
175.193=disk'secret1234
17=iscsi:10.0.2.2::13260:11:iqn.2026-11.org.example:golden
203=iqn.2026-11.org.example:host1
yiaddr=10.0.2.15
ANSWER
cat >"$work/expected43" <<'ANSWER'
43.201=iscsi:10.0.2.2::13260:11:iqn.2026-11.org.example:golden
43.202=iscsi:10.0.2.3::3260:11:iqn.2026-11.org.example:golden
43.203=iqn.2026-11.org.example:host1
ANSWER

# answers SERVER: it runs as $server_pid.
answers() {
  "$ask" client 52:54:00:12:ab:56 >"$work/answer" 2>"$work/stderr" || fail "$1 does not answer"
  grep -v '^43\.' "$work/answer" | sort >"$work/stdout"
  diff "$work/expected" "$work/stdout" >&2 || fail "$1 sends something else"
  "$ask" client 52:54:00:12:ab:56 'BRCM ISAN' | grep '^43\.' | sort >"$work/stdout"
  diff "$work/expected43" "$work/stdout" >&2 || fail "$1 sends something else in option 43"
  "$ask" client 52:54:00:00:00:99 'BRCM ISAN' >"$work/stdout"
  if grep -qE '^(17|203|43|175)' "$work/stdout"; then fail "$1 tells others, too"; fi
  stop "$server_pid"
}

fragment() { "$SANBOOT_BIN/sanflash" export --overwrite --format "$1" --profile "$work/host1.toml" -o "$work/$1.conf"; }

fragment dnsmasq
dnsmasq --keep-in-foreground --conf-file="$work/dnsmasq.conf" --port=0 --interface=server --bind-interfaces --no-ping \
  --dhcp-range=10.0.2.100,10.0.2.200 --dhcp-leasefile="$work/leases" --user=root --pid-file= 2>"$work/dnsmasq.log" &
server_pid=$!
answers dnsmasq

fragment dhcpd
echo 'ping-check false; subnet 10.0.2.0 netmask 255.255.255.0 { range 10.0.2.100 10.0.2.200; }' >>"$work/dhcpd.conf"
: >"$work/dhcpd.leases"
dhcpd -4 -f -cf /dev/stdin -lf "$work/dhcpd.leases" --no-pid server <"$work/dhcpd.conf" 2>"$work/dhcpd.log" &
server_pid=$!
answers dhcpd

# Kea's fragment is merged with what a server has: here by a program, since it is JSON.
fragment kea
python3 - "$work/kea.conf" >"$work/kea.json" <<'MERGE'
import json, sys
text = "".join(line for line in open(sys.argv[1]) if not line.startswith("//"))
document = json.loads(text)
document["Dhcp4"].update({
    "interfaces-config": {"interfaces": ["server"]},
    "lease-database": {"type": "memfile", "persist": False},
    "subnet4": [{"subnet": "10.0.2.0/24", "pools": [{"pool": "10.0.2.100 - 10.0.2.200"}]}]})
print(json.dumps(document))
MERGE
KEA_PIDFILE_DIR=$work KEA_LOCKFILE_DIR=$work KEA_LOGGER_DESTINATION=stdout kea-dhcp4 -c "$work/kea.json" >"$work/kea.log" 2>&1 &
server_pid=$!
answers kea
