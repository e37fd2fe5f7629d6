// SPDX-License-Identifier: Apache-2.0
#include "block/nbd/nbd_url.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"

namespace san {
namespace {

constexpr std::string_view kTcp = "nbd://", kUnix = "nbd+unix://";
constexpr std::size_t kMaxName = 4096;  // NBD protocol, "Values and their meaning"

[[noreturn]] void reject(std::string_view text, std::string cause) {
  throw Error(Exit::usage, std::string(text), std::move(cause),
              "the forms are nbd://HOST[:PORT]/NAME and nbd+unix:///NAME?socket=PATH");
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text, std::string_view url) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) reject(url, "has a % without two hexadecimal digits behind it");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') reject(url, "has a zero byte in it");
    result += c;
  }
  return result;
}

void parse_authority(std::string_view text, std::string_view url, NbdServer& server) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) reject(url, "has no ] behind the IPv6 address");
    server.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
    if (!port.empty() && port.front() != ':') reject(url, "has more than a port behind the IPv6 address");
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    server.host = text.substr(0, colon);
    port = text.substr(colon);
    if (port.find(':', 1) != std::string_view::npos) reject(url, "has an IPv6 address without brackets");
  }
  const auto odd = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
  if (server.host.empty()) reject(url, "names no host");
  if (std::any_of(server.host.begin(), server.host.end(), odd)) reject(url, "has a host with odd characters");
  if (port.empty()) return;
  port.remove_prefix(1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number < 1 || number > 65535)
    reject(url, fmt::format("\"{}\" is not a port", port));
  server.port = std::to_string(number);
}

}  // namespace

bool is_nbd_url(std::string_view text) {
  const auto colon = text.find("://");
  return text.starts_with("nbd") && colon != std::string_view::npos &&
         (colon == 3 || text[3] == '+' || text.starts_with("nbds"));
}

NbdServer parse_nbd_url(std::string_view text) {
  const bool local = text.starts_with(kUnix);
  if (!local && !text.starts_with(kTcp))
    reject(text, fmt::format("no devices of the kind {} are known", text.substr(0, text.find("://") + 3)));
  std::string_view rest = text.substr(local ? kUnix.size() : kTcp.size());
  if (rest.find('#') != std::string_view::npos) reject(text, "has a fragment (#), which NBD has no use for");
  const auto question = std::min(rest.find('?'), rest.size());
  const std::string_view query = rest.substr(question);
  rest = rest.substr(0, question);
  const auto slash = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  NbdServer server;
  if (slash < rest.size()) server.name = decoded(rest.substr(slash + 1), text);
  if (server.name.size() > kMaxName) reject(text, "has a name of more than 4096 bytes");
  if (authority.find('@') != std::string_view::npos)
    reject(text, "names a user, which only TLS has a use for");
  if (!local) {
    if (!query.empty()) reject(text, "has a query (?), which only nbd+unix has a use for");
    parse_authority(authority, text, server);
    return server;
  }
  constexpr std::string_view kSocket = "?socket=";
  if (!authority.empty()) reject(text, "names a host; a Unix socket is on this machine");
  if (!query.starts_with(kSocket) || query.find('&') != std::string_view::npos)
    reject(text, "names no socket");
  server.socket = decoded(query.substr(kSocket.size()), text);
  if (server.socket.empty()) reject(text, "names no socket");
  return server;
}

std::string to_string(const NbdServer& server) {
  if (!server.socket.empty()) return fmt::format("nbd {} {}", server.socket, server.name);
  return fmt::format("nbd {}:{} {}", server.host, server.port, server.name);
}

}  // namespace san
