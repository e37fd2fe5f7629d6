// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "boot/export/exports.h"
#include "boot/ip_address.h"
#include "boot/profile/root_path.h"

namespace san::boot {
namespace {

constexpr const char* kMlxRaw = "mlx-raw";

// Settings by number, with their sizes in bytes: those of class 3 (a physical port) that are for the
// expansion ROM, in mstflint's mlxconfig/mlxconfig_dbs/mlxconfig_host.db.
struct Setting {
  unsigned id;
  std::size_t size;
};
constexpr Setting kBoot{0x221, 4}, kGeneral{0x230, 12}, kAddress{0x232, 16}, kNetmask{0x233, 16},
    kGateway{0x234, 16}, kInitiator{0x237, 224}, kReverseUser{0x238, 128}, kReverseSecret{0x239, 16},
    kDhcp{0x23A, 4}, kConnect{0x240, 8}, kTarget{0x241, 16}, kPort{0x242, 8}, kLun{0x243, 20},
    kTargetName{0x244, 224}, kUser{0x245, 128}, kSecret{0x247, 16}, kConnectSecond{0x250, 8};
constexpr std::uint32_t kPhysicalPort = 3;

/// Lines of the file: each one setting in big-endian words of 32 bits, behind a header of three
/// (tools_layouts/tools_open_layouts.c, tools_open_nv_hdr_fifth_gen).
class File {
 public:
  explicit File(unsigned port) : port_(port) {}

  void words(const Setting& setting, std::initializer_list<std::uint32_t> values) {
    // The length, and the flag that a later writer may change it, as mlxconfig itself writes it.
    const auto header = static_cast<std::uint32_t>(setting.size) | 1U << 25;
    text +=
        fmt::format("0x{:08x} 0x{:08x} 0x00000000", header, kPhysicalPort << 24 | port_ << 16 | setting.id);
    for (const std::uint32_t value : values) text += fmt::format(" 0x{:08x}", value);
    text += "\n";
  }

  void string(const Setting& setting, const std::string& value) {
    words(setting, {});
    text.pop_back();
    for (std::size_t at = 0; at < setting.size; at += 4) {
      std::uint32_t word = 0;
      for (std::size_t i = at; i < at + 4; ++i)
        word = word << 8 | (i < value.size() ? static_cast<unsigned char>(value[i]) : 0U);
      text += fmt::format(" 0x{:08x}", word);
    }
    text += "\n";
  }

  std::string text = "MLNX_RAW_TLV_FILE\n";

 private:
  std::uint32_t port_;
};

/// Limits of Mellanox' own iPXE, FlexBoot (src/include/ipxe/driver_settings.h, src/core/driver_settings.c).
constexpr std::size_t kRootPath = 252, kMaxUser = 128, kMinSecret = 12, kMaxSecret = 16;

void check_login(const BootProfile& profile, const iscsi::Credentials& auth) {
  for (const std::string* user : {&auth.user, &auth.target_user})
    if (user->size() > kMaxUser)
      throw cannot_carry(
          profile, kMlxRaw,
          fmt::format("a CHAP user has {} bytes, and there is room for {}", user->size(), kMaxUser),
          "use a shorter name");
  for (const std::string* secret : {&auth.secret, &auth.target_secret})
    if (!secret->empty() && (secret->size() < kMinSecret || secret->size() > kMaxSecret))
      throw cannot_carry(profile, kMlxRaw,
                         fmt::format("a CHAP secret has {} bytes, and FlexBoot takes {} to {}",
                                     secret->size(), kMinSecret, kMaxSecret),
                         "change the secret here and on the target");
}

void check_for_mlx(const BootProfile& profile, const iscsi::Credentials& auth) {
  require_bootable(profile, kMlxRaw);
  const auto cannot = [&](const std::string& cause, const std::string& hint) {
    return cannot_carry(profile, kMlxRaw, cause, hint);
  };
  if (profile.firmware != Firmware::bios)
    throw cannot("the settings are those of FlexBoot, a ROM for a BIOS, and the machine has UEFI",
                 "use uefi-shell, or set firmware = \"bios\"");
  if (profile.portals.size() > 1)
    throw cannot(fmt::format("there are {} portals, and FlexBoot uses only one", profile.portals.size()),
                 "leave the others out");
  const auto portal = parse_ip(profile.portals.front().host);
  if (!portal || portal->bits != 32)
    throw cannot(fmt::format("the portal {} is not an IPv4 address", profile.portals.front().host),
                 "give the portal's IPv4 address");
  const auto address = parse_ip(profile.address);
  if (!profile.dhcp && (!address || address->bits != 32))
    throw cannot("the machine has no IPv4 address", "give its address, or use DHCP");
  // The number is decimal here, and FlexBoot puts it into a root path, where it is hexadecimal (RFC 4173, 5).
  if (profile.lun > 9)
    throw cannot(
        fmt::format("the LUN is {}, and only 0 to 9 mean the same to all parts of FlexBoot", profile.lun),
        "give the disk a smaller LUN on the target");
  if (const std::size_t size = root_path(profile, profile.portals.front()).size(); size > kRootPath)
    throw cannot(fmt::format("the root path has {} bytes, and FlexBoot has room for {}", size, kRootPath),
                 "use a shorter target name");
  if (profile.port > 255)
    throw cannot(fmt::format("the port is {}, and the field ends at 255", profile.port),
                 "give the NIC's port");
  check_login(profile, auth);
}

std::string head(const BootProfile& profile, const iscsi::Credentials& auth) {
  std::string out = fmt::format("% {} boots from {}, LUN {}, by port {} of a Mellanox NIC with FlexBoot.\n",
                                profile.initiator, profile.target, profile.lun, profile.port);
  if (!auth.user.empty()) out += "% This file holds CHAP secrets: keep it to yourself (mode 0600).\n";
  out +=
      "% mstconfig -d DEVICE -f FILE set_raw    (first keep what is there: mstconfig -d DEVICE -f OLD "
      "backup)\n"
      "% Of the port's other boot settings, boot retries and LACP go back to none and enabled.\n";
  return out;
}

}  // namespace

std::string mlx_raw(const BootProfile& profile, const iscsi::Credentials& auth) {
  check_for_mlx(profile, auth);
  const bool chap = !auth.user.empty(), mutual = !auth.target_user.empty();
  const std::uint32_t vlan = profile.vlan, tagged = vlan != 0 ? 1 : 0;
  File file(profile.port);
  file.text += head(profile, auth);
  constexpr std::uint32_t kIscsi = 2, kFirstDisk = 0x80, kTries = 3;
  file.words(kBoot, {1U << 31 | tagged << 30 | kIscsi << 16 | vlan});
  file.words(kGeneral, {(chap ? 1U : 0U) << 29 | (mutual ? 1U : 0U) << 28 | tagged << 26, vlan,
                        kFirstDisk << 16 | kTries});
  file.words(kDhcp, {profile.dhcp ? 1U << 31 : 0});
  if (!profile.dhcp) {
    file.string(kAddress, profile.address);
    file.string(kNetmask, dotted_mask(profile.prefix.value_or(32)));
    file.string(kGateway, profile.gateway.empty() ? "0.0.0.0" : profile.gateway);
  }
  file.string(kInitiator, profile.initiator);
  const iscsi::Portal& portal = profile.portals.front();
  file.string(kConnect, "Enabled");
  file.string(kTarget, portal.host);
  file.string(kPort, std::to_string(portal.port));
  file.string(kLun, std::to_string(profile.lun));
  file.string(kTargetName, profile.target);
  // FlexBoot logs in with the credentials of the target, and requires those of the initiator from the target.
  if (chap) {
    file.string(kUser, auth.user);
    file.string(kSecret, auth.secret);
  }
  if (mutual) {
    file.string(kReverseUser, auth.target_user);
    file.string(kReverseSecret, auth.target_secret);
  }
  file.string(kConnectSecond, "Disabled");
  return file.text;
}

}  // namespace san::boot
