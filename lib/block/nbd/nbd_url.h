// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace san {

/// Where an NBD server listens, and which of its disks is meant.
struct NbdServer {
  std::string host;            ///< name or address, an IPv6 address without brackets; empty for a Unix socket
  std::string port = "10809";  ///< IANA's for NBD
  std::string socket;          ///< path of a Unix socket
  std::string name;            ///< of the export; empty for the server's default

  bool operator==(const NbdServer&) const = default;
};

/// Whether `text` begins like an NBD URL, of whatever transport.
bool is_nbd_url(std::string_view text);

/// Parses nbd://HOST[:PORT]/NAME or nbd+unix:///NAME?socket=PATH (NBD project, doc/uri.md), where %XX stands
/// for a byte. TLS is not supported. Throws Error(usage) that names the URL and what is wrong.
NbdServer parse_nbd_url(std::string_view text);

/// The same for two names of one server: "nbd HOST:PORT NAME".
std::string to_string(const NbdServer& server);

}  // namespace san
