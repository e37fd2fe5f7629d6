// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace san {

/// Address of an NBD server, and the export on it.
struct NbdServer {
  std::string host;            ///< name or address, IPv6 without brackets; empty for a Unix socket
  std::string port = "10809";  ///< IANA's port for NBD
  std::string socket;          ///< path of a Unix socket
  std::string name;            ///< name of the export; empty for the server's default

  bool operator==(const NbdServer&) const = default;
};

/// True if `text` begins like an NBD URL of any transport.
bool is_nbd_url(std::string_view text);

/// Parses nbd://HOST[:PORT]/NAME or nbd+unix:///NAME?socket=PATH (NBD project, doc/uri.md), where %XX stands
/// for a byte. TLS is not supported. Throws Error(usage) naming the URL and the problem.
NbdServer parse_nbd_url(std::string_view text);

/// Returns "nbd HOST:PORT NAME", equal for two URLs of the same export.
std::string to_string(const NbdServer& server);

}  // namespace san
