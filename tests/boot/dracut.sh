#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The golden disk with an initramfs by dracut. Made as the remedy of LNX-01 says, and with the arguments that make it log
# in, it is READY and comes up from its LUN; what is left out of it is found. dracut is installed into a copy of the
# system, which takes minutes: only with SANBOOT_TEST_LONG=1.
. "$(dirname "$0")/../system/lib.sh"
[ -n "${SANBOOT_TEST_LONG:-}" ] || skip "takes minutes: SANBOOT_TEST_LONG=1"
require apt-get debugfs qemu-system-x86_64 qemu-storage-daemon tgtd setpriv jq
boot=$(cd "$(dirname "$0")" && pwd)
{ [ "$(id -u)" -eq 0 ] && losetup -f >/dev/null 2>&1; } || skip "a copy of the system takes root and a loop device"
golden=${SANBOOT_GOLDEN:-$SANBOOT_BIN/../golden}
"$boot/golden_disk.sh" "$golden" || skip "no golden disk"
disk=$work/disk.img
. "$boot/change_disk.sh"
good
version=$(kernel_version)
tree=$work/tree
mkdir "$work/mnt" "$tree"
mount -o "ro,loop,offset=$root" "$disk" "$work/mnt"
cp -a "$work/mnt/." "$tree"
umount "$work/mnt"

# install PACKAGE…: into the copy, by this machine's lists and mirror.
install() {
  local archives=$tree/archives
  rm -rf "$archives"
  mkdir -p "$archives/partial"
  apt-get -qq -y --download-only --no-install-recommends -o "Dir::State::status=$tree/var/lib/dpkg/status" \
    -o "Dir::Cache::archives=$archives" -o Debug::NoLocking=1 install "$@" >"$work/apt.log" 2>&1 ||
    skip "$* cannot be had: $(tail -n 1 "$work/apt.log")"
  # In the wrong order at first: of some packages others have to be there before they are unpacked.
  chroot "$tree" sh -c 'dpkg --force-depends -i /archives/*.deb; dpkg --force-depends -i /archives/*.deb' >"$work/dpkg.log" 2>&1 ||
    fail "dpkg: $(tail -n 3 "$work/dpkg.log")"
}
# put: the copy's initramfs onto the disk as it was, with the arguments $*.
put() {
  good
  replace "/boot/initrd.img-$version" <"$tree/boot/initrd.img-$version"
  # Which tool there is, and what it is told, belongs to the system.
  ext "mkdir /usr/lib/dracut" "write $tree/usr/lib/dracut/dracut-functions.sh /usr/lib/dracut/dracut-functions.sh"
  [ $# -eq 0 ] || rewrite /boot/grub/grub.cfg "s#root=UUID=[^ ]*#& $*#"
}
# expect WANTED: the blockers of family LNX that fail or are unknown.
expect() {
  local found
  status=0
  "$SANBOOT_BIN/sanboot-check" "$disk" --firmware bios --nic e1000 --only LNX --json >"$work/stdout" 2>"$work/stderr" ||
    status=$?
  found=$(jq -r '[.checks[] | select(.severity == "blocker" and (.status == "fail" or .status == "unknown")) | .id] | join(" ")' "$work/stdout")
  [ "$found" = "$1" ] || fail "expected \"$1\", found \"$found\""
}
# says ID PATTERN: in its evidence.
says() {
  jq -e --arg id "$1" --arg pattern "$2" '.checks[] | select(.id == $id) | .evidence | tostring | test($pattern)' \
    "$work/stdout" >/dev/null || fail "$1 does not say $2"
}
# make_initramfs OPTION…
make_initramfs() {
  chroot "$tree" dracut --force "$@" "/boot/initrd.img-$version" "$version" >"$work/dracut.log" 2>&1 ||
    fail "dracut: $(tail -n 3 "$work/dracut.log")"
}
arguments='rd.iscsi.firmware=1 rd.iscsi.ibft=1'

say "dracut without its module iscsi"
install dracut-network procps
make_initramfs --no-hostonly --add network-legacy --omit iscsi
put "$arguments"
expect LNX-01
says LNX-01 iscsiroot

say "as the remedy says"
jq -r '.checks[] | select(.id == "LNX-01") | .commands[]' "$work/stdout" >"$tree/remedy"
packages=$(sed -n 's/^apt-get install -y //p' "$tree/remedy")
[ -n "$packages" ] || fail "the remedy installs nothing"
# shellcheck disable=SC2086
install $packages
sed -i '/^apt-get/d' "$tree/remedy"
chroot "$tree" sh -e /remedy >"$work/dracut.log" 2>&1 || fail "the remedy: $(tail -n 3 "$work/dracut.log")"
put
expect LNX-03
put "$arguments"
expect ""
TMPDIR=$work "$SANBOOT_BIN/sanboot-check" "$disk" --firmware bios --nic e1000 --rehearse --rehearse-timeout 500 --only OPS-02 -v \
  >"$work/stdout" 2>"$work/stderr" || fail "it does not come up"
tail -n 2 "$work/stderr" >&2

say "without the script that iscsid.service starts first"
mv "$tree/etc/dracut.conf.d/90-iscsi.conf" "$work/90-iscsi.conf"
grep -v install_items "$work/90-iscsi.conf" >"$tree/etc/dracut.conf.d/90-iscsi.conf"
make_initramfs
put "$arguments"
expect LNX-01
says LNX-01 startup-checks

say "with mawk"
cp "$work/90-iscsi.conf" "$tree/etc/dracut.conf.d/90-iscsi.conf"
chroot "$tree" update-alternatives --set awk /usr/bin/mawk >"$work/awk.log" 2>&1
make_initramfs
put "$arguments"
expect LNX-04
says LNX-04 mawk
