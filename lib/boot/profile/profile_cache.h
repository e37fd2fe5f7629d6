// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "boot/profile/boot_profile.h"

namespace san::boot {

/// The boot profiles of one run: each file is read once, and all parts of the run see the same content, even
/// if somebody edits it meanwhile. Belongs to one thread.
class ProfileCache {
 public:
  /// Returns the profile in that file, which stays valid as long as the cache. Throws like
  /// read_boot_profile(); a file that could not be read is tried again.
  const BootProfile& read(const std::string& path);

 private:
  std::map<std::string, BootProfile> known_;
};

}  // namespace san::boot
