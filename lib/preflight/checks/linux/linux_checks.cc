// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "preflight/checks/linux/linux_support.h"

namespace san::preflight {
namespace {

constexpr std::array<Check, 14> kChecks = {{
    {"LNX-01", Severity::blocker, Scope::disk, "initramfs cannot log in to a target",
     "initramfs can log in to a target",
     "Opens the initramfs of every kernel that GRUB or systemd-boot can start: it is there and whole, has "
     "iscsistart or iscsid with what starts it and what its unit starts first, and iscsi_tcp, sd_mod, the "
     "root's file system and all that these need, or the kernel has them built in. Unknown where the list of "
     "kernels was not found, or an image is packed by lzop or in a squashfs.",
     check_initramfs},
    {"LNX-02", Severity::blocker, Scope::disk, "initramfs lacks the driver of the boot NIC",
     "initramfs has the driver of the boot NIC",
     "Looks up the driver of the NIC that --nic names (by PCI id in modules.alias) and looks for it, what it "
     "needs and its firmware in every initramfs. Unknown without --nic; firmware that only some chips need "
     "is a warning.",
     check_nic_driver},
    {"LNX-03", Severity::blocker, Scope::disk, "initramfs never logs in to a target",
     "initramfs logs in to a target",
     "Reads what makes the initramfs log in: etc/iscsi.initramfs in the image and iscsi_* of the command "
     "line (initramfs-tools), rd.iscsi.firmware or netroot=iscsi: (dracut); a target written down there is "
     "compared with the profile. Unknown for mkinitcpio, whose hooks differ.",
     check_login},
    {"LNX-04", Severity::blocker, Scope::disk, "initramfs does not bring up the network",
     "initramfs brings up the network",
     "Reads ip=, rd.neednet and rd.iscsi.ibft of every command line and image, and compares DHCP with the "
     "profile's address. Says where the network of dracut takes no address from the iBFT. Unknown for "
     "mkinitcpio.",
     check_network},
    {"LNX-05", Severity::blocker, Scope::disk, "initramfs uses another initiator name than the plan",
     "initramfs uses the planned initiator name",
     "Where the initramfs does not take its name from the iBFT, compares the name it has with that of the "
     "profile. Unknown in that case without --profile.",
     check_initiator_name},
    {"LNX-06", Severity::warning, Scope::disk, "system has no initiator name of its own",
     "system has an initiator name of its own",
     "Reads /etc/iscsi/initiatorname.iscsi: there is a name, and it is not made at the next start.",
     check_generated_name},
    {"LNX-07", Severity::blocker, Scope::disk, "initramfs cannot read the iBFT",
     "initramfs can read the iBFT",
     "Where the target or the address comes from the iBFT, looks for iscsi_ibft and iscsi_boot_sysfs in the "
     "image or in the kernel.",
     check_ibft_modules},
    {"LNX-08", Severity::blocker, Scope::disk,
     "a file system is named in a way that does not hold on the LUN",
     "file systems are named in a way that holds on the LUN",
     "Compares root=, resume=, /etc/fstab, /etc/crypttab and the searches of GRUB with the UUIDs, labels and "
     "LVM names on the disk; /dev/sda3 and the like change. Unknown for md, ZFS and what may be inside of "
     "LUKS.",
     check_device_names},
    {"LNX-09", Severity::blocker, Scope::disk, "a file system that the start needs is on another disk",
     "every file system that the start needs is on this disk",
     "Looks for every file system of /etc/fstab on the disk; noauto and network file systems are passed "
     "over, swap, nofail and _netdev are warnings. With --live alone, every mounted one and swap are on a "
     "LUN. Unknown for what may be inside of LUKS.",
     check_other_file_systems},
    {"LNX-10", Severity::warning, Scope::disk, "source disk and LUN have the same UUIDs",
     "source disk and LUN have different UUIDs",
     "With --source, compares the UUIDs and volume groups of both disks: with both attached, either may "
     "become the root. With --live alone, those of LUNs and other disks, as udev has them.",
     check_duplicates},
    {"LNX-12", Severity::warning, Scope::disk, "system reconfigures the boot NIC",
     "system leaves the boot NIC as it is",
     "Reads ifupdown, NetworkManager, netplan, systemd-networkd and ifcfg files for settings that would take "
     "the boot NIC down or give it another address. Without --nic or a MAC address every NIC may be the one.",
     check_nic_managers},
    {"LNX-13", Severity::warning, Scope::disk, "a lost session is not waited for",
     "system waits for a lost session to return",
     "Reads iscsid.conf and the units that systemd starts: iscsid is started, replacement_timeout and "
     "noop_out_interval are those for a root on iSCSI. With --live alone, also iscsid and recovery_tmo of "
     "the session.",
     check_iscsid},
    {"LNX-14", Severity::warning, Scope::disk, "initramfs is not that of its kernel",
     "initramfs matches its kernel",
     "Compares the initramfs's time with that of its kernel's modules, and its compression with "
     "/boot/config-*; the modules of every kernel are there.",
     check_initramfs_age},
    {"LNX-15", Severity::info, Scope::disk, "system is tied to old hardware",
     "system is free of ties to old hardware",
     "Reads udev rules and .link files that name NICs by MAC address, and whether SELinux relabels at the "
     "next start.",
     check_old_hardware},
}};

}  // namespace

std::span<const Check> linux_checks() {
  return kChecks;
}

}  // namespace san::preflight
