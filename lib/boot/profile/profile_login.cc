// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/profile_login.h"

#include <filesystem>

#include "boot/profile/login_options.h"
#include "boot/profile/reachable.h"
#include "core/process/log.h"

namespace san::boot {

std::string secret_path(const BootProfile& profile, const std::string& file) {
  if (file.empty()) return {};
  return (std::filesystem::path(profile.path).parent_path() / file).string();  // an absolute one stays
}

iscsi::Credentials credentials(const BootProfile& profile) {
  return make_credentials({}, &profile, "");
}

iscsi::Portal choose_portal(const BootProfile& profile, std::chrono::milliseconds timeout) {
  if (profile.reach) return *profile.reach;
  const std::vector<iscsi::Portal>& portals = profile.portals;
  if (portals.size() < 2 || takes_connection(portals[0], timeout)) return portals.at(0);
  log::info("{}: the first portal, {}, takes no connection; going on with {}", profile.path,
            to_string(portals[0]), to_string(portals[1]));
  return portals[1];
}

iscsi::Url url(const BootProfile& profile) {
  return {choose_portal(profile), profile.target, profile.lun, ""};
}

}  // namespace san::boot
