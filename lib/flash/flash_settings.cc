// SPDX-License-Identifier: Apache-2.0
#include "flash/flash_settings.h"

#include <fmt/core.h>

#include <charconv>

#include "boot/ip_address.h"
#include "boot/profile/profile_login.h"
#include "core/error.h"
#include "iscsi/login/credentials.h"

namespace san::flash {
bool FlashSettings::empty() const {
  return !initiator && !dhcp && !address && !prefix && !gateway && !vlan && !portals && !target && !lun &&
         !auth && !user && !secret && !target_user && !target_secret && !priority;
}

FlashSettings settings_of(const boot::BootProfile& profile) {
  iscsi::Credentials auth;
  auth.user = profile.user;
  if (!auth.user.empty()) auth.secret = iscsi::read_secret(boot::secret_path(profile, profile.secret_file));
  auth.target_user = profile.target_user;
  if (!auth.target_user.empty())
    auth.target_secret = iscsi::read_secret(boot::secret_path(profile, profile.target_secret_file));
  return settings_of(profile, auth);
}

FlashSettings settings_of(const boot::BootProfile& profile, const iscsi::Credentials& auth) {
  FlashSettings result;
  result.initiator = profile.initiator;
  result.dhcp = profile.dhcp;
  if (!profile.dhcp) {
    result.address = profile.address;
    result.prefix = profile.prefix;
    result.gateway = profile.gateway;
  }
  result.vlan = profile.vlan;
  result.portals = profile.portals;
  result.target = profile.target;
  result.lun = profile.lun;
  result.auth = auth.user.empty() ? Auth::none : auth.target_user.empty() ? Auth::chap : Auth::mutual_chap;
  if (!auth.user.empty()) {
    result.user = auth.user;
    result.secret = auth.secret;
  }
  if (!auth.target_user.empty()) {
    result.target_user = auth.target_user;
    result.target_secret = auth.target_secret;
  }
  result.priority = profile.priority;
  if (!profile.mac.empty()) result.mac = profile.mac;
  return result;
}

void parse_address(FlashSettings& settings, const std::string& text, const std::string& what) {
  const auto slash = text.find('/');
  const std::string address = text.substr(0, slash);
  const auto ip = boot::parse_ip(address);
  if (!ip) throw Error(Exit::usage, what + " " + text, "is not an IP address", "write it as 192.0.2.15/24");
  if (slash == std::string::npos)
    throw Error(Exit::usage, what + " " + text, "has no network length", "write it as " + text + "/24");
  unsigned prefix = 0;
  const char* const begin = text.data() + slash + 1;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, prefix);
  const unsigned most = ip->bits;
  if (error != std::errc() || stop != end || begin == end || prefix < 1 || prefix > most)
    throw Error(Exit::usage, what + " " + text, fmt::format("the network length is 1 to {}", most));
  settings.address = address;
  settings.prefix = prefix;
  settings.dhcp = false;
}

const char* to_string(Auth auth) {
  switch (auth) {
    case Auth::none:
      return "none";
    case Auth::chap:
      return "chap";
    case Auth::mutual_chap:
      return "mutual-chap";
    case Auth::kerberos:
      break;
  }
  return "kerberos";
}

}  // namespace san::flash
