#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# golden_disk.sh DIRECTORY: makes DIRECTORY/golden.img, a disk with Debian that boots by BIOS and by UEFI, from an
# iSCSI LUN too: GPT, a BIOS boot partition, an ESP, ext4. It says on ttyS0 what it found, and powers off:
#   SANPROOF firmware=uefi root=/dev/sda3 ibft=IQN session=IQN initiator=IQN
# A disk that was made by this very script stays as it is. Nothing is mounted but /proc: file systems are made from
# directories, and GRUB is put in place by hand. Says why it cannot, and exits with 77, where the disk cannot be made.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)
cd "$directory"

cannot() {
  echo "the golden disk cannot be made: $*" >&2
  exit 77
}

exec 9>golden.lock
flock 9
wanted=$(sha256sum <"$here/golden_disk.sh")
if [ -e golden.img ] && [ "$(cat golden.made 2>/dev/null)" = "$wanted" ]; then exit 0; fi
rm -rf golden.made golden.img tree parts
[ "$(id -u)" -eq 0 ] || cannot "that takes root"
for program in debootstrap sgdisk mke2fs mformat mcopy mmd grub-mkimage apt-get; do
  command -v "$program" >/dev/null || cannot "$program is not installed"
done
[ -e /usr/lib/grub/i386-pc/boot.img ] || cannot "grub-pc-bin is not installed"
[ -e /usr/lib/grub/x86_64-efi/moddep.lst ] || cannot "grub-efi-amd64-bin is not installed"

# shellcheck disable=SC2016 # apt fills them in
mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Identifier: Packages' | awk '$1 == "bookworm" {print $2; exit}')
[ -n "$mirror" ] || cannot "apt knows no mirror of Debian 12"
cleanup() {
  umount tree/proc 2>/dev/null || true
  rm -rf --one-file-system tree parts
}
trap cleanup EXIT
# Nobody minds if this tree is lost in a crash: dpkg need not wait for the disk.
mkdir -p tree/etc/dpkg/dpkg.cfg.d
printf '%s\n' force-unsafe-io path-exclude=/usr/share/{doc,man,locale}/\* >tree/etc/dpkg/dpkg.cfg.d/sanboot
debootstrap --variant=minbase \
  --include=linux-image-amd64,open-iscsi,systemd-sysv,udev,iproute2,initramfs-tools,ifupdown,isc-dhcp-client,kmod \
  bookworm tree "$mirror" >debootstrap.log 2>&1 9>&- ||
  cannot "debootstrap fails: $(tail -n 1 debootstrap.log)"

# What the machine is: root by UUID, a console on the serial line, a session by the iBFT, and the proof.
uuid=5a17b007-0000-4000-8000-000000000003
echo golden >tree/etc/hostname
echo "UUID=$uuid / ext4 errors=remount-ro 0 1" >tree/etc/fstab
printf 'auto lo\niface lo inet loopback\n' >tree/etc/network/interfaces
echo ISCSI_AUTO=true >tree/etc/iscsi/iscsi.initramfs
printf 'iscsi_ibft\n8021q\n' >>tree/etc/initramfs-tools/modules
cat >tree/usr/local/sbin/sanproof <<'PROOF'
#!/bin/sh
word() { cat "$1" 2>/dev/null || echo none; }
firmware=bios
[ ! -d /sys/firmware/efi ] || firmware=uefi
for target in /sys/firmware/ibft/target[0-9]*; do ibft=$ibft,$(word "$target/target-name"); done
for session in /sys/class/iscsi_session/session*; do
  [ ! -e "$session" ] || sessions=$sessions,$(word "$session/targetname")
  [ ! -e "$session" ] || initiator=$(word "$session/initiatorname")
done
echo "SANPROOF firmware=$firmware root=$(findmnt -no SOURCE /) ibft=${ibft#,} session=${sessions#,} initiator=$initiator" >/dev/ttyS0
sync
systemctl --no-block poweroff -f
PROOF
chmod +x tree/usr/local/sbin/sanproof
cat >tree/etc/systemd/system/sanproof.service <<'UNIT'
[Unit]
Description=Say how this machine booted, and power it off
After=local-fs.target
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/sanproof
[Install]
WantedBy=multi-user.target
UNIT
ln -s ../sanproof.service tree/etc/systemd/system/multi-user.target.wants/sanproof.service
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer getty@tty1.service \
  systemd-timesyncd.service; do ln -sf /dev/null "tree/etc/systemd/system/$unit"; done
mount -t proc proc tree/proc 2>/dev/null || true # update-initramfs copes without
chroot tree update-initramfs -u -k all >initramfs.log 2>&1 9>&- || cannot "update-initramfs fails: $(tail -n 1 initramfs.log)"
umount tree/proc 2>/dev/null || true
rm -rf tree/var/cache/apt/archives/*.deb tree/var/lib/apt/lists/*
version=$(ls tree/lib/modules)
mkdir -p tree/boot/grub parts
cat >tree/boot/grub/grub.cfg <<CONFIG
serial --unit=0 --speed=115200
terminal_output serial
echo "golden: the boot loader runs"
linux /boot/vmlinuz-$version root=UUID=$uuid ro quiet console=ttyS0 net.ifnames=0
initrd /boot/initrd.img-$version
boot
CONFIG
cat >parts/early.cfg <<CONFIG
search --no-floppy --fs-uuid --set=root $uuid
set prefix=(\$root)/boot/grub
configfile /boot/grub/grub.cfg
CONFIG

# Sectors of 512 bytes: BIOS boot at 2048, ESP at 4096, root behind it.
sectors=$((2048 * 1024 * 1024 / 512)) esp=4096 root=36864 end=$((2048 * 1024 * 1024 / 512 - 2048))
truncate -s $((sectors * 512)) golden.img
sgdisk --clear --disk-guid=5a17b007-0000-4000-8000-000000000000 \
  --new=1:2048:$((esp - 1)) --typecode=1:ef02 --new=2:$esp:$((root - 1)) --typecode=2:ef00 \
  --new=3:$root:$((end - 1)) --typecode=3:8300 golden.img >/dev/null

modules=(part_gpt ext2 search search_fs_uuid normal configfile linux echo serial terminal boot)
grub-mkimage -O x86_64-efi -p /boot/grub -c parts/early.cfg -o parts/boot.efi "${modules[@]}" efi_gop efinet
mformat -i "golden.img@@$((esp * 512))" -T $((root - esp)) -h 255 -s 63 ::
mmd -i "golden.img@@$((esp * 512))" ::EFI ::EFI/BOOT
mcopy -i "golden.img@@$((esp * 512))" parts/boot.efi ::EFI/BOOT/BOOTX64.EFI

# GRUB for a BIOS: boot.img gets the sector of core.img at 0x5c, and core.img's first sector, which reads the rest,
# that of the next one at 0x1f4 (grub-core/boot/i386/pc/boot.S, diskboot.S).
number() { # VALUE BYTES, little-endian
  local i
  for ((i = 0; i < $2; i++)); do printf '%b' "\\x$(printf %02x $(($1 >> (8 * i) & 255)))"; done
}
grub-mkimage -O i386-pc -p /boot/grub -c parts/early.cfg -o parts/core.img biosdisk "${modules[@]}"
cp /usr/lib/grub/i386-pc/boot.img parts/boot.img
number 2048 8 | dd of=parts/boot.img bs=1 seek=$((0x5c)) conv=notrunc status=none
number 2049 8 | dd of=parts/core.img bs=1 seek=$((0x1f4)) conv=notrunc status=none
dd if=parts/boot.img of=golden.img bs=1 count=440 conv=notrunc status=none
dd if=parts/core.img of=golden.img bs=512 seek=2048 conv=notrunc status=none

mke2fs -q -t ext4 -U "$uuid" -O ^metadata_csum_seed -d tree -E "offset=$((root * 512)),lazy_itable_init=0" golden.img \
  $(((end - root) / 2))k 2>mke2fs.log || cannot "mke2fs fails: $(tail -n 1 mke2fs.log)"
echo "$wanted" >golden.made
