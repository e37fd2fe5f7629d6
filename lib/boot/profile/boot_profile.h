// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "iscsi/address/url.h"
#include "iscsi/login/credentials.h"

namespace san::boot {

enum class Firmware { bios, uefi };
enum class Priority { primary, secondary, disabled };  ///< a NIC port's place among those that boot

/// What a diskless machine has to know to boot from its LUN, and all that the tools say about one machine:
/// boot-profile(5). The secrets are not in it, only the names of the files that hold them. What comes from
/// parse_boot_profile() keeps every rule of that page.
struct BootProfile {
  std::string path;  ///< of the file it came from; empty for one that was made

  // [initiator]
  std::string initiator;           ///< iSCSI name of the machine
  std::string mac;                 ///< "52:54:00:12:34:56", lower case; empty where not given
  bool dhcp = true;                ///< the machine gets its address by DHCP
  std::string address;             ///< "10.0.2.15", IPv4 or IPv6; empty with DHCP
  std::optional<unsigned> prefix;  ///< network bits of the address
  std::string gateway;             ///< empty where there is none
  std::uint16_t vlan = 0;          ///< 1 to 4094; 0 for none

  // [target]
  std::vector<iscsi::Portal> portals;  ///< one or two, as the machine reaches them
  std::string target;                  ///< iSCSI name
  std::uint16_t lun = 0;
  std::optional<iscsi::Portal> reach;  ///< as this machine reaches the first portal, where that differs

  // [auth]
  std::string user, secret_file;                ///< CHAP; empty for none
  std::string target_user, target_secret_file;  ///< mutual CHAP; empty for none
  // Names of files are as in the profile: relative to its directory. secret_path() finds them.

  // [boot]
  Firmware firmware = Firmware::uefi;
  Priority priority = Priority::primary;
  unsigned port = 1;  ///< of the NIC, 1 to 256

  bool operator==(const BootProfile&) const = default;
};

/// A profile is 1 KiB. What is larger than this is something else.
inline constexpr std::size_t kMaxProfileBytes = std::size_t{16} * 1024;

}  // namespace san::boot
