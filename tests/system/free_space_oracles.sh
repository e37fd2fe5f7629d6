#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# free_space_oracles.sh FREE_SPACE_DUMP [FAMILY [CASE]]: a family is ext, xfs, ntfs, fat, exfat or other, a case a
# regular expression. Exit 77: nothing could be tested.
#
# Real file systems, made by their own tools, filled, aged and unmounted. For each of them:
#   1. what read_free_space() calls free has to be free by every independent oracle: dumpe2fs, xfs_db, partclone's
#      bitmap, blkls of The Sleuth Kit;
#   2. at least 99 % of what is free by an oracle in runs of 64 KiB and more has to be called free;
#   3. with 0xFF written over all that is called free, fsck finds nothing and every file is as it was.
# And whatever is dirty, mounted or not supported has to be refused with the reason.
# Mounting needs root, a loop device or FUSE; what cannot be done here is skipped and says so.
set -u -o pipefail
dump=$(realpath "$1")
family=${2:-.} pattern=${3:-.}
export PATH=$PATH:/usr/sbin:/sbin
work=$(mktemp -d "${TMPDIR:-/dev/shm}/free-space.XXXXXX")
mounted='' loop=''
trap 'test -n "$mounted" && umount "$mounted"; test -n "$loop" && losetup -d "$loop"; rm -rf "$work"' EXIT
mkdir "$work/mnt"
failed=0 passed=0 skipped=0

fail() { echo "FAIL $name: $*"; failed=$((failed + 1)); }
skip() { echo "skip $name: $*"; skipped=$((skipped + 1)); }
have() { command -v "$1" >/dev/null; }
wanted() {
  name=$1
  local of=other
  [[ $name =~ ^(ext|xfs|ntfs|fat|exfat) ]] && of=${BASH_REMATCH[1]}
  [[ $of =~ ^$family$ && $name =~ $pattern ]]
}

. "$(dirname "$(realpath "$0")")/free_space_lib.sh"
cd "$work" || exit 1

# --- the checks ------------------------------------------------------------------------------------------------

# check ORACLE… : the image is in "image"; each argument is the command of an oracle. fsck_image() and
# read_files() are the case's.
check() {
  local before=$failed oracle
  "$dump" --min-run 1 image > all || { fail "the program ended with $?"; return; }
  "$dump" image > usual
  head -1 usual | grep -q ' known=true ' || { fail "$(head -1 usual)"; return; }
  tail -n +2 all > all.ranges
  tail -n +2 usual > usual.ranges
  merge < all.ranges > merged.ranges
  cmp -s merged.ranges all.ranges || fail "the ranges are not sorted and merged"
  [[ -z $(outside usual.ranges all.ranges) ]] || fail "short runs left out change the others"
  for oracle in "$@"; do
    if ! have "${oracle%% *}" && ! declare -F "${oracle%% *}" >/dev/null; then skip "${oracle%% *} is missing"; continue; fi
    if ! $oracle image > oracle.ranges || [[ ! -s oracle.ranges ]]; then fail "$oracle says nothing"; continue; fi
    local wrong
    wrong=$(outside all.ranges oracle.ranges)
    [[ -z $wrong ]] || fail "$oracle has bytes of the range ($wrong) in use"
    (($(share usual.ranges oracle.ranges) >= 9900)) || fail "less than 99 % of what $oracle has free is found"
  done
  cp --sparse=always image copy
  read_files copy > files.before || fail "cannot read the files"
  [[ ! -s expected ]] || cmp -s expected files.before || fail "the files are not those that were written"
  "$dump" --min-run 1 --fill copy image | cmp -s - all || fail "it says something else the second time"
  fsck_image copy > fsck.log 2>&1 || { fail "fsck of the overwritten copy:"; tail -5 fsck.log; }
  read_files copy > files.after || fail "cannot read the files of the overwritten copy"
  cmp -s files.before files.after || fail "files changed with the free space"
  if ((failed == before)); then
    passed=$((passed + 1))
    echo "ok   $name: $(head -1 usual | grep -o 'type=[^ ]*') $(wc -l < usual.ranges) ranges, $(wc -l < files.after) files"
  fi
  rm -f copy
}

# refused PATTERN: the image has to be copied whole, and the reason matches
refused() {
  local line
  line=$("$dump" image | head -1)
  if [[ $line =~ known=false && $line =~ $1 ]]; then passed=$((passed + 1)); echo "ok   $name: ${line##*why=}"
  else fail "not refused for \"$1\": $line"; fi
}

# --- ext -------------------------------------------------------------------------------------------------------

ext_case() {  # NAME SIZE OPTIONS…
  wanted "$1" || return
  local size=$2
  shift 2
  fresh "$size"
  mke2fs -q -F "$@" image 2>mke2fs.log || { fail "$(cat mke2fs.log)"; return; }
  fsck_image() { e2fsck -fn "$1"; }
  if mount_at -o loop image; then
    age mnt 80
    fragment mnt 2000
    manifest mnt > expected
    read_files() { mount_at -o loop,ro "$1" && manifest mnt; unmount; }
    cp --sparse=always image live
    unmount
  else
    skip "not aged: $(cat mount.log)"
    read_files() { rm -rf out; mkdir out; debugfs -R "rdump / out" "$1" 2>/dev/null; manifest out; }
    rm -f live
  fi
  # partclone 0.3.23 takes the bits of bigalloc for blocks, and stops: "bitmap free count err".
  if [[ $name =~ bigalloc ]]; then check oracle_dumpe2fs; else check oracle_dumpe2fs "oracle_partclone extfs"; fi
  if [[ -s live ]]; then mv live image; name+=-mounted; refused 'recovery|unmounted'; fi
}

ext_case ext2 200M -t ext2
ext_case ext2-1k 65M -t ext2 -b 1024
ext_case ext3 300M -t ext3
ext_case ext3-1k 65M -t ext3 -b 1024
ext_case ext4 1G -t ext4
ext_case ext4-odd 333333K -t ext4
ext_case ext4-1k 200M -t ext4 -b 1024
ext_case ext4-2k 500M -t ext4 -b 2048
ext_case ext4-32bit 700M -t ext4 -O ^64bit,^metadata_csum
ext_case ext4-gdt-csum 700M -t ext4 -O ^metadata_csum,uninit_bg
ext_case ext4-gdt-csum-1k 100M -t ext4 -b 1024 -O ^metadata_csum,uninit_bg
ext_case ext4-no-csum 700M -t ext4 -O ^metadata_csum,^uninit_bg
ext_case ext4-meta-bg 700M -t ext4 -O meta_bg,^resize_inode
ext_case ext4-meta-bg-1k 200M -t ext4 -b 1024 -O meta_bg,^resize_inode
ext_case ext4-no-flex 700M -t ext4 -O ^flex_bg
ext_case ext4-flex-64 700M -t ext4 -G 64 -g 8192
ext_case ext4-bigalloc 1G -t ext4 -O bigalloc -C 65536
ext_case ext4-bigalloc-1k 300M -t ext4 -b 1024 -O bigalloc -C 16384
ext_case ext4-bigalloc-odd 777777K -t ext4 -O bigalloc -C 1048576
ext_case ext4-sparse2 700M -t ext4 -O sparse_super2
ext_case ext4-no-sparse 300M -t ext4 -O ^sparse_super,^resize_inode -g 4096
ext_case ext4-no-journal 300M -t ext4 -O ^has_journal
ext_case ext4-quota-mmp 300M -t ext4 -O quota,project,mmp,inline_data,encrypt
ext_case ext4-mmp-inline 300M -t ext4 -O mmp,inline_data,encrypt
ext_case ext4-packed 300M -t ext4 -E packed_meta_blocks=1
ext_case ext4-eager 300M -t ext4 -E lazy_itable_init=0,lazy_journal_init=0

if wanted ext4-smaller-than-partition; then
  fresh 400M; mke2fs -q -F -t ext4 image 65000
  fsck_image() { e2fsck -fn "$1"; }
  read_files() { dumpe2fs -h "$1" 2>/dev/null | grep -v time; }
  check oracle_dumpe2fs
fi
if wanted ext4-mmp; then
  fresh 50M; mke2fs -q -F -t ext4 -b 4096 -O mmp image
  block=$(dumpe2fs -h image 2>/dev/null | awk -F: '/^MMP block number/ { print $2 + 0 }')
  printf '\1\0\0\0' | dd of=image bs=1 seek=$((block * 4096 + 4)) conv=notrunc status=none; refused 'MMP'
fi
if wanted ext4-error; then
  fresh 50M; mke2fs -q -F -t ext4 image; debugfs -w -R 'ssv state 3' image 2>/dev/null; refused 'errors'
  name=ext4-bitmap; mke2fs -q -F -t ext4 image; debugfs -w -R 'setb 9000 100' image 2>/dev/null
  debugfs -w -R 'ssv free_blocks_count 77' image 2>/dev/null; refused 'inconsistent'
fi

# --- XFS -------------------------------------------------------------------------------------------------------

# The files f0 to f19 of an image that cannot be mounted: one extent each, "(AG/BLOCK) count BLOCKS".
xfs_db_files() {
  local i block agblocks extent
  block=$(xfs_db -r -c 'sb 0' -c 'p blocksize' "$1" | awk '{ print $3 }')
  agblocks=$(xfs_db -r -c 'sb 0' -c 'p agblocks' "$1" | awk '{ print $3 }')
  for ((i = 0; i < 20; i++)); do
    extent=$(xfs_db -r -c "path /f$i" -c bmap "$1") || return 1
    [[ $extent =~ \(([0-9]+)/([0-9]+)\)\ count\ ([0-9]+) ]] || return 1
    dd if="$1" bs="$block" skip=$((BASH_REMATCH[1] * agblocks + BASH_REMATCH[2])) count="${BASH_REMATCH[3]}" status=none |
      head -c 3000000 | sha256sum
  done
}

xfs_case() {  # NAME SIZE OPTIONS…
  wanted "$1" || return
  local size=$2 i
  shift 2
  have mkfs.xfs || { skip "mkfs.xfs is missing"; return; }
  fresh "$size"
  rm -f live
  mkfs.xfs -q -f "$@" image 2>mkfs.log || { fail "$(cat mkfs.log)"; return; }
  fsck_image() { xfs_repair -n "$1"; }
  read_files() { mount_at -o loop,ro,norecovery "$1" && manifest mnt; unmount; }
  if ! mount_at -o loop image; then
    # Linux gives up version 4: at least filled, by mkfs.
    skip "not aged: cannot be mounted here"
    random_file contents 3000000
    { echo /dev/null; echo 0 0; echo d--755 0 0; for ((i = 0; i < 20; i++)); do echo "f$i ---644 0 0 contents"; done; echo '$'; } > proto
    mkfs.xfs -q -f -p proto "$@" image 2>mkfs.log || { fail "$(cat mkfs.log)"; return; }
    read_files() { xfs_db_files "$1"; }
    for ((i = 0; i < 20; i++)); do sha256sum < contents; done > expected
    check oracle_xfs_db "oracle_partclone xfs"
    return
  fi
  age mnt 100
  fragment mnt 6000
  manifest mnt > expected
  cp --sparse=always image live
  unmount
  check oracle_xfs_db "oracle_partclone xfs"
  [[ $name != xfs-1k-block ]] || xfs_db -r -c 'agf 0' -c 'p bnolevel' -c 'agf 1' -c 'p bnolevel' image | grep -q '= [2-9]' ||
    fail "no B+tree has two levels: the test lost its point"
  mount_at -o loop image; unmount; name+=-again; check oracle_xfs_db   # an unmount record in the log's next place
  mv live image; name+=-mounted; refused 'log needs recovery'
}

xfs_case xfs 400M
xfs_case xfs-rmap-reflink 500M -m rmapbt=1,reflink=1
xfs_case xfs-plain 320M -m rmapbt=0,reflink=0,finobt=0
xfs_case xfs-4k-sector 400M -s size=4096
xfs_case xfs-1k-block 400M -b size=1024 -d agcount=2
xfs_case xfs-stripe 600M -d su=64k,sw=4
xfs_case xfs-log-stripe 600M -l su=256k
xfs_case xfs-short-ag 413M -d agsize=72m
xfs_case xfs-log-ag0 400M -l agnum=0
xfs_case xfs-v4 400M -m crc=0
xfs_case xfs-v4-old 400M -m crc=0 -l version=1,lazy-count=0 -n ftype=0
xfs_case xfs-v4-512 320M -m crc=0 -b size=512

if wanted xfs-wrapped-log && have mkfs.xfs; then
  # Enough rounds through a small log that the unmount record comes to stand anywhere, also across its end.
  fresh 400M; mkfs.xfs -q -f image
  fsck_image() { xfs_repair -n "$1"; }
  read_files() { mount_at -o loop,ro,norecovery "$1" && manifest mnt; unmount; }
  for ((turn = 0; turn < 12; turn++)); do
    mount_at -o loop image || { skip "$(cat mount.log)"; break; }
    for ((i = 0; i < 4000; i++)); do : > "mnt/f$turn-$i"; done; sync -f mnt; rm -f mnt/f*; unmount
    "$dump" image | head -1 | grep -q ' known=true ' || fail "after turn $turn: $("$dump" image | head -1)"
  done
  ((turn == 12)) && { check oracle_xfs_db; xfs_logprint -t image 2>/dev/null | grep -i 'cycle\|head' | head -3; }
fi
if wanted xfs-uuid && have xfs_admin; then
  fsck_image() { xfs_repair -n "$1"; }
  read_files() { xfs_db -r -c 'sb 0' -c p "$1"; }
  fresh 320M; mkfs.xfs -q -f image; xfs_admin -U generate image >/dev/null; check oracle_xfs_db
fi
if wanted xfs-external-log && have mkfs.xfs; then
  fresh 320M; truncate -s 64M journal; mkfs.xfs -q -f -l logdev=journal image && refused 'another device'
fi

# --- NTFS ------------------------------------------------------------------------------------------------------

ntfs_case() {  # NAME SIZE OPTIONS…
  wanted "$1" || return
  local size=$2
  shift 2
  have mkntfs || { skip "mkntfs is missing"; return; }
  fresh "$size"
  mkntfs -q -F -Q -L aged "$@" image >/dev/null 2>&1 || { fail mkntfs; return; }
  fsck_image() { ntfsfix -n "$1" && ntfsinfo -fm "$1" && ntfsresize -ifP "$1"; }
  if mount_at -t ntfs-3g image; then
    age mnt 100
    fragment mnt 1000
    manifest mnt > expected
    unmount
    read_files() { mount_at -t ntfs-3g -o ro "$1" && manifest mnt; unmount; }
  else
    skip "not aged: $(cat mount.log)"
    random_file one 3000000; random_file two 700
    ntfscp -q image one one && ntfscp -q image two two
    read_files() { ntfscat "$1" one | sha256sum; ntfscat "$1" two | sha256sum; }
  fi
  local cluster
  cluster=$(ntfsinfo -fm image | awk '/Cluster Size:/ { print $3 }')
  # The Sleuth Kit knows no clusters beyond 64 KiB.
  if ((cluster > 65536)); then check "oracle_partclone ntfs"
  else check "oracle_partclone ntfs" "oracle_blkls ntfs $cluster"; fi
}

ntfs_case ntfs 200M
ntfs_case ntfs-512 64M -c 512
ntfs_case ntfs-64k 400M -c 65536
ntfs_case ntfs-odd 123457K
ntfs_case ntfs-large-cluster 600M -c 131072
if wanted ntfs-dirty && have mkntfs; then
  fresh 64M; mkntfs -q -F -Q image >/dev/null 2>&1; ntfsresize -q -f -s 40M image </dev/null >/dev/null 2>&1
  yes | ntfsresize -f -s 40M image >/dev/null 2>&1; refused 'dirty'
fi

# --- FAT -------------------------------------------------------------------------------------------------------

fat_case() {  # NAME SIZE OPTIONS…
  wanted "$1" || return
  local size=$2 i
  shift 2
  if ! have mkfs.fat || ! have mcopy; then skip "mkfs.fat or mtools is missing"; return; fi
  fresh "$size"
  mkfs.fat "$@" image >/dev/null || { fail mkfs.fat; return; }
  export MTOOLS_SKIP_CHECK=1
  mmd -i image ::/dir
  for ((i = 0; i < 60; i++)); do random_file "f$i" "$(size_of_file)"; done
  for ((i = 0; i < 60; i++)); do mcopy -i image "f$i" "::/dir/f$i" 2>/dev/null; done
  for ((i = 0; i < 60; i += 1 + RANDOM % 3)); do mdel -i image "::/dir/f$i" 2>/dev/null; done
  rm -f f[0-9]*
  fsck_image() { fsck.fat -n "$1"; }
  read_files() { rm -rf out; mkdir out; mcopy -s -n -i "$1" '::/*' out && manifest out; }
  local sector
  sector=$(od -An -tu2 -j11 -N2 image)
  # partclone 0.3.23 reads on behind the end of a FAT12's table.
  if [[ $name =~ fat12 ]]; then check "oracle_blkls fat $((sector))"
  else check "oracle_partclone fat" "oracle_blkls fat $((sector))"; fi
}

fat_case fat12 1440K
fat_case fat12-one 8M -F 12 -f 1
fat_case fat16 64M -F 16
fat_case fat16-odd 33333K -F 16 -s 2
fat_case fat32 300M -F 32
fat_case fat32-esp 512M -F 32 -n EFI
fat_case fat32-small 40M -F 32 -s 1
fat_case fat32-4k 600M -F 32 -S 4096
if wanted fat-dirty && have mkfs.fat; then
  fresh 300M; mkfs.fat -F 32 image >/dev/null; printf '\1' | dd of=image bs=1 seek=65 conv=notrunc status=none
  refused 'unmounted'
fi

# --- exFAT -----------------------------------------------------------------------------------------------------

exfat_case() {  # NAME SIZE OPTIONS…
  wanted "$1" || return
  local size=$2
  shift 2
  have mkfs.exfat || { skip "mkfs.exfat is missing"; return; }
  fresh "$size"
  rm -f live
  mkfs.exfat "$@" image >/dev/null || { fail mkfs.exfat; return; }
  fsck_image() { fsck.exfat -n "$1"; }
  if mount_exfat image; then
    age mnt 80
    fragment mnt 400
    manifest mnt > expected
    cp --sparse=always image live
    unmount
    read_files() { mount_exfat "$1" -o ro && manifest mnt; unmount; }
  else
    skip "not aged: exfat-fuse cannot be used"
    read_files() { fsck.exfat -n "$1"; }
  fi
  check "oracle_partclone exfat" "oracle_blkls exfat 512"
  if [[ -s live ]]; then mv live image; name+=-mounted; refused 'unmounted'; fi
}

exfat_case exfat 300M
exfat_case exfat-4k-cluster 200M -c 4K -L label
exfat_case exfat-1m-cluster 900M -c 1M
exfat_case exfat-odd 123457K

# --- swap, and what has no free space to see -------------------------------------------------------------------

if wanted swap; then
  fresh 50M; mkswap -q image 2>/dev/null
  if [[ $("$dump" image | tail -n +2) == "4096 $((50 * 1024 * 1024 - 4096))" ]]; then passed=$((passed + 1)); echo "ok   swap"
  else fail "$("$dump" image)"; fi
  printf 'S1SUSPEND\0' | dd of=image bs=1 seek=4086 conv=notrunc status=none; name=swap-hibernated; refused 'hibernated'
fi
if wanted luks && have cryptsetup; then
  fresh 50M; echo secret | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 image - && refused 'type=luks .*encrypted'
fi
if wanted btrfs && have mkfs.btrfs; then fresh 200M; mkfs.btrfs -q -f image >/dev/null 2>&1 && refused 'type=btrfs '; fi
if wanted lvm && have pvcreate; then
  fresh 50M
  if loop=$(losetup -f --show image 2>/dev/null); then
    if pvcreate -qq -y "$loop" >/dev/null 2>&1; then refused 'type=lvm '; else skip "pvcreate does not work here"; fi
    losetup -d "$loop"
    loop=
  fi
fi
if wanted two-signatures; then
  fresh 50M; mke2fs -q -F -t ext4 image; printf 'SWAPSPACE2' | dd of=image bs=1 seek=4086 conv=notrunc status=none
  refused 'signatures of ext4 and swap'
fi
if wanted nothing; then fresh 1M; refused 'nothing that is recognised'; fi

((passed + failed)) || exit 77
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
