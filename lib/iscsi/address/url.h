// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace san::iscsi {

inline constexpr std::uint16_t kDefaultPort = 3260;  // RFC 7143, 15 (IANA)

/// Where a target listens.
struct Portal {
  std::string host;  ///< name or address; an IPv6 address without brackets
  std::uint16_t port = kDefaultPort;

  bool operator==(const Portal&) const = default;
};

/// iscsi://[USER@]HOST[:PORT]/TARGET/LUN
struct Url {
  Portal portal;
  std::string target;     ///< iSCSI name: iqn., eui. or naa.
  std::uint16_t lun = 0;  ///< 0 to 16383, what SAM-5 flat space addressing can hold
  std::string user;       ///< CHAP user, empty where none was given

  bool operator==(const Url&) const = default;
};

/// Whether `text` begins like an iSCSI URL; its scheme may be in capitals (RFC 3986, 3.1).
bool is_url(std::string_view text);

/// Parses HOST[:PORT]; an IPv6 address needs brackets. Throws Error(usage) that names `text` and what is
/// wrong.
Portal parse_portal(std::string_view text);

/// Parses an iSCSI URL. A password in it is refused: every user of the machine can read a command line.
/// Throws Error(usage) that names the URL (without the password) and what is wrong.
Url parse_url(std::string_view text);

/// The same, where a target is meant: the LUN may be left out, and is 0 then.
Url parse_target_url(std::string_view text);

/// Checks an iSCSI name: its type prefix, at most 223 bytes (RFC 7143, 4.2.7.1), no space, slash or control
/// character. Throws Error(usage) about `what`.
void check_name(std::string_view name, std::string_view what);

/// An iSCSI name as somebody typed it, checked, with its type in small letters: IQN. is iqn. . The rest is
/// left as it is: capitals stand for small letters in a name (RFC 3722), but targets compare bytes, and some
/// are set up with capitals. Throws as check_name() does.
std::string iscsi_name(std::string_view typed, std::string_view what);

/// "HOST:PORT", with brackets around an IPv6 address.
std::string to_string(const Portal& portal);
/// The URL without the user.
std::string to_string(const Url& url);

}  // namespace san::iscsi
