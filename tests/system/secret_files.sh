#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What may be named as a file with a secret: a FIFO is read and waited for, not without end; a device is refused; a
# signal is told as one.
. "$(dirname "$0")/lib.sh"

where=iscsi://someone@127.0.0.1:1/iqn.2026-11.org.example:disk1/0
run_list() {
  status=0
  timeout 60 "$SANBOOT_BIN/sanlun" list "$where" --initiator iqn.2026-11.org.example:me --chap-secret-file "$1" \
    >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
}

# It gets as far as the portal, where nobody listens.
run_list <(echo secret-of-mine-1)
expect_status 3
expect_text stdout 'cannot connect to 127.0.0.1:1'
echo secret-of-mine-1 | (run_list /dev/stdin && expect_status 3 && expect_text stdout 'cannot connect to 127.0.0.1:1')

for device in /dev/zero /dev/null; do
  run_list "$device"
  expect_status 2
  expect_text stderr "$device: is a device, which holds no secret"
done

mkfifo -m 600 "$work/fifo"
begin=$SECONDS
run_list "$work/fifo"
expect_status 2
expect_text stderr "$work/fifo: is a FIFO from which no line came within 10 seconds"
[ $((SECONDS - begin)) -le 30 ] || fail "it waited for $((SECONDS - begin)) seconds"

# One whose writer stays silent, and a signal in the meantime.
sleep 60 >"$work/fifo" &
writer=$!
"$SANBOOT_BIN/sanlun" list "$where" --chap-secret-file "$work/fifo" >"$work/stdout" 2>"$work/stderr" &
sanlun=$!
sleep 2
kill -TERM "$sanlun"
status=0
wait "$sanlun" || status=$?
stop "$writer"
expect_status 130
if grep -q 'Interrupted system call' "$work/stderr"; then fail "the signal is told as an error of the file"; fi
