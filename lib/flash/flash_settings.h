// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boot/priority.h"
#include "boot/profile/boot_profile.h"
#include "core/secret.h"
#include "iscsi/address/url.h"
#include "iscsi/login/credentials.h"

namespace san::flash {

/// Method by which initiator and target prove who they are; only UEFI's own menu has Kerberos.
enum class Auth { none, chap, mutual_chap, kerberos };

/// Settings to be written for one port into a NIC's flash or a firmware. A field without a value leaves that
/// of the flash unchanged, so that a boot profile and single options are handled alike. Secrets are only ever
/// written to the flash, never printed.
struct FlashSettings {
  std::optional<std::string> initiator;
  std::optional<bool> dhcp;            ///< the initiator gets its address by DHCP
  std::optional<std::string> address;  ///< IPv4 or IPv6; if set, it implies dhcp = false
  std::optional<unsigned> prefix;      ///< network bits, with `address`
  std::optional<std::string> gateway;  ///< empty for none
  std::optional<std::uint16_t> vlan;   ///< 0 for none
  std::optional<std::vector<iscsi::Portal>> portals;
  std::optional<std::string> target;
  std::optional<std::uint16_t> lun;
  std::optional<Auth> auth;
  std::optional<std::string> user;  ///< CHAP
  std::optional<Secret> secret;
  std::optional<std::string> target_user;  ///< mutual CHAP: credentials of the target
  std::optional<Secret> target_secret;
  std::optional<boot::Priority> priority;
  std::optional<std::string> mac;  ///< MAC address of the port, to detect the wrong NIC; never written

  /// Returns true if no field has a value.
  bool empty() const;
};

/// Returns all settings of the profile. Reads the files of secrets; throws Error(usage) as iscsi::read_secret
/// does.
FlashSettings settings_of(const boot::BootProfile& profile);
/// Returns all settings of the profile, with these CHAP users and secrets in place of its own. Reads no file.
FlashSettings settings_of(const boot::BootProfile& profile, const iscsi::Credentials& auth);

/// Parses "10.0.2.15/24" into address and prefix of `settings`. Throws Error(usage) about `what`.
void parse_address(FlashSettings& settings, const std::string& text, const std::string& what);

const char* to_string(Auth auth);

}  // namespace san::flash
