// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boot/priority.h"
#include "iscsi/address/url.h"

namespace san::boot {

enum class Firmware { bios, uefi };

/// Boot profile, boot-profile(5): the settings that one diskless machine needs to boot from its LUN, and all
/// that the tools know about it. It holds no secrets, only the names of the files that contain them. A
/// profile from parse_boot_profile() obeys every rule of that page.
struct BootProfile {
  std::string path;  ///< file that it was read from; empty for a profile made in memory

  // [initiator]
  std::string initiator;           ///< iSCSI name of the machine
  std::string mac;                 ///< "52:54:00:12:34:56", lower case; empty if not given
  bool dhcp = true;                ///< the machine gets its address by DHCP
  std::string address;             ///< "10.0.2.15", IPv4 or IPv6; empty with DHCP
  std::optional<unsigned> prefix;  ///< network bits of the address
  std::string gateway;             ///< empty if there is none
  std::uint16_t vlan = 0;          ///< 1 to 4094; 0 for none

  // [target]
  std::vector<iscsi::Portal> portals;  ///< one or two, as the machine reaches them
  std::string target;                  ///< iSCSI name
  std::uint16_t lun = 0;
  /// Address of the first portal as seen from this machine, if that differs.
  std::optional<iscsi::Portal> reach;

  // [auth]
  std::string user, secret_file;                ///< CHAP; empty for none
  std::string target_user, target_secret_file;  ///< mutual CHAP; empty for none
  // File names are as in the profile, relative to its directory; secret_path() resolves them.

  // [boot]
  Firmware firmware = Firmware::uefi;
  Priority priority = Priority::primary;
  unsigned port = 1;  ///< port of the NIC, 1 to 256

  bool operator==(const BootProfile&) const = default;
};

/// Largest profile that is read, in bytes. A usual profile has 1 KiB.
inline constexpr std::size_t kMaxProfileBytes = std::size_t{16} * 1024;

}  // namespace san::boot
