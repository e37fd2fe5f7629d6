// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "flash/uefi/load_option.h"

namespace san::preflight {

/// A session of the kernel's iSCSI initiator (/sys/class/iscsi_session, iscsi_connection, iscsi_host). Fields
/// that the kernel does not report are empty.
struct IscsiSession {
  std::string name;     ///< "session1"
  std::string target;   ///< iSCSI name
  std::string address;  ///< configured address of the portal: "10.0.2.2"
  std::optional<std::uint16_t> port;
  std::string initiator;             ///< initiator name of the login
  std::string interface;             ///< "eth0", if the host reports it
  std::string state;                 ///< "LOGGED_IN"
  std::optional<long> recovery_tmo;  ///< seconds after which requests of a lost session fail; -1 or more
};

/// A whole disk below a file system, swap area or volume.
struct LiveDisk {
  std::string name;    ///< "/dev/sda"
  std::string device;  ///< device path in /sys: "/devices/platform/host2/session1/target2:0:0/2:0:0:1"
  std::optional<IscsiSession> session;  ///< set if the disk is a LUN
  std::optional<std::uint16_t> lun;
};

/// A file system or swap area in use.
struct LiveMount {
  std::string where;   ///< "/", "/boot", "swap /dev/dm-1"
  std::string source;  ///< "/dev/mapper/vg0-root", as the kernel names it
  std::string type;    ///< "ext4", "swap"
  /// All disks below it, through LVM, RAID, encryption and loop devices. Empty if it is on no disk (tmpfs,
  /// NFS, zram), or if they are not known; then `why` has the reason.
  std::vector<LiveDisk> disks;
  std::string why;

  /// True if it lies on disks and all of them are LUNs. Nothing if not known.
  std::optional<bool> on_iscsi() const;
};

/// A partition or logical volume with content, from the database of udev (/run/udev/data).
struct LiveVolume {
  std::string name;             ///< "/dev/sda2"
  std::string uuid;             ///< of the file system or container
  std::string type;             ///< "ext4", "LVM2_member"
  std::vector<LiveDisk> disks;  ///< disks below it
};

/// A network interface (/sys/class/net).
struct LiveNic {
  enum class Kind { ethernet, wireless, usb, bond, bridge, vlan, other };
  std::string name;  ///< "eth0"
  Kind kind = Kind::other;
  std::string mac;                              ///< permanent address, if it is reported
  std::string driver;                           ///< "e1000e"; empty for virtual interfaces
  std::optional<std::uint16_t> vendor, device;  ///< PCI
  std::string master;                           ///< bond or bridge to which it belongs
  std::optional<unsigned> mtu;
  std::optional<bool> link;             ///< nothing if the interface is down
  std::optional<unsigned> link_losses;  ///< number of link losses since the system started
  std::optional<std::uint16_t> vlan;    ///< tag of a VLAN interface
  std::string below;                    ///< interface below a VLAN interface
};

/// The iBFT as exported by the kernel's iscsi_ibft (/sys/firmware/ibft): directory ("target0"), attribute
/// ("ip-addr"), value.
using IbftAttributes = std::map<std::string, std::map<std::string, std::string>>;

/// A running machine.
struct MachineFacts {
  std::string root;  ///< prefix of every path; empty for this machine

  /// "/" first, then the mounts at /boot, /boot/efi, /efi, /usr, /var, /home, then swap areas.
  std::vector<LiveMount> mounts;
  std::vector<IscsiSession> sessions;
  std::vector<LiveVolume> volumes;  ///< empty if the database of udev has none
  std::vector<LiveNic> nics;

  std::vector<std::byte> ibft;  ///< raw table from ACPI; empty if there is none
  std::string ibft_unreadable;  ///< reason why an existing table cannot be read
  IbftAttributes ibft_attributes;

  bool uefi = false;  ///< true if UEFI started the machine
  /// BootOrder, BootCurrent and the state of Secure Boot; nothing if the firmware does not report them.
  std::optional<std::vector<flash::BootOrderEntry>> boot_order;
  std::optional<std::uint16_t> boot_current;
  std::optional<bool> secure_boot;

  std::string command_line;  ///< kernel command line
  bool iscsid = false;       ///< true if iscsid runs

  boot::Firmware firmware() const { return uefi ? boot::Firmware::uefi : boot::Firmware::bios; }
  const LiveMount* root_mount() const;
  /// Returns the session on which "/" lies; null if it is on none, or on several.
  const IscsiSession* root_session() const;
  const LiveNic* nic(const std::string& name) const;
  /// Finds a NIC by its address, ignoring case; prefers a physical NIC to a VLAN or bond with the same
  /// address.
  const LiveNic* nic_by_mac(const std::string& mac) const;
  bool has_ibft() const { return !ibft.empty() || !ibft_unreadable.empty() || !ibft_attributes.empty(); }
  /// Returns the value of the kernel argument NAME=VALUE; empty if there is none.
  std::string argument(const std::string& name) const;
};

/// Reads /proc and /sys below `root`. What does not exist, or is not readable by this user, stays empty;
/// never throws.
std::unique_ptr<MachineFacts> read_machine_facts(const std::string& root);

// Parts of read_machine_facts(): machine_disks.cc, machine_nics.cc, machine_firmware.cc. `root` is empty for
// "/".
void read_live_storage(const std::string& root, MachineFacts& facts);
std::vector<LiveNic> read_nics(const std::string& root);
void read_firmware(const std::string& root, MachineFacts& facts);

}  // namespace san::preflight
