#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What sanflash writes into NVM images, by a second reader that shares nothing with it, for every family and port.
. "$(dirname "$0")/lib.sh"
require jq python3
support=$here/../support/nvm
nvm=$work/nvm.bin before=$work/before.bin

# flash EXIT ARGUMENT…: sanflash, of which nothing but that exit code is expected.
flash() {
  local expected=$1
  shift
  status=0
  "$SANBOOT_BIN/sanflash" "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
  expect_status "$expected"
}
# image FAMILY OPTION…
image() {
  family=$1 named=()
  python3 "$support/nvm_make.py" "$1" "$nvm" "${@:2}"
  cp "$nvm" "$before"
  case $1 in 82599 | X540 | X550) named=(--family "$1") ;; esac
}
# holds FILTER…: jq filters about what the second reader sees.
holds() {
  local filter
  python3 "$support/nvm_reader.py" "$family" "$nvm" "$before" >"$work/seen"
  for filter in "$@"; do jq -e "$filter" "$work/seen" >/dev/null || fail "$family: $filter does not hold: $(cat "$work/seen")"; done
}
unchanged() { cmp "$nvm" "$before" || fail "$family: something was written"; }

printf 'one-way-secret' >"$work/host1.secret"
printf 'the-target-16byt' >"$work/target.secret"
chmod 600 "$work"/*.secret
profile() { # profile PORT PRIORITY
  cat >"$work/host1.toml" <<EOF
[initiator]
name = "iqn.2026-11.org.example:host1"
dhcp = false
address = "10.11.2.15/20"
gateway = "10.11.0.1"
[target]
portal = "10.11.2.200:3261"
name = "iqn.2026-11.org.example:golden"
lun = 258
[auth]
method = "mutual-chap"
user = "host1"
secret_file = "host1.secret"
target_user = "target"
target_secret_file = "target.secret"
[boot]
priority = "$2"
port = $1
EOF
}

say "every family and port, and both byte orders"
for case in 82574:1 82576:2 82580:4 I350:4 I210:1 82599:2 X540:2 X550:2; do
  ports=${case#*:}
  for port in $(seq "$ports"); do
    # Of a family with several ports, both orders.
    order=network
    [ $((port % 2)) -eq 1 ] || order=reversed
    case $order in
      network) mask=fffff000 bytes='[10,11,2,15]' gateway='[10,11,0,1]' portal='[10,11,2,200]' masked='[255,255,240,0]' ;;
      reversed) mask=00f0ffff bytes='[15,2,11,10]' gateway='[1,0,11,10]' portal='[200,2,11,10]' masked='[0,240,255,255]' ;;
    esac
    image "${case%:*}" --ports "$ports" --mask "$mask"
    profile "$port" secondary
    sure=()
    [ "$port" -le 2 ] || sure=(--unverified)
    flash 0 set "nvm:$nvm" "${named[@]}" "${sure[@]}" -p "$work/host1.toml" --no-target-user
    setup=$(printf '%s' '["0x0100","0x0100","0x0100","0x0100"]' | jq -c ".[$((port - 1))] = \"0x0103\"")
    holds "all(.sums[]; . == \"0xbaba\")" ".setup[:$ports] == ($setup)[:$ports]" ".block.initiator == \"iqn.2026-11.org.example:host1\"" \
      ".block.ports[$((port - 1))] == {address: $bytes, mask: $masked, gateway: $gateway, portal: $portal, lun: 258,
        port: 3261, vlan: 0, target: \"iqn.2026-11.org.example:golden\", secret: \"one-way-secret\", user: \"host1\",
        target_secret: \"the-target-16byt\", clean: true, dhcp: 0, target_dhcp: 0, auth: 2, other_flags: 15616}" \
      ".changed - [\"word $(printf '%#x' $((port == 1 ? 0x30 : port == 2 ? 0x34 : port == 3 ? 0x38 : 0x3a)))\", \"word 0x3f\", \"initiator\"] |
        all(.[]; endswith(\" $port\")) and (index(\"rest $port\") | not)"
    if grep -q -e one-way -e the-target "$work/stdout" "$work/stderr"; then fail "a secret is shown"; fi
    flash 0 show "nvm:$nvm" "${named[@]}" --json
    expect_json ".iscsi.ip_order == \"$order\"" ".iscsi.ports[$((port - 1))] | .address == \"10.11.2.15\" and .prefix == 20 and
      .gateway == \"10.11.0.1\" and .portal_address == \"10.11.2.200\" and .lun == 258 and .auth == \"mutual-chap\" and .chap_secret_set"
    flash 0 verify "nvm:$nvm" "${named[@]}"
    if grep -q -e one-way -e the-target "$work/stdout"; then fail "a secret is shown"; fi
  done
done

say "one field changes nothing else"
image I350 --ports 2 --mask fffffff0
flash 0 set "nvm:$nvm" --port 2 --target iqn.2026-11.org.example:golden --portal 192.0.2.1 --lun 7
holds '.changed == ["flags 2", "lun 2", "port 2", "portal 2", "target 2"]' '.block.ports[1].target_dhcp == 0' '.block.ports[1].dhcp == 1'
cp "$nvm" "$before"
flash 0 set "nvm:$nvm" --port 2 --lun 8 --dry-run
unchanged
expect_text stdout 'word 0x03c9 +0x0007 +0x0008 +iSCSI block, LUN, port 2'
flash 0 set "nvm:$nvm" --port 2 --lun 8 --backup "$work/backup"
holds '.changed == ["lun 2"]'
cmp "$before" "$work/backup"
[ "$(stat -c %a "$work/backup")" = 600 ] || fail "others can read the backup"
flash 1 diff "nvm:$nvm" "$work/backup"
flash 4 set "nvm:$nvm" --port 2 --lun 9 --backup "$work/backup"
flash 0 restore "nvm:$nvm" "$work/backup"
unchanged
flash 0 diff "nvm:$nvm" "$work/backup"

say "secrets go when CHAP goes"
flash 0 set "nvm:$nvm" --port 1 --chap-user host1 --chap-secret-file "$work/host1.secret"
flash 0 set "nvm:$nvm" --port 1 --target-secret-file "$work/target.secret"
holds '.block.ports[0] | .auth == 2 and .secret == "one-way-secret" and .target_secret == "the-target-16byt"'
flash 1 diff "nvm:$nvm" "$before"
if grep -qE '0x(6e6f|6c61)' "$work/stdout"; then fail "diff shows words of a secret"; fi
flash 0 set "nvm:$nvm" --port 1 --no-chap
unchanged

say "a wrong checksum is named, left alone by set, and repaired by reset"
image I350 --ports 2 --mask fffffff0 --poke 0xbf=0x1111
flash 1 verify "nvm:$nvm"
expect_text stdout 'error: word 0xbf: checksum of the LAN 1 is 0x1111'
flash 0 priority "nvm:$nvm" --port 2 primary
holds '.changed == ["word 0x34", "word 0x3f"]'
expect_text stderr 'LAN 1 was wrong and is left so'
flash 0 reset "nvm:$nvm"
holds '.changed == ["word 0xbf"]' 'all(.sums[]; . == "0xbaba")'
flash 0 verify "nvm:$nvm"

say "the table of ethtool stays the table"
image 82576 --ports 2 --mask ffffff00 --table
flash 0 priority "nvm:$nvm" primary
[ "$(diff "$before" "$nvm" | grep -c '^>')" -eq 2 ] || fail "other lines than that of words 0x30 to 0x3F changed"
holds '.setup[0] == "0x0102"' '.changed == ["word 0x30", "word 0x3f"]'

say "pointers that lead astray are not followed"
for poke in 0x3d=0x0fff 0x3d=0x0010 0x3d=0x0300 0x201=0x0342 0x201=0x0400 0x202=0x0002; do
  image I210 --ports 1 --poke "$poke"
  flash 1 verify "nvm:$nvm"
  expect_text stdout 'error: word 0x3d: iSCSI block: points to'
  flash 4 set "nvm:$nvm" --lun 1
  unchanged
done
image I210
flash 3 set "nvm:$nvm" --lun 1
expect_text stderr 'has no iSCSI block'
image I210 --ports 1 --poke 0x37=0x0230
flash 1 verify "nvm:$nvm"
expect_text stdout 'alternate MAC addresses lies upon iSCSI block'
flash 4 set "nvm:$nvm" --lun 1

say "nothing is guessed"
image X550 --ports 2
flash 4 set "nvm:$nvm" --lun 1
expect_text stderr 'give --family=X550'
flash 2 set "nvm:$nvm" --family X550 --portal 192.0.2.1
expect_text stderr '--ip-order=network'
flash 0 set "nvm:$nvm" --family X550 --portal 192.0.2.1 --ip-order=reversed
holds '.block.ports[0].portal == [1,2,0,192]'
