#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From LUN to LUN of one target that copies by itself, honestly and otherwise.
. "$(dirname "$0")/lib.sh"
image_size=64M
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
mib=1048576

# two_luns OPTION…: a target with the disk as LUN 1 and 0xAA as LUN 2; the options are fake_target's.
two_luns() {
  [ -z "$fake_pid" ] || stop "$fake_pid"
  cp --sparse=always "$work/disk.img" "$work/source"
  fill_aa "$work/lun" "$size"
  start_fake --size "$size" --image "$work/source" --second "$work/lun" --xcopy-segment "${segment:-4M}" "$@"
  destination=${url%/1}/2
}

clone() { run_sanclone "$url" "$destination" "$@"; }

copies() { grep -c '^xcopy .* good' "$work/fake.log" || true; }
written() { awk '$1 == "write" && $4 == "good" {sum += $3 * 512} END {print sum + 0}' "$work/fake.log"; }
lbas() { awk -v op="$1" '$1 == op && $4 == "good" {print $2}' "$work/fake.log"; }

say "thin to thin: holes stay holes, the rest is copied by the target, the first MiB comes last"
two_luns --thin --xcopy
clone --json -v
expect_status 0
same "$work/disk.img" "$work/lun"
expect_json '.hash == null' '.bytes.offloaded > 0' ".bytes.data + .bytes.zero == $size" '.bytes.unmapped > 0' \
  '.bytes.offloaded == .destinations[0].bytes.offloaded' '.verified == null' '.destinations[0].state == "done"'
[ "$(copies)" -gt 1 ] || fail "the target was not told to copy"
# The marks of the proof and the head, no more.
[ "$(written)" -lt $((2 * mib)) ] || fail "$(written) bytes were written by sanclone"
within_percent 5 "$(allocated "$work/lun")" "$(allocated "$work/disk.img")"
order=$(awk '$1 == "xcopy" || $1 == "sync" || ($1 == "write" && $2 < 2048) {print $1}' "$work/fake.log" | uniq | tr '\n' ' ')
# Beside the head itself there is the mark in it, which is written anew each second.
[[ $order =~ ^"write sync xcopy "("write ")?"sync write sync " ]] || fail "order: $order"

say "thick to thick, a target like Linux': one copy at a time, no COPY STATUS"
two_luns --xcopy=quiet --xcopy-concurrent 1
clone --json --verify
expect_status 0
same "$work/disk.img" "$work/lun"
expect_json .verified ".bytes.offloaded == $((size - mib))" ".destinations[0].bytes.verified == $size"
[ "$(grep -c '^copyresults' "$work/fake.log")" -eq 2 ] || fail "COPY STATUS is asked for again after a refusal"
[ "$(copies)" -eq 16 ] || fail "$(copies) copies of 4 MiB at most"

say "the text of the result, and every way of verification"
two_luns --thin --xcopy
for mode in full written sample; do
  clone --verify=$mode
  expect_status 0
  expect_text stdout 'copied by the target itself' "verified .* \($mode\): identical"
  if grep -q '^  hash' "$work/stdout"; then fail "a hash of what nobody read"; fi
  same "$work/disk.img" "$work/lun"
done

say "never, and what does not go together"
two_luns --thin --xcopy
clone --json --offload=never
expect_status 0
expect_json '.bytes.offloaded == 0' '.hash | length == 32'
[ "$(copies)" -eq 0 ] || fail "the target copied"
for options in --used-only --rate=1G --block=1M "--map=$work/map" --zero=skip --on-read-error=zero; do
  fill_aa "$work/lun" "$size"
  : >"$work/fake.log"
  clone "$options"
  expect_status 0
  [ "$(copies)" -eq 0 ] || fail "the target copied in spite of $options"
  clone "$options" --offload=require
  expect_status 2
  expect_one_line
  expect_text stderr "${options%=*}"
done
run_sanclone "$work/disk.img" "$destination" --offload=require
expect_status 2
expect_one_line

# falls_back PATTERN OPTION…: the clone is right in the end, and stderr of -v has PATTERN; with --offload=require
# it ends with code 3, and the destination has no head.
falls_back() {
  local pattern=$1
  shift
  say "$*"
  two_luns "$@"
  clone -v --json
  expect_status 0
  expect_text stderr "$pattern"
  expect_json '.bytes.offloaded == 0' '.hash | length == 32'
  same "$work/disk.img" "$work/lun"
  two_luns "$@"
  clone --offload=require
  expect_status 3
  expect_one_error
  if cmp -s -n 512 "$work/disk.img" "$work/lun"; then fail "the destination has a head"; fi
}

say "targets that do not copy"
falls_back 'does not offer to copy.*3PC' --thin
falls_back 'does not tell what it can copy' --xcopy --rule op=copyresults,action=sense:05/20/00
falls_back 'makes no sense' --xcopy --rule op=copyresults,action=short
falls_back 'does not reach a LUN' --xcopy --rule op=xcopy,action=sense:0A/0D/02
falls_back 'this way of naming' --xcopy --rule op=xcopy,action=sense:05/26/07
falls_back 'does not accept a field' --xcopy --rule op=xcopy,action=sense:05/24/00
segment=512 falls_back 'too short to be of use' --xcopy
two_luns --xcopy --rule op=xcopy,action=sense:0A/0D/02
clone
expect_status 0
[ ! -s "$work/stderr" ] || fail "that a target does not copy is no news without -v"

say "targets that lie"
falls_back 'something else is there' --xcopy --rule op=xcopy,action=ignore
falls_back 'something else is there' --xcopy=quiet --rule op=xcopy,action=ignore
falls_back 'something else is there' --xcopy=quiet --rule op=xcopy,action=short
falls_back 'something else is there' --xcopy --rule op=xcopy,action=corrupt
falls_back 'something else is there' --xcopy --rule "op=xcopy,lba=$((size / 512 - 1)),action=ignore"
falls_back 'COPY STATUS makes no sense' --xcopy --rule op=copyresults,skip=1,action=short

say "a liar is found out on a destination that holds a clone already"
two_luns --xcopy=quiet --rule op=xcopy,action=ignore
cp "$work/disk.img" "$work/lun"
printf 'changed' | dd of="$work/source" bs=1 seek=$((size / 2)) conv=notrunc status=none
clone -v
expect_status 0
same "$work/source" "$work/lun"

say "part of a copy: the target tells the session that ordered it, and is asked for the rest"
two_luns --thin --xcopy --rule op=xcopy,skip=3,count=2,action=short
clone --json --verify --sessions=4
expect_status 0
same "$work/disk.img" "$work/lun"
expect_json '.bytes.offloaded > 0' .verified '.destinations[0].rewritten == []'

say "later failures: a warning, and everything again"
for rule in action=sense:0A/0D/02 action=sense:03/11/00 action=ignore,lba=$((size / 512 - 1)); do
  two_luns --xcopy --rule "op=xcopy,skip=5,$rule"
  [[ $rule != *lba* ]] || two_luns --xcopy --rule "op=xcopy,$rule"
  clone --json
  expect_status 0
  expect_text stderr 'warning: .*read and written by sanclone itself'
  same "$work/disk.img" "$work/lun"
  expect_json '.bytes.offloaded == 0'
done

say "a bit that the target gets wrong where nothing is proved is found by --verify, and put right"
two_luns --xcopy=quiet --rule op=xcopy,lba=60000-60000,action=corrupt
clone --json --verify
expect_status 0
same "$work/disk.img" "$work/lun"
expect_json '.bytes.offloaded > 0' .verified '.destinations[0].rewritten | length == 1'

say "lost sessions, busy targets"
two_luns --xcopy --rule op=xcopy,skip=4,count=1,action=drop --rule op=xcopy,skip=8,count=3,action=busy
clone --json
expect_status 0
same "$work/disk.img" "$work/lun"
expect_json '.bytes.offloaded > 0'

say "a target that dies in the middle, and comes back"
two_luns --xcopy --rule op=xcopy,skip=4,action=delay:200
(
  sleep 1
  kill -KILL "$fake_pid"
  sleep 1
  exec "$SANBOOT_SUPPORT/fake_target" --port "$fake_port" --log "$work/fake.log" --size "$size" \
    --image "$work/source" --second "$work/lun" --xcopy --xcopy-segment 4M >/dev/null
) &
restarted=$!
clone --json
expect_status 0
same "$work/disk.img" "$work/lun"
# What it had copied and not flushed may be gone.
expect_text stderr 'copies may be lost'
expect_json '.bytes.offloaded == 0'
[ "$(grep -c '^login .* good' "$work/fake.log")" -gt 2 ] || fail "there was no second login"
stop "$restarted"
fake_pid=''

say "Ctrl-C"
two_luns --xcopy --rule op=xcopy,skip=4,action=delay:300
"$SANBOOT_BIN/sanclone" "$url" "$destination" >"$work/stdout" 2>"$work/stderr" &
pid=$!
sleep 1.5
kill -INT "$pid"
status=0
wait "$pid" || status=$?
expect_status 130
expect_text stderr 'does not look bootable'
check_run
