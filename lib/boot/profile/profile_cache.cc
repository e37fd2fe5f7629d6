// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/profile_cache.h"

#include "boot/profile/read_profile.h"

namespace san::boot {

const BootProfile& ProfileCache::read(const std::string& path) {
  const auto found = known_.find(path);
  return found != known_.end() ? found->second : known_.emplace(path, read_boot_profile(path)).first->second;
}

}  // namespace san::boot
