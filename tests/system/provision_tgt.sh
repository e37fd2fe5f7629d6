#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What sanlun makes on a tgtd of its own: a volume, a target, rules, accounts and a profile, twice the same; a clone
# through it; all of it after a restart by tgt-admin; who gets in and who does not; deleting it.
. "$(dirname "$0")/lib.sh"
require tgt-admin iscsi-inq iscsi-perf strace jq
[ "$(id -u)" -eq 0 ] || skip "tgtd accepts commands from root only"

conf=$work/conf.d pool=$work/pool profiles=$work/profiles
mkdir "$conf" "$profiles"
printf 'include %s/*.conf\n' "$conf" >"$work/targets.conf"
machine=iqn.2026-11.org.example:host1
target=iqn.2026-11.org.example:disk1
start_tgtd

# sanlun VERB ARGUMENT…, on that tgtd.
run_sanlun() {
  status=0
  timeout 60 "$SANBOOT_BIN/sanlun" "$@" --control-port 1 --config "$conf" --pool "$pool" \
    >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
}

create_host1() {
  run_sanlun create host1 --size "$image_size" --target "$target" --initiator "$machine" \
    --chap host1 --mutual-chap disk1 --profile-out "$profiles/host1.toml" "$@"
}

# Everything that tgt says of the target, but for sessions, and what is written down.
all_of_tgt() {
  tgt --mode target --op show | sed '/I_T nexus information/,/LUN information/d'
  tgt --mode target --op show --tid "$(tgt --mode target --op show | sed -n "s/^Target \(.*\): $target$/\1/p")"
  tgt --mode account --op show
  cat "$conf"/*
  stat -c '%a %n' "$conf"/* "$profiles"/* "$pool"/*
}

# login NAME USER SECRET: whether an initiator of libiscsi gets as far as INQUIRY.
login() {
  iscsi-inq -i "$1" "iscsi://${2:+$2%$3@}127.0.0.1:$tgtd_port/$target/1" >"$work/inq" 2>&1
}

# The secrets stand in no command line of any process.
# LeakSanitizer does not work in a process that is traced.
strace -f -qq -s 4096 -e trace=execve -o "$work/execs" env TGT_IPC_SOCKET="$TGT_IPC_SOCKET" ASAN_OPTIONS=detect_leaks=0 \
  "$SANBOOT_BIN/sanlun" create host1 --size "$image_size" --target "$target" --initiator "$machine" --chap host1 \
  --mutual-chap disk1 --profile-out "$profiles/host1.toml" --control-port 1 --config "$conf" --pool "$pool" \
  >"$work/stdout" 2>"$work/stderr" || fail "create"
expect_text stdout '^volume ' '^target ' '^LUN 1: ' '^secret of host1: ' '^initiator ' '^written down' '^profile '
secret=$(cat "$profiles/host1.secret")
target_secret=$(cat "$profiles/disk1.secret")
[[ $secret =~ ^[A-Za-z0-9._]{16}$ && $target_secret =~ ^[A-Za-z0-9._]{16}$ && $secret != "$target_secret" ]] ||
  fail "these are no secrets"
grep -q '"tgtadm"' "$work/execs" || fail "strace saw nothing"
if grep -qF -e "$secret" -e "$target_secret" "$work/execs" "$work/stdout" "$work/stderr" "$profiles/host1.toml"; then
  fail "a secret is in a command line, the output or the profile"
fi
for file in "$profiles/host1.secret" "$profiles/disk1.secret" "$conf"/*.conf "$pool/host1.img"; do
  [ "$(stat -c %a "$file")" = 600 ] || fail "others can read $file"
done
[ "$(allocated "$pool/host1.img")" -eq 0 ] || fail "the volume is not sparse"

# The same again changes nothing; anything else is refused and changes nothing.
all_of_tgt >"$work/before"
create_host1 --json
expect_status 0
expect_json '.changed == false' '.actions == []' ".target == \"$target\""
create_host1
expect_status 0
expect_text stdout '^nothing to do$'
run_sanlun create host1 --size 1G --target "$target" --initiator iqn.2026-11.org.example:other --block-size 4096
expect_status 4
expect_text stderr 'host1.img has 256.0 MiB, not 1.0 GiB' 'blocks of 512 bytes, not 4096' 'example:host1, not .*example:other' \
  'CHAP user: host1, not nobody'
echo other-secret-1234 | head -c 14 >"$work/other.secret"
chmod 600 "$work/other.secret"
all_of_tgt >"$work/after"
same "$work/before" "$work/after"

# Who gets in: the right name with the right secret, and nobody else.
login "$machine" host1 "$secret" || fail "the right initiator is refused"
grep -q "Product:host1" "$work/inq" || fail "the LUN does not have our name"
! login "$machine" || fail "an initiator without CHAP gets in"
! login "$machine" host1 wrong-secret-12 || fail "an initiator with a wrong secret gets in"
! login iqn.2026-11.org.example:other host1 "$secret" || fail "another initiator gets in"
grep -q 'Target not found' "$work/inq" || fail "another initiator is refused for another reason"

# The disk, cloned onto it by mutual CHAP; a target that does not know its secret is found out.
make_image "$work/disk.img"
url=iscsi://127.0.0.1:$tgtd_port/$target/1
clone() {
  LIBISCSI_CHAP_TARGET_USERNAME=disk1 LIBISCSI_CHAP_TARGET_PASSWORD=$1 run_sanclone "$work/disk.img" "$url" \
    --initiator "$machine" --chap-user host1 --chap-secret-file "$profiles/host1.secret" --verify
}
clone another-secret-1
expect_status 3
all_zero() { [ "$(allocated "$1")" -eq 0 ]; }
all_zero "$pool/host1.img" || fail "something was written to a target that is not the one"
# The profile has all of it.
run_sanclone "$work/disk.img" "profile:$profiles/host1.toml" --verify
expect_status 0
same "$work/disk.img" "$pool/host1.img"

# A tgtd that is killed, and another that tgt-admin fills.
all_of_tgt >"$work/before"
stop "$tgtd_pid"
start_tgtd
! login "$machine" host1 "$secret" || fail "tgtd has the target before it was told"
tgt-admin -e -C 1 -c "$work/targets.conf" >"$work/tgt-admin" 2>&1 || fail "tgt-admin: $(cat "$work/tgt-admin")"
all_of_tgt >"$work/after"
same "$work/before" "$work/after"
login "$machine" host1 "$secret" || fail "after a restart the right initiator is refused"
! login "$machine" || fail "after a restart an initiator without CHAP gets in"
! login iqn.2026-11.org.example:other host1 "$secret" || fail "after a restart another initiator gets in"
url=iscsi://127.0.0.1:$tgtd_port/$target/1
run_sanclone "$work/disk.img" "$url" --initiator "$machine" --chap-user host1 \
  --chap-secret-file "$profiles/host1.secret" --compare
expect_status 0

# Rules, parameters and LUNs are changed, and come back as well.
run_sanlun allow host1 --initiator iqn.2026-11.org.example:other
expect_status 0
login iqn.2026-11.org.example:other host1 "$secret" || fail "allow did not let the other in"
run_sanlun tune host1 --set MaxBurstLength=524288
expect_status 0
expect_text stdout '^MaxBurstLength: 524288 instead of 1048576$'
truncate -s 8M "$work/second.img"
run_sanlun attach host1 --volume "$work/second.img" --block-size 4096 --read-only
expect_status 0
expect_text stdout '^LUN 2: '
for again in "attach host1 --volume $work/second.img --block-size 4096 --read-only" \
  "allow host1 --initiator iqn.2026-11.org.example:other" "tune host1 --set MaxBurstLength=524288"; do
  # shellcheck disable=SC2086 # words
  run_sanlun $again
  expect_status 0
  expect_text stdout '^nothing to do$'
done
all_of_tgt >"$work/before"
stop "$tgtd_pid"
start_tgtd
tgt-admin -e -C 1 -c "$work/targets.conf" >"$work/tgt-admin" 2>&1 || fail "tgt-admin: $(cat "$work/tgt-admin")"
all_of_tgt >"$work/after"
same "$work/before" "$work/after"
run_sanlun detach host1 --lun 2
expect_status 0
run_sanlun allow host1 --initiator "$machine" --only
expect_status 0
! login iqn.2026-11.org.example:other host1 "$secret" || fail "allow --only leaves the other in"

# Another secret, and none at all: never open in between, and the old one is worth nothing.
rm "$profiles/host1.secret"
cp "$work/other.secret" "$profiles/host1.secret"
run_sanlun allow host1 --chap host1 --mutual-chap disk1 --initiator "$machine" --secret-dir "$profiles"
expect_status 0
! login "$machine" host1 "$secret" || fail "the old secret is good still"
secret=$(cat "$profiles/host1.secret")
login "$machine" host1 "$secret" || fail "the new secret is no good"
run_sanlun create host2 --size 16M --initiator iqn.2026-11.org.example:host2 --chap host1
expect_status 4
expect_text stderr 'CHAP user host1: tgt has this user with another secret'
if [ -e "$pool/host2.img" ] || [ -e host1.secret ]; then fail "a create that failed leaves something"; fi
! tgt --mode target --op show | grep -q host2 || fail "a create that failed leaves a target"
run_sanlun allow host1 --no-chap --initiator "$machine"
expect_status 0
login "$machine" || fail "CHAP is asked for still"

# It is not deleted under a machine, nor without its name said twice.
iscsi-perf -i "$machine" -t 20 "iscsi://127.0.0.1:$tgtd_port/$target/1" >/dev/null 2>&1 &
perf=$!
wait_until 5 sh -c "tgtadm --lld iscsi -C 1 --mode target --op show | grep -q 'Initiator: $machine'"
for verb in "delete host1 --yes-destroy host1" "detach host1 --lun 1"; do
  # shellcheck disable=SC2086
  run_sanlun $verb
  expect_status 4
  expect_text stderr "is logged in to by $machine \(127.0.0.1\)"
done
stop "$perf"
wait_until 5 sh -c "! tgtadm --lld iscsi -C 1 --mode target --op show | grep -q 'Initiator: $machine'"
run_sanlun delete host1
expect_status 4
expect_text stderr 'this would be lost: target .*, volume .*host1.img \(256.0 MiB' '--yes-destroy host1'
run_sanlun delete host1 --yes-destroy host2
expect_status 4
same "$work/disk.img" "$pool/host1.img"
run_sanlun delete host1 --yes-destroy host1 --json
expect_status 0
expect_json '.changed'
[ -z "$(find "$conf" "$pool" -type f)" ] || fail "delete leaves $(find "$conf" "$pool" -type f)"
[ -z "$(tgt --mode target --op show)" ] || fail "delete leaves a target"
[ -z "$(tgt --mode account --op show)" ] || fail "delete leaves an account"
if [ ! -e "$profiles/host1.toml" ] || [ ! -e "$profiles/host1.secret" ]; then fail "delete takes profile or secret"; fi
run_sanlun delete host1 --yes-destroy host1
expect_status 3

# Sizes: all of it reserved, and more than there is.
run_sanlun create full --size 32M --allocate --initiator "$machine" --block-size 4096 --no-thin
expect_status 0
[ "$(allocated "$pool/full.img")" -ge $((32 << 20)) ] || fail "--allocate reserves nothing"
run_sanlun create big --size 1P --allocate --initiator "$machine"
expect_status 4
expect_text stderr 'there is no room for 1.0 PiB'
run_sanlun create sparse --size 1T --initiator "$machine"
expect_status 0
expect_text stderr 'warning: .*its volumes may grow by'
run_sanlun create again --size 1T --initiator nobody
expect_status 2
