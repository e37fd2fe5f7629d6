#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What holds a disk in another form than its bytes: on every way in it is read, or refused with the next step, and
# never written as it is. Each has a near twin, a disk that looks much like it, which is cloned.
. "$(dirname "$0")/lib.sh"
require qemu-img xz gzip bzip2 lz4 lzip lzop zip unzip 7z zstd tar partclone.ext4 ntfsclone mkntfs img2simg simg2img \
  genisoimage dmg2img mke2fs ewfacquire
cd "$work"

# A small disk: a boot block, an ext4 file system that can be checked, and nothing that compresses to nothing.
size=8388608
truncate -s "$size" disk.img
mke2fs -q -F -t ext4 disk.img
head -c 1500000 /dev/urandom | dd of=disk.img bs=1M seek=5 conv=notrunc status=none
head -c 1024 /dev/urandom | dd of=disk.img conv=notrunc status=none
start_tgtd
truncate -s "$size" lun
new_tgt_lun "$work/lun" "$size" thin

# feed FILE: on a pipe, whose reader may end before.
feed() { cat "$1" 2>/dev/null || true; }

old() { fill_aa lun "$size"; }

# same_disk FILE WHAT: FILE begins with the disk.
same_disk() { cmp -n "$size" disk.img "$1" || fail "$2: another disk"; }

# expect_untouched WHAT: refused, and the LUN is what it was.
expect_untouched() {
  expect_one_line
  all_aa lun 0 "$size" || fail "$1: something was written"
}

# Made under the names that people give them, and under one that says nothing.
xz -k -1 -c disk.img >disk.img.xz
gzip -1 -c disk.img >disk.img.gz
bzip2 -c disk.img >disk.img.bz2
lz4 -q -c disk.img >disk.img.lz4
lzip -1 -c disk.img >disk.img.lz
xz --format=lzma -1 -c disk.img >disk.img.lzma
qemu-img convert -f raw -O vpc -o subformat=fixed,force_size=on disk.img disk.vhd

say "what is read: as a file, on a pipe, as standard input"
for name in disk.img.xz disk.img.gz disk.img.bz2 disk.img.lz4 disk.img.lz disk.img.lzma disk.vhd; do
  cp "$name" packed
  old
  run_sanclone "$name" "$url" --verify --json
  expect_status 0
  expect_json .verified ".bytes.total == $size"
  same_disk lun "$name"
  for way in name pipe file; do
    rm -f back.img
    case $way in
      name) run_sanclone packed back.img --verify ;;
      pipe) run_sanclone - back.img --verify < <(feed packed) ;;
      file) run_sanclone - back.img --verify <packed ;;
    esac
    expect_status 0
    [ "$(bytes_of back.img)" -eq "$size" ] || fail "$name, $way: $(bytes_of back.img) bytes"
    same_disk back.img "$name, $way"
  done
  # What can only be read from front to back can be cloned, but neither planned nor compared.
  for option in --dry-run --compare; do
    run_sanclone "$option" packed back.img
    if [ "$name" = disk.vhd ]; then
      expect_status 0
    else
      expect_status 2
      expect_one_line
      expect_text stderr 'front to back'
    fi
  done
done

say "several in a row, and a VHD within"
{ cat disk.img.gz && head -c 1000000 disk.img | gzip -c; } >packed
cat disk.img >twice
head -c 1000000 disk.img >>twice
rm -f back.img
run_sanclone packed back.img
expect_status 0
cmp -n $((size + 1000000)) twice back.img
{ head -c 3000000 disk.img | xz -1 -c && tail -c +3000001 disk.img | xz -1 -c; } >packed
gzip -c disk.vhd >disk.vhd.gz
for name in packed disk.vhd.gz; do
  rm -f back.img
  run_sanclone "$name" back.img
  expect_status 0
  [ "$(bytes_of back.img)" -eq "$size" ] || fail "$name: $(bytes_of back.img) bytes"
  same_disk back.img "$name"
done

say "cut off or damaged: an error, nothing that looks bootable, and the good copy stays"
run_sanclone disk.img good.zst
for name in disk.img.xz disk.img.gz disk.img.bz2 disk.img.lz4 disk.img.lz disk.img.lzma; do
  head -c $(($(bytes_of "$name") * 2 / 3)) "$name" >packed
  cp good.zst kept.zst
  for way in name pipe; do
    old
    case $way in
      name) run_sanclone packed "$url" ;;
      pipe) run_sanclone - kept.zst < <(feed packed) ;;
    esac
    expect_status 3
    expect_one_line
    expect_text stderr 'cut off'
  done
  all_aa lun 0 512 || cmp -s -n 512 lun /dev/zero || fail "$name: a boot sector is there"
  same good.zst kept.zst
  [ "$name" != disk.img.lzma ] || continue # it has no checksum
  cp "$name" packed
  printf '\125\252\125\252' | dd of=packed bs=1 seek=$(($(bytes_of packed) * 2 / 3)) conv=notrunc status=none
  run_sanclone packed back.img
  expect_status 3
  expect_one_line
done
{ cat disk.img.gz && echo rubbish; } >packed
rm -f back.img
run_sanclone packed back.img
expect_status 0
expect_text stderr 'warning: packed: 8 B after .*ignored'
same_disk back.img "behind a gzip"

say "what is refused, with the line that does it"
zip -q disk.zip disk.img
zip -q -fz disk64.zip disk.img
7z a -bso0 disk.7z disk.img
lzop -q -o disk.lzo disk.img
tar -cf disk.tar disk.img
qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk.img disk.so.vmdk
printf '<Envelope/>' >vm.ovf
tar -cf vm.ova vm.ovf disk.so.vmdk
mke2fs -q -F -t ext4 part.img 8M
partclone.ext4 -q -c -F -s part.img -O disk.ptcl -L partclone.log >partclone.out 2>&1
truncate -s 8M ntfs.img
mkntfs -q -F ntfs.img >mkntfs.log 2>&1
ntfsclone -q -s -O disk.ntfsclone ntfs.img >ntfsclone.log 2>&1
img2simg disk.img disk.simg
ewfacquire -u -t disk disk.img >ewf.log 2>&1
mkdir -p files && cp disk.img files/
genisoimage -quiet -o disk.iso files
# libdmg-hfsplus is not in Debian. A UDIF trailer of our own behind a raw disk: dmg2img reads it far enough to name it.
{
  cat disk.img
  printf 'koly\0\0\0\4\0\0\2\0\0\0\0\1'
  head -c 496 /dev/zero
} >disk.dmg
dmg2img -l disk.dmg >dmg.log 2>&1 || true
grep -qi 'plist\|partition\|koly\|blkx' dmg.log || fail "dmg2img does not take it for a DMG: $(head -n 3 dmg.log)"

# refused NAME PATTERN: NAME is, on every way in, with a text that has PATTERN; and --raw clones its bytes.
refused() {
  local name=$1 pattern=$2 way
  cp "$name" held
  for way in name dry-run compare pipe file; do
    old
    case $way in
      name) run_sanclone held "$url" ;;
      dry-run) run_sanclone --dry-run held "$url" ;;
      compare) run_sanclone --compare held "$url" ;;
      pipe) run_sanclone - "$url" < <(feed held) ;;
      file) run_sanclone - "$url" <held ;;
    esac
    # An end is only seen when it comes.
    if [ "$name:$way" = disk.dmg:pipe ]; then
      expect_status 3
      expect_one_line
      cmp -s -n 512 lun disk.img && fail "a DMG on a pipe looks bootable"
      continue
    fi
    expect_status 4
    expect_text stderr "$pattern" --raw
    expect_untouched "$name, $way"
  done
  rm -f back.img
  run_sanclone --raw held back.img
  expect_status 0
  cmp -n "$(bytes_of held)" held back.img || fail "$name: --raw"
}
refused disk.zip 'zip archive.*unzip -p'
refused disk64.zip 'zip archive'
refused disk.7z '7z x -so'
refused disk.lzo 'lzop -dc'
refused disk.tar 'tar -xOf'
refused vm.ova 'OVA.*tar -xf'
refused disk.ptcl 'partclone.restore -s'
refused disk.ntfsclone 'ntfsclone --restore-image -O -'
refused disk.simg 'simg2img'
refused disk.E01 'ewfexport'
refused disk.dmg 'dmg2img'

say "the lines do it"
unzip -p disk.zip | cmp - disk.img
7z x -so disk.7z | cmp - disk.img
lzop -dc disk.lzo | cmp - disk.img
tar -xOf disk.tar disk.img | cmp - disk.img
partclone.restore -q -s disk.ptcl -o - -L partclone.log 2>/dev/null | cmp - part.img
ntfsclone --restore-image -O - disk.ntfsclone 2>/dev/null | cmp - ntfs.img
simg2img disk.simg simg.img && cmp simg.img disk.img

say "images that QEMU reads: by name and as standard input, but not on a pipe"
for format in qcow2 vmdk vhdx vdi vpc qed parallels; do
  qemu-img convert -f raw -O "$format" disk.img held
  rm -f back.img
  run_sanclone - back.img --verify <held
  expect_status 0
  same_disk back.img "$format as standard input"
  old
  run_sanclone - "$url" < <(feed held)
  expect_status 4
  expect_untouched "$format"
  expect_text stderr 'image, and no disk; .*sanclone FILE DEST'
  gzip -1 -c held >held.gz
  run_sanclone - "$url" < <(feed held.gz)
  expect_status 4
  expect_untouched "$format in gzip"
done

say "on a LUN"
for name in disk.zip disk.img.xz disk.img.zst held disk.ptcl; do
  [ -e "$name" ] || zstd -q disk.img -o "$name"
  cp "$name" lun
  truncate -s "$size" lun
  rm -f back.img
  for option in '' --dry-run; do
    run_sanclone ${option:+"$option"} "$url" back.img
    expect_status 4
    expect_one_line
    expect_text stderr 'and no disk; .*--raw'
    [ ! -e back.img ] || fail "$name on a LUN: a file was made"
  done
  run_sanclone --raw "$url" back.img
  expect_status 0
  cmp -n "$(bytes_of "$name")" "$name" back.img
done

say "near twins are disks"
twin() {
  local way
  [ "$(bytes_of twin)" -eq "$size" ] || fail "the twin has another size"
  for way in name pipe file device; do
    rm -f back.img
    case $way in
      name) run_sanclone twin back.img --verify ;;
      pipe) run_sanclone - back.img < <(feed twin) ;;
      file) run_sanclone - back.img <twin ;;
      device)
        cp twin lun
        run_sanclone "$url" back.img
        ;;
    esac
    expect_status 0
    same twin back.img
  done
}
for text in 'BZh91AY&SZ' 'BZh9' 'PK\003\004' 'PK' '\037\213\010\340' '7z' 'hsqs' 'partclone' 'KDM'; do
  cp disk.img twin # an ext4 whose boot block begins like that
  # shellcheck disable=SC2059 # octal escapes
  printf "$text" | dd of=twin conv=notrunc status=none
  [ "$text" != 'PK\003\004' ] || printf '\377\377\377\377\377\377' | dd of=twin bs=1 seek=4 conv=notrunc status=none
  twin
done
# The marks in the middle, and at places where they do not fit.
cp disk.img twin
{ head -c 2000 disk.img.xz && head -c 2000 disk.zip; } | dd of=twin bs=4096 seek=1 conv=notrunc status=none
tail -c 512 disk.vhd | dd of=twin bs=512 seek=$((size / 512 - 1)) conv=notrunc status=none # of another size
twin
genisoimage -quiet -o twin files
cp twin disk.iso
run_sanclone disk.iso back.iso
expect_status 0
cmp -n "$(bytes_of disk.iso)" disk.iso back.iso

say "an empty file is as empty as an empty pipe"
: >empty.img
for way in name file pipe; do
  old
  case $way in
    name) run_sanclone empty.img "$url" ;;
    file) run_sanclone - "$url" <empty.img ;;
    pipe) run_sanclone - "$url" < <(:) ;;
  esac
  expect_status 3
  expect_text stderr 'is empty'
  expect_untouched "empty, $way"
done
