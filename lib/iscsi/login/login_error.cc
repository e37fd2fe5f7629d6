// SPDX-License-Identifier: Apache-2.0
#include "iscsi/login/login_error.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/hint_id.h"
#include "core/text/table.h"

namespace san::iscsi {
namespace {

/// Returns the number in the last pair of parentheses; -1 if there is none.
int status_in(const std::string& text) {
  const auto open = text.rfind('(');
  int value = -1;
  if (open != std::string::npos) std::from_chars(text.data() + open + 1, text.data() + text.size(), value);
  return value;
}

/// Returns true if the name of the target in `url` has capitals.
bool has_capitals(const std::string& url) {
  const auto slash = url.find('/', url.find("://") + 3);
  return slash != std::string::npos && std::any_of(url.begin() + static_cast<std::ptrdiff_t>(slash),
                                                   url.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

bool is_redirection(const std::string& libiscsi_text) {
  return status_in(libiscsi_text) >> 8 == 1;
}

Error connect_error(const std::string& url, const std::string& address, bool timed_out,
                    std::chrono::milliseconds timeout, const std::string& libiscsi_text) {
  if (timed_out)
    return {Exit::failed, url, fmt::format("no answer from {} within {} s", address, timeout.count() / 1000),
            "check the address, the route and the firewall"};
  // libiscsi's texts end in "strerror(errno)" and differ between versions; only the number is reliable.
  const int number = status_in(libiscsi_text);
  const std::string why = number > 0 ? errno_text(number) : libiscsi_text;
  return {Exit::failed, url, fmt::format("cannot connect to {}: {}", address, why),
          "check that the target runs and listens there"};
}

Error login_silent_error(const std::string& url, const std::string& address, bool timed_out,
                         std::chrono::milliseconds timeout) {
  if (timed_out)
    return {Exit::failed, url,
            fmt::format("{} accepts the connection, but does not answer the login within {} s", address,
                        timeout.count() / 1000),
            "check that an iSCSI target listens there"};
  return {Exit::failed, url, fmt::format("{} closed the connection during the login", address),
          "check that an iSCSI target listens there, and its log"};
}

LoginRefused login_error(const std::string& url, const Credentials& credentials,
                         const std::string& libiscsi_text) {
  const auto allow = [&credentials](const std::string& before) {
    const std::string& initiator = credentials.initiator;
    return Hint(
        HintId::allow_initiator,
        fmt::format("{}allow the initiator {} on the target, or log in by the right name", before, initiator),
        {initiator, before});
  };
  switch (status_in(libiscsi_text)) {
    case 0x0200:
      // LIO gives no other reason if its list of digests and ours have nothing in common.
      return {
          Exit::failed, url, "the target does not accept the parameters that were offered for the session",
          "if it insists on DataDigest=CRC32C, which is not known here, let it take None as well; else look "
          "at the target's log"};
    case 0x0201:
      if (credentials.user.empty())
        return {Exit::failed, url, "the target wants a CHAP login",
                Hint(HintId::chap_login, "give a CHAP user and its secret")};
      return {Exit::failed, url,
              fmt::format("the target refused the CHAP login of user {}", credentials.user),
              "check the user and the secret on both sides"};
    case 0x0202:
      return {Exit::failed, url, "the target does not admit this initiator", allow("")};
    case 0x0203:
      return {Exit::failed, url, "the portal has no such target, or hides it from this initiator",
              allow(std::string(
                        has_capitals(url)
                            ? "names are lower case (RFC 3722), and most targets compare letter by letter; "
                            : "") +
                    "compare the name with the target's configuration; ")};
    case 0x0204:
      return {Exit::failed, url, "the target has been removed for good"};
    case 0x0206:
      return {Exit::failed, url, "the target has too many connections",
              Hint(HintId::fewer_sessions, "use fewer sessions")};
    case 0x0301: {
      LoginRefused error(Exit::failed, url, "the target is out of service for now", "try again later");
      error.passing = true;
      return error;
    }
    case 0x0302:
      return {Exit::failed, url, "the target lacks resources for another session",
              Hint(HintId::fewer_sessions, "use fewer sessions")};
    default:
      break;
  }
  // Faults that libiscsi finds in the target's answer of mutual CHAP have no status.
  if (libiscsi_text.find("CHAP_R") != std::string::npos ||
      libiscsi_text.find("CHAP_N") != std::string::npos ||
      libiscsi_text.find("CHAP targetname") != std::string::npos)
    return {Exit::failed, url, "the target could not prove who it is (mutual CHAP)",
            "check LIBISCSI_CHAP_TARGET_USERNAME and LIBISCSI_CHAP_TARGET_PASSWORD against the target"};
  return {Exit::failed, url, fmt::format("the login failed: {}", printable(libiscsi_text))};
}

}  // namespace san::iscsi
