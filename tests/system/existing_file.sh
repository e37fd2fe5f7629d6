#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A file that is there already and longer ends where the source does, whichever way the source comes, and only when
# the clone is good; by --keep-size it stays as long as it was.
. "$(dirname "$0")/lib.sh"
require sgdisk sfdisk qemu-img jq
mib=1048576 size=$((32 * 1048576)) large=$((48 * 1048576))
disk=$work/disk.img old=$work/old.img

truncate -s "$size" "$disk"
sgdisk -n 1:2048:+8M "$disk" >/dev/null
head -c 24M /dev/urandom | dd of="$disk" bs=1M seek=1 conv=notrunc status=none
sound() { sgdisk --verify "$1" | grep -q 'No problems found' || fail "sgdisk finds problems in $1"; }
former() {
  fill_aa "$old" "$large"
  sgdisk -n 1:2048:+30M "$old" >/dev/null 2>&1 || true
}

say "from a LUN into a longer file, and back onto the LUN"
start_tgtd
cp "$disk" "$work/lun"
new_tgt_lun "$work/lun" "$size"
former
run_sanclone "$url" "$old" --dry-run
expect_status 0
expect_text stdout '16.0 MiB behind the clone will be cut off'
[ "$(bytes_of "$old")" -eq "$large" ] || fail "a dry run has cut the file"
run_sanclone "$url" "$old" --verify --json
expect_status 0
expect_json '.destinations[0].gpt == null' '.destinations[0].rest | .cut and .length == 16777216'
same "$disk" "$old"
sound "$old"
run_sanclone "$old" "$url" --verify
expect_status 0
same "$disk" "$work/lun"

say "the same by a pipe, of an odd length, and by a map that is used twice"
former
"$SANBOOT_BIN/sanclone" - "$old" < <(cat "$disk") >/dev/null
same "$disk" "$old"
head -c 5000001 /dev/urandom >"$work/odd.img"
former
run_sanclone "$work/odd.img" "$old"
expect_status 0
same "$work/odd.img" "$old"
former
"$SANBOOT_BIN/sanclone" - "$old" < <(cat "$work/odd.img") >/dev/null
same "$work/odd.img" "$old"
former
run_sanclone "$disk" "$old" --map "$work/map"
expect_status 0
same "$disk" "$old"
printf 'left by another program' >>"$old"
run_sanclone "$disk" "$old" --map "$work/map"
expect_status 0
same "$disk" "$old"

say "a run that is stopped leaves the file as long as it is, and not bootable; the next one cuts it"
former
"$SANBOOT_BIN/sanclone" "$disk" "$old" --rate 8M 2>/dev/null &
pid=$!
sleep 1
kill -KILL "$pid"
wait "$pid" 2>/dev/null || true
[ "$(bytes_of "$old")" -eq "$large" ] || fail "it was cut before the clone was good"
cmp -n "$mib" "$old" /dev/zero || fail "the first MiB is there"
run_sanclone "$disk" "$old"
expect_status 0
same "$disk" "$old"

say "refused: nothing is cut"
former
run_sanclone "$work/odd.img" "$old" --grow-last
expect_status 4
[ "$(bytes_of "$old")" -eq "$large" ] || fail "a refused run has cut the file"

say "--keep-size: a disk with more room at its end, by both ways"
for way in file pipe; do
  former
  if [ "$way" = file ]; then
    run_sanclone "$disk" "$old" --keep-size --verify --json
  else
    status=0
    "$SANBOOT_BIN/sanclone" - "$old" --keep-size --json < <(cat "$disk") >"$work/stdout" 2>"$work/stderr" || status=$?
  fi
  expect_status 0
  expect_json '.destinations[0].gpt.edits == ["fit"]' ".destinations[0].rest.length == $((large - size))"
  [ "$(bytes_of "$old")" -eq "$large" ] || fail "the file was cut"
  sound "$old"
  cmp -i $((34 * 512)) -n $((size - 67 * 512)) "$disk" "$old" || fail "the clone differs"
done
run_sanclone "$disk" "$old" --keep-size --wipe-rest
expect_status 0
sound "$old"
cmp -i "$size:0" -n $((large - size - 33 * 512)) "$old" /dev/zero || fail "the rest is no zeros"

say "a shorter file and a new one are as long as the source, with the option as well"
for option in --keep-size --no-fit-gpt; do
  head -c 3M /dev/urandom >"$old"
  rm -f "$work/new.img"
  run_sanclone "$disk" "$old" "$work/new.img" "$option" --dry-run
  expect_status 0
  run_sanclone "$disk" "$old" "$work/new.img" "$option"
  expect_status 0
  same "$disk" "$old"
  same "$disk" "$work/new.img"
done

say "a qcow2 keeps its virtual size: fitted to a larger one, refused where it is smaller"
qemu-img create -q -f qcow2 "$work/vm.qcow2" "$large"
run_sanclone "$disk" "$work/vm.qcow2"
expect_status 0
qemu-img convert -O raw "$work/vm.qcow2" "$work/vm.raw"
sound "$work/vm.raw"
[ "$(bytes_of "$work/vm.raw")" -eq "$large" ] || fail "the virtual size has changed"
rm "$work/vm.qcow2"
qemu-img create -q -f qcow2 "$work/vm.qcow2" 16M
run_sanclone "$disk" "$work/vm.qcow2"
expect_status 4

say "an MBR disk leaves no table of a former disk at the end"
truncate -s 16M "$work/mbr.img"
printf 'label: dos\n1M,8M,83\n' | sfdisk -q "$work/mbr.img"
truncate -s 0 "$old"
truncate -s "$large" "$old"
sgdisk -n 1:2048:+30M "$old" >/dev/null
run_sanclone "$work/mbr.img" "$old"
expect_status 0
same "$work/mbr.img" "$old"
