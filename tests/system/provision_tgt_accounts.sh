#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A target of tgt with two CHAP accounts, of which the first goes, gets another secret, or both go. tgtd 1.0.85 ends
# with a segmentation fault where one is unbound that was bound before another that stays: sanlun does not let it come
# to that. The new secret lets in, the old one does not, and at no moment does no secret.
. "$(dirname "$0")/lib.sh"
require iscsi-inq
[ "$(id -u)" -eq 0 ] || skip "tgtd accepts commands from root only"

conf=$work/conf.d pool=$work/pool
machine=iqn.2026-11.org.example:host1
target=iqn.2026-11.org.example:disk1
run_sanlun() {
  status=0
  timeout 60 "$SANBOOT_BIN/sanlun" "$@" --control-port 1 --config "$conf" --pool "$pool" \
    >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
}
login() { iscsi-inq -i "$machine" "iscsi://${1:+$1%$2@}127.0.0.1:$tgtd_port/$target/1" >"$work/inq" 2>&1; }
alive() { kill -0 "$tgtd_pid" 2>/dev/null && tgt_answers; }
tid() { tgt --mode target --op show | sed -n "s/^Target \([0-9]*\): $target$/\1/p"; }
secret_file() { (umask 077 && echo "$2" >"$work/$1.secret"); }

# two_accounts [OPTION…]: a tgtd of its own with host1, its account first, and behind that second.
two_accounts() {
  [ -z "$tgtd_pid" ] || stop "$tgtd_pid"
  rm -rf "$conf" "$pool" "$work"/*.secret
  mkdir "$conf"
  start_tgtd
  secret_file first secret-of-first
  secret_file third secret-of-third
  run_sanlun create host1 --size 1M --target "$target" --initiator "$machine" --chap first --secret-dir "$work" "$@"
  expect_status 0
  secret_file second secret-of-second
  tgt --mode account --op new --user second --password secret-of-second
  tgt --mode account --op bind --tid "$(tid)" --user second
  # Where sanlun finds the secrets that it did not give.
  sed -i '/ incominguser first /a\    incominguser second secret-of-second' "$conf/$target.conf"
  login first secret-of-first || fail "the first account is refused"
  login second secret-of-second || fail "the second account is refused"
}

# Whether this tgtd has the fault at all: without it the rest says less.
two_accounts
tgt --mode account --op unbind --tid "$(tid)" --user first >/dev/null 2>&1 || true
tgt --mode target --op show >/dev/null 2>&1 || true
if alive; then say "this tgtd takes the first of two accounts away without a fault"; fi

for mutual in '' '--mutual-chap disk1'; do
  for case in second third first; do
    # shellcheck disable=SC2086 # words
    two_accounts $mutual
    before=$(cat "$work/$case.secret") good=$before
    if [ $case = first ]; then
      rm "$work/first.secret"
      secret_file first another-secret-1
      good=another-secret-1
    fi
    # shellcheck disable=SC2086 # words
    run_sanlun allow host1 --chap $case $mutual --initiator "$machine" --secret-dir "$work"
    alive || fail "$case $mutual: tgtd has ended"
    expect_status 0
    login $case "$good" || fail "$case $mutual: the secret is no good: $(cat "$work/inq")"
    [ $case = first ] || ! login first secret-of-first || fail "$case: the first account still gets in"
    [ $case = second ] || ! login second secret-of-second || fail "$case: the second account still gets in"
    [ "$good" = "$before" ] || ! login $case "$before" || fail "$case: the old secret still gets in"
    ! login || fail "$case: who has no secret gets in"
    [ "$(grep -c incominguser "$conf/$target.conf")" -eq 1 ] || fail "$case: another account is written down"
    run_sanlun allow host1 --chap $case --initiator "$machine" --secret-dir "$work"
    expect_status 0
    run_sanlun delete host1 --yes-destroy host1
    expect_status 0
    alive || fail "$case $mutual: tgtd has ended with the target"
    ! tgt --mode account --op show | grep -qv '^Account list' || fail "$case $mutual: an account is left"
  done
done

two_accounts
run_sanlun allow host1 --no-chap --initiator "$machine"
expect_status 0
alive || fail "no account: tgtd has ended"
login || fail "an account is still asked for"

two_accounts
run_sanlun delete host1 --yes-destroy host1
expect_status 0
alive || fail "deleted: tgtd has ended"
! tgt --mode account --op show | grep -qv '^Account list' || fail "deleted: an account is left"
