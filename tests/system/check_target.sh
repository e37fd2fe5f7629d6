#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sanboot-check about the target: a good one passes; of single faults each is found by the check that is meant for it,
# and by no other blocker; the LUN stays as it is; a silent target costs seconds.
. "$(dirname "$0")/lib.sh"
require tgtd tgtadm istgt jq sgdisk
image_size=32M
me=iqn.2026-11.org.example:host1
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
cd "$work"
start_tgtd
secret() { (umask 077 && printf '%s\n' "$2" >"$1"); }
secret host1.secret right-secret-1

# lun FILE OPTION…: a target over a copy of the disk, with CHAP and an access rule for one initiator.
lun() {
  local file=$1
  shift
  [ -e "$file" ] || cp --sparse=always disk.img "$file"
  new_tgt_lun "$work/$file" "$image_size" "$@"
  tgt --mode target --op unbind --tid "$tgt_tid" -I ALL
  tgt --mode target --op bind --tid "$tgt_tid" -Q "$me"
  tgt --mode account --op bind --tid "$tgt_tid" --user host1
}
# profile [SED…]: host1.toml, of the last target, edited.
profile() {
  cat >host1.toml <<END
[initiator]
name = "$me"
[target]
portal = "127.0.0.1:${tgtd_port}"
name = "$iqn$tgt_tid"
lun = 1
[auth]
method = "chap"
user = "host1"
secret_file = "host1.secret"
[boot]
firmware = "uefi"
END
  [ $# -eq 0 ] || sed -i "$@" host1.toml
}
# check [DEVICE] ARGUMENT…
check() {
  status=0
  timeout --kill-after=5 60 "$SANBOOT_BIN/sanboot-check" "$@" --json --only TGT,IPXE-04 >stdout 2>stderr || status=$?
  ! grep -q 'secret-[0-9]' stdout stderr || fail "a secret is shown"
}
# finds STATUS ID [PATTERN]: it is the only blocker that fails, or is unknown; the pattern is in its evidence.
finds() {
  expect_status 1
  local found
  found=$(jq -r '.checks[] | select(.severity == "blocker" and (.status == "fail" or .status == "unknown")) | "\(.status) \(.id)"' stdout)
  [ "$found" = "$1 $2" ] || fail "expected $1 $2, found: ${found:-nothing}"
  [ -z "${3:-}" ] || jq -r ".checks[] | select(.id == \"$2\") | .evidence[] | .where, .found, .wanted" stdout | grep -qE "$3" ||
    fail "the evidence of $2 has no \"$3\": $(jq -c ".checks[] | select(.id == \"$2\")" stdout)"
}
# alone ARGUMENT…: of all checks, with that fault, one blocker fails.
alone() {
  status=0
  timeout --kill-after=5 60 "$SANBOOT_BIN/sanboot-check" "$@" --json >stdout 2>stderr || status=$?
  expect_status 1
  expect_json '[.checks[] | select(.severity == "blocker" and .status == "fail")] | length == 1'
  expect_json '[.checks[] | select(.severity == "blocker" and .status == "unknown" and (.id | startswith("NET") | not))] | length == 0'
}
# warns ID: a warning, and READY.
warns() {
  expect_status 0
  expect_json "[.checks[] | select(.status == \"fail\") | .id] == [\"$1\"]"
}

tgt --mode account --op new --user host1 --password right-secret-1
lun good
profile
say "a good one"
before=$(sha256sum good)
check profile:host1.toml
expect_status 0
expect_json '[.checks[] | select(.status == "fail")] == []' \
  '[.checks[] | select(.status == "pass") | .id] | contains(["IPXE-04", "TGT-01", "TGT-06", "TGT-07", "TGT-10"])'
check "$url" --profile host1.toml --source disk.img
expect_status 0
check disk.img --profile host1.toml
expect_status 0
[ "$(sha256sum good)" = "$before" ] || fail "the LUN was changed"

say "portal"
profile -e "s/^portal = .*/portal = \"127.0.0.1:$(free_port)\"/"
check --profile host1.toml
finds fail TGT-01 'refused'
alone profile:host1.toml
profile -e "s/^portal = .*/portals = [\"127.0.0.1:$(free_port)\", \"127.0.0.1:$tgtd_port\"]/"
check --profile host1.toml
warns TGT-01

say "login"
secret host1.secret wrong-secret-1
profile
check --profile host1.toml
finds fail TGT-02 CHAP
alone profile:host1.toml
secret host1.secret short
check profile:host1.toml
finds fail TGT-07 'of 5 bytes'
alone profile:host1.toml
secret host1.secret right-secret-1
profile -e 's/host1"$/host2"/'
check --profile host1.toml
finds fail TGT-02 host2
profile -e "s/^name = .*test.*/name = \"$iqn-nobody\"/"
check --profile host1.toml
finds fail TGT-02 'no such target'
tgt --mode account --op unbind --tid "$tgt_tid" --user host1
profile
check --profile host1.toml
warns TGT-07
tgt --mode account --op bind --tid "$tgt_tid" --user host1

say "LUN"
profile -e 's/^lun = .*/lun = 7/'
check --profile host1.toml
finds fail TGT-03 'no such LUN'
finds fail TGT-03 'it has LUN .*1'
alone profile:host1.toml
profile -e 's/^lun = .*/lun = 0/'
check --profile host1.toml
finds fail TGT-03 'array controller'

say "size"
truncate -s $((size + 1048576)) larger.img
profile
check --profile host1.toml --source larger.img
finds fail TGT-04 "33.0 MiB of larger.img"
check larger.img --profile host1.toml
finds fail TGT-04
head -c $((size - 2097152)) disk.img >small
image_size=30M lun small
profile
check profile:host1.toml
finds fail TGT-04 'needs'
cp --sparse=always disk.img damaged
printf 'X' | dd of=damaged bs=1 seek=$((size - 512 + 72)) conv=notrunc status=none
lun damaged
profile
check profile:host1.toml
finds fail TGT-04 'backup GPT'
cp --sparse=always disk.img long
truncate -s $((size + 1048576)) long
lun long
profile
check profile:host1.toml
warns TGT-04
lun 4096 4096
profile
check profile:host1.toml
finds fail TGT-04 '512 bytes, for which'

say "write protected"
lun protected readonly
profile
check profile:host1.toml
finds fail TGT-05 'write protected'
expect_json '[.checks[] | select(.id == "TGT-05") | .remedy] | .[0] | contains("tgtadm")'

say "reserved by another"
new_tgt_lun "$work/reserved" "$image_size"
cp --sparse=always disk.img reserved
profile -e '/^.auth/,/^secret_file/d'
"$SANBOOT_SUPPORT/reserve" "$url" 4711 iqn.2026-11.org.example:other >reserve.out &
reserver=$!
wait_until 10 grep -q reserved reserve.out || fail "no reservation"
check profile:host1.toml
finds fail TGT-06 'write exclusive, registrants only, key 0x1267'
stop "$reserver"

say "a second portal that leads elsewhere"
lun first
one=$tgtd_port one_tid=$tgt_tid
tgtd_name=2
TGT_IPC_SOCKET=$work/tgt2 start_tgtd
tgt_tid=0
tgt --mode account --op new --user host1 --password right-secret-1
tgt --mode target --op new --tid 9 -T "$iqn$one_tid"
tgt --mode logicalunit --op new --tid 9 --lun 1 -b "$work/disk.img"
tgt --mode target --op bind --tid 9 -Q "$me"
tgt --mode account --op bind --tid 9 --user host1
tgt_tid=$one_tid
profile -e "s/^portal = .*/portals = [\"127.0.0.1:$one\", \"127.0.0.1:$tgtd_port\"]/"
check --profile host1.toml
finds fail TGT-10 "127.0.0.1:$tgtd_port"

say "under an unknown name"
start_fake
check "$url"
finds unknown TGT-02
check "$url" --initiator "$me"
expect_status 0
stop "$fake_pid"

# fake OPTION…: checks a target that misbehaves so.
fake() {
  start_fake "$@"
  check "$url" --initiator "$me"
  stop "$fake_pid"
}
say "iPXE's parameters"
fake --key DataDigest=CRC32C
finds fail TGT-02 'DataDigest=CRC32C'

say "mutual CHAP, by the words of iPXE"
secret target.secret target-secret-2
start_fake --chap "host1:$work/host1.secret" --mutual "target:$work/target.secret"
profile -e 's/"chap"/"mutual-chap"/' -e "s/^portal = .*/portal = \"127.0.0.1:$fake_port\"/" \
  -e 's/^name = .*test.*/name = "iqn.2026-11.org.example:fake"/' \
  -e '/^secret_file/a target_user = "target"\ntarget_secret_file = "target.secret"'
check profile:host1.toml
expect_status 0
expect_json '[.checks[] | select(.id == "IPXE-04") | .status] == ["pass"]'
secret target.secret another-secret-2
check --profile host1.toml
finds fail TGT-02 'prove who it is'
stop "$fake_pid"

say "istgt, by CHAP"
istgt_account="\"host1\" \"right-secret-1\"" istgt_auth=CHAP start_istgt "$work/disk.img"
profile -e "s/^portal = .*/portal = \"127.0.0.1:$istgt_port\"/" -e 's/^lun = .*/lun = 0/' \
  -e 's/^name = .*test.*/name = "iqn.2026-11.org.example:disk1"/'
check profile:host1.toml
expect_status 0
expect_json '[.checks[] | select(.id == "IPXE-04") | .status, .evidence[0].found] | .[0] == "pass" and (.[1] | contains("CHAP"))'
secret host1.secret wrong-secret-1
check profile:host1.toml
finds fail TGT-02
secret host1.secret right-secret-1
stop "$istgt_pid"

say "slow"
fake --size 16M --rule op=read,lba=100-32767,action=delay:30
warns TGT-09

say "offline"
fake --rule op=tur,action=sense:02/3A/00
finds fail TGT-03

say "reserved for one alone"
fake --rule op=tur,action=conflict
finds fail TGT-06 'RESERVATION CONFLICT'

say "silent"
profile -e '/^.auth/,/^secret_file/d' -e 's/^name = .*test.*/name = "iqn.2026-11.org.example:fake"/'
start_fake --rule op=login,action=hang
sed -i "s/^portal = .*/portal = \"127.0.0.1:$fake_port\"/" host1.toml
begun=$SECONDS
check --profile host1.toml
finds fail TGT-02 'does not answer the login'
[ $((SECONDS - begun)) -lt 12 ] || fail "a silent target costs $((SECONDS - begun)) s"
stop "$fake_pid"
start_fake --rule op=inquiry,skip=1,action=hang
sed -i "s/^portal = .*/portal = \"127.0.0.1:$fake_port\"/" host1.toml
begun=$SECONDS
check --profile host1.toml
[ "$status" -ne 124 ] || fail "no end"
[ $((SECONDS - begun)) -lt 30 ] || fail "it takes $((SECONDS - begun)) s"
