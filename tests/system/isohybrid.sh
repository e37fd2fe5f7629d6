#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ISO images that boot from a disk too: the ISO is in no partition, or in one that is marked as unused. It is shown, no
# byte of it is taken for free, and no partition grows over it.
. "$(dirname "$0")/lib.sh"
require python3 xorriso grub-mkrescue mformat sfdisk jq blkid
cd "$work"

map() {
  status=0
  timeout --kill-after=5 60 "$SANBOOT_BIN/sanlun" map "$@" >stdout 2>stderr || status=$?
  check_run
  expect_status 0
}

# iso_end FILE: one past its last byte, by its own word (ECMA-119, 8.4.8).
iso_end() { echo $(($(od -An -tu4 -j 32848 -N 4 "$1") * 2048)); }

# checks FILE: what is true of all of them.
checks() {
  local file=$1 end
  end=$(iso_end "$file")
  [ "$(blkid -p -o value -s TYPE "$file")" = iso9660 ] || fail "$file: blkid sees no ISO"
  map "$file" --json
  # Nothing that is unallocated lies in the ISO, and it is named.
  expect_json "all(.regions[] | select(.kind == \"unallocated\"); .offset >= $end)" \
    ".partitions[0] | .number == null and .content == \"iso9660\" and .size == $end and .label == \"$2\"" \
    "all(.partitions[] | select(.offset < $end); .free == null)"
  cp "$file" larger
  truncate -s 40M larger
  run_sanclone "$file" copy --used-only --verify --quiet
  expect_status 0
  same "$file" copy
  rm copy
}

# no_growth FILE PATTERN: refused, whatever the destination, and nothing is written.
no_growth() {
  fill_aa destination 40M
  for mode in '' --dry-run; do
    # shellcheck disable=SC2086 # none, or one
    run_sanclone "$1" destination --grow-last $mode
    expect_status 4
    expect_text stderr "$2"
    all_aa destination 0 41943040 || fail "something was written"
  done
  rm destination
}

mkdir -p tree/boot
head -c 5M /dev/urandom >tree/data
head -c 2048 /dev/urandom >tree/boot/boot.bin # nobody boots it
mformat -C -f 2880 -i tree/boot/efi.img ::
head -c 432 /dev/urandom >mbr # boot code

# An entry 1 of type 0 over all of it and the EFI System partition inside, as Debian's installer has it.
el_torito=(-c boot/boot.cat -b boot/boot.bin -no-emul-boot -boot-load-size 4 -eltorito-alt-boot)
xorriso -as mkisofs -quiet -V DEB -o debian.iso "${el_torito[@]}" -e boot/efi.img -no-emul-boot tree 2>/dev/null
truncate -s 9M debian.iso
efi=$(xorriso -indev debian.iso -find /boot/efi.img -exec report_lba 2>/dev/null | awk -F, '/File data lba/ { print $2 * 4 }')
entry() { # entry STATUS TYPE FIRST SECTORS: an entry of an MBR
  python3 -c 'import struct, sys; sys.stdout.buffer.write(struct.pack("<B3xB3xII", *(int(n, 0) for n in sys.argv[1:])))' "$@"
}
{ entry 0x80 0 0 18432; entry 0 0xef "$efi" 5760; head -c 32 /dev/zero; printf '\125\252'; } |
  dd of=debian.iso bs=1 seek=446 conv=notrunc status=none
checks debian.iso DEB
expect_json '[.partitions[].number] == [null, 2]' '.table.kind == "mbr"'
no_growth debian.iso 'partition 2 ends at .* would grow over iso9660'
COLUMNS=100 map debian.iso
expect_text stdout 'iso9660' '^ +- +0 B +.* iso9660 +DEB'

# The EFI System partition behind the ISO (xorriso's -append_partition) and an entry of type 17 over the ISO.
xorriso -as mkisofs -quiet -V APP -o appended.iso "${el_torito[@]}" -append_partition 2 0xef tree/boot/efi.img \
  -e --interval:appended_partition_2:all:: -no-emul-boot --mbr-force-bootable -partition_offset 16 tree 2>/dev/null
checks appended.iso APP

# GRUB's: a GPT with a partition for each part, and HFS+.
mkdir grub
grub-mkrescue -o grub.iso grub >/dev/null 2>&1
if [ -s grub.iso ]; then checks grub.iso ISOIMAGE; fi

# Near twin: a disk on which there was an ISO once grows where the ISO ends before the last partition does, and so does
# one with an entry of type 0.
truncate -s 32M disk
dd if=debian.iso of=disk bs=512 skip=64 seek=64 count=16 conv=notrunc status=none
printf 'label: dos\n1M,8M,83\n10M,10M,83\n' | sfdisk -q --wipe never disk
run_sanclone disk grown --grow-last --quiet
expect_status 0
truncate -s 32M disk2
printf 'label: dos\n1M,8M,83\n10M,10M,83\n' | sfdisk -q disk2
entry 0 0 50000 10000 | dd of=disk2 bs=1 seek=478 conv=notrunc status=none
fill_aa grown2 40M
run_sanclone disk2 grown2 --grow-last --keep-size --quiet
expect_status 0
[ "$(sfdisk --json grown2 | jq '.partitiontable.partitions[1] | .start + .size')" -eq $((40 * 2048)) ] ||
  fail "partition 2 has not grown to the end"
map disk2 --json
expect_json '.totals.unallocated > 10 * 1048576' '[.partitions[].number] == [1, 2]'
