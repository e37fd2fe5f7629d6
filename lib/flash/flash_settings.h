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

/// What a NIC port does when the machine starts.
enum class BootChoice { primary, secondary, pxe, disabled };

/// What is to be put into a NIC's flash or a firmware for one port. A field without a value stays as it is in
/// the flash: that is how a boot profile and single options share one way. Secrets never leave this structure
/// but towards the flash.
struct FlashSettings {
  std::optional<std::string> initiator;
  std::optional<bool> dhcp;            ///< the initiator's address by DHCP
  std::optional<std::string> address;  ///< IPv4 or IPv6; given, it means dhcp = false
  std::optional<unsigned> prefix;      ///< network bits, with `address`
  std::optional<std::string> gateway;  ///< empty for none
  std::optional<std::uint16_t> vlan;   ///< 0 for none
  std::optional<std::vector<iscsi::Portal>> portals;
  std::optional<std::string> target;
  std::optional<std::uint16_t> lun;
  std::optional<Auth> auth;
  std::optional<std::string> user, secret;                ///< CHAP
  std::optional<std::string> target_user, target_secret;  ///< what the target proves itself by
  std::optional<BootChoice> choice;
  std::optional<std::string> mac;  ///< of the port, to notice the wrong NIC; never written

  /// Whether there is nothing to do.
  bool empty() const;
};

/// Everything that the profile says. Reads the files of secrets; throws Error(usage) as
/// iscsi::read_secret does.
FlashSettings settings_of(const boot::BootProfile& profile);

/// "10.0.2.15/24" into address and prefix of `settings`. Throws Error(usage) about `what`.
void parse_address(FlashSettings& settings, const std::string& text, const std::string& what);

const char* to_string(Auth auth);
const char* to_string(BootChoice choice);

}  // namespace san::flash
