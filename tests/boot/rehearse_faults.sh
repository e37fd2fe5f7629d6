#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What the checks foretell comes true: disks with one fault each are rehearsed, and do not come up. Of all blockers the
# check that is meant for the fault fails, and the rehearsal itself. Two are examined at a time. With
# SANBOOT_TEST_LONG=1 there are more of them.
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64 qemu-storage-daemon tgtd setpriv debugfs cpio mdel jq
boot=$(cd "$(dirname "$0")" && pwd)
[ -e /usr/share/OVMF/OVMF_CODE.fd ] || skip "OVMF is not installed"
[ -w /dev/fuse ] || skip "there is no FUSE"
unshare --net true 2>/dev/null || skip "no network namespaces"
golden=${SANBOOT_GOLDEN:-$SANBOOT_BIN/../golden}
"$boot/golden_disk.sh" "$golden" || skip "no golden disk"
disk=$work/disk.img
. "$boot/change_disk.sh"
mkdir "$work/tmp"
names=()

# fault NAME FIRMWARE CHECK REASON: $disk is rehearsed in the background; what is planted is found by CHECK, and the
# evidence of OPS-02 holds REASON, an expression.
fault() {
  local name=$1
  mv "$disk" "$work/$name.img"
  printf '%s\n' "$3" "$4" >"$work/$name.wanted"
  (
    trap - ERR
    code=0
    TMPDIR=$work/tmp "$SANBOOT_BIN/sanboot-check" "$work/$name.img" --firmware "$2" --nic e1000 --rehearse \
      --rehearse-timeout 300 --json -v >"$work/$name.json" 2>"$work/$name.log" || code=$?
    rm "$work/$name.img"
    echo "$code" >"$work/$name.status"
  ) &
  names+=("$name")
  if [ ${#names[@]} -eq 2 ]; then collect; fi
}

# collect: the end of those that run.
collect() {
  local name check reason
  for name in "${names[@]}"; do
    wait_until 400 test -s "$work/$name.status" || fail "$name: does not end"
    { read -r check && read -r reason; } <"$work/$name.wanted"
    cp "$work/$name.json" "$work/stdout"
    cp "$work/$name.log" "$work/stderr"
    status=$(cat "$work/$name.status")
    expect_status 1
    found=$(jq -r '[.checks[] | select(.severity == "blocker" and (.status == "fail" or .status == "unknown")) | .id] |
      join(" ")' "$work/stdout")
    [ "$found" = "$check OPS-02" ] || fail "$name: these fail: $found"
    jq -e --arg reason "$reason" '.checks[] | select(.id == "OPS-02") | .status == "fail" and (.evidence | tostring |
      test($reason))' "$work/stdout" >/dev/null || fail "$name: $reason"
    say "  $check, $name: $(jq -r '.checks[] | select(.id == "OPS-02") | .evidence[0, 1].found' "$work/stdout" |
      paste -sd, | sed 's/,/; /')"
  done
  names=()
}

good
unpack
hide ./etc/iscsi.initramfs
ext "rm /etc/iscsi/iscsi.initramfs"
fault no_login_asked_for bios LNX-03 'Gave up waiting for root|Dropping to a shell'
good
mdel -i "$disk@@$esp" ::EFI/BOOT/BOOTX64.EFI
fault no_boot_loader uefi IPXE-05 'failed to load Boot0001'

good
rewrite /boot/grub/grub.cfg 's#root=UUID=[^ ]*#root=/dev/loop0p3#'
fault root_on_a_loop_device bios LNX-08 'Gave up waiting for root|Dropping to a shell'
good
ext "rm /boot/vmlinuz-$(kernel_version)"
fault no_kernel bios LNX-01 'load the kernel first'

if [ -n "${SANBOOT_TEST_LONG:-}" ]; then
  show
  hide '*/e1000.ko*'
  fault no_driver_of_the_nic bios LNX-02 'Gave up waiting for root|Dropping to a shell'
  show
  hide '*/iscsi_tcp.ko*'
  fault no_iscsi_tcp bios LNX-01 'Gave up waiting for root|Dropping to a shell'
  good
  zeros 0 440
  fault no_boot_code bios IPXE-06 'has not come up'
  good
  zeros $((2048 * 512)) $((2048 * 512))
  fault no_grub_in_its_partition bios IPXE-06 'has not come up'
fi
[ -z "$(ls -A "$work/tmp")" ] || fail "files are left: $(ls "$work/tmp")"
