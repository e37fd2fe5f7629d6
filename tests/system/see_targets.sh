#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# discover, list and show against tgt and istgt, as they come and as administrators set them up. What other programs
# print of the same LUN is compared field by field.
. "$(dirname "$0")/lib.sh"
require jq iscsi-inq iscsi-readcapacity16 iscsi-ls ss

# sanlun ARGUMENT…: as run_sanclone().
run_sanlun() {
  status=0
  timeout --kill-after=5 30 "$SANBOOT_BIN/sanlun" "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
}

# show_holds URL FILTER…
show_holds() {
  run_sanlun show "$1" --json
  shift
  expect_status 0
  expect_json "$@"
}

# equal FIELD EXPECTED: a field of the card in $work/stdout, as text.
equal() {
  local got
  got=$(jq -r "$1 | if . == true then 1 elif . == false then 0 else . end" "$work/stdout")
  [ "$got" = "$2" ] || fail "$url: $1 is '$got', elsewhere it is '$2'"
}

# Of a page of vital product data in $work/other, as iscsi-inq prints it: "NAME:VALUE", and compared with FIELD.
equal_line() {
  local value
  value=$(sed -n "s/^$2: *//p" "$work/other" | head -n 1)
  [ -n "$value" ] || fail "iscsi-inq does not print $2"
  equal "$1" "${value%RPM}"
}

# page NUMBER: of the LUN at $url into $work/other; false where the target has it not.
page() { iscsi-inq -e 1 -c "$(($1))" "$url" >"$work/other" 2>/dev/null; }

# compare_with_others: everything that iscsi-inq and iscsi-readcapacity16 print of $url.
compare_with_others() {
  run_sanlun show "$url" --json
  expect_status 0
  iscsi-inq "$url" >"$work/other"
  equal .identity.vendor "$(sed -n 's/^Vendor://p' "$work/other" | sed 's/ *$//')"
  equal .identity.product "$(sed -n 's/^Product://p' "$work/other" | sed 's/ *$//')"
  equal_line .identity.revision Revision
  equal_line .paths.tpgs TPGS
  grep -q 'Device Type:DIRECT_ACCESS' "$work/other"
  equal .identity.type disk
  local standard
  while read -r standard; do
    expect_json ".identity.standards | split(\", \") | index(\"$standard\") != null"
  done < <(sed -n '/unknown$/d; s/^Version Descriptor:[0-9a-f]* //p' "$work/other")
  page 0x80
  equal .identity.serial "$(sed -n 's/^Unit Serial Number:\[ *\(.*[^ ]\) *\]$/\1/p' "$work/other")"
  page 0x83
  expect_json ".identity.designators | length == $(grep -c '^DEVICE DESIGNATOR' "$work/other")"
  equal .identity.t10 "$(grep -A1 'T10_VENDORT_ID' "$work/other" | sed -n 's/^Designator:\[\(.*[^ ]\) *\]$/\1/p')"
  page 0x00
  local pages
  pages=$(sed -n 's/^Page:\(0x..\).*/\1/p' "$work/other")
  if grep -q 0xb0 <<<"$pages"; then
    page 0xb0
    equal_line .limits.max_compare_and_write_blocks 'maximum compare and write length'
    equal_line .limits.optimal_granularity_blocks 'optimal transfer length granularity'
    equal_line .limits.max_transfer_blocks 'maximum transfer length'
    equal_line .limits.optimal_transfer_blocks 'optimal transfer length'
    equal_line .limits.max_unmap_blocks 'maximum unmap lba count'
    equal_line .limits.max_unmap_descriptors 'maximum unmap block descriptor count'
    equal_line .limits.unmap_granularity_blocks 'optimal unmap granularity'
    equal_line .limits.max_write_same_blocks 'maximum write same length'
    if grep -q '^ugavalid:1' "$work/other"; then
      equal_line .limits.unmap_alignment_blocks 'unmap granularity alignment'
    else
      equal .limits.unmap_alignment_blocks null
    fi
  fi
  if grep -q 0xb1 <<<"$pages"; then
    page 0xb1
    equal_line .capacity.rotation_rate 'Medium Rotation Rate'
  fi
  if grep -q 0xb2 <<<"$pages"; then
    page 0xb2
    equal_line .provisioning.threshold_exponent 'Threshold Exponent'
    equal_line .provisioning.lbpu lbpu
    equal_line .provisioning.lbpws lbpws
    equal_line .provisioning.lbpws10 lbpws10
    equal_line .provisioning.lbprz_vpd lbprz
    equal_line .provisioning.type 'provisioning type'
  else
    equal .provisioning.lbpu null
  fi
  iscsi-readcapacity16 "$url" >"$work/other"
  equal_line .capacity.size 'Total size'
  equal .capacity.blocks "$(($(sed -n 's/^RETURNED LOGICAL BLOCK ADDRESS://p' "$work/other") + 1))"
  equal_line .capacity.block_size 'LOGICAL BLOCK LENGTH IN BYTES'
  equal_line .capacity.lowest_aligned_lba 'LOWEST ALIGNED LOGICAL BLOCK ADDRESS'
  local exponent
  exponent=$(sed -n 's/.*LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT://p' "$work/other")
  equal .capacity.physical_block_size "$(($(jq .capacity.block_size "$work/stdout") << exponent))"
  equal .provisioning.lbpme "$(sed -n 's/^LBPME:\([01]\).*/\1/p' "$work/other")"
  equal .provisioning.lbprz_capacity "$(sed -n 's/^LBPME:.*LBPRZ:\([01]\)$/\1/p' "$work/other")"
}

# compare_lists PORTAL: targets, numbers and types of LUNs against those of iscsi-ls, which takes flat addresses for
# numbers.
compare_lists() {
  run_sanlun list "$1" --json
  jq -r '.targets[] | select(.error == null) | .name as $n | .luns[] | "\($n) \(.lun) \(.type)"' "$work/stdout" |
    sed 's/array controller/STORAGE_ARRAY_CONTROLLER/; s/disk$/DIRECT_ACCESS/' | sort >"$work/ours"
  iscsi-ls -s "iscsi://$1" 2>/dev/null |
    awk '/^Target:/ {sub(/^Target:/, ""); name = $1} /^Lun:/ {sub(/^Lun:/, ""); split($2, type, ":"); print name, ($1 < 16384 ? $1 : $1 - 16384), type[2]}' |
    sort >"$work/theirs"
  [ -s "$work/theirs" ] || fail "iscsi-ls lists nothing"
  diff "$work/theirs" "$work/ours" >&2 || fail "list and iscsi-ls differ"
}

say "tgt, with several targets and LUNs"
start_tgtd
new_tgt_lun "$work/stock" 64M
stock=$url
for lun in 2 7 300; do
  truncate -s "$((lun + 10))M" "$work/stock$lun"
  tgt --mode logicalunit --op new --tid "$tgt_tid" --lun "$lun" -b "$work/stock$lun"
done
new_tgt_lun "$work/thin" 6G thin
thin=$url
new_tgt_lun "$work/tuned" 64M tuned
tuned=$url
new_tgt_lun "$work/4k" 64M 4096
big=$url
new_tgt_lun "$work/readonly" 64M readonly
readonly_url=$url
portal=127.0.0.1:$tgtd_port
compare_lists "$portal"
for url in "$stock" "${stock%/1}/7" "$thin" "$tuned" "$big" "$readonly_url"; do compare_with_others; done

say "what is told of them"
show_holds "$stock" .complete '.session.max_recv_data_segment_length == 8192' '.session.initial_r2t == "Yes"' \
  '.provisioning.lbpme == false' '.identity.software == "tgt"' '.access.write_protected == false' \
  '[.advice[] | select(.level != "note").id] == ["small_segments", "initial_r2t"]' \
  '.commands.get_lba_status' '.commands.extended_copy == false' '.reservations.keys == []' '.reservations.holder == null'
show_holds "$thin" '.provisioning | .lbpme and .lbprz_capacity and .lbprz_vpd and .lbpu and .lbpws and .type == 2' \
  '.advice[0].id == "unmap_limit" and .advice[0].level == "danger"' '.capacity.size == 6442450944'
show_holds "$tuned" '.session.max_recv_data_segment_length == 262144' '.session.initial_r2t == "No"' \
  '[.advice[].id] | index("small_segments") == null and index("initial_r2t") == null'
show_holds "$big" '.capacity.block_size == 4096' '[.advice[].id] | index("block_size") != null'
show_holds "$readonly_url" '.access.write_protected' '.advice[0].id == "write_protected"'
show_holds "${stock%/1}/0" '.identity.type == "array controller"' 'has("capacity") | not'
run_sanlun show "${stock%/1}/9" --json
expect_status 3
expect_json '.error.cause | test("no such LUN")'

say "the lines of the advice do what they are for"
advised() { # URL ID: types the lines for tgtadm
  run_sanlun show "$1" --json
  jq -r --arg id "$2" '.advice[] | select(.id == $id).remedy[] | select(startswith("tgtadm "))' "$work/stdout" |
    sed 's/^tgtadm /tgtadm --lld iscsi -C 1 /' >"$work/lines"
  [ -s "$work/lines" ] || fail "no lines for $2"
  bash -e "$work/lines" || fail "the lines for $2 do not work"
  run_sanlun show "$1" --json
  expect_json "[.advice[].id] | index(\"$2\") == null"
}
advised "$stock" small_segments
expect_json '.session.max_recv_data_segment_length == 262144' '.session.initial_r2t == "No"'
advised "$stock" not_thin
expect_json .provisioning.lbpu
advised "$readonly_url" write_protected
advised "$tuned" made_up_identity
expect_json '.identity.serial == "UNIQUE-SERIAL"'

say "reservations"
"$SANBOOT_SUPPORT/reserve" "$big" 171 iqn.2026-11.org.example:holder >"$work/reserved" &
holder=$!
wait_until 5 grep -q reserved "$work/reserved" || fail "the LUN cannot be reserved"
show_holds "$big" '.reservations.holder | .key == "0x00000000000000ab" and .type == "write exclusive, registrants only"' \
  '.reservations.keys | length == 1' '.reservations.keys[0].key == "0x00000000000000ab"' '.advice[0].id == "reserved"' \
  '.reservations.keys[0] | .initiator == null or .initiator == "iqn.2026-11.org.example:holder"'
stop "$holder"

say "text: readable at 80 columns, no colour in a file; commands to copy may be longer"
run_sanlun show "$thin"
expect_status 0
if sed '/^            /d' "$work/stdout" | grep -E '^.{81}'; then fail "lines of more than 80 columns"; fi
if grep -q $'\e' "$work/stdout"; then fail "colour in a file"; fi
expect_text stdout '^  Size +6.0 GiB \(6442450944 bytes\)$' '^  LBPU +yes: by UNMAP$' '^  danger  An UNMAP of'
run_sanlun show "$thin" --color=always
grep -q $'\e\[1;31m' "$work/stdout" || fail "no colour where it was asked for"
run_sanlun list "$portal"
expect_text stdout '^ +1  disk +6.0 GiB +512  yes +IET +VIRTUAL-DISK$'

say "CHAP and access rules: what is refused says why, the others are listed"
new_tgt_lun "$work/chap" 64M chap=me:right-secret-1
chap=$url
new_tgt_lun "$work/acl" 64M
tgt --mode target --op unbind --tid "$tgt_tid" -I ALL
tgt --mode target --op bind --tid "$tgt_tid" -Q iqn.2026-11.org.example:friend
acl=$url
printf 'right-secret-1\n' >"$work/right"
chmod 600 "$work/right"
run_sanlun list "$portal" --json
expect_status 3
expect_json '[.targets[] | select(.error != null)] | length >= 1' \
  '.targets[] | select(.name == "'"${chap#iscsi://*/}"'" or (.name + "/1") == "'"${chap#iscsi://*/}"'") | .error | test("CHAP")' \
  '[.targets[] | select(.error == null)] | length == 5'
run_sanlun list "${chap%/1}" --chap-user me --chap-secret-file "$work/right" --json
expect_status 0
expect_json '.targets[0].luns | length == 2'
run_sanlun show "$acl" --initiator iqn.2026-11.org.example:friend --json
expect_status 0
run_sanlun show "$acl" --initiator iqn.2026-11.org.example:stranger --json
expect_status 3
expect_json '.error | (.cause + .hint) | test("iqn.2026-11.org.example:stranger")'

say "an initiator that no target admits sees none, and is told under which name"
for tid in $(seq 1 "$((tgt_tid - 1))"); do tgt --mode target --op unbind --tid "$tid" -I ALL; done
run_sanlun discover "$portal" --initiator iqn.2026-11.org.example:stranger
expect_status 0
expect_text stdout 'hidden from the initiator'
run_sanlun discover "$portal" --initiator iqn.2026-11.org.example:friend --json
expect_json '.targets | length == 1'

say "CHAP for the discovery"
tgt --mode account --op new --user finder --password discovery-1
tgt --mode account --op bind --user finder
printf 'discovery-1\n' >"$work/finder"
chmod 600 "$work/finder"
run_sanlun discover "$portal" --initiator iqn.2026-11.org.example:friend
expect_status 3
expect_text stderr 'wants a CHAP login'
run_sanlun discover "$portal" --initiator iqn.2026-11.org.example:friend --chap-user finder --chap-secret-file "$work/right"
expect_status 3
expect_text stderr 'refused the CHAP login of user finder'
run_sanlun discover "$portal" --initiator iqn.2026-11.org.example:friend --chap-user finder --chap-secret-file "$work/finder"
expect_status 0
expect_text stdout "^$iqn"
stop "$tgtd_pid"

say "several portals, IPv4 and IPv6"
port=$(free_port)
portals=portal=127.0.0.1:$port,portal=127.0.0.2:$port
six=
if [ -e /proc/net/if_inet6 ] && grep -q '^00000000000000000000000000000001' /proc/net/if_inet6; then six=1; fi
[ -z "$six" ] || portals="$portals,portal=[::1]:$port"
export TGT_IPC_SOCKET=$work/tgt-many
tgtd -f --iscsi "$portals" -C 1 >"$work/tgtd.log" 2>&1 &
tgtd_pid=$!
listens "$tgtd_pid" "$port" || fail "tgtd does not start"
wait_until 5 tgt_answers
tgtd_port=$port tgt_tid=0
new_tgt_lun "$work/stock" 64M
run_sanlun discover "127.0.0.1:$port" "127.0.0.2:$port" --json
expect_status 0
expect_json '.targets | length == 1' '.targets[0].portals | map(.reachable) | all' '.targets[0].portals | length >= 2' \
  '.targets[0].portals | map(.group) | unique == [1]' '[.targets[0].portals[].connect_ms] | max < 1000'
if [ -n "$six" ]; then
  run_sanlun discover "[::1]:$port" "localhost:$port" --json
  expect_status 0
  expect_json '[.targets[0].portals[].portal | select(startswith("[::1]:"))] | length == 1' '.targets[0].portals | map(.reachable) | all'
  run_sanlun list "[::1]:$port"
  expect_status 0
  run_sanlun show "iscsi://[::1]:$port/${iqn}1/1"
  expect_status 0
  expect_text stdout "Portal +\\[::1\\]:$port"
fi
run_sanlun discover "127.0.0.1:$port" 127.0.0.1:1
expect_status 3
expect_text stdout "^${iqn}1$" 'reachable, [0-9.]+ ms'
expect_text stderr '^sanlun: 127.0.0.1:1: cannot connect to 127.0.0.1:1: Connection refused'
stop "$tgtd_pid"

say "istgt"
truncate -s 64M "$work/istgt.img"
start_istgt "$work/istgt.img"
portal=${url#iscsi://}
portal=${portal%%/*}
# iscsi-ls -s does not come to an end here.
run_sanlun list "$portal" --json
expect_status 0
expect_json '.targets | length == 1' '.targets[0].luns | length == 1' \
  '.targets[0].luns[0] | .lun == 0 and .type == "disk" and .size == 67108864 and .thin == false and .serial == "10000001"'
compare_with_others
show_holds "$url" .complete '.problems == []' '.identity.software == "istgt"' '.paths.port_group == 1' \
  '.provisioning.lbpu == null' '.capacity.rotation_rate == 7200' '.commands.listed == false' \
  '[.advice[].id] | index("small_segments") == null' '.session.max_recv_data_segment_length == 262144'
run_sanlun discover "$portal" --json
expect_json '.targets[0].portals[0] | .group == 1 and .reachable'
