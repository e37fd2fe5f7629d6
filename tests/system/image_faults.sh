#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Images that are damaged, encrypted, or lie upon others; odd names; and disks with blocks of 4096 bytes in images.
. "$(dirname "$0")/lib.sh"
require qemu-img qemu-nbd mke2fs jq
cd "$work"
size=33554432
truncate -s "$size" disk.img
mke2fs -q -F -t ext4 disk.img
# Half of it compresses, so that images have compressed pieces and others.
head -c 12000000 /dev/urandom | dd of=disk.img bs=1M seek=8 conv=notrunc status=none
seq 1400000 | dd of=disk.img bs=1M seek=20 conv=notrunc status=none

say "an image that was cut off is no disk with zeros in it"
for format in qcow2 vmdk vdi vpc vhdx; do
  qemu-img convert -f raw -O "$format" disk.img whole
  rm -f back.img
  run_sanclone whole back.img --verify
  expect_status 0
  cmp -n "$size" disk.img back.img
  for part in 30 60 95; do
    head -c $(($(bytes_of whole) * part / 100)) whole >cut.img
    rm -f back.img
    run_sanclone cut.img back.img
    expect_status 3
    expect_one_line
    expect_text stderr 'cut.img: '
  done
done
qemu-img create -q -f qcow2 -o preallocation=metadata whole 32M # has places for all, and nothing at them
run_sanclone whole back.img
expect_status 0

say "a damaged image: the place, and what to do; what can be read is read, and the rest told"
qemu-img convert -c -f raw -O qcow2 disk.img full.qcow2
qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk.img full.vmdk
for format in qcow2 vmdk; do
  cp full.$format damaged.$format
  head -c 40000 /dev/urandom | dd of=damaged.$format bs=1 seek=13500000 conv=notrunc status=none
  rm -f back.img
  run_sanclone damaged.$format back.img
  expect_status 3
  expect_one_line
  expect_text stderr "damaged.$format: read of .* at .*bytes [0-9]+ to [0-9]+.* failed: .*damaged or cut off"
  rm -f back.img
  run_sanclone --on-read-error=zero --bad-map bad damaged.$format back.img --json
  expect_status 1
  bad=$(jq .bytes.bad stdout)
  ((bad > 0 && bad < 2000000)) || fail "$format: $bad bytes are bad"
  differ=$(cmp -l disk.img back.img | wc -l) || true
  ((differ > 0 && differ <= bad)) || fail "$format: $differ bytes differ, $bad are told"
done
for format in qcow2 vmdk; do
  head -c $(($(bytes_of full.$format) * 6 / 10)) full.$format >cut.$format
  run_sanclone cut.$format back.img
  expect_status 3
  expect_one_line
  expect_text stderr "cut.$format: "
  grep -q 'NBD server was lost' stderr && fail "a damaged image is called a lost server"
done
run_sanclone full.qcow2 back.img --verify # the twin
expect_status 0
same disk.img back.img

say "an encrypted image, and the way that the refusal names"
printf secret >KEYFILE
for encryption in aes luks; do
  qemu-img create -q --object secret,id=key,file=KEYFILE -f qcow2 \
    -o "encrypt.format=$encryption,encrypt.key-secret=key$([ $encryption = aes ] || echo ,encrypt.iter-time=10)" enc.qcow2 1M
  rm -f back.img
  run_sanclone enc.qcow2 back.img
  expect_status 4
  expect_one_line
  expect_text stderr 'is encrypted; serve it by qemu-nbd -r --object secret'
  [ ! -e back.img ] || fail "a file was made"
  line=$(sed 's/.*serve it by \(.*\), then name .*/\1/; s,/run/s,'"$work/s," stderr)
  # shellcheck disable=SC2086 # it is a command
  $line &
  server=$!
  wait_until 20 test -S s || fail "$line does not serve it"
  run_sanclone "nbd+unix:///?socket=$work/s" back.img
  expect_status 0
  [ "$(bytes_of back.img)" -eq 1048576 ] || fail "another size"
  stop "$server"
  rm -f s enc.qcow2
done

say "backing files: named, and read where that is allowed and nothing has to be guessed"
mkdir -p dir
cp disk.img dir/base.img
qemu-img create -q -f qcow2 -F raw -b base.img dir/middle.qcow2
qemu-io -f qcow2 -c 'write -q -P 17 1M 100k' dir/middle.qcow2
qemu-img create -q -f qcow2 -F qcow2 -b dir/middle.qcow2 top.qcow2
qemu-io -f qcow2 -c 'write -q -P 34 3M 100k' top.qcow2
rm -f back.img
run_sanclone top.qcow2 back.img
expect_status 4
expect_one_line
expect_text stderr 'names the backing file dir/middle.qcow2' '--backing=allow'
[ ! -e back.img ] || fail "a file was made"
run_sanclone --backing=allow top.qcow2 back.img --verify
expect_status 0
expect_text stderr 'dir/middle.qcow2 .qcow2. is read as well' 'dir/base.img .raw. is read as well'
qemu-img compare -q -f raw -F qcow2 back.img top.qcow2 || fail "qemu-img sees a difference"
run_sanclone --backing=allow disk.img top.qcow2 # not as a destination
expect_status 4
# A format that is not said would be looked for: whoever wrote the base could make it name any file.
cp top.qcow2 guess.qcow2
qemu-img rebase -q -u -f qcow2 -b dir/middle.qcow2 -F '' guess.qcow2 2>/dev/null ||
  python3 - guess.qcow2 <<'END'
import sys
path = sys.argv[1]
data = bytearray(open(path, 'rb').read())
at = data.index(b'\xe2\x79\x2a\xca', 72, 1024)
data[at:at + 4] = b'\x12\x34\x56\x78'
open(path, 'wb').write(data)
END
run_sanclone --backing=allow guess.qcow2 back.img
expect_status 4
expect_text stderr 'does not say which format'
qemu-img create -q -f qcow2 -F raw -b /dev/zero -u evil.qcow2 1M
run_sanclone --backing=allow evil.qcow2 back.img
expect_status 4

say "a VHD of fixed size, whoever made it"
qemu-img convert -f raw -O vpc -o subformat=fixed,force_size=on disk.img fixed.vhd
# VirtualBox, say: QEMU would take its size from cylinders, heads and sectors.
python3 - fixed.vhd <<'END'
import sys
path = sys.argv[1]
data = bytearray(open(path, 'rb').read())
footer = data[-512:]
footer[28:32] = b'vbox'
footer[64:68] = bytes(4)
footer[64:68] = (~sum(footer) & 0xffffffff).to_bytes(4, 'big')
data[-512:] = footer
open(path, 'wb').write(data)
END
cp fixed.vhd fixed.img
cp disk.img ends-like.img
for name in fixed.vhd fixed.img; do
  rm -f back.img
  run_sanclone "$name" back.img --verify
  expect_status 0
  same disk.img back.img
  run_sanclone --compare disk.img "$name"
  expect_status 0
done
fill_aa aa.img "$size"
run_sanclone aa.img fixed.vhd --verify # onto it: it stays one
expect_status 0
qemu-img compare -q -f raw -F vpc aa.img 'json:{"driver":"vpc","force_size_calc":"current_size","file":{"driver":"file","filename":"fixed.vhd"}}' ||
  fail "qemu-img sees a difference"
tail -c +2 fixed.vhd >shifted.vhd # its size does not fit
run_sanclone shifted.vhd back.img
expect_status 4
expect_text stderr 'named like a VHD image'

say "a name that is not UTF-8"
odd=$(printf 'odd\377\376.qcow2')
qemu-img convert -f raw -O qcow2 disk.img plain.qcow2
mv plain.qcow2 "$odd"
rm -f back.img
run_sanclone "$odd" back.img
expect_status 0
same disk.img back.img
rm "$odd"
run_sanclone disk.img "$odd" --verify
expect_status 0
mv "$odd" plain.qcow2
qemu-img compare -q -f raw -F qcow2 disk.img plain.qcow2

say "a disk with blocks of 4096 bytes in images, and back"
make_image 4k.img 64M 4096
start_tgtd
cp 4k.img lun
new_tgt_lun "$work/lun" 64M 4096 thin
lun4k=$url
truncate -s 64M lun2
new_tgt_lun "$work/lun2" 64M 4096 thin
for suffix in qcow2 vmdk vhdx vdi vhd img zst; do
  run_sanclone --dry-run "$lun4k" "saved.$suffix"
  expect_status 0
  run_sanclone "$lun4k" "saved.$suffix" --verify
  expect_status 0
  run_sanclone --compare "$lun4k" "saved.$suffix"
  expect_status 0
  fill_aa lun2 64M
  run_sanclone "saved.$suffix" "$url" --verify
  expect_status 0
  same 4k.img lun2
  rm -f "saved.$suffix"
done
# The twin: a disk, of 512 bytes, is still not for it.
make_image 512.img 64M
run_sanclone 512.img "$url"
expect_status 4
