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

/// A session of the kernel's iSCSI initiator (/sys/class/iscsi_session, iscsi_connection, iscsi_host). What
/// the kernel does not tell is empty.
struct IscsiSession {
  std::string name;     ///< "session1"
  std::string target;   ///< iSCSI name
  std::string address;  ///< of the portal, as it was configured: "10.0.2.2"
  std::optional<std::uint16_t> port;
  std::string initiator;             ///< the name that was logged in with
  std::string interface;             ///< "eth0", where the host tells
  std::string state;                 ///< "LOGGED_IN"
  std::optional<long> recovery_tmo;  ///< seconds after which requests of a lost session fail; -1 or more
};

/// A whole disk that something lies on.
struct LiveDisk {
  std::string name;    ///< "/dev/sda"
  std::string device;  ///< where it hangs in /sys: "/devices/platform/host2/session1/target2:0:0/2:0:0:1"
  std::optional<IscsiSession> session;  ///< where it is a LUN
  std::optional<std::uint16_t> lun;
};

/// A file system or swap area in use.
struct LivePlace {
  std::string where;   ///< "/", "/boot", "swap /dev/dm-1"
  std::string source;  ///< "/dev/mapper/vg0-root", as the kernel names it
  std::string type;    ///< "ext4", "swap"
  /// All disks below it, through LVM, RAID, encryption and loop devices; none where it is on no disk: tmpfs,
  /// NFS, zram, or `why` says why that cannot be told.
  std::vector<LiveDisk> disks;
  std::string why;

  /// Nothing: not known.
  std::optional<bool> on_iscsi() const;
};

/// A partition or logical volume with something on it, as udev has it (/run/udev/data).
struct LiveVolume {
  std::string name;             ///< "/dev/sda2"
  std::string uuid;             ///< of the file system or container
  std::string type;             ///< "ext4", "LVM2_member"
  std::vector<LiveDisk> disks;  ///< that it lies on
};

/// A network interface (/sys/class/net).
struct LiveNic {
  enum class Kind { ethernet, wireless, usb, bond, bridge, vlan, other };
  std::string name;  ///< "eth0"
  Kind kind = Kind::other;
  std::string mac;                              ///< the permanent one where it is told
  std::string driver;                           ///< "e1000e"; empty for virtual ones
  std::optional<std::uint16_t> vendor, device;  ///< PCI
  std::string master;                           ///< the bond or bridge that it belongs to
  std::optional<unsigned> mtu;
  std::optional<bool> link;             ///< nothing: the interface is down
  std::optional<unsigned> link_losses;  ///< how often the link went away since the start
  std::optional<std::uint16_t> vlan;    ///< of a VLAN interface: its tag …
  std::string below;                    ///< … and what it lies on
};

/// What the kernel's iscsi_ibft made of the table (/sys/firmware/ibft): directory ("target0"), attribute
/// ("ip-addr"), value.
using IbftAttributes = std::map<std::string, std::map<std::string, std::string>>;

/// A running machine.
struct MachineFacts {
  std::string root;  ///< that stands before every path; empty for this machine

  /// "/" first, then those of /boot, /boot/efi, /efi, /usr, /var, /home that are mounts of their own, then
  /// swap.
  std::vector<LivePlace> places;
  std::vector<IscsiSession> sessions;
  std::vector<LiveVolume> volumes;  ///< none where udev tells nothing
  std::vector<LiveNic> nics;

  std::vector<std::byte> ibft;  ///< the table from ACPI, raw; empty where there is none
  std::string ibft_unreadable;  ///< there is one, but: why it cannot be read
  IbftAttributes ibft_attributes;

  bool uefi = false;  ///< started by UEFI
  /// BootOrder, what was started, whether Secure Boot is on; nothing where the firmware does not tell.
  std::optional<std::vector<flash::BootEntry>> boot_order;
  std::optional<std::uint16_t> boot_current;
  std::optional<bool> secure_boot;

  std::string command_line;  ///< of the kernel
  bool iscsid = false;       ///< runs

  boot::Firmware firmware() const { return uefi ? boot::Firmware::uefi : boot::Firmware::bios; }
  const LivePlace* root_place() const;
  /// The session that "/" lies on; null where it is on none, or on several.
  const IscsiSession* root_session() const;
  const LiveNic* nic(const std::string& name) const;
  /// By its address, in any case of letters; a real one before a VLAN or bond of the same address.
  const LiveNic* nic_by_mac(const std::string& mac) const;
  bool has_ibft() const { return !ibft.empty() || !ibft_unreadable.empty() || !ibft_attributes.empty(); }
  /// The word of the command line that begins with `name` and "=", without that; empty where there is none.
  std::string argument(const std::string& name) const;
};

/// Reads /proc and /sys below `root`. What is not there, or not for this user, is empty; nothing throws.
std::unique_ptr<MachineFacts> read_machine_facts(const std::string& root);

// Its parts: machine_disks.cc, machine_nics.cc, machine_firmware.cc. `root` is empty for "/".
void read_sample_extents(const std::string& root, MachineFacts& facts);
std::vector<LiveNic> read_nics(const std::string& root);
void read_firmware(const std::string& root, MachineFacts& facts);

}  // namespace san::preflight
