// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/ascii.h"
#include "core/error.h"
#include "core/hint_id.h"
#include "flash/uefi/attempt_text.h"
#include "flash/uefi/uefi_flash.h"

namespace san::flash {
namespace {

std::string nic_of(const IscsiAttempt& attempt) {
  return to_lower(attempt.mac.substr(0, 17));
}

/// Throws Error(refused) if the attempt has settings of the firmware's own menu that a profile cannot
/// express, and that the change would lose because it does not replace them.
void check_known(const IscsiAttempt& attempt, const FlashSettings& settings, const std::string& object) {
  const auto lost = [&](const std::string& what, const Hint& hint) {
    return Error(Exit::refused, object,
                 fmt::format("attempt {} {}, which is not kept when it is written here", attempt.index, what),
                 hint);
  };
  if (attempt.ip == IscsiAttempt::Ip::automatic && !(settings.portals && (settings.dhcp || settings.address)))
    throw lost("finds out by itself whether to use IPv4 or IPv6", "give portal and address as well");
  if (attempt.target_dhcp && !(settings.portals && settings.target && settings.lun))
    throw lost("has its target from DHCP", "give portal, target and LUN as well");
  if (attempt.auth == Auth::kerberos && !settings.auth && !settings.user)
    throw lost("logs in by Kerberos",
               Hint(HintId::chap_or_none, "give a CHAP user, or that there is none, as well"));
}

/// Takes the machine's address from the NIC's first attempt, or from the firmware's IPv6 settings.
void take_address(const IscsiAttempt& first, const Ip6Settings* ip6, FlashSettings& out) {
  const auto* const own = ip6 == nullptr ? nullptr : ip6->own_address();
  out.dhcp = first.ip == IscsiAttempt::Ip::v6 ? own == nullptr : first.initiator_dhcp;
  if (own != nullptr) {
    out.address = address_text(own->address, true);
    out.prefix = own->prefix;
    if (!ip6->gateways.empty()) out.gateway = address_text(ip6->gateways.front(), true);
  } else if (!*out.dhcp) {
    out.address = address_text(first.local, false);
    out.prefix = prefix_of(first);
    if (first.gateway != IscsiAttempt::Address{}) out.gateway = address_text(first.gateway, false);
  }
}

/// Returns the settings of that NIC in the store.
FlashSettings settings_now(const UefiIscsi& now, const std::string& mac) {
  FlashSettings out;
  out.mac = mac;
  out.initiator = now.initiator;
  out.portals.emplace();
  const IscsiAttempt* first = nullptr;
  for (const IscsiAttempt& attempt : now.attempts) {
    if (!attempt.active || nic_of(attempt) != mac) continue;
    if (first == nullptr) first = &attempt;
    out.portals->push_back(portal_of(attempt));
  }
  if (first == nullptr) return out;
  out.vlan = first->vlan;
  out.target = first->target;
  out.lun = static_cast<std::uint16_t>((first->lun[0] & 0x3F) << 8 | first->lun[1]);
  take_address(*first, now.ip6_of(*first), out);
  if (first->auth == Auth::chap || first->auth == Auth::mutual_chap) {
    out.user = first->user;
    out.secret = first->secret;
  }
  if (first->auth == Auth::mutual_chap) {
    out.target_user = first->target_user;
    out.target_secret = first->target_secret;
  }
  const bool first_of_all = !now.order.empty() && now.order.front() == first->index;
  out.priority = first->mode == IscsiAttempt::Mode::off ? boot::Priority::disabled
                 : first_of_all                         ? boot::Priority::primary
                                                        : boot::Priority::secondary;
  return out;
}

template <typename T>
void take(std::optional<T>& field, const std::optional<T>& value) {
  if (value) field = value;
}

void take_network(FlashSettings& merged, const FlashSettings& settings) {
  take(merged.dhcp, settings.dhcp);
  if (settings.address) {
    merged.dhcp = false;
    merged.address = settings.address;
    merged.prefix = settings.prefix;
  }
  take(merged.gateway, settings.gateway);
  if (merged.dhcp.value_or(true)) {
    merged.address.reset();
    merged.gateway.reset();
    merged.prefix.reset();
  }
  take(merged.vlan, settings.vlan);
}

void take_login(FlashSettings& merged, const FlashSettings& settings, const std::string& object) {
  if (settings.auth == Auth::none) {
    merged.user.reset();
    merged.secret.reset();
  }
  if (settings.auth == Auth::none || settings.auth == Auth::chap) {
    merged.target_user.reset();
    merged.target_secret.reset();
  }
  take(merged.user, settings.user);
  take(merged.secret, settings.secret);
  take(merged.target_user, settings.target_user);
  take(merged.target_secret, settings.target_secret);
  const auto half = [](const std::optional<std::string>& user, const std::optional<Secret>& secret) {
    return user.value_or("").empty() != (!secret || secret->empty());
  };
  if (half(merged.user, merged.secret))
    throw Error(Exit::usage, object, "CHAP takes a user and a secret, and one of them is missing",
                Hint(HintId::chap_login, "give a CHAP user and its secret"));
  if (half(merged.target_user, merged.target_secret))
    throw Error(Exit::usage, object,
                "mutual CHAP takes a user and a secret of the target, and one is missing",
                "give target_user and target_secret_file in a profile");
}

}  // namespace

std::vector<std::string> uefi_nics(const UefiIscsi& settings) {
  std::vector<std::string> out;
  for (const IscsiAttempt& attempt : settings.attempts) {
    const std::string mac = nic_of(attempt);
    if (attempt.active && !mac.empty() && std::find(out.begin(), out.end(), mac) == out.end())
      out.push_back(mac);
  }
  return out;
}

FlashSettings merge_settings(const UefiIscsi& now, const std::string& mac, const FlashSettings& settings,
                             const std::string& object) {
  for (const IscsiAttempt& attempt : now.attempts)
    if (attempt.active && nic_of(attempt) == to_lower(mac)) check_known(attempt, settings, object);
  FlashSettings out = settings_now(now, to_lower(mac));
  take(out.initiator, settings.initiator);
  take_network(out, settings);
  take(out.portals, settings.portals);
  take(out.target, settings.target);
  take(out.lun, settings.lun);
  take_login(out, settings, object);
  take(out.priority, settings.priority);
  // By PXE: the attempts are off, and the NIC's own entry of BootOrder is none of these settings.
  if (out.priority == boot::Priority::pxe) out.priority = boot::Priority::disabled;
  return out;
}

}  // namespace san::flash
