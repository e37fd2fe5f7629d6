// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace san::iscsi {

inline constexpr std::uint16_t kDefaultPort = 3260;  // RFC 7143, 15 (IANA)

/// A network portal of a target: host and TCP port.
struct Portal {
  std::string host;  ///< name or address; an IPv6 address without brackets
  std::uint16_t port = kDefaultPort;

  bool operator==(const Portal&) const = default;
};

/// An iSCSI URL of a LUN: iscsi://[USER@]HOST[:PORT]/TARGET/LUN
struct Url {
  Portal portal;
  std::string target;     ///< iSCSI name: iqn., eui. or naa.
  std::uint16_t lun = 0;  ///< 0 to 16383, the range of SAM-5 flat space addressing
  std::string user;       ///< CHAP user; empty if none was given

  bool operator==(const Url&) const = default;
};

/// Returns true if `text` begins like an iSCSI URL. The scheme may be in capitals (RFC 3986, 3.1).
bool is_url(std::string_view text);

/// Parses HOST[:PORT]; an IPv6 address stands in brackets. Throws Error(usage) that names `text` and the
/// fault.
Portal parse_portal(std::string_view text);

/// Parses an iSCSI URL. A password in it is refused: every user of the machine can read a command line.
/// Throws Error(usage) that names the URL (without the password) and the fault.
Url parse_url(std::string_view text);

/// Parses an iSCSI URL of a target, in which the LUN may be left out and is 0 then. Throws like parse_url().
Url parse_target_url(std::string_view text);

/// Checks an iSCSI name: its type prefix, at most 223 bytes (RFC 7143, 4.2.7.1), no space, slash or control
/// character. Throws Error(usage) about `what`.
void check_name(std::string_view name, std::string_view what);

/// Checks an iSCSI name that a user typed, and returns it with its type prefix in lower case: IQN. becomes
/// iqn. . The rest stays as typed: RFC 3722 makes upper and lower case equivalent in a name, but targets
/// compare bytes, and some are set up with capitals. Throws like check_name().
std::string iscsi_name(std::string_view typed, std::string_view what);

/// Returns "HOST:PORT", with brackets around an IPv6 address.
std::string to_string(const Portal& portal);
/// Returns the URL without the user.
std::string to_string(const Url& url);

}  // namespace san::iscsi
