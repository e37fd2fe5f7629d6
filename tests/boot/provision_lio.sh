#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What sanlun makes of Linux' own target (LIO), in a guest: volumes, a target, rules and accounts, twice the same;
# clones through it, unmapping, copies by the target; who gets in and who does not; all of it again after targetctl
# has cleared the kernel and restored what was written down; deleting it.
. "$(dirname "$0")/../system/lib.sh"
. "$(dirname "$0")/guest_shell.sh"
require qemu-system-x86_64 qemu-io apt-get dpkg-deb flock jq iscsi-inq iscsi-readcapacity16 iscsi-perf
machine=iqn.2026-11.org.example:host1
target=iqn.2026-11.org.example:disk1
config=/etc/rtslib-fb-target/saveconfig.json

start_guest --targetctl "$SANBOOT_BIN/sanlun"
run_sanlun() { in_guest "sanlun $* --driver lio --pool /data/pool"; }
# from_guest FILE: what is in it.
from_guest() {
  in_guest "cat $1"
  expect_status 0
  cat "$work/stdout"
}
# Objects, links and what is set in them, but for what changes with every command.
tree_of_guest() {
  # shellcheck disable=SC2016 # for the guest
  in_guest 'cd /sys/kernel/config/target && find core/*_* iscsi -type d | grep -v statistics | sort; find . -type l | sort |
    while read -r link; do echo "$link $(readlink $link)"; done; head -n 1 iscsi/iqn*/tpgt_1/enable \
    iscsi/iqn*/tpgt_1/param/* iscsi/iqn*/tpgt_1/attrib/* iscsi/iqn*/tpgt_1/acls/*/auth/* iscsi/iqn*/tpgt_1/acls/*/lun_*/w* \
    core/*_*/*/attrib/block_size core/*_*/*/attrib/emulate* core/*_*/*/wwn/vpd_unit_serial core/*_*/*/udev_path'
  expect_status 0
  cat "$work/stdout"
}

say "refused where there is no LIO yet, made where there is"
# With a shorter name for the target libiscsi 1.19 would not understand LIO: sanlun-target(7).
create_host1() {
  run_sanlun create host1 --size 64M --target "$target" --initiator "$machine" --chap host1 --mutual-chap target-disk1 \
    --profile-out /data/host1.toml --portal 10.0.2.15 --reach "127.0.0.1:$port" "$@"
}
in_guest 'umount /sys/kernel/config'
create_host1
expect_status 3
expect_text stderr 'configfs is not mounted' 'mount -t configfs none /sys/kernel/config'
in_guest 'mount -t configfs none /sys/kernel/config; mkdir -p /data/pool'
create_host1
expect_status 0
expect_text stdout '^volume ' '^target ' '^LUN 1: ' '^initiator ' '^written down' '^profile '
cp "$work/stdout" "$work/said"
in_guest 'truncate -s 64M /data/second.img /data/third.img; losetup /dev/loop0 /data/third.img'
run_sanlun attach "$target" --volume /data/second.img --lun 2 --block-size 4096
expect_status 0
run_sanlun attach "$target" --volume /dev/loop0 --lun 3 --read-only
expect_status 0
run_sanlun attach "$target" --volume /data/pool/host1.img --lun 256
expect_status 3 4
secret=$(from_guest /data/host1.secret)
target_secret=$(from_guest /data/target-disk1.secret)
if [ ${#secret} -ne 16 ] || [ ${#target_secret} -ne 16 ]; then fail "these are no secrets"; fi
! grep -qF -e "$secret" -e "$target_secret" "$work/said" || fail "a secret is in the output"
printf '%s' "$secret" >"$work/host1.secret"
chmod 600 "$work/host1.secret"
from_guest $config >"$work/saveconfig"
in_guest "stat -c %a $config"
expect_text stdout '^600$'

say "the same again changes nothing"
tree_of_guest >"$work/before"
create_host1 --json
expect_status 0
expect_json '.changed == false' '.actions == []' ".target == \"$target\""
tree_of_guest >"$work/after"
same "$work/before" "$work/after"
same "$work/saveconfig" <(from_guest $config)

say "who gets in"
url=iscsi://127.0.0.1:$port/$target
# login NAME USER SECRET
login() { timeout 30 iscsi-inq -i "$1" "iscsi://${2:+$2%$3@}127.0.0.1:$port/$target/1" >"$work/inq" 2>&1; }
login "$machine" host1 "$secret" || fail "the right initiator is refused: $(cat "$work/inq")"
! login "$machine" || fail "an initiator without CHAP gets in"
! login "$machine" host1 wrong-secret-12 || fail "an initiator with a wrong secret gets in"
! login iqn.2026-11.org.example:other host1 "$secret" || fail "another initiator gets in"

# clone TARGET-SECRET ARGUMENT…
clone() {
  local known=$1
  shift
  LIBISCSI_CHAP_TARGET_USERNAME=target-disk1 LIBISCSI_CHAP_TARGET_PASSWORD=$known run_sanclone "$@" \
    --initiator "$machine" --chap-user host1 --chap-secret-file "$work/host1.secret"
}
head -c $((40 * 1048576)) /dev/urandom >"$work/disk.img"
truncate -s $((56 * 1048576)) "$work/disk.img"
head -c $((8 * 1048576)) /dev/urandom >>"$work/disk.img"
printf '\125\252' | dd of="$work/disk.img" bs=1 seek=510 conv=notrunc status=none
clone another-secret-1 "$work/disk.img" "$url/1"
expect_status 3
clone "$target_secret" "$work/disk.img" "$url/1" --verify --json
expect_status 0
expect_json .verified
clone "$target_secret" "$work/disk.img" "$url/3"
expect_status 3 4
expect_text stderr 'write.protect|read.only'

say "copied by the target"
clone "$target_secret" "$url/1" "$url/2" --offload=require --json
expect_status 3 4 # blocks of 512 and of 4096 bytes
run_sanlun detach "$target" --lun 2
expect_status 0
run_sanlun attach "$target" --volume /data/second.img --lun 2
expect_status 0
clone "$target_secret" "$url/1" "$url/2" --offload=require --json
expect_status 0
expect_json '.bytes.offloaded > 60000000'
clone "$target_secret" "$work/disk.img" "$url/2" --compare
expect_status 0

say "a volume that was made anew, or rolled back, says so"
revision() { iscsi-inq -i "$machine" "iscsi://host1%$secret@127.0.0.1:$port/$target/2" | sed -n 's/^Product Revision: *//Ip; s/^Revision: *//Ip'; }
in_guest 'cat /sys/kernel/config/target/core/*/*/wwn/revision'
first=$(revision)
[[ $first = G??? ]] || fail "the revision of a volume is \"$first\""
run_sanlun detach "$target" --lun 2
in_guest 'rm /data/second.img; truncate -s 64M /data/second.img'
run_sanlun attach "$target" --volume /data/second.img --lun 2
expect_status 0
[[ $(revision) = G??? && $(revision) != "$first" ]] || fail "the revision is still \"$first\""
clone "$target_secret" "$work/disk.img" "$url/2"
expect_status 0

say "unmapped"
iscsi-readcapacity16 -i "$machine" "iscsi://host1%$secret@127.0.0.1:$port/$target/2" >"$work/stdout" 2>&1 || true
expect_text stdout 'LBPME: *1|Logical Block Provisioning.*1'
in_guest 'du -k /data/second.img'
before=$(cut -f 1 "$work/stdout")
qemu-io --object "secret,id=s,file=$work/host1.secret" --image-opts \
  -c 'discard 16M 16M' -c 'read -P 0 16M 16M' \
  "driver=iscsi,transport=tcp,portal=127.0.0.1:$port,target=$target,lun=2,initiator-name=$machine,user=host1,password-secret=s,cache.direct=off" \
  >"$work/stdout" 2>&1 || fail "qemu-io"
! grep -q 'verification failed' "$work/stdout" || fail "what was unmapped does not read as zeros"
in_guest 'du -k /data/second.img'
[ "$(cut -f 1 "$work/stdout")" -le $((before - 16384)) ] || fail "unmapping gave nothing back: $before, now $(cat "$work/stdout")"
clone "$target_secret" "$work/disk.img" "$url/2"
expect_status 0

say "restored by targetctl"
iscsi-inq -i "$machine" -e 1 -c 131 "iscsi://host1%$secret@127.0.0.1:$port/$target/1" >"$work/names"
tree_of_guest >"$work/before"
from_guest $config >"$work/saveconfig"
in_guest 'command -v targetctl'
if [ "$status" -eq 0 ]; then
  in_guest 'targetctl save /data/theirs.json && cat /data/theirs.json'
  expect_status 0
  # All that is in our file is in theirs, with the same value: what rtslib-fb itself says of this target.
  jq -e --slurpfile ours "$work/saveconfig" '
    def order: if type == "object" then map_values(order) elif type == "array" then map(order) | sort_by(.name, .wwn, .index, .tag, .node_wwn) else . end;
    . as $theirs | $ours[0] | order as $o | ($theirs | order) as $t |
    [$o | paths(scalars)] | map(select(. as $p | ($o | getpath($p)) != ($t | getpath($p)))) |
    if . == [] then true else error(tostring) end' "$work/stdout" >/dev/null || fail "rtslib-fb says something else"
  in_guest 'targetctl clear; ls /sys/kernel/config/target/core /sys/kernel/config/target/iscsi'
  ! grep -q -e fileio -e iqn "$work/stdout" || fail "targetctl has not cleared it"
  in_guest 'targetctl restore'
  expect_status 0
  [ ! -s "$work/stderr" ] || fail "targetctl restore speaks"
  tree_of_guest >"$work/after"
  # LIO's numbers of its backstores mean nothing.
  plain() { sed -E 's/(fileio|iblock)_[0-9]+/\1_N/g' "$1" | sort; }
  same <(plain "$work/before") <(plain "$work/after")
  iscsi-inq -i "$machine" -e 1 -c 131 "iscsi://host1%$secret@127.0.0.1:$port/$target/1" >"$work/stdout"
  same "$work/names" "$work/stdout"
  for lun in 1 2; do
    clone "$target_secret" "$work/disk.img" "$url/$lun" --compare
    expect_status 0
  done
  clone "$target_secret" "$work/disk.img" "$url/3"
  expect_text stderr 'write.protect|read.only'
  create_host1 --json
  expect_status 0
  expect_json '.changed == false'
else
  say "no targetctl on this machine (python3-rtslib-fb): not restored"
fi

say "not deleted while somebody is logged in"
iscsi-perf -i "$machine" -t 30 "iscsi://host1%$secret@127.0.0.1:$port/$target/1" >/dev/null 2>&1 &
perf=$!
logged_in() { in_guest "cat /sys/kernel/config/target/iscsi/$target/tpgt_1/acls/$machine/info" && grep -q ^InitiatorName "$work/stdout"; }
wait_until 20 logged_in || fail "nobody logs in"
run_sanlun delete host1 --yes-destroy host1
expect_status 4
expect_text stderr "$machine"
stop "$perf"
logged_out() { ! logged_in; }
wait_until 20 logged_out || fail "the session stays"

say "another rule, another account, no account"
run_sanlun allow "$target" --only --initiator iqn.2026-11.org.example:other --no-chap
expect_status 0
login iqn.2026-11.org.example:other || fail "the other initiator is refused: $(cat "$work/inq")"
! login "$machine" host1 "$secret" || fail "the first initiator still gets in"

for lun in 2 3; do
  run_sanlun detach "$target" --lun "$lun"
  expect_status 0
done
run_sanlun delete host1 --yes-destroy host1
expect_status 0
in_guest 'cd /sys/kernel/config/target; ls core iscsi; ls /data/pool; ls /data'
! grep -qE 'fileio|iblock|iqn|host1.img' "$work/stdout" || fail "something is left"
expect_text stdout '^second.img$' '^third.img$'
from_guest $config | jq -e '.targets == [] and .storage_objects == []' >/dev/null || fail "it is still written down"
