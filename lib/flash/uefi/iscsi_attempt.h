// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "flash/flash_settings.h"
#include "iscsi/address/limits.h"

namespace san::flash {

/// Size in bytes of an "Attempt N" variable.
inline constexpr std::size_t kAttemptSize = 1049;

/// One login attempt of EDK2's iSCSI initiator, as stored in its variable "Attempt N"
/// (NetworkPkg/IScsiDxe/IScsiConfigNVDataStruc.h, IScsiImpl.h, IScsiMisc.h). Defaults are those of an attempt
/// that the driver makes at its first start.
struct IscsiAttempt {
  enum class Mode : std::uint8_t { off = 0, single = 1, multipath = 2 };
  enum class Ip : std::uint8_t { v4 = 0, v6 = 1, automatic = 2 };
  using Address = std::array<std::uint8_t, 16>;  ///< an IPv4 address in the first 4 bytes

  std::uint8_t index = 0;  ///< 1 to 8
  bool active = false;     ///< belongs to a NIC; the driver skips an attempt that is not active
  std::string name;        ///< "Attempt 1", at most 11 bytes
  std::string mac;         ///< in the form that the driver compares: upper case, with colons
  std::uint16_t vlan = 0;  ///< 1 to 4095; 0 for none
  Mode mode = Mode::off;
  Ip ip = Ip::v4;
  std::uint16_t port = iscsi::kDefaultPort;
  Address local{}, gateway{}, target_address{};
  std::array<std::uint8_t, 4> mask{};
  std::uint8_t prefix = 0;  ///< prefix length of an IPv6 address
  bool initiator_dhcp = false, target_dhcp = false;
  std::string target;                 ///< iSCSI name, at most iscsi::kMaxNameBytes
  std::string url;                    ///< the target's host name, at most 254 bytes; empty for an address
  std::array<std::uint8_t, 8> lun{};  ///< in wire format (SAM-5, 4.7)
  std::uint16_t timeout = 1000;       ///< timeout of a connection, ms: 100 to 20000
  std::uint8_t retries = 0;           ///< 0 to 16
  std::array<std::uint8_t, 6> isid{};
  /// Nothing for a value that the driver does not know; CHAP with an empty name means none in a fresh
  /// attempt.
  std::optional<Auth> auth = Auth::chap;
  std::string user, secret;                ///< at most 126 and 16 bytes
  std::string target_user, target_secret;  ///< mutual CHAP, with the same limits
  bool logged_in = false;                  ///< the login succeeded at the firmware's last start

  bool operator==(const IscsiAttempt&) const = default;
};

/// Decodes the attempt in a variable's data; returns nothing if that has another length. Strings without a
/// terminator are truncated.
std::optional<IscsiAttempt> decode_attempt(std::span<const std::byte> data);

/// Encodes the attempt as the data of its variable. Fields that IscsiAttempt lacks are 0, as in a fresh
/// attempt. Throws Error(usage) with the numbers that names a string too long for its field.
std::vector<std::byte> encode_attempt(const IscsiAttempt& attempt);

/// Returns an attempt as the driver makes it at its first start: number `index`, CHAP, nothing else.
IscsiAttempt fresh_attempt(std::uint8_t index);

/// Formats "52:54:00:12:34:56" (either case) as the driver does: upper case, followed by `vlan` if not 0
/// ("\0064" for VLAN 100). The driver compares the text, and silently skips any other form.
std::string attempt_mac(const std::string& mac, std::uint16_t vlan);

/// Returns the firmware's name for its variables of a NIC: attempt_mac() without colons (EDK2,
/// NetLibGetMacString).
std::u16string nic_variable(const std::string& mac, std::uint16_t vlan);

/// Formats an address of an attempt for the user.
std::string address_text(const IscsiAttempt::Address& bytes, bool v6);

/// Returns the NIC as the attempt's variable names it, address and VLAN in one text.
std::string stored_nic(const IscsiAttempt& attempt);

}  // namespace san::flash
