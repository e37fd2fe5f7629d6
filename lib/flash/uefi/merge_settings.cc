// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "core/ascii.h"
#include "core/error.h"
#include "core/hint_id.h"
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
  if (attempt.auth == IscsiAttempt::Auth::kerberos && !settings.auth && !settings.user)
    throw lost("logs in by Kerberos",
               Hint(HintId::chap_or_none, "give a CHAP user, or that there is none, as well"));
}

/// Returns the current settings of the store.
MergedSettings settings_now(const UefiIscsi& now, const std::string& mac) {
  MergedSettings out;
  out.profile.mac = mac;
  out.profile.initiator = now.initiator;
  const IscsiAttempt* first = nullptr;
  for (const IscsiAttempt& attempt : now.attempts) {
    if (!attempt.active || nic_of(attempt) != mac) continue;
    if (first == nullptr) first = &attempt;
    const bool v6 = attempt.ip == IscsiAttempt::Ip::v6;
    out.profile.portals.push_back(
        {attempt.url.empty() ? address_text(attempt.target_address, v6) : attempt.url, attempt.port});
  }
  if (first == nullptr) return out;
  out.profile.vlan = attempt_vlan(*first);
  out.profile.target = first->target;
  out.profile.lun = static_cast<std::uint16_t>((first->lun[0] & 0x3F) << 8 | first->lun[1]);
  const Ip6Settings* const ip6 = now.ip6_of(*first);
  const auto* const own = ip6 == nullptr ? nullptr : ip6->own_address();
  out.profile.dhcp = first->ip == IscsiAttempt::Ip::v6 ? own == nullptr : first->initiator_dhcp;
  if (own != nullptr) {
    out.profile.address = address_text(own->address, true);
    out.profile.prefix = own->prefix;
    if (!ip6->gateways.empty()) out.profile.gateway = address_text(ip6->gateways.front(), true);
  } else if (!out.profile.dhcp) {
    out.profile.address = address_text(first->local, false);
    unsigned prefix = 0;
    for (const std::uint8_t byte : first->mask) prefix += static_cast<unsigned>(std::popcount(byte));
    out.profile.prefix = prefix;
    if (first->gateway != IscsiAttempt::Address{}) out.profile.gateway = address_text(first->gateway, false);
  }
  if (first->auth == IscsiAttempt::Auth::chap) {
    out.auth.user = first->user;
    out.auth.secret = first->secret;
    if (first->mutual) {
      out.auth.target_user = first->target_user;
      out.auth.target_secret = first->target_secret;
    }
  }
  const bool first_of_all = !now.order.empty() && now.order.front() == first->index;
  out.profile.priority = first->mode == IscsiAttempt::Mode::off ? boot::Priority::disabled
                         : first_of_all                         ? boot::Priority::primary
                                                                : boot::Priority::secondary;
  return out;
}

template <typename T, typename Value>
void take(T& field, const std::optional<Value>& value) {
  if (value) field = *value;
}

void take_network(boot::BootProfile& profile, const FlashSettings& settings) {
  take(profile.dhcp, settings.dhcp);
  if (settings.address) {
    profile.dhcp = false;
    profile.address = *settings.address;
    profile.prefix = settings.prefix;
  }
  if (settings.gateway) profile.gateway = *settings.gateway == "0.0.0.0" ? std::string() : *settings.gateway;
  if (profile.dhcp) {
    profile.address.clear();
    profile.gateway.clear();
    profile.prefix.reset();
  }
  take(profile.vlan, settings.vlan);
}

void take_login(iscsi::Credentials& auth, const FlashSettings& settings, const std::string& object) {
  if (settings.auth == Auth::none) auth = {};
  if (settings.auth == Auth::chap) auth.target_user = auth.target_secret = {};
  take(auth.user, settings.user);
  take(auth.secret, settings.secret);
  take(auth.target_user, settings.target_user);
  take(auth.target_secret, settings.target_secret);
  const auto half = [](const std::string& user, const std::string& secret) {
    return user.empty() != secret.empty();
  };
  if (half(auth.user, auth.secret))
    throw Error(Exit::usage, object, "CHAP takes a user and a secret, and one of them is missing",
                Hint(HintId::chap_login, "give a CHAP user and its secret"));
  if (half(auth.target_user, auth.target_secret))
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

MergedSettings merge_settings(const UefiIscsi& now, const std::string& mac, const FlashSettings& settings,
                              const std::string& object) {
  for (const IscsiAttempt& attempt : now.attempts)
    if (attempt.active && nic_of(attempt) == to_lower(mac)) check_known(attempt, settings, object);
  MergedSettings out = settings_now(now, to_lower(mac));
  out.profile.path = object;
  take(out.profile.initiator, settings.initiator);
  take_network(out.profile, settings);
  take(out.profile.portals, settings.portals);
  take(out.profile.target, settings.target);
  take(out.profile.lun, settings.lun);
  take_login(out.auth, settings, object);
  if (settings.choice)
    out.profile.priority = *settings.choice == BootChoice::primary     ? boot::Priority::primary
                           : *settings.choice == BootChoice::secondary ? boot::Priority::secondary
                                                                       : boot::Priority::disabled;
  return out;
}

}  // namespace san::flash
