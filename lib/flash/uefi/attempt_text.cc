// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/attempt_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>

namespace san::flash {

iscsi::Portal portal_of(const IscsiAttempt& a) {
  const bool v6 = a.ip == IscsiAttempt::Ip::v6;
  return {a.url.empty() ? address_text(a.target_address, v6) : a.url, a.port};
}

unsigned prefix_of(const IscsiAttempt& a) {
  unsigned prefix = 0;
  for (const std::uint8_t byte : a.mask) prefix += static_cast<unsigned>(std::popcount(byte));
  return prefix;
}

std::string address_of(const IscsiAttempt& a) {
  if (a.ip == IscsiAttempt::Ip::automatic) return "automatic";
  if (a.initiator_dhcp) return "DHCP";
  if (a.ip == IscsiAttempt::Ip::v6) return "of the firmware's IPv6";
  return fmt::format("{}/{}", address_text(a.local, false), prefix_of(a));
}

std::string gateway_of(const IscsiAttempt& a) {
  const bool set_here = !a.initiator_dhcp && a.ip == IscsiAttempt::Ip::v4;
  return set_here && a.gateway != IscsiAttempt::Address{} ? address_text(a.gateway, false) : std::string();
}

std::string auth_of(const IscsiAttempt& a) {
  if (!a.auth) return "unknown";
  if (a.auth == Auth::none) return "none";
  if (a.auth == Auth::kerberos) return "Kerberos";
  return a.auth == Auth::mutual_chap ? "mutual CHAP" : "CHAP";
}

std::string mode_of(const IscsiAttempt& a) {
  if (!a.active) return "unused";
  if (a.mode == IscsiAttempt::Mode::off) return "off";
  return a.mode == IscsiAttempt::Mode::multipath ? "multipath" : "single";
}

std::optional<std::uint16_t> plain_lun(const std::array<std::uint8_t, 8>& lun) {
  const bool plain = std::all_of(lun.begin() + 2, lun.end(), [](std::uint8_t b) { return b == 0; });
  if (!plain || (lun[0] != 0 && (lun[0] & 0xC0) != 0x40)) return std::nullopt;
  return static_cast<std::uint16_t>((lun[0] & 0x3F) << 8 | lun[1]);
}

std::string lun_of(const std::array<std::uint8_t, 8>& lun) {
  if (const auto plain = plain_lun(lun)) return std::to_string(*plain);
  std::string out = "0x";
  for (const std::uint8_t b : lun) out += fmt::format("{:02x}", b);
  return out;
}

std::string masked(const std::string& secret) {
  return secret.empty() ? "" : fmt::format("{} bytes, hidden", secret.size());
}

}  // namespace san::flash
