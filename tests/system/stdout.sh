#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Standard output as the destination: the bytes of the disk and nothing else.
. "$(dirname "$0")/lib.sh"
make_image "$work/disk.img"
sanclone=$SANBOOT_BIN/sanclone

"$sanclone" "$work/disk.img" - 2>"$work/stderr" | cmp - "$work/disk.img" || fail "the pipe got another disk"
expect_text stderr 'to standard output'
"$sanclone" "$work/disk.img" - >"$work/copy.img" 2>"$work/stderr"
same "$work/disk.img" "$work/copy.img"
"$sanclone" -q "$work/disk.img" - "$work/second.img" 2>"$work/stderr" | cmp - "$work/disk.img" || fail "the pipe differs"
same "$work/disk.img" "$work/second.img"
[ ! -s "$work/stderr" ] || fail "it speaks in spite of -q"

say "any length, from a pipe to a pipe"
head -c 7000003 /dev/urandom >"$work/odd.img"
# shellcheck disable=SC2094 # it is only read
"$sanclone" -q - - <"$work/odd.img" | cmp - "$work/odd.img" || fail "a file on standard input"
# shellcheck disable=SC2002 # a pipe is the point
cat "$work/odd.img" | "$sanclone" -q - - | cmp - "$work/odd.img" || fail "a pipe on standard input"

say "a reader that goes away is one line"
status=0
{ "$sanclone" "$work/disk.img" - 2>"$work/stderr" || echo $? >"$work/status"; } | head -c 1000000 >/dev/null
status=$(cat "$work/status")
expect_status 3
expect_one_line
expect_text stderr 'standard output: .*ended'

say "a reader that stands still holds up, and Ctrl-C works"
mkfifo "$work/fifo"
# shellcheck disable=SC2217 # that it reads nothing is the point
sleep 60 <"$work/fifo" &
reader=$!
env --default-signal=INT "$sanclone" "$work/disk.img" - >"$work/fifo" 2>"$work/stderr" &
clone=$!
sleep 1
kill -INT "$clone"
status=0
wait "$clone" || status=$?
expect_status 130
expect_one_line
stop "$reader"

say "what makes no sense is a wrong argument"
for options in --json --verify '--compare'; do
  run_sanclone "$work/disk.img" - "$options"
  expect_status 2
done
run_sanclone "$work/disk.img" - -
expect_status 2
if command -v script >/dev/null; then
  status=0
  script -qefc "$sanclone $work/disk.img -" /dev/null >"$work/stdout" </dev/null || status=$?
  expect_status 2
  expect_text stdout 'terminal'
fi
