// SPDX-License-Identifier: Apache-2.0
#include "report/flash/uefi_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <map>
#include <nlohmann/json.hpp>

#include "core/endian.h"
#include "core/text/table.h"
#include "core/units.h"
#include "flash/uefi/load_option.h"
#include "flash/uefi/uefi_flash.h"

namespace san::report {
namespace {

std::string portal_of(const flash::IscsiAttempt& a) {
  const bool v6 = a.ip == flash::IscsiAttempt::Ip::v6;
  return to_string(iscsi::Portal{a.url.empty() ? flash::address_text(a.target_address, v6) : a.url, a.port});
}

std::string address_of(const flash::IscsiAttempt& a) {
  if (a.ip == flash::IscsiAttempt::Ip::automatic) return "automatic";
  if (a.initiator_dhcp) return "DHCP";
  if (a.ip == flash::IscsiAttempt::Ip::v6) return "of the firmware's IPv6";
  unsigned prefix = 0;
  for (const std::uint8_t byte : a.mask) prefix += static_cast<unsigned>(std::popcount(byte));
  return fmt::format("{}/{}", flash::address_text(a.local, false), prefix);
}

/// Returns the gateway; empty if there is none, or if it is assigned with the address.
std::string gateway_of(const flash::IscsiAttempt& a) {
  const bool set_here = !a.initiator_dhcp && a.ip == flash::IscsiAttempt::Ip::v4;
  return set_here && a.gateway != flash::IscsiAttempt::Address{} ? flash::address_text(a.gateway, false)
                                                                 : std::string();
}

std::string mask_of(const flash::IscsiAttempt& a) {
  return fmt::format("{}.{}.{}.{}", a.mask[0], a.mask[1], a.mask[2], a.mask[3]);
}

std::string auth_of(const flash::IscsiAttempt& a) {
  if (a.auth == flash::Auth::none) return "none";
  if (a.auth == flash::Auth::kerberos) return "Kerberos";
  return a.auth == flash::Auth::mutual_chap ? "mutual CHAP" : "CHAP";
}

std::string mode_of(const flash::IscsiAttempt& a) {
  if (!a.active) return "unused";
  if (a.mode == flash::IscsiAttempt::Mode::off) return "off";
  return a.mode == flash::IscsiAttempt::Mode::multipath ? "multipath" : "single";
}

/// Returns "1" for LUN 1; all eight bytes if they have no plain form.
std::string lun_of(const std::array<std::uint8_t, 8>& lun) {
  const bool plain = std::all_of(lun.begin() + 2, lun.end(), [](std::uint8_t b) { return b == 0; });
  if (plain && (lun[0] == 0 || (lun[0] & 0xC0) == 0x40)) return std::to_string((lun[0] & 0x3F) << 8 | lun[1]);
  std::string out = "0x";
  for (const std::uint8_t b : lun) out += fmt::format("{:02x}", b);
  return out;
}

Cell lun_cell(const std::array<std::uint8_t, 8>& lun) {
  const std::string text = lun_of(lun);
  if (text.starts_with("0x")) return text;
  return std::uint64_t{std::stoul(text)};
}

std::string masked(const std::string& secret) {
  return secret.empty() ? "" : fmt::format("{} bytes, hidden", secret.size());
}

/// Returns the fields of an attempt that users set, by name. Secrets are masked.
std::vector<std::pair<std::string, std::string>> fields(const flash::IscsiAttempt& a) {
  return {{"state", mode_of(a)},
          {"NIC", flash::stored_nic(a)},
          {"target", a.target},
          {"LUN", lun_of(a.lun)},
          {"portal", portal_of(a)},
          {"address", address_of(a)},
          {"netmask", mask_of(a)},
          {"gateway", flash::address_text(a.gateway, false)},
          {"authentication", auth_of(a)},
          {"CHAP user", a.user},
          {"CHAP secret", masked(a.secret)},
          {"CHAP user of the target", a.target_user},
          {"CHAP secret of the target", masked(a.target_secret)},
          {"timeout", fmt::format("{} ms", a.timeout)},
          {"retries", std::to_string(a.retries)}};
}

/// Returns the machine's address and gateway, or the method that assigns them; the gateway may be empty.
std::pair<std::string, std::string> network_of(const flash::UefiIscsi& now, const flash::IscsiAttempt& a) {
  if (a.ip != flash::IscsiAttempt::Ip::v6 || a.initiator_dhcp) return {address_of(a), gateway_of(a)};
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

/// Returns a short form of a variable's value by which users recognise it.
std::string value_of(const std::optional<flash::Variable>& variable) {
  if (!variable) return "absent";
  const auto& data = variable->data;
  std::string out;
  if (variable->id.vendor == flash::kOrderVendor) {
    for (const std::byte b : data)
      out += fmt::format("{}{}", out.empty() ? "" : ", ", std::to_integer<unsigned>(b));
  } else if (variable->id == flash::VariableName{u"I_NAME", flash::kAttemptVendor}) {
    for (const std::byte b : data)
      if (b != std::byte{0}) out += static_cast<char>(b);
  } else if (variable->id == flash::VariableName{u"BootOrder", flash::kGlobalVariable}) {
    for (std::size_t at = 0; at + 2 <= data.size(); at += 2)
      out += fmt::format("{}{:04X}", out.empty() ? "" : ", ", std::uint16_t{*read_at<le16>(data, at)});
  } else if (const auto ip6 =
                 variable->id.vendor == flash::kIp6Vendor ? flash::decode_ip6(data) : std::nullopt) {
    out = flash::to_string(*ip6);
  } else {
    out = fmt::format("{} bytes", data.size());
  }
  return san::printable(out);
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
    table.add({std::uint64_t{a.index}, flash::stored_nic(a), mode_of(a), a.target, lun_cell(a.lun),
               portal_of(a), address, gateway.empty() ? Cell() : Cell(gateway),
               auth_of(a) + (a.user.empty() ? "" : " " + a.user), a.logged_in});
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

std::vector<flash::FlashChange> uefi_differences(const flash::VariableStore& before,
                                                 const flash::VariableStore& after) {
  std::vector<flash::FlashChange> out;
  std::vector<flash::VariableName> names;
  for (const flash::VariableStore* store : {&before, &after})
    for (const flash::Variable& v : store->variables())
      if (std::find(names.begin(), names.end(), v.id) == names.end()) names.push_back(v.id);
  for (const flash::VariableName& id : names) {
    const auto a = before.get(id), b = after.get(id);
    if (a && b && a->data == b->data && a->attributes == b->attributes) continue;
    const auto old_attempt = a ? flash::decode_attempt(a->data) : std::nullopt;
    const auto new_attempt = b ? flash::decode_attempt(b->data) : std::nullopt;
    if (id.vendor != flash::kAttemptVendor || !new_attempt) {
      out.push_back({flash::printable(id.name), id.vendor.text(), value_of(a), value_of(b)});
      continue;
    }
    const auto old_fields = fields(old_attempt.value_or(flash::IscsiAttempt{}));
    const auto new_fields = fields(*new_attempt);
    const std::size_t first = out.size();
    for (std::size_t i = 0; i < new_fields.size(); ++i)
      if (old_fields[i].second != new_fields[i].second)
        out.push_back({flash::printable(id.name), new_fields[i].first,
                       old_attempt ? old_fields[i].second : "", new_fields[i].second});
    if (out.size() == first)
      out.push_back({flash::printable(id.name),
                     a ? "a secret, or what the firmware noted" : "made, and not used", value_of(a),
                     value_of(b)});
  }
  if (out.empty() && before.image() != after.image())
    out.push_back({"store", "deleted variables and free space", "", ""});
  return out;
}

}  // namespace san::report
