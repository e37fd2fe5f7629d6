#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The golden disk is READY for a BIOS and for UEFI. Then one fault at a time is planted into it, into its LUN or into
# the machine's boot profile: the check that is meant for it fails, and no other blocker does.
. "$(dirname "$0")/../system/lib.sh"
require debugfs sgdisk cpio mdel mcopy jq
boot=$(cd "$(dirname "$0")" && pwd)
golden=${SANBOOT_GOLDEN:-$SANBOOT_BIN/../golden}
"$boot/golden_disk.sh" "$golden" || skip "no golden disk"
disk=$work/disk.img
. "$boot/change_disk.sh"
faults=0 wrong=0

# examine OPTION…: what blockers fail or are unknown goes to $work/found, a line each.
examine() {
  status=0
  "$SANBOOT_BIN/sanboot-check" --json --nic e1000 "$@" >"$work/report" 2>"$work/stderr" || status=$?
  [ "$status" -le 1 ] || fail "sanboot-check $*: exit code $status"
  jq -r '.checks[] | select(.severity == "blocker" and (.status == "fail" or .status == "unknown")) |
    .id + (if .status == "unknown" then "?" else "" end)' "$work/report" >"$work/found"
}

# ready TITLE OPTION…
ready() {
  say "$1"
  examine "${@:2}"
  if [ "$status" -ne 0 ] || [ -s "$work/found" ]; then fail "not READY: $(tr '\n' ' ' <"$work/found")"; fi
}

# fault TITLE CHECK OPTION…: with what was planted, exactly that check fails.
fault() {
  faults=$((faults + 1))
  examine "${@:3}"
  if [ "$status" -eq 1 ] && [ "$(cat "$work/found")" = "$2" ]; then
    say "$2: $1"
  else
    say "WRONG: $1: $2 expected, found: $(tr '\n' ' ' <"$work/found") (exit code $status)"
    wrong=$((wrong + 1))
  fi
}

# profile PORT [LINE…]: the boot profile; lines are for [initiator].
profile() {
  cat >"$work/host1.toml" <<PROFILE
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:ab:56"
$(printf '%s\n' "${@:2}")
[target]
portal = "127.0.0.1:$1"
name = "${iqn}1"
lun = 1
[boot]
firmware = "${firmware:-bios}"
PROFILE
}

good
ready "the golden disk, BIOS" "$disk" --firmware bios
ready "the golden disk, UEFI" "$disk" --firmware uefi

# --- The boot path
zeros 0 440
fault "no boot code in the MBR" IPXE-06 "$disk" --firmware bios
good
zeros $((2048 * 512)) $((2048 * 512))
fault "an empty BIOS boot partition" IPXE-06 "$disk" --firmware bios
good
mdel -i "$disk@@$esp" ::EFI/BOOT/BOOTX64.EFI
fault "no BOOTX64.EFI" IPXE-05 "$disk" --firmware uefi
good
mcopy -i "$disk@@$esp" ::EFI/BOOT/BOOTX64.EFI "$work/boot.efi"
# The machine in a PE header stands 4 bytes behind where the word at 0x3c points (PE/COFF, 3.3.1): 0xaa64 is ARM64.
pe=$(od -An -tu4 -j60 -N4 "$work/boot.efi" | tr -d ' ')
printf '\x64\xaa' | dd of="$work/boot.efi" bs=1 seek=$((pe + 4)) conv=notrunc status=none
mcopy -o -i "$disk@@$esp" "$work/boot.efi" ::EFI/BOOT/BOOTX64.EFI
fault "BOOTX64.EFI of another architecture" IPXE-05 "$disk" --firmware uefi
good
sgdisk --delete=2 "$disk" >"$work/sgdisk.log"
fault "no EFI system partition" IPXE-05 "$disk" --firmware uefi
good
zeros $((2048 * 1024 * 1024 - 512)) 512
fault "the backup GPT is damaged" TGT-04 "$disk" --firmware uefi

# --- GRUB, fstab
good
version=$(kernel_version)
rewrite /boot/grub/grub.cfg 's#root=UUID=[^ ]*#root=/dev/loop0p3#'
fault "root= is a loop device" LNX-08 "$disk" --firmware bios
good
rewrite /boot/grub/grub.cfg 's#root=UUID=5a17b007#root=UUID=5a17b008#'
fault "root= is a UUID that is nowhere" LNX-08 "$disk" --firmware bios
good
rewrite /etc/fstab 's#^UUID=[^ ]*#/dev/sda3#'
fault "fstab names /dev/sda3" LNX-08 "$disk" --firmware bios
good
{ content /etc/fstab; echo 'UUID=0badcafe-0000-4000-8000-000000000001 /var ext4 defaults 0 2'; } >"$work/fstab"
replace /etc/fstab <"$work/fstab"
fault "/var is on another disk" LNX-09 "$disk" --firmware bios
good
{ content /etc/fstab; echo 'UUID=0BAD-CAFE /boot/efi vfat umask=0077 0 1'; } >"$work/fstab"
replace /etc/fstab <"$work/fstab"
fault "the ESP of fstab is on another disk" LNX-09 "$disk" --firmware bios
good
ext "rm /boot/vmlinuz-$version"
fault "the kernel is gone" LNX-01 "$disk" --firmware bios
good
ext "rm /boot/initrd.img-$version"
fault "the initramfs is gone" LNX-01 "$disk" --firmware bios

# --- The initramfs
good
unpack

hide '*/e1000.ko*'
fault "no driver of the NIC in the initramfs" LNX-02 "$disk" --firmware bios
show
hide '*/iscsi_tcp.ko*'
fault "no iscsi_tcp in the initramfs" LNX-01 "$disk" --firmware bios
show
hide '*/iscsistart'
fault "no iscsistart in the initramfs" LNX-01 "$disk" --firmware bios
show
hide '*/iscsi_ibft.ko*'
fault "no iscsi_ibft in the initramfs" LNX-07 "$disk" --firmware bios
show
hide '*iscsi*'
ext "rm /usr/sbin/iscsistart" "rm /etc/iscsi/iscsi.initramfs" "rm /usr/share/initramfs-tools/hooks/iscsi"
fault "open-iscsi is not installed" LNX-01 "$disk" --firmware bios
show
hide ./etc/iscsi.initramfs
ext "rm /etc/iscsi/iscsi.initramfs"
fault "no ISCSI_AUTO: nothing logs in" LNX-03 "$disk" --firmware bios
show
hide ./etc/iscsi.initramfs
fault "ISCSI_AUTO since the initramfs was made" LNX-03 "$disk" --firmware bios
show
mv "$work/tree/lib/modules/$version" "$work/tree/lib/modules/$version.old" 2>/dev/null ||
  mv "$work/tree/usr/lib/modules/$version" "$work/tree/usr/lib/modules/$version.old"
repack
fault "the initramfs is of another kernel" LNX-01 "$disk" --firmware bios
rm -rf "$work/tree"
good
content "$initrd" >"$work/initrd"
truncate -s 9M "$work/initrd"
replace "$initrd" <"$work/initrd"
fault "the initramfs is cut off" LNX-01 "$disk" --firmware bios

# --- Other roots: XFS, and a logical volume, which takes programs that this initramfs has not.
if [ "$(id -u)" -eq 0 ] && losetup -f >/dev/null 2>&1; then
  require mkfs.xfs vgcreate
  good
  mkdir "$work/mnt" "$work/tree"
  length=$((4192256 * 512 - root))
  put_root() { dd if="$1" of="$disk" bs=1M seek="$root" oflag=seek_bytes conv=notrunc status=none; }
  # other_root TREE DEVICE TYPE: the system in that directory has its root there.
  other_root() {
    sed -i "s#root=UUID=[^ ]*#root=$2#" "$1/boot/grub/grub.cfg"
    echo "$2 / $3 defaults 0 1" >"$1/etc/fstab"
  }
  mount -o "ro,loop,offset=$root" "$disk" "$work/mnt"
  cp -a "$work/mnt/." "$work/tree"
  umount "$work/mnt"

  truncate -s "$length" "$work/part"
  mkfs.xfs -q "$work/part"
  other_root "$work/tree" "UUID=$(blkid -o value -s UUID "$work/part")" xfs
  mount -o loop "$work/part" "$work/mnt"
  cp -a "$work/tree/." "$work/mnt"
  umount "$work/mnt"
  put_root "$work/part"
  ready "an XFS root" "$disk" --firmware bios
  rm "$work/part"

  truncate -s "$length" "$work/part"
  loop=$(losetup -f --show "$work/part")
  {
    pvcreate -q -ff -y "$loop"
    vgcreate -q sanboottest "$loop"
    lvcreate -q --driverloaded n -an -Zn -l 400 -n root sanboottest
    start=$(pvs --noheadings -o pe_start --units b --nosuffix "$loop")
  } >"$work/lvm.log" 2>&1
  losetup -d "$loop"
  other_root "$work/tree" /dev/mapper/sanboottest-root ext4
  mke2fs -q -t ext4 -d "$work/tree" -E "offset=${start// /}" "$work/part" 1600m 2>"$work/mke2fs.log"
  put_root "$work/part"
  rm -rf "${work:?}/part" "${work:?}/tree" "${work:?}/mnt"
  fault "root on LVM, and no lvm in the initramfs" LNX-01 "$disk" --firmware bios
fi

# --- The plan
good
profile 3260 'vlan = 7'
unpack
hide '*/8021q.ko*'
fault "a VLAN, and no 8021q in the initramfs" NET-06 "$disk" --profile "$work/host1.toml" --only NET-06,LNX-01
good

# --- The target
start_tgtd
new_tgt_lun "$disk" 0
profile "$tgtd_port"
ready "the golden disk on a LUN, BIOS" "profile:$work/host1.toml"
before=$(sha256sum <"$disk")
firmware=uefi profile "$tgtd_port"
ready "the golden disk on a LUN, UEFI" "profile:$work/host1.toml"
profile "$tgtd_port"
[ "$(sha256sum <"$disk")" = "$before" ] || fail "the LUN has changed"

tgt --mode target --op unbind --tid 1 -I ALL
tgt --mode target --op bind --tid 1 --initiator-name iqn.2026-11.org.example:another
fault "the target lets another initiator in" TGT-02 "$disk" --profile "$work/host1.toml"
tgt --mode target --op unbind --tid 1 --initiator-name iqn.2026-11.org.example:another
tgt --mode target --op bind --tid 1 -I ALL

sed -i 's/^lun = 1/lun = 2/' "$work/host1.toml"
fault "no such LUN" TGT-03 "$disk" --profile "$work/host1.toml"
sed -i 's/^lun = 2/lun = 1/' "$work/host1.toml"

tgt --mode logicalunit --op update --tid 1 --lun 1 --params readonly=1
fault "the LUN is write-protected" TGT-05 "profile:$work/host1.toml"
tgt --mode logicalunit --op update --tid 1 --lun 1 --params readonly=0

truncate -s 3G "$work/source.img"
fault "the LUN is smaller than the source" TGT-04 "profile:$work/host1.toml" --source "$work/source.img"

tgt --mode account --op new --user host1 --password hostsecret1234
tgt --mode account --op bind --tid 1 --user host1
fault "the target wants CHAP" TGT-02 "$disk" --profile "$work/host1.toml"
printf '%s\n' '[auth]' 'method = "chap"' 'user = "host1"' 'secret_file = "host1.secret"' >>"$work/host1.toml"
(umask 077 && echo hostsecret1234 >"$work/host1.secret")
ready "with CHAP" "profile:$work/host1.toml"
(umask 077 && echo wrongsecret1234 >"$work/host1.secret")
fault "a wrong CHAP secret" TGT-02 "$disk" --profile "$work/host1.toml"
stop "$tgtd_pid"
profile "$tgtd_port"
fault "no target listens" TGT-01 "$disk" --profile "$work/host1.toml"

say "$faults faults, $wrong of them found otherwise than they should be"
[ "$faults" -ge 25 ] && [ "$wrong" -eq 0 ]
