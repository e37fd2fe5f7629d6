// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "boot/ip_address.h"
#include "boot/mac_address.h"
#include "boot/profile/root_path.h"
#include "core/error.h"
#include "flash/uefi/uefi_iscsi.h"
#include "iscsi/address/limits.h"
#include "iscsi/login/boot_secret.h"

namespace san::flash {
namespace {

/// Timeout of a connection: switch ports that have just come up need some time, and an attempt with the
/// driver's defaults (1 s, no retry) ends before they are ready.
constexpr std::uint16_t kTimeout = 5000;
constexpr std::uint8_t kRetries = 3;

Error cannot(const std::string& object, std::string cause, std::string hint) {
  return {Exit::usage, object, std::move(cause), std::move(hint)};
}

/// Returns an ISID of the OUI form, derived from the address as the driver does it (IScsiConfig.c).
std::array<std::uint8_t, 6> isid_of(const std::string& mac) {
  std::array<std::uint8_t, 6> out = boot::mac_octets(mac);
  out[0] &= 0x3F;
  return out;
}

void put_initiator(const FlashSettings& settings, IscsiAttempt& attempt, const std::string& object) {
  if (settings.dhcp.value_or(true)) {
    // IPv6: with DHCP the driver waits for DHCPv6 option 59; without, it uses the address that the firmware's
    // own IPv6 settings give the NIC (uefi_ip6.h).
    attempt.initiator_dhcp = attempt.ip == IscsiAttempt::Ip::v4;
    return;
  }
  const auto local = boot::parse_ip(settings.address.value_or(""));
  if (!local) throw cannot(object, "there is no address for the machine", "give its address, or use DHCP");
  if (!attempt.url.empty())
    throw cannot(
        object,
        fmt::format("the portal {} is a name, and with a static address the firmware has no name server",
                    attempt.url),
        "give the portal's address");
  const bool v6 = attempt.ip == IscsiAttempt::Ip::v6;
  if (v6 != (local->bits == 128))
    throw cannot(object,
                 fmt::format("the machine's address {} is IPv{}, and a portal is IPv{}", *settings.address,
                             v6 ? 4 : 6, v6 ? 6 : 4),
                 "give both by the same protocol, or leave the machine's address out (dhcp = true)");
  if (v6) return;  // an attempt has no field for it
  attempt.local = local->bytes;
  const unsigned prefix = settings.prefix.value_or(32);
  for (unsigned bit = 0; bit < std::min(prefix, 32U); ++bit)
    attempt.mask[bit / 8] = static_cast<std::uint8_t>(attempt.mask[bit / 8] | 0x80U >> bit % 8);
  if (const auto gateway = boot::parse_ip(settings.gateway.value_or(""))) attempt.gateway = gateway->bytes;
}

void put_target(const FlashSettings& settings, const iscsi::Portal& portal, IscsiAttempt& attempt) {
  attempt.target = settings.target.value_or("");
  attempt.lun = boot::wire_lun(settings.lun.value_or(0));
  attempt.port = portal.port;
  if (const auto address = boot::parse_ip(portal.host)) {
    attempt.ip = address->bits == 128 ? IscsiAttempt::Ip::v6 : IscsiAttempt::Ip::v4;
    attempt.target_address = address->bytes;
  } else {
    attempt.url = portal.host;
  }
}

void put_auth(const FlashSettings& settings, IscsiAttempt& attempt) {
  attempt.user = settings.user.value_or("");
  attempt.secret = settings.secret.value_or("");
  attempt.target_user = settings.target_user.value_or("");
  attempt.target_secret = settings.target_secret.value_or("");
  // A fresh attempt is set to CHAP, and targets without authentication refuse that with an empty name.
  attempt.auth = attempt.user.empty()          ? Auth::none
                 : attempt.target_user.empty() ? Auth::chap
                                               : Auth::mutual_chap;
}

void check(const FlashSettings& settings, const std::string& object) {
  if (!settings.mac || settings.mac->size() != 17)
    throw cannot(object, "the profile has no MAC address, by which the firmware finds its settings",
                 "give the address of the NIC that boots");
  if (!settings.portals || settings.portals->empty() || settings.target.value_or("").empty())
    throw cannot(object, "there is no portal or no target", "say where the disk is");
  if (settings.portals->size() > kUsableAttempts)
    throw cannot(object,
                 fmt::format("there are {} portals, and Linux reads an iBFT of at most {} targets",
                             settings.portals->size(), kUsableAttempts),
                 "leave some out");
  if (settings.lun.value_or(0) > iscsi::kMaxLun)
    throw cannot(
        object,
        fmt::format("the LUN is {}, and flat space addressing ends at {}", *settings.lun, iscsi::kMaxLun),
        "give the disk a smaller LUN on the target");
  constexpr std::size_t kMinNameBytes = 4;
  if (const std::size_t bytes = settings.initiator.value_or("").size();
      bytes < kMinNameBytes || bytes > iscsi::kMaxNameBytes)
    throw cannot(object,
                 fmt::format("the initiator name has {} bytes, and the firmware takes {} to {}", bytes,
                             kMinNameBytes, iscsi::kMaxNameBytes),
                 "give the machine another name");
  for (const auto* secret : {&settings.secret, &settings.target_secret})
    if (*secret && !(*secret)->empty() && iscsi::boot_secret_fault(**secret))
      throw cannot(object,
                   fmt::format("a CHAP secret has {} bytes, and the firmware takes {} to {}",
                               (*secret)->size(), iscsi::kMinBootSecret, iscsi::kMaxBootSecret),
                   "change the secret here and on the target");
  if (!settings.target_user.value_or("").empty() && settings.user.value_or("").empty())
    throw cannot(object, "mutual CHAP without a CHAP user of the machine", "give both accounts");
}

}  // namespace

std::vector<IscsiAttempt> attempts_for(const FlashSettings& settings, const std::string& object) {
  check(settings, object);
  std::vector<IscsiAttempt> out;
  for (const iscsi::Portal& portal : *settings.portals) {
    IscsiAttempt attempt = fresh_attempt(static_cast<std::uint8_t>(out.size() + 1));
    attempt.active = true;
    attempt.mac = attempt_mac(*settings.mac, 0);
    attempt.vlan = settings.vlan.value_or(0);
    attempt.timeout = kTimeout;
    attempt.retries = kRetries;
    attempt.isid = isid_of(*settings.mac);
    attempt.mode = settings.priority == boot::Priority::disabled ? IscsiAttempt::Mode::off
                   : settings.portals->size() > 1                ? IscsiAttempt::Mode::multipath
                                                                 : IscsiAttempt::Mode::single;
    put_target(settings, portal, attempt);
    put_initiator(settings, attempt, object);
    put_auth(settings, attempt);
    encode_attempt(attempt);  // throws for a name that is too long before anything is planned
    out.push_back(std::move(attempt));
  }
  return out;
}

}  // namespace san::flash
