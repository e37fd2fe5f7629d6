#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Images that QEMU knows, through a qemu-nbd of our own: qcow2, VMDK, VHDX, VDI, VHD. qemu-img is the witness.
. "$(dirname "$0")/lib.sh"
require qemu-img qemu-nbd
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")

nothing_left() {
  ! pgrep -f "qemu-nbd.*$work" >/dev/null || return 1
  [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'sanboot.*' -newer "$work/disk.img" -print -quit 2>/dev/null)" ]
}

for suffix in qcow2 vmdk vhdx vdi vhd; do
  say "$suffix"
  format=$suffix
  [ "$suffix" != vhd ] || format=vpc
  image=$work/disk.$suffix
  run_sanclone "$work/disk.img" "$image" --verify --json
  expect_status 0
  expect_json .verified
  wait_until 5 nothing_left || fail "something of qemu-nbd is left"
  [ "$(stat -c %a "$image")" = 600 ] || fail "others may read the image"
  qemu-img compare -q -f raw -F "$format" "$work/disk.img" "$image" || fail "qemu-img sees a difference"
  case $format in qcow2 | vmdk | vhdx | vdi) qemu-img check -q -f "$format" "$image" || fail "qemu-img finds errors" ;; esac
  run_sanclone --compare "$work/disk.img" "$image"
  expect_status 0

  # Under a name that says nothing, made by somebody else.
  qemu-img convert -f raw -O "$format" "$work/disk.img" "$work/image"
  rm -f "$work/back.img"
  run_sanclone "$work/image" "$work/back.img" --verify
  expect_status 0
  same "$work/disk.img" "$work/back.img" "$size"
  within_percent 20 "$(allocated "$work/back.img")" "$(allocated "$work/disk.img")"

  # Onto an image that is there, and full of something else.
  fill_aa "$work/aa" "$size"
  qemu-img convert -f raw -O "$format" "$work/aa" "$image"
  run_sanclone "$work/disk.img" "$image" --verify --no-fit-gpt # qemu-img makes a VHD a little larger
  expect_status 0
  qemu-img compare -q -f raw -F "$format" "$work/disk.img" "$image" || fail "zeros were left out"
  rm -f "$image" "$work/image" "$work/aa"
done

say "a hole of 2 TiB costs nothing"
truncate -s 2T "$work/hole.img"
run_sanclone "$work/hole.img" "$work/hole.qcow2"
expect_status 0
[ "$(bytes_of "$work/hole.qcow2")" -lt 4000000 ] || fail "it costs $(bytes_of "$work/hole.qcow2") bytes"

say "an image that names another file is refused, and none is made"
echo secret >"$work/secret"
qemu-img create -q -f qcow2 -F raw -b "$work/secret" "$work/overlay.qcow2" 1M
qemu-img create -q -f qcow2 -o data_file="$work/data" "$work/external.qcow2" 1M
qemu-img create -q -f vmdk "$work/base.vmdk" 1M
qemu-img create -q -f vmdk -F vmdk -b "$work/base.vmdk" "$work/overlay.vmdk"
qemu-img create -q -f vmdk -o subformat=twoGbMaxExtentSparse "$work/several.vmdk" 1M
for image in overlay.qcow2 external.qcow2 overlay.vmdk several.vmdk; do
  run_sanclone "$work/$image" "$work/stolen.img"
  expect_status 4
  expect_one_line
  [ ! -e "$work/stolen.img" ] || fail "$image was opened"
done

say "refusals and errors are one line"
qemu-img create -q -f qcow2 "$work/small.qcow2" 1M
run_sanclone "$work/disk.img" "$work/small.qcow2"
expect_status 4
expect_one_line
printf 'QFI\373\0\0\0\3' >"$work/bad.qcow2"
run_sanclone "$work/bad.qcow2" "$work/back.img"
expect_status 3
expect_one_line
expect_text stderr qemu-nbd
PATH=/nonexistent "$SANBOOT_BIN/sanclone" "$work/small.qcow2" "$work/x.img" 2>"$work/stderr" && fail "without qemu-nbd?"
expect_one_line
expect_text stderr 'qemu-utils'

say "an image that a virtual machine holds is in use"
qemu-nbd -f qcow2 -k "$work/socket" "$work/small.qcow2" &
machine=$!
wait_until 5 test -S "$work/socket"
head -c 1048576 /dev/urandom >"$work/odd.img"
run_sanclone "$work/odd.img" "$work/small.qcow2"
expect_status 4
expect_one_line
expect_text stderr 'in use'
stop "$machine"

say "qemu-nbd dies in the middle; and it ends with us, whatever ends us"
start_clone() {
  rm -f "$work/killed.qcow2"
  env --default-signal=INT,TERM "$SANBOOT_BIN/sanclone" "$work/disk.img" "$work/killed.qcow2" --rate 10M \
    >"$work/stdout" 2>"$work/stderr" &
  clone=$!
  wait_until 5 pgrep -P "$clone" qemu-nbd >/dev/null || fail "no qemu-nbd"
  sleep 1
}
start_clone
kill -KILL "$(pgrep -P "$clone" qemu-nbd)"
status=0
wait "$clone" || status=$?
expect_status 3
expect_one_line
expect_text stderr 'killed by signal 9'
for signal in INT TERM KILL; do
  start_clone
  kill -s "$signal" "$clone"
  status=0
  wait "$clone" || status=$?
  [ "$signal" = KILL ] || expect_status 130
  wait_until 10 nothing_left || fail "something of qemu-nbd is left after SIG$signal"
  qemu-img check -q -f qcow2 "$work/killed.qcow2" || fail "the image is damaged after SIG$signal"
done
