#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sanlun probe against targets that are as they are, and against one that lies: each lie is found and called by its
# name, and none of them takes long.
. "$(dirname "$0")/lib.sh"
require jq

# run_probe ARGUMENT…: as run_sanclone.
run_probe() {
  local begun=$SECONDS
  status=0
  timeout --kill-after=5 120 "$SANBOOT_BIN/sanlun" probe "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
  [ "$status" -ne 124 ] || fail "sanlun probe $* did not end within 120 s"
  seconds=$((SECONDS - begun))
  check_run
}
# verdict ID VERDICT…: one of them.
verdict() {
  local id=$1 found
  shift
  found=$(jq -r --arg id "$id" '.features[] | select(.id == $id) | .verdict' "$work/stdout")
  for one in "$@"; do
    [ "$found" != "$one" ] || return 0
  done
  fail "$id: $found instead of $*"
}
# liars ID…: these lie, and nobody else does.
liars() {
  local found
  found=$(jq -r '.features[] | select(.verdict == "lies") | .id' "$work/stdout" | paste -sd ' ')
  [ "$found" = "$*" ] || fail "liars: \"$found\" instead of \"$*\""
}
all_zeros() {
  cmp -s "$1" <(head -c "$(bytes_of "$1")" /dev/zero) || fail "something is left in $1"
}

say "tgt, thin: UNMAP of 4 GiB is answered GOOD and ignored"
start_tgtd
new_tgt_lun "$work/thin" 9G thin
run_probe "$url" --destroy --json
expect_status 1
verdict unmap-4g lies
verdict unmap-all lies
for id in write unmap unmap-unaligned unmap-several unmap-1g write-same-16-unmap lbprz get-lba-status reservation; do
  verdict "$id" works
done
expect_json '.zero_policy.method == "unmap"' '.zero_policy.piece == 1073741824' '.zero_policy.deceived_at == null' \
  '.features[] | select(.id == "unmap-4g") | .evidence | test("LBA 0 to 8388607")' '.thin' '.honest == false'
[ "$(allocated "$work/thin")" -lt 1048576 ] || fail "the LUN was not given back"
iscsi-inq "$url" >/dev/null 2>&1 || say "no iscsi-inq here"

say "tgt, thick: nothing to unmap, and zeros are written"
head -c 48M /dev/urandom >"$work/thick"
new_tgt_lun "$work/thick" 48M
run_probe "$url" --destroy --json
verdict unmap not-supported
verdict lbprz not-supported
verdict write works
expect_json '.zero_policy.method == "write"' '.zero_policy.not_zero_at == null'

say "istgt"
truncate -s 64M "$work/istgt"
start_istgt "$work/istgt"
run_probe "$url" --destroy --json
expect_status 1 3
verdict write works
verdict compare-and-write works
verdict unmap not-supported
expect_json '.zero_policy.method == "write"'
all_zeros "$work/istgt"
stop "$istgt_pid"

say "an honest target"
start_fake --thin --xcopy --image "$work/fake"
run_probe "$url" --destroy --json
expect_status 0
liars
verdict extended-copy works
expect_json .honest '.zero_policy.method == "unmap"'
all_zeros "$work/fake"
stop "$fake_pid"

# lie LIARS RULE…: a thin target with these rules, whose content is seen afterwards.
lie() {
  local who=$1 rules=() rule
  shift
  say "lie: $*"
  for rule in "$@"; do rules+=(--rule "$rule"); done
  rm -f "$work/fake"
  start_fake --thin --xcopy --image "$work/fake" "${rules[@]}"
  run_probe "$url" --destroy --json
  # shellcheck disable=SC2086 # words
  [ "$who" = any ] || liars $who
  [ "$seconds" -lt 45 ] || fail "took $seconds s"
  stop "$fake_pid"
}
lie "unmap unmap-unaligned unmap-several unmap-all lbprz" op=unmap,action=ignore
expect_status 1
expect_json '.zero_policy.method == "write"'
all_zeros "$work/fake"
lie "extended-copy" op=xcopy,action=ignore
lie "extended-copy" op=xcopy,action=corrupt
lie "write-same-10 write-same-16 write-same-10-unmap write-same-16-unmap write-same-16-ndob" op=writesame,action=ignore
lie "flush" op=sync,action=sense:05/20/00
lie "get-lba-status" op=lbastatus,action=ignore
lie "unmap" op=unmap,count=1,action=sense:05/26/00
# The ends are read right, what lies between is not: that is what deceives sanclone.
lie any op=unmap,lba=20000-100000,action=ignore
expect_status 1

say "a target that does not answer one command, or goes away"
lie "" op=unmap,action=hang
expect_status 3
verdict unmap unknown
expect_json .zeros_left '.zero_policy == null'
all_zeros "$work/fake"
verdict get-lba-status works
lie "" op=lbastatus,count=1,action=drop
expect_status 0
verdict get-lba-status works
lie "" op=lbastatus,action=drop
expect_status 3
verdict get-lba-status unknown
verdict extended-copy works
for action in nosense reject short busy; do lie any "op=unmap,count=2,action=$action" "op=read,skip=50,count=1,action=$action"; done
start_fake --thin --rule op=write,skip=3,action=delay:300
"$SANBOOT_BIN/sanlun" probe "$url" --destroy >"$work/stdout" 2>"$work/stderr" &
probe=$!
sleep 1
stop "$fake_pid"
status=0
wait "$probe" || status=$?
expect_status 3
grep -q '^sanlun: iscsi://' "$work/stderr" || fail "no message"

say "what is not scratch is left alone"
truncate -s 64M "$work/disk"
mke2fs -q -F -L precious "$work/disk"
cp --sparse=always "$work/disk" "$work/before"
new_tgt_lun "$work/disk" 64M thin
run_probe "$url"
expect_status 2
run_probe "$url" --destroy
expect_status 4
expect_text stderr 'holds ext' precious 'force=unknown-content'
same "$work/disk" "$work/before"
run_probe "$url" --destroy --force=unknown-content
expect_status 1
expect_text stderr 'going on because of'
start_fake --write-protected
run_probe "$url" --destroy
expect_status 4
expect_text stderr 'write protected'
stop "$fake_pid"
