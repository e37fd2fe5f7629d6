// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/root_path.h"

#include <fmt/core.h>

#include <algorithm>

namespace san::boot {
namespace {

constexpr std::size_t kIpxeStrings = 256;

bool is_label(const std::string& text) {
  const auto good = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  };
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), good);
}

}  // namespace

std::array<std::uint8_t, 8> wire_lun(std::uint16_t lun) {
  std::array<std::uint8_t, 8> out{};
  out[0] = static_cast<std::uint8_t>(lun < 256 ? 0 : 0x40 | lun >> 8);
  out[1] = static_cast<std::uint8_t>(lun);
  return out;
}

std::string root_path(const BootProfile& profile, const iscsi::Portal& portal) {
  const bool v6 = portal.host.find(':') != std::string::npos;
  const auto lun = wire_lun(profile.lun);
  return fmt::format("iscsi:{}{}{}::{}:{:x}:{}", v6 ? "[" : "", portal.host, v6 ? "]" : "", portal.port,
                     lun[0] << 8 | lun[1], profile.target);
}

std::string host_name(const BootProfile& profile) {
  const std::string last = profile.initiator.substr(profile.initiator.rfind(':') + 1);
  return profile.initiator.find(':') != std::string::npos && is_label(last) ? last : std::string();
}

Error cannot_carry(const BootProfile& profile, const std::string& format, const std::string& cause,
                   std::string hint) {
  return {Exit::usage, profile.path.empty() ? "settings" : profile.path,
          fmt::format("{} cannot carry it: {}", format, cause), std::move(hint)};
}

void require_bootable(const BootProfile& profile, const std::string& format) {
  if (profile.priority == Priority::disabled)
    throw cannot_carry(profile, format, "the profile says that this NIC is disabled", "change its priority");
  if (profile.portals.empty() || profile.target.empty() || profile.initiator.empty())
    throw cannot_carry(profile, format, "the machine's name, the portal or the target is missing",
                       "say where the disk is");
}

void require_ipxe_space(const BootProfile& profile, const iscsi::Credentials& auth, const std::string& host,
                        const std::string& format) {
  if (profile.portals.size() > 2)
    throw cannot_carry(profile, format,
                       fmt::format("there are {} portals, and Linux reads an iBFT of at most 2 targets",
                                   profile.portals.size()),
                       "leave some out");
  if (profile.firmware != Firmware::bios) return;
  const auto stored = [](const std::string& text) { return text.empty() ? 0 : text.size() + 1; };
  const std::size_t target = stored(profile.target) + stored(auth.user) + stored(auth.secret) +
                             stored(auth.target_user) + stored(auth.target_secret);
  const std::size_t all = stored(profile.initiator) + stored(host) + profile.portals.size() * target;
  if (all > kIpxeStrings)
    throw cannot_carry(profile, format,
                       fmt::format("on a BIOS, names and secrets take {} bytes of iPXE's iBFT (those of the "
                                   "target once a portal), which has {}",
                                   all, kIpxeStrings),
                       "use shorter names, one portal, or boot by UEFI");
}

}  // namespace san::boot
