// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "boot/ip_address.h"
#include "boot/mac_address.h"
#include "boot/profile/root_path.h"
#include "core/error.h"
#include "flash/uefi/uefi_iscsi.h"

namespace san::flash {
namespace {

using boot::BootProfile;
using boot::IpAddress;

/// Timeout of a connection: switch ports that have just come up need some time, and an attempt with the
/// driver's defaults (1 s, no retry) ends before they are ready.
constexpr std::uint16_t kTimeout = 5000;
constexpr std::uint8_t kRetries = 3;

Error cannot(const BootProfile& profile, std::string cause, std::string hint) {
  return {Exit::usage, profile.path.empty() ? "settings" : profile.path, std::move(cause), std::move(hint)};
}

IscsiAttempt::Address address_bytes(const IpAddress& address) {
  return address.bytes;
}

/// Returns an ISID of the OUI form, derived from the address as the driver does it (IScsiConfig.c).
std::array<std::uint8_t, 6> isid_of(const std::string& mac) {
  std::array<std::uint8_t, 6> out = boot::mac_octets(mac);
  out[0] &= 0x3F;
  return out;
}

void put_initiator(const BootProfile& profile, IscsiAttempt& attempt) {
  if (profile.dhcp) {
    // IPv6: with DHCP the driver waits for DHCPv6 option 59; without, it uses the address that the firmware's
    // own IPv6 settings give the NIC (uefi_ip6.h).
    attempt.initiator_dhcp = attempt.ip == IscsiAttempt::Ip::v4;
    return;
  }
  const auto local = boot::parse_ip(profile.address);
  if (!local) throw cannot(profile, "there is no address for the machine", "give its address, or use DHCP");
  if (!attempt.url.empty())
    throw cannot(
        profile,
        fmt::format("the portal {} is a name, and with a static address the firmware has no name server",
                    attempt.url),
        "give the portal's address");
  const bool v6 = attempt.ip == IscsiAttempt::Ip::v6;
  if (v6 != (local->bits == 128))
    throw cannot(profile,
                 fmt::format("the machine's address {} is IPv{}, and a portal is IPv{}", profile.address,
                             v6 ? 4 : 6, v6 ? 6 : 4),
                 "give both by the same protocol, or leave the machine's address out (dhcp = true)");
  if (v6) return;  // an attempt has no field for it
  attempt.local = address_bytes(*local);
  const unsigned prefix = profile.prefix.value_or(32);
  for (unsigned bit = 0; bit < std::min(prefix, 32U); ++bit)
    attempt.mask[bit / 8] = static_cast<std::uint8_t>(attempt.mask[bit / 8] | 0x80U >> bit % 8);
  if (const auto gateway = boot::parse_ip(profile.gateway)) attempt.gateway = address_bytes(*gateway);
}

void put_target(const BootProfile& profile, const iscsi::Portal& portal, IscsiAttempt& attempt) {
  attempt.target = profile.target;
  attempt.lun = boot::wire_lun(profile.lun);
  attempt.port = portal.port;
  if (const auto address = boot::parse_ip(portal.host)) {
    attempt.ip = address->bits == 128 ? IscsiAttempt::Ip::v6 : IscsiAttempt::Ip::v4;
    attempt.target_address = address_bytes(*address);
  } else {
    attempt.url = portal.host;
  }
}

void put_auth(const iscsi::Credentials& auth, IscsiAttempt& attempt) {
  // A fresh attempt is set to CHAP, and targets without authentication refuse that with an empty name.
  attempt.auth = auth.user.empty() ? IscsiAttempt::Auth::none : IscsiAttempt::Auth::chap;
  attempt.mutual = !auth.target_user.empty();
  attempt.user = auth.user;
  attempt.secret = auth.secret;
  attempt.target_user = auth.target_user;
  attempt.target_secret = auth.target_secret;
}

void check(const BootProfile& profile, const iscsi::Credentials& auth) {
  if (profile.mac.size() != 17)
    throw cannot(profile, "the profile has no MAC address, by which the firmware finds its settings",
                 "give the address of the NIC that boots");
  if (profile.portals.empty() || profile.target.empty())
    throw cannot(profile, "there is no portal or no target", "say where the disk is");
  if (profile.portals.size() > kUsableAttempts)
    throw cannot(profile,
                 fmt::format("there are {} portals, and Linux reads an iBFT of at most {} targets",
                             profile.portals.size(), kUsableAttempts),
                 "leave some out");
  if (profile.lun > 16383)
    throw cannot(profile, fmt::format("the LUN is {}, and flat space addressing ends at 16383", profile.lun),
                 "give the disk a smaller LUN on the target");
  if (profile.initiator.size() < 4 || profile.initiator.size() > 223)
    throw cannot(profile,
                 fmt::format("the initiator name has {} bytes, and the firmware takes 4 to 223",
                             profile.initiator.size()),
                 "give the machine another name");
  for (const std::string* secret : {&auth.secret, &auth.target_secret})
    if (!secret->empty() && (secret->size() < 12 || secret->size() > 16))
      throw cannot(profile,
                   fmt::format("a CHAP secret has {} bytes, and the firmware takes 12 to 16", secret->size()),
                   "change the secret here and on the target");
  if (!auth.target_user.empty() && auth.user.empty())
    throw cannot(profile, "mutual CHAP without a CHAP user of the machine", "give both accounts");
}

}  // namespace

std::vector<IscsiAttempt> attempts_for(const BootProfile& profile, const iscsi::Credentials& auth) {
  check(profile, auth);
  std::vector<IscsiAttempt> out;
  for (const iscsi::Portal& portal : profile.portals) {
    IscsiAttempt attempt = fresh_attempt(static_cast<std::uint8_t>(out.size() + 1));
    attempt.active = true;
    attempt.mac = attempt_mac(profile.mac, profile.vlan);
    attempt.timeout = kTimeout;
    attempt.retries = kRetries;
    attempt.isid = isid_of(profile.mac);
    attempt.mode = profile.priority == boot::Priority::disabled ? IscsiAttempt::Mode::off
                   : profile.portals.size() > 1                 ? IscsiAttempt::Mode::multipath
                                                                : IscsiAttempt::Mode::single;
    put_target(profile, portal, attempt);
    put_initiator(profile, attempt);
    put_auth(auth, attempt);
    encode_attempt(attempt);  // throws for a name that is too long before anything is planned
    out.push_back(std::move(attempt));
  }
  return out;
}

}  // namespace san::flash
