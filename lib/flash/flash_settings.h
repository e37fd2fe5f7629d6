// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "iscsi/address/url.h"

namespace san::flash {

enum class Auth { none, chap, mutual_chap };

/// Role of a NIC port in booting.
enum class BootChoice { primary, secondary, pxe, disabled };

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
  std::optional<std::string> user, secret;                ///< CHAP
  std::optional<std::string> target_user, target_secret;  ///< mutual CHAP: credentials of the target
  std::optional<BootChoice> choice;
  std::optional<std::string> mac;  ///< MAC address of the port, to detect the wrong NIC; never written

  /// Returns true if no field has a value.
  bool empty() const;
};

/// Returns all settings of the profile. Reads the files of secrets; throws Error(usage) as iscsi::read_secret
/// does.
FlashSettings settings_of(const boot::BootProfile& profile);

/// Parses "10.0.2.15/24" into address and prefix of `settings`. Throws Error(usage) about `what`.
void parse_address(FlashSettings& settings, const std::string& text, const std::string& what);

const char* to_string(Auth auth);
const char* to_string(BootChoice choice);

}  // namespace san::flash
