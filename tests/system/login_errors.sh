#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What goes wrong before the first command: one line that names the thing, exit code 3, no secret in sight.
. "$(dirname "$0")/lib.sh"
image_size=16M
truncate -s 16M "$work/disk.img"
start_tgtd
new_tgt_lun "$work/lun" 16M
open_url=$url
new_tgt_lun "$work/chap" 16M chap=me:right-secret-1
chap_url=$url
printf 'right-secret-1\n' >"$work/right"
printf 'wrong-secret-1\n' >"$work/wrong"
chmod 600 "$work/right" "$work/wrong"
time_limit=60

# refused PATTERN ARGUMENT…
refused() {
  local pattern=$1
  shift
  run_sanclone "$work/disk.img" "$@"
  expect_status 3
  expect_one_line
  expect_text stderr "$pattern"
  if grep -qE 'secret-1' "$work/stderr" "$work/stdout"; then fail "a secret is shown"; fi
}

say "CHAP"
run_sanclone "$work/disk.img" "$chap_url" --chap-user me --chap-secret-file "$work/right"
expect_status 0
LIBISCSI_CHAP_USERNAME=me LIBISCSI_CHAP_PASSWORD=right-secret-1 run_sanclone "$work/disk.img" "$chap_url"
expect_status 0
refused '[Aa]uthent|CHAP' "$chap_url" --chap-user me --chap-secret-file "$work/wrong"
refused '[Aa]uthent|CHAP' "$chap_url" --chap-user you --chap-secret-file "$work/right"
refused '[Aa]uthent|CHAP' "$chap_url"

say "target and LUN"
refused "iqn.2026-11.org.example:nobody" "iscsi://127.0.0.1:$tgtd_port/iqn.2026-11.org.example:nobody/1"
refused 'LUN' "${open_url%/1}/7"
refused 'LUN' "${open_url%/1}/300"

say "capitals: the scheme and iqn. in either, the rest letter by letter"
tgt --mode target --op new --tid 9 -T "${iqn}Big"
tgt --mode logicalunit --op new --tid 9 --lun 1 -b "$work/lun"
tgt --mode target --op bind --tid 9 -I ALL
run_sanclone "$work/disk.img" "ISCSI://127.0.0.1:$tgtd_port/IQN.${iqn#iqn.}Big/1"
expect_status 0
refused 'names are lower case' "iscsi://127.0.0.1:$tgtd_port/${iqn}BIG/1"

say "digests of data are not known here"
start_fake --insist DataDigest=CRC32C
refused 'insists on DataDigest=CRC32C' "$url"
stop "$fake_pid"
start_fake --key DataDigest=CRC32C
refused 'insists on DataDigest=CRC32C' "$url"
stop "$fake_pid"
start_fake --size 16M --insist HeaderDigest=None --insist DataDigest=None
run_sanclone "$work/disk.img" "$url"
expect_status 0
stop "$fake_pid"

say "LUN 0 of tgt is a controller, not a disk"
refused '.' "${open_url%/1}/0"

say "portals"
refused '127.0.0.1:1[^0-9]' "iscsi://127.0.0.1:1/iqn.2026-11.org.example:test/1"
refused 'no-such-host.invalid' "iscsi://no-such-host.invalid/iqn.2026-11.org.example:test/1"
for answer in drop hang login:0300 login:0301 login:0202; do
  start_fake --rule "op=login,action=$answer"
  refused "127.0.0.1:$fake_port" "$url"
  stop "$fake_pid"
done

say "mutual CHAP"
printf 'target-secret-1\n' >"$work/target"
start_fake --size 16M --chap "me:$work/right" --mutual "it:$work/target"
export LIBISCSI_CHAP_TARGET_USERNAME=it
LIBISCSI_CHAP_TARGET_PASSWORD=target-secret-1 \
  run_sanclone "$work/disk.img" "$url" --chap-user me --chap-secret-file "$work/right"
expect_status 0
export LIBISCSI_CHAP_TARGET_PASSWORD=another-secret-1
refused '.' "$url" --chap-user me --chap-secret-file "$work/right"
