// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "iscsi/address/limits.h"

namespace san::iscsi {

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
  std::uint16_t lun = 0;  ///< at most kMaxLun
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

/// Returns "HOST:PORT", with brackets around an IPv6 address.
std::string to_string(const Portal& portal);
/// Returns the URL without the user.
std::string to_string(const Url& url);

}  // namespace san::iscsi
