#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# NBD servers: nbdkit over TCP and Unix sockets, with and without what the protocol makes optional, with errors,
# delays and a death; and qemu-nbd.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/targets.sh"
require nbdkit qemu-nbd
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")

# start_nbdkit ARGUMENT…: its process in $server, its URL in $url.
start_nbdkit() {
  rm -f "$work/socket"
  nbdkit -f -U "$work/socket" "$@" 2>"$work/nbdkit.log" &
  server=$!
  wait_until 5 test -S "$work/socket" || fail "nbdkit did not start: $(cat "$work/nbdkit.log")"
  url="nbd+unix:///?socket=$work/socket"
}

there_and_back() {
  fill_aa "$work/export" "$size"
  run_sanclone "$work/disk.img" "$url" --verify --json
  expect_status 0
  expect_json .verified ".bytes.total == $size"
  same "$work/disk.img" "$work/export"
  rm -f "$work/back.img"
  run_sanclone "$url" "$work/back.img" --verify
  expect_status 0
  same "$work/disk.img" "$work/back.img"
}

fill_aa "$work/export" "$size"
say "all there is"
start_nbdkit file "$work/export"
there_and_back
within_percent 10 "$(allocated "$work/export")" "$(allocated "$work/disk.img")"
within_percent 10 "$(allocated "$work/back.img")" "$(allocated "$work/disk.img")"
run_sanclone --compare "$work/disk.img" "$url"
expect_status 0
stop "$server"

say "no zeros, no trim, one connection, no structured replies"
start_nbdkit --no-sr --filter=nozero --filter=noextents --filter=noparallel file "$work/export"
there_and_back
stop "$server"

say "blocks of 4096 bytes and requests of 64 KiB at most"
start_nbdkit --filter=blocksize-policy file "$work/export" blocksize-minimum=4096 blocksize-preferred=4096 \
  blocksize-maximum=65536 blocksize-error-policy=error
truncate -s $((size / 4096 * 4096)) "$work/export"
run_sanclone "$work/disk.img" "$url" --force block-size --verify
expect_status 0
same "$work/disk.img" "$work/export"
stop "$server"

say "over TCP, by a name"
for attempt in 1 2 3 4 5; do
  port=$(free_port)
  nbdkit -f -i 127.0.0.1 -p "$port" -e 'a disk' file "$work/export" 2>"$work/nbdkit.log" &
  server=$!
  listens "$server" "$port" && break
  stop "$server"
  [ "$attempt" -lt 5 ] || fail "nbdkit did not start: $(cat "$work/nbdkit.log")"
done
url="nbd://127.0.0.1:$port/a%20disk"
there_and_back
stop "$server"

say "qemu-nbd, which takes one client at a time"
rm -f "$work/socket"
qemu-nbd -t -f raw -k "$work/socket" "$work/export" &
server=$!
wait_until 5 test -S "$work/socket"
url="nbd+unix:///?socket=$work/socket"
there_and_back
stop "$server"

say "a disk that may only be read, and one that is too small"
start_nbdkit -r file "$work/export"
run_sanclone "$work/disk.img" "$url"
expect_status 4
expect_one_line
stop "$server"
start_nbdkit memory 1M
run_sanclone "$work/disk.img" "$url"
expect_status 4
expect_one_line
stop "$server"

say "errors of the server"
for error in pwrite=ENOSPC pwrite=EIO; do
  start_nbdkit --filter=error memory "$size" "error-$error" error-pwrite-rate=20%
  run_sanclone "$work/disk.img" "$url"
  expect_status 3
  expect_one_line
  expect_text stderr 'write.* of .*failed: '
  stop "$server"
done
start_nbdkit --filter=error file "$work/export" error-pread=EIO error-pread-rate=20%
run_sanclone "$url" "$work/back.img"
expect_status 3
expect_one_line
expect_text stderr 'read of .*failed: Input/output error'
stop "$server"

say "nobody there"
run_sanclone "$work/disk.img" "$url"
expect_status 3
expect_one_line

say "a server that stands still is reported after 4 s; when it dies, that is the end"
start_nbdkit file "$work/export"
"$SANBOOT_BIN/sanclone" "$work/disk.img" "$url" --rate 20M >"$work/stdout" 2>"$work/stderr" &
clone=$!
sleep 1.5
kill -STOP "$server"
wait_until 7 grep -qE 'no progress for .*bytes [0-9]+ to [0-9]+' "$work/stderr" || fail "no message"
stop "$server"
killed=$SECONDS
status=0
wait "$clone" || status=$?
expect_status 3
expect_one_error
[ $((SECONDS - killed)) -lt 10 ] || fail "it took $((SECONDS - killed)) s"

say "one that never wakes up again is given up within a minute"
start_nbdkit file "$work/export"
"$SANBOOT_BIN/sanclone" "$work/disk.img" "$url" --rate 20M >"$work/stdout" 2>"$work/stderr" &
clone=$!
sleep 1
kill -STOP "$server"
stopped=$SECONDS
status=0
wait "$clone" || status=$?
expect_status 3
expect_one_error
[ $((SECONDS - stopped)) -lt 60 ] || fail "it took $((SECONDS - stopped)) s"
stop "$server"
