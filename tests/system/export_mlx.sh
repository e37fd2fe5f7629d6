#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The raw file that sanflash exports for Mellanox' NICs, read by the tables of mstflint's own database.
. "$(dirname "$0")/lib.sh"
require python3
[ -e /usr/share/mstflint/mlxconfig_dbs/mlxconfig_host.db ] || skip "mstflint is not installed"
reader=$(cd "$(dirname "$0")" && pwd)/../support/mlx/raw_read.py
(umask 077 && echo hostsecret123456 >"$work/host1.secret" && echo disksecret1234 >"$work/disk1.secret")

# seen NETWORK LOGIN: what is read of the export.
seen() {
  cat >"$work/host1.toml" <<PROFILE
[initiator]
name = "iqn.2026-11.org.example:host1"
$1
[target]
portal = "10.0.3.4:13260"
name = "iqn.2026-11.org.example:golden"
lun = 7
$2
[boot]
firmware = "bios"
port = 2
PROFILE
  "$SANBOOT_BIN/sanflash" export --overwrite --format mlx-raw --profile "$work/host1.toml" -o "$work/raw" 2>"$work/stderr" || fail "export"
  "$reader" "$work/raw" >"$work/stdout" 2>"$work/stderr" || fail "the raw file cannot be read"
}

# is LINE…
is() {
  local line
  for line; do grep -qxF -- "$line" "$work/stdout" || fail "not there: $line"; done
}
string() { is "nv_rom_iscsi_$1 port=2 value=$2"; }

seen 'dhcp = false
address = "10.0.2.15/20"
vlan = 100' '[auth]
method = "mutual-chap"
user = "host1"
secret_file = "host1.secret"
target_user = "disk1"
target_secret_file = "disk1.secret"'
[ "$(stat -c %a "$work/raw")" = 600 ] || fail "others can read the secrets"
is 'nv_rom_boot_conf1 port=2 boot_vlan=100 legacy_boot_protocol=ISCSI boot_retry_count=NONE boot_legacy_interrupt_disable=0 lacp_dis=0 boot_vlan_en=1 boot_option_rom_en=1' \
  'nv_rom_iscsi_general_conf port=2 boot_to_target=ENABLED vlan_en=1 tcp_timestamps_en=0 chap_mutual_auth_en=1 chap_auth_en=1 iscsi_keep_san_dev_en=0 vlan=100 lun_busy_retry_count=3 iscsi_drive_num=HDD1 link_up_delay_time=0' \
  'nv_rom_iscsi_dhcp port=2 dhcp_iscsi_en=0 ipv4_dhcp_en=0'
string initiator_ip_addr 10.0.2.15
string initiator_subnet_mask 255.255.240.0
string initiator_gateway 0.0.0.0
string initiator_name iqn.2026-11.org.example:host1
string connect_to_first_target Enabled
string first_target_addr 10.0.3.4
string first_target_port 13260
string first_target_lun 7
string first_target_name iqn.2026-11.org.example:golden
string first_target_chap_id host1
string first_target_chap_pwd hostsecret123456
string initiator_chap_id disk1
string initiator_chap_pwd disksecret1234
string connect_to_second_target Disabled
[ "$(wc -l <"$work/stdout")" -eq 17 ] || fail "there is more"

seen 'dhcp = true' ''
is 'nv_rom_iscsi_dhcp port=2 dhcp_iscsi_en=0 ipv4_dhcp_en=1'
if grep -qE 'chap_(id|pwd)|ip_addr|vlan_en=1|auth_en=1' "$work/stdout"; then fail "there is more than the profile says"; fi
