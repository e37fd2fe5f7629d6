// SPDX-License-Identifier: Apache-2.0
#include "report/flash/uefi_report.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "core/text/table.h"
#include "core/units.h"
#include "flash/uefi/attempt_text.h"
#include "flash/uefi/load_option.h"
#include "flash/uefi/uefi_flash.h"

namespace san::report {
namespace {

Cell lun_cell(const std::array<std::uint8_t, 8>& lun) {
  if (const auto plain = flash::plain_lun(lun)) return std::uint64_t{*plain};
  return flash::lun_of(lun);
}

/// Returns the machine's address and gateway, or the method that assigns them; the gateway may be empty.
std::pair<std::string, std::string> network_of(const flash::UefiIscsi& now, const flash::IscsiAttempt& a) {
  if (a.ip != flash::IscsiAttempt::Ip::v6 || a.initiator_dhcp)
    return {flash::address_of(a), flash::gateway_of(a)};
  const flash::Ip6Settings* const ip6 = now.ip6_of(a);
  if (ip6 != nullptr && ip6->policy == flash::Ip6Settings::Policy::automatic) return {"automatic", ""};
  const auto* const own = ip6 == nullptr ? nullptr : ip6->own_address();
  if (own == nullptr) return {"none", ""};
  return {fmt::format("{}/{}", flash::address_text(own->address, true), own->prefix),
          ip6->gateways.empty() ? std::string() : flash::address_text(ip6->gateways.front(), true)};
}

std::string order_text(const std::vector<std::uint8_t>& order) {
  std::string out;
  for (const std::uint8_t index : order) out += fmt::format("{}{}", out.empty() ? "" : ", ", index);
  return out.empty() ? "none" : out;
}

Table attempt_table(const flash::UefiIscsi& now) {
  Table table({{"attempt", "ATTEMPT", Table::Align::right},
               {"nic", "NIC"},
               {"state", "STATE"},
               {"target", "TARGET"},
               {"lun", "LUN"},
               {"portal", "PORTAL"},
               {"address", "ADDRESS"},
               {"gateway", "GATEWAY"},
               {"authentication", "AUTHENTICATION"},
               {"logged_in", "LOGGED IN"}});
  for (const flash::IscsiAttempt& a : now.attempts) {
    if (!a.active) continue;
    const auto [address, gateway] = network_of(now, a);
    table.add({std::uint64_t{a.index}, flash::stored_nic(a), flash::mode_of(a), a.target, lun_cell(a.lun),
               to_string(flash::portal_of(a)), address, gateway.empty() ? Cell() : Cell(gateway),
               flash::auth_of(a) + (a.user.empty() ? "" : " " + a.user), a.logged_in});
  }
  return table;
}

Table boot_table(const std::vector<flash::BootOrderEntry>& entries) {
  Table table({{"entry", "ENTRY"},
               {"kind", "KIND"},
               {"active", "ACTIVE"},
               {"description", "DESCRIPTION"},
               {"target", "TARGET"}});
  for (const flash::BootOrderEntry& e : entries) {
    std::vector<Cell> row{fmt::format("Boot{:04X}", e.number)};
    if (e.option) {
      row.insert(row.end(),
                 {std::string(flash::to_string(e.option->kind)), e.option->active, e.option->description});
      if (e.option->iscsi) row.emplace_back(e.option->iscsi->target);
    }
    table.add(std::move(row));
  }
  return table;
}

Table variable_table(const flash::VariableStore& store) {
  Table table({{"name", "VARIABLE"},
               {"vendor", "VENDOR"},
               {"attributes", "ATTRIBUTES", Table::Align::right},
               {"size", "BYTES", Table::Align::right},
               {"state", "STATE"}});
  for (const flash::Variable& v : store.records())
    if (v.state != flash::VariableState::deleted)
      table.add({flash::printable(v.id.name), v.id.vendor.text(), std::uint64_t{v.attributes},
                 std::uint64_t{v.data.size()}, std::string(flash::to_string(v.state))});
  return table;
}

}  // namespace

Printable uefi_text(const flash::VariableStore& store) {
  const flash::UefiIscsi now = flash::read_iscsi(store);
  Printable out = format_text(
      "{}: {}variable store of {} at offset {}, {} free, {} more after a reclaim\n", store.name(),
      store.authenticated() ? "authenticated " : "", format_size(store.store_size()), store.store_offset(),
      format_size(store.free_bytes()), format_size(store.reclaimable_bytes() - store.free_bytes()));
  out += format_text("\nInitiator: {}\nAttempts that are tried, in this order: {}\n",
                     now.initiator.empty() ? "none" : now.initiator, order_text(now.order));
  if (const Table table = attempt_table(now); !table.empty()) out += table.text();
  if (const auto entries = flash::boot_entries(store))
    out += "\nBoot order:\n" + boot_table(*entries).text();
  else
    out += "\nBoot order: none, the firmware looks for what it can boot\n";
  if (const Table table = variable_table(store); !table.empty()) out += "\n" + table.text();
  return out;
}

Json uefi_json(const flash::VariableStore& store) {
  const flash::UefiIscsi now = flash::read_iscsi(store);
  const auto entries = flash::boot_entries(store);
  Json order = Json::array();
  for (const std::uint8_t index : now.order) order.push_back(index);
  return {{"device", store.name()},
          {"kind", "uefi"},
          {"authenticated", store.authenticated()},
          {"store",
           {{"offset", store.store_offset()},
            {"size", store.store_size()},
            {"free", store.free_bytes()},
            {"reclaimable", store.reclaimable_bytes()}}},
          {"booted", now.booted},
          {"initiator", now.initiator.empty() ? Json(nullptr) : Json(now.initiator)},
          {"attempt_order", order},
          {"attempts", attempt_table(now).json()},
          {"boot_order", entries ? boot_table(*entries).json() : Json(nullptr)},
          {"variables", variable_table(store).json()}};
}

}  // namespace san::report
