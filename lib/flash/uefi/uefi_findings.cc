// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "boot/ip_address.h"
#include "core/text/printable.h"
#include "flash/uefi/load_option.h"
#include "flash/uefi/uefi_flash.h"
#include "flash/uefi/uefi_vlan.h"

namespace san::flash {
namespace {

bool on(const IscsiAttempt& a) {
  return a.active && a.mode != IscsiAttempt::Mode::off;
}

void check_vlan(Diagnostics& out, const std::string& where, std::uint16_t vlan,
                const std::vector<std::uint16_t>& list) {
  const bool listed = std::find(list.begin(), list.end(), vlan) != list.end();
  if (vlan != 0 && !listed)
    out.push_back(
        {Severity::error, where,
         fmt::format("it is for VLAN {}, which the firmware's list for this NIC does not have", vlan)});
  if (vlan == 0 && !list.empty() && !listed)
    out.push_back({Severity::error, where,
                   "it is for no VLAN, and the firmware has a list of VLANs for this NIC: it works on those "
                   "only, and skips the attempt"});
}

/// The firmware always has link-local addresses on its own.
void check_ip6(Diagnostics& out, const std::string& where, const IscsiAttempt& a, const UefiIscsi& now) {
  if (a.ip != IscsiAttempt::Ip::v6 || a.initiator_dhcp) return;
  const Ip6Settings* const settings = now.ip6_of(a);
  const bool without =
      settings == nullptr || (settings->policy == Ip6Settings::Policy::manual && settings->addresses.empty());
  if (without && !boot::is_link_local_v6({128, a.target_address}))
    out.push_back(
        {Severity::error, where,
         "it is by IPv6, and the firmware's IPv6 settings for this NIC are manual, with no address"});
}

void check_attempt(Diagnostics& out, const IscsiAttempt& a, const UefiIscsi& now,
                   const VariableStore& store) {
  const std::string where = fmt::format("Attempt {}", a.index);
  const std::string nic = a.mac.substr(0, 17);
  if (nic != attempt_mac(nic, 0))
    out.push_back({Severity::error, where,
                   fmt::format("the MAC address is \"{}\": the driver wants upper case, and skips it",
                               san::printable(stored_nic(a)))});
  else if (a.mac.size() != 17 || std::count(nic.begin(), nic.end(), ':') != 5)
    out.push_back({Severity::error, where,
                   fmt::format("\"{}\" is not a MAC address with colons: the driver skips it",
                               san::printable(stored_nic(a)))});
  check_vlan(out, where, a.vlan, listed_vlans(store, nic));
  check_ip6(out, where, a, now);
  if ((a.auth == Auth::chap || a.auth == Auth::mutual_chap) && a.user.empty())
    out.push_back({Severity::warning, where, "it says CHAP, and has no user"});
  if (a.target.empty() && !a.target_dhcp) out.push_back({Severity::error, where, "it has no target"});
}

void check_order(Diagnostics& out, const UefiIscsi& now, const VariableStore& store) {
  std::size_t enabled = 0;
  bool single = false, multipath = false;
  for (const std::uint8_t index : now.order) {
    const auto a = std::find_if(now.attempts.begin(), now.attempts.end(),
                                [&](const IscsiAttempt& one) { return one.index == index; });
    if (a == now.attempts.end()) {
      out.push_back({Severity::error, "AttemptOrder", fmt::format("attempt {} cannot be read", index)});
      continue;
    }
    if (!on(*a)) continue;
    ++enabled;
    single = single || a->mode == IscsiAttempt::Mode::single;
    multipath = multipath || a->mode == IscsiAttempt::Mode::multipath;
    check_attempt(out, *a, now, store);
  }
  if (enabled > kUsableAttempts)
    out.push_back({Severity::warning, "AttemptOrder",
                   fmt::format("{} attempts are on: Linux refuses an iBFT of more than {} targets", enabled,
                               kUsableAttempts)});
  if (single && multipath)
    out.push_back(
        {Severity::warning, "AttemptOrder", "single attempts are skipped, because another is for multipath"});
  if (enabled != 0 && now.initiator.empty())
    out.push_back({Severity::error, "I_NAME", "the machine has no iSCSI name, and no attempt is made"});
  if (enabled != 0 && !now.booted)
    out.push_back(
        {Severity::error, "InitialAttemptOrder",
         "it is missing: the driver recreates all attempts at its first start, and overwrites these"});
}

void check_boot_order(Diagnostics& out, const UefiIscsi& now, const VariableStore& store) {
  const auto entries = boot_entries(store);
  if (!entries || now.order.empty()) return;
  std::size_t before = 0;
  for (const BootOrderEntry& e : *entries) {
    if (e.option && e.option->kind == LoadOption::Kind::iscsi) {
      if (before != 0)
        out.push_back({Severity::warning, "BootOrder",
                       fmt::format("{} active entries stand before the iSCSI disk", before)});
      return;
    }
    if (e.option && e.option->active) ++before;
  }
  out.push_back({Severity::warning, "BootOrder",
                 fmt::format("it has no iSCSI disk; {} other entries will be tried first", before)});
}

}  // namespace

Diagnostics uefi_findings(const VariableStore& store) {
  Diagnostics out;
  for (const std::string& problem : store.problems())
    out.push_back({Severity::error, fmt::format("store at {}", store.store_offset()), problem});
  const UefiIscsi now = read_iscsi(store);
  check_order(out, now, store);
  check_boot_order(out, now, store);
  sort_worst_first(out);
  return out;
}

}  // namespace san::flash
