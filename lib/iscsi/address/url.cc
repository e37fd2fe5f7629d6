// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/url.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/ascii.h"
#include "core/error.h"
#include "core/hint_id.h"
#include "iscsi/address/iscsi_name.h"
#include "iscsi/address/limits.h"

namespace san::iscsi {
namespace {

constexpr std::string_view kScheme = "iscsi://";
constexpr const char* kForm = "the form is iscsi://HOST[:PORT]/TARGET-NAME/LUN";

[[noreturn]] void reject(std::string_view text, std::string cause, Hint hint = kForm) {
  throw Error(Exit::usage, std::string(text), std::move(cause), std::move(hint));
}

/// Parses a decimal number, the whole of `text`, at most `max`; returns -1 for anything else.
long decimal(std::string_view text, long max) {
  long value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > max) return -1;
  return value;
}

bool is_plain(char c) {
  return static_cast<unsigned char>(c) > 0x20 && c != 0x7F;
}

Portal portal_of(std::string_view text, std::string_view whole) {
  Portal portal;
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos) reject(whole, "has no ] behind the IPv6 address");
    portal.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
    if (!port.empty() && port.front() != ':') reject(whole, "has more than a port behind the IPv6 address");
    if (portal.host.find_first_not_of("0123456789abcdefABCDEF:.%") != std::string::npos &&
        portal.host.find('%') == std::string::npos)
      reject(whole, fmt::format("\"{}\" is not an IPv6 address", portal.host));
  } else {
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos)
      reject(whole, "an IPv6 address needs brackets", "write [ADDRESS] or [ADDRESS]:PORT");
    portal.host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (portal.host.empty()) reject(whole, "names no host");
  if (!std::all_of(portal.host.begin(), portal.host.end(), is_plain))
    reject(whole, "has a host with odd characters");
  if (!port.empty()) {
    const long number = decimal(port.substr(1), kMaxPort);
    if (number < 1) reject(whole, fmt::format("\"{}\" is not a port", port.substr(1)));
    portal.port = static_cast<std::uint16_t>(number);
  }
  return portal;
}

/// Parses a URL. `target`: the LUN may be missing.
Url parse(std::string_view text, bool target) {
  if (!is_url(text)) reject(text, "is not an iSCSI URL");
  std::string_view rest = text.substr(kScheme.size());
  Url url;
  // The last @ before the path. The text before it may be a password and is not repeated in a message.
  const auto at = rest.substr(0, to_lower(rest).find("/iqn.")).rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    const auto shown = fmt::format("{}{}", kScheme, rest.substr(at + 1));
    if (user.find_first_of("%:") != std::string_view::npos)
      reject(shown,
             "a password in a URL is readable by every user of this machine and in the shell's history",
             Hint(HintId::secret_file,
                  "put the secret into a file of mode 0600, or set LIBISCSI_CHAP_USERNAME and "
                  "LIBISCSI_CHAP_PASSWORD"));
    if (user.empty() || !std::all_of(user.begin(), user.end(), is_plain))
      reject(shown, "has an odd user name");
    url.user = user;
    rest.remove_prefix(at + 1);
  }
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) reject(text, "names no target and no LUN");
  url.portal = portal_of(rest.substr(0, slash), text);
  rest.remove_prefix(slash + 1);
  const auto last = rest.rfind('/');
  if (last == std::string_view::npos && target) {
    url.target = iscsi_name(rest, text);
    return url;
  }
  if (last == std::string_view::npos) reject(text, "names no LUN");
  url.target = iscsi_name(rest.substr(0, last), text);
  const long lun = decimal(rest.substr(last + 1), kMaxLun);
  if (lun < 0)
    reject(text, fmt::format("\"{}\" is not a LUN", rest.substr(last + 1)),
           fmt::format("a LUN is a decimal number from 0 to {}", kMaxLun));
  url.lun = static_cast<std::uint16_t>(lun);
  return url;
}

}  // namespace

bool is_url(std::string_view text) {
  return to_lower(text.substr(0, kScheme.size())) == kScheme;
}

Portal parse_portal(std::string_view text) {
  if (text.find('/') != std::string_view::npos || text.find('@') != std::string_view::npos)
    reject(text, "is not a portal", "the form is HOST[:PORT]");
  return portal_of(text, text);
}

Url parse_url(std::string_view text) {
  return parse(text, false);
}

Url parse_target_url(std::string_view text) {
  return parse(text, true);
}

std::string to_string(const Portal& portal) {
  if (portal.host.find(':') != std::string::npos) return fmt::format("[{}]:{}", portal.host, portal.port);
  return fmt::format("{}:{}", portal.host, portal.port);
}

std::string to_string(const Url& url) {
  return fmt::format("{}{}/{}/{}", kScheme, to_string(url.portal), url.target, url.lun);
}

}  // namespace san::iscsi
