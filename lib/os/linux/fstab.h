// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "os/linux/device_spec.h"

namespace san::os {

/// A line of fstab(5).
struct FstabEntry {
  unsigned line = 0;
  DeviceSpec device;
  std::string directory;  ///< "/boot"; "none" or "swap" for swap
  std::string type;       ///< "ext4", "swap"
  std::vector<std::string> options;

  bool has_option(std::string_view name) const;
  /// Returns the value of the option NAME=VALUE; empty if it is not set.
  std::string option(std::string_view name) const;
  bool swap() const { return type == "swap"; }
};
std::vector<FstabEntry> parse_fstab(std::string_view text);

/// A line of crypttab(5), which unlocks `device` as /dev/mapper/NAME.
struct CrypttabEntry {
  unsigned line = 0;
  std::string name;
  DeviceSpec device;
  std::vector<std::string> options;
};
std::vector<CrypttabEntry> parse_crypttab(std::string_view text);

}  // namespace san::os
