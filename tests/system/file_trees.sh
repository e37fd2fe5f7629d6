#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# file_trees.sh FILE_TREE_TOOL [FAMILY [CASE]]: a family is ext, ntfs, fat, xfs, btrfs or volumes, a case a regular
# expression. Exit 77: nothing could be tested.
#
# Real file systems, made and filled by their own tools. What the library reads of them, every file and link, has to be
# what was written and what the kernel (or ntfs-3g, mtools, exfat-fuse) reads: content, kinds, sizes, times and modes.
# Mounting needs root, a loop device or FUSE; what cannot be done here is skipped and says so.
set -u -o pipefail
tool=$(realpath "$1")
family=${2:-.} pattern=${3:-.}
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8
work=$(mktemp -d "${TMPDIR:-/dev/shm}/sanboot-test.trees.XXXXXX")
mounted='' loop=''
trap 'test -n "$mounted" && umount "$mounted"; test -n "$loop" && losetup -d "$loop"; rm -rf "$work"' EXIT
mkdir "$work/mnt"
failed=0 passed=0 skipped=0
fail() { echo "FAIL $name: $*"; failed=$((failed + 1)); }
skip() { echo "skip $name: $*"; skipped=$((skipped + 1)); }
have() { command -v "$1" >/dev/null; }
wanted() {
  name=$1
  local of=volumes
  [[ $name =~ ^(ext|ntfs|fat|exfat|xfs|btrfs) ]] && of=${BASH_REMATCH[1]/exfat/fat}
  [[ $of =~ ^$family$ && $name =~ $pattern ]]
}
. "$(dirname "$(realpath "$0")")/file_trees_lib.sh"
cd "$work" || exit 1

# --- ext -------------------------------------------------------------------------------------------------------

ext_case() {  # NAME SIZE OPTIONS…
  wanted "$1" || return
  local size=$2
  shift 2
  fresh "$size"
  mke2fs -q -F "$@" image 2>mke2fs.log || { fail "$(cat mke2fs.log)"; return; }
  if mount_at -o loop image; then
    fill_unix mnt
    unmount
    mount_at -o loop,ro image
    check unix
    unmount
  else
    skip "cannot be mounted here: $(cat mount.log)"
    rm -rf source; mkdir source; fill_unix source
    mke2fs -q -F -d source "$@" image || { fail mke2fs; return; }
    rm -rf mnt; mv source mnt; check unix; rm -rf mnt; mkdir mnt
  fi
}
ext_case ext4 300M -t ext4
ext_case ext4-1k 200M -t ext4 -b 1024 -I 128
ext_case ext4-inline 300M -t ext4 -O inline_data -I 512
ext_case ext4-large-dir 300M -t ext4 -O large_dir,metadata_csum_seed,ea_inode
ext_case ext4-bigalloc 1G -t ext4 -O bigalloc -C 16384 -N 16000
ext_case ext4-no-filetype 300M -t ext4 -O ^filetype,^metadata_csum,^64bit,^dir_index
ext_case ext3 200M -t ext3
ext_case ext2 200M -t ext2 -b 2048

# --- NTFS ------------------------------------------------------------------------------------------------------

ntfs_case() {  # NAME SIZE OPTIONS…
  wanted "$1" || return
  local size=$2
  shift 2
  have mkntfs || { skip "mkntfs is missing"; return; }
  fresh "$size"
  mkntfs -q -F -Q "$@" image >/dev/null 2>&1 || { fail mkntfs; return; }
  mount_at -t ntfs-3g -o compression image || { skip "cannot be mounted here: $(cat mount.log)"; return; }
  fill_plain mnt
  mkdir mnt/packed
  if python3 -c 'import os; os.setxattr("mnt/packed", "system.ntfs_attrib_be", b"\0\0\x08\0")' 2>/dev/null; then
    seq 300000 > mnt/packed/numbers
    head -c 1000000 /dev/urandom > mnt/packed/random
    head -c 3000000 /dev/zero > mnt/packed/zeros
    { seq 1000; head -c 300000 /dev/zero; seq 20000; head -c 100000 /dev/urandom; } > mnt/packed/mixed
  else
    skip "no compressed files: the attribute cannot be set"
  fi
  unmount
  mount_at -t ntfs-3g -o ro image
  check plain
  unmount
  "$tool" list image "" /PROGRAM\ files >/dev/null 2>&1
  [[ $("$tool" cat image "" /DIRECTORY/ÄÖÜ\ Names 2>tool.log) == unicode ]] || fail "case of names: $(cat tool.log)"
}
ntfs_case ntfs 200M
ntfs_case ntfs-512 100M -c 512
ntfs_case ntfs-64k 400M -c 65536

# --- FAT, exFAT ------------------------------------------------------------------------------------------------

fat_case() {  # NAME SIZE OPTIONS…
  wanted "$1" || return
  local size=$2
  shift 2
  fresh "$size"
  mkfs.fat "$@" image >/dev/null || { fail mkfs.fat; return; }
  export MTOOLS_SKIP_CHECK=1
  rm -rf source; mkdir source
  fill_small source
  mcopy -s -m -n -i image source/* :: || { fail mcopy; return; }
  mdel -i image ::/directory/deleted
  rm source/directory/deleted
  rm -rf mnt; mv source mnt; check small; rm -rf mnt; mkdir mnt
  if mount_at -t vfat -o loop,ro,utf8,tz=UTC image; then check small; unmount; fi
}
fat_case fat12 4M -F 12
fat_case fat16 64M -F 16
fat_case fat32 300M -F 32
fat_case fat32-esp 40M -F 32 -s 1
fat_case fat32-4k 600M -F 32 -S 4096

exfat_case() {  # NAME SIZE OPTIONS…
  wanted "$1" || return
  local size=$2
  shift 2
  have mkfs.exfat || { skip "mkfs.exfat is missing"; return; }
  fresh "$size"
  mkfs.exfat "$@" image >/dev/null || { fail mkfs.exfat; return; }
  mount_exfat || { skip "cannot be mounted here: $(cat mount.log)"; return; }
  fill_plain mnt
  unmount
  mount_exfat -o ro
  check small
  unmount
}
exfat_case exfat 300M
exfat_case exfat-512 100M -c 512

# --- XFS -------------------------------------------------------------------------------------------------------

xfs_case() {  # NAME SIZE OPTIONS…
  wanted "$1" || return
  local size=$2
  shift 2
  have mkfs.xfs || { skip "mkfs.xfs is missing"; return; }
  fresh "$size"
  mkfs.xfs -q -f "$@" image 2>mkfs.log || { fail "$(cat mkfs.log)"; return; }
  mount_at -o loop image || { skip "cannot be mounted here: $(cat mount.log)"; return; }
  fill_unix mnt
  unmount
  mount_at -o loop,ro image
  check unix
  unmount
}
xfs_case xfs 400M
xfs_case xfs-nrext64 400M -i nrext64=1
xfs_case xfs-1k 400M -b size=1024
xfs_case xfs-64k-dir 400M -n size=65536
xfs_case xfs-4k-sector 400M -s size=4096 -i size=2048
xfs_case xfs-plain 400M -m rmapbt=0,reflink=0,finobt=0,bigtime=0
xfs_case xfs-v4 400M -m crc=0 -n ftype=0

# --- btrfs -----------------------------------------------------------------------------------------------------

btrfs_case() {  # NAME SIZE MOUNT-OPTION OPTIONS…
  wanted "$1" || return
  local size=$2 option=$3
  shift 3
  have mkfs.btrfs || { skip "mkfs.btrfs is missing"; return; }
  fresh "$size"
  mkfs.btrfs -q -f "$@" image >/dev/null 2>mkfs.log || { fail "$(cat mkfs.log)"; return; }
  mount_at -o "loop,$option" image || { skip "cannot be mounted here: $(cat mount.log)"; return; }
  fill_unix mnt
  unmount
  mount_at -o loop,ro image
  check unix
  unmount
}
btrfs_case btrfs 400M noatime
btrfs_case btrfs-zstd 400M compress-force=zstd
btrfs_case btrfs-lzo 400M compress-force=lzo
btrfs_case btrfs-zlib 400M compress-force=zlib
btrfs_case btrfs-single 400M noatime -m single
btrfs_case btrfs-4k-node 400M noatime -n 4096
btrfs_case btrfs-mixed 200M noatime -M
btrfs_case btrfs-xxhash 400M noatime --csum xxhash
btrfs_subvolumes

volume_cases

((passed + failed)) || exit 77
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
