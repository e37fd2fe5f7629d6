#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# discover, list and show against a target that answers nonsense: what they say is right or unknown, they exit as
# they should, and never take 10 seconds.
. "$(dirname "$0")/lib.sh"
require jq ss

limit=10
if [ -n "${SANBOOT_SANITIZED:-}" ]; then limit=20; fi

# Text of SendTargets in hexadecimal, each argument a pair that ends in a NUL.
text_hex() {
  local pair
  for pair in "$@"; do printf '%s\0' "$pair"; done | od -An -v -tx1 | tr -d ' \n'
}

name=TargetName=iqn.2026-11.org.example:fake
long_name=TargetName=iqn.2026-11.org.example:$(printf 'x%.0s' {1..260})

# What is tried: a name, then options of fake_target. They run beside each other.
modes=(
  "honest"
  "inquiry-empty --answer 1200="
  "inquiry-short --answer 1200=0000"
  "inquiry-no-lun --answer 1200=7f00050200"
  "inquiry-control --answer 120000=000005021f000002*28"
  "pages-short --answer 120100=00"
  "pages-empty --answer 120100=00000000"
  "pages-other --answer 120100=00b2000400000000"
  "serial-long --answer 120180=0080ffff414243"
  "serial-control --answer 120180=008000041b5b314d"
  "designators-long --answer 120183=0083ffff010300ff3000000000fa4e01"
  "designators-none --answer 120183=00830000"
  "limits-short --answer 1201b0=00b00001ff"
  "limits-other --answer 1201b0=0080003c*60"
  "limits-absurd --thin --answer 1201b0=00b0003cffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff*28"
  "characteristics-absurd --answer 1201b1=00b1003c0007*58"
  "provisioning-short --thin --answer 1201b2=00b20000"
  "provisioning-against --answer 1201b2=00b2000400e40200"
  "provisioning-lbprz --thin --answer 1201b2=00b2000400e00200"
  "capacity-2^63 --answer 9e10=7fffffffffffffff00000200*20"
  "capacity-2^64 --answer 9e10=ffffffffffffffff00000200*20"
  "capacity-block-0 --answer 9e10=00000000000fffff00000000*20"
  "capacity-block-3 --answer 9e10=00000000000fffff00000003*20"
  "capacity-block-2^31 --answer 9e10=00000000000fffff80000000*20"
  "capacity-short --answer 9e10=00000000"
  "capacity-10 --rule op=0x9e,action=sense:05/20/00 --answer 25=ffffffff00000200"
  "luns-empty --answer a000=0000000000000000"
  "luns-header --answer a000=000000"
  "luns-absurd --answer a000=ffffffff00000000"
  "luns-many --answer a000=0000fff800000000*65528"
  "luns-odd --answer a000=0000002c000000000001000000000000c1010000000000004102000000000000d2012345000000000001000200000000ffffffff"
  "mode-absurd --answer 1a=ff00ffff --answer 5a=ffff00ffffffffff"
  "keys-absurd --answer 5e00=00000001fffffff80102030405060708"
  "reservation-absurd --answer 5e01=00000001ffffffff0000000000000000"
  "codes-absurd --answer a30c=ffffffff9e0000"
  "groups-absurd --answer 1200=0000061220300002*88 --answer a30a=ffffffff00000001000000ff"
  "no-sense --rule op=any,action=nosense"
  "no-sense-pages --rule op=inquiry,skip=1,action=nosense"
  "busy --rule op=any,action=busy"
  "full --rule op=readcap,action=full"
  "attention --rule op=any,action=ua"
  "conflict --rule op=tur,action=conflict"
  "not-ready --rule op=tur,action=sense:02/04/03"
  "half --rule op=any,action=short"
  "bits --rule op=any,action=corrupt"
  "ignore --rule op=any,action=ignore"
  "targets-garbage --send-targets ff00fe41424344"
  "targets-no-nul --send-targets 5461726765744e616d653d69"
  "targets-address-first --send-targets $(text_hex TargetAddress=127.0.0.1:3260,1 "$name")"
  "targets-long --send-targets $(text_hex "$long_name" TargetAddress=127.0.0.1:3260,1)"
  "targets-control --send-targets $(text_hex $'TargetName=iqn.\e[2J' TargetAddress=127.0.0.1:3260,1)"
  "targets-wildcard --send-targets $(text_hex "$name" TargetAddress=0.0.0.0:3260,1 'TargetAddress=[::]:3260,1')"
  "targets-odd --send-targets $(text_hex "$name" TargetAddress=::1:3260,1 TargetAddress=127.0.0.1:99999,1 TargetAddress=,1 TargetAddress=127.0.0.1:1,70000 'TargetAddress=[::1,1')"
  "targets-none --send-targets 00"
  "hang-login --rule op=login,action=hang"
  "drop-login --rule op=login,action=drop"
)
for op in inquiry readcap modesense reportluns tur 0x5e 0xa3 any; do
  for action in hang drop reject; do modes+=("$action-$op --rule op=$op,action=$action"); done
done

# run_verb MODE VERB ARGUMENT…: JSON to MODE.VERB.json, exit code and milliseconds to MODE.VERB.end.
run_verb() {
  local mode=$1 verb=$2 code=0 begun
  shift
  begun=$(date +%s%N)
  timeout --kill-after=5 40 "$SANBOOT_BIN/sanlun" "$@" --json >"$work/$mode.$verb.json" 2>"$work/$mode.$verb.err" || code=$?
  echo "$code $((($(date +%s%N) - begun) / 1000000))" >"$work/$mode.$verb.end"
}

# try_mode MODE OPTION…
try_mode() {
  local mode=$1 port pid
  shift
  "$SANBOOT_SUPPORT/fake_target" "$@" >"$work/$mode.out" 2>"$work/$mode.fake" &
  pid=$!
  until grep -q listening "$work/$mode.out"; do
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.05
  done
  port=$(awk '{print $2}' "$work/$mode.out")
  run_verb "$mode" discover "127.0.0.1:$port" &
  run_verb "$mode" list "127.0.0.1:$port" &
  run_verb "$mode" show "iscsi://127.0.0.1:$port/iqn.2026-11.org.example:fake/1" &
  wait %2 %3 %4
  kill -KILL "$pid"
}

running=0
for mode in "${modes[@]}"; do
  # shellcheck disable=SC2086 # a name and options
  (try_mode $mode >"$work/jobs" 2>&1) &
  running=$((running + 1))
  if [ "$running" -ge 20 ]; then
    wait -n || true
    running=$((running - 1))
  fi
done
wait

slowest=0
for mode in "${modes[@]}"; do
  mode=${mode%% *}
  for verb in discover list show; do
    [ -s "$work/$mode.$verb.end" ] || fail "$mode: $verb did not run: $(cat "$work/$mode.fake")"
    read -r code took <"$work/$mode.$verb.end"
    case $code in
      0 | 3) ;;
      *) fail "$mode: $verb exits with $code: $(cat "$work/$mode.$verb.err")" ;;
    esac
    [ "$took" -lt $((limit * 1000)) ] || fail "$mode: $verb takes $took ms"
    [ "$took" -le "$slowest" ] || slowest=$took
    jq -e . "$work/$mode.$verb.json" >/dev/null || fail "$mode: $verb prints no JSON"
    if grep -qE 'AddressSanitizer|runtime error:|ThreadSanitizer|LeakSanitizer|terminate' "$work/$mode.$verb.err"; then
      fail "$mode: $verb: $(cat "$work/$mode.$verb.err")"
    fi
    if grep -q $'\e' "$work/$mode.$verb.err"; then fail "$mode: $verb sends control characters to the terminal"; fi
  done
done
say "${#modes[@]} kinds of nonsense, the slowest answer after $slowest ms"

# holds MODE VERB FILTER…
holds() {
  local mode=$1 verb=$2 filter
  shift 2
  for filter in "$@"; do
    jq -e "$filter" "$work/$mode.$verb.json" >/dev/null ||
      fail "$mode: $verb: $filter does not hold: $(jq -c . "$work/$mode.$verb.json")"
  done
}

# exits MODE VERB CODE
exits() {
  [ "$(cut -d ' ' -f 1 "$work/$1.$2.end")" -eq "$3" ] || fail "$1: $2 does not exit with $3: $(cat "$work/$1.$2.err")"
}

say "the honest target is right"
holds honest discover '.targets | length == 1' '.targets[0].portals[0].reachable' '.targets[0].portals[0].connect_ms < 1000'
holds honest list '.targets[0].error == null' '.targets[0].luns | length == 1' \
  '.targets[0].luns[0] | .lun == 1 and .size == 67108864 and .block_size == 512 and .thin == false and .naa == "3000000000fa4e01"'
holds honest show .complete '.problems == []' '.capacity.size == 67108864' '.identity.serial == "FAKE0001"'

say "what makes no sense is unknown, and said to make none"
for mode in capacity-2^63 capacity-2^64 capacity-block-0 capacity-block-3 capacity-block-2^31 capacity-short; do
  holds "$mode" show '.capacity.size == null' '.capacity.block_size == null' '.provisioning.lbpme == null' \
    '.problems | map(.what) | index("READ CAPACITY(16)") != null'
  holds "$mode" list '.targets[0].luns[0] | .size == null and .block_size == null and .thin == null' \
    '.targets[0].luns[0].serial == "FAKE0001"'
done
holds capacity-block-3 show '.problems[0].why == "nonsense: 1048576 blocks of 3 bytes"'
exits inquiry-no-lun show 3
exits inquiry-empty show 3
exits inquiry-short show 3
holds serial-control show '.identity.serial == "[1M"'
holds serial-long show '.identity.serial == "ABC"' '.problems[0].why == "it says that it has 65539 bytes; 7 came"'
holds designators-long show '.identity.naa == null' '.identity.serial == "FAKE0001"'
holds limits-short show '.limits.max_transfer_blocks == null'
holds limits-other show '.limits.max_transfer_blocks == null' '.problems[0].why == "the answer is page 80h"'
holds provisioning-short show '.provisioning.lbpu == null'
holds provisioning-against show '.provisioning.contradictions | length == 2' \
  '.advice | map(.id) | index("provisioning_contradiction") != null'
holds provisioning-lbprz show '.provisioning.lbprz_capacity' '.provisioning.lbprz_vpd == false' \
  '.provisioning.contradictions | length == 1'
holds capacity-10 show '.capacity.size == null'
holds conflict show '.advice | map(.id) | index("reserved") != null'
holds not-ready show '.access.ready == false'
holds groups-absurd show '.paths.groups == [] or .paths.groups == null' \
  '.problems | map(.what) | index("REPORT TARGET PORT GROUPS") != null'
holds no-sense show '.error.cause | test("without sense data")'

say "lists of LUNs"
holds luns-empty list '.targets[0].luns == []' '.targets[0].note != null' '.targets[0].error == null'
exits luns-empty list 0
holds luns-absurd list '.targets[0].error | test("536870911 LUNs are announced, 0 were listed")'
exits luns-absurd list 3
holds luns-odd list '[.targets[0].luns[].lun] == [1, "0xc101000000000000", 258, 74565, "0x0001000200000000"]'

say "lists of targets"
for mode in targets-garbage targets-no-nul targets-address-first; do
  exits "$mode" discover 3
  holds "$mode" discover '.targets == []' '.portals[0].error | test("makes no sense|lost")'
  exits "$mode" list 3
done
holds targets-long discover '.targets[0].problem | test("at most 223")'
holds targets-wildcard discover '.targets[0].portals | map(.problem | test("wildcard")) == [true, true]'
holds targets-odd discover '.targets[0].portals | map(.reachable) | any | not' '.targets[0].portals | length == 5' \
  '.targets[0].portals | map(.problem == null) | any | not'
exits targets-none discover 0
exits hang-login discover 3
exits hang-login list 3
exits hang-login show 3

say "what hangs is named"
holds hang-0xa3 show '.problems | map(select(.what == "REPORT SUPPORTED OPERATION CODES" and (.why | test("no answer")))) | length == 1' \
  '.complete == false' '.capacity.size == 67108864'
exits hang-0xa3 show 3
holds hang-readcap show '.problems[0].what == "READ CAPACITY(16)"' '.access.write_cache' '.identity.naa == "3000000000fa4e01"'
holds hang-any show '.error.cause | test("INQUIRY: no answer")'
holds drop-modesense show '.access.write_cache == null' '.capacity.size == 67108864'
holds hang-reportluns list '.targets[0].error | test("REPORT LUNS: no answer")'
