// SPDX-License-Identifier: Apache-2.0
#include "report/flash/nvm_block_report.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "flash/nvm/iscsi_edit.h"

namespace san::report {
namespace {

Json text_json(std::span<const char> field) {
  const auto text = flash::field_text(field);
  return text && !text->empty() ? Json(*text) : Json(nullptr);
}

std::string text_or(std::span<const char> field, const char* empty) {
  const auto text = flash::field_text(field);
  if (!text) return "(without an end)";
  return text->empty() ? empty : *text;
}

bool is_set(std::span<const char> field) {
  return field.front() != '\0';
}

Json ip_json(const flash::IpBytes& bytes, std::optional<flash::IpOrder> order) {
  return order ? Json(flash::ip_text(bytes, *order)) : Json(nullptr);
}

/// Returns the address, or both readings if the byte order is not known.
std::string ip_or_both(const flash::IpBytes& bytes, std::optional<flash::IpOrder> order) {
  if (order) return flash::ip_text(bytes, *order);
  const std::string a = flash::ip_text(bytes, flash::IpOrder::network),
                    b = flash::ip_text(bytes, flash::IpOrder::reversed);
  return a == b ? a : a + " or " + b;
}

Json combo_json(const flash::IscsiHeader& header) {
  const unsigned high = header.combo_high, low = header.combo_low;
  // DPDK, e1000_get_fw_version: a word of zeros or ones means none.
  if (high == 0 || low == 0 || high == 0xFFFF || low == 0xFFFF) return nullptr;
  return fmt::format("{}.{}.{}", high >> 8, ((high & 0xFF) << 8) | (low >> 8), low & 0xFF);
}

const char* state_name(flash::BlockState state) {
  switch (state) {
    case flash::BlockState::unknown:
      return "unknown";
    case flash::BlockState::absent:
      return "absent";
    case flash::BlockState::good:
      return "good";
    case flash::BlockState::dangling:
      return "dangling";
    case flash::BlockState::no_signature:
      return "no-signature";
    case flash::BlockState::old_layout:
      return "old-layout";
    case flash::BlockState::wrong_size:
      return "wrong-size";
    case flash::BlockState::wrong_version:
      break;
  }
  return "wrong-version";
}

Json record_json(const flash::IscsiRecord& record, unsigned port, std::optional<flash::IpOrder> order) {
  const unsigned flags = record.flags;
  const auto auth = flash::record_auth(record);
  const auto prefix = order ? flash::mask_prefix(record.mask, *order) : std::nullopt;
  return {{"port", port},
          {"flags", fmt::format("{:#06x}", flags)},
          {"dhcp", (flags & flash::iscsi_flag::dhcp) != 0},
          {"address", ip_json(record.address, order)},
          {"netmask", ip_json(record.mask, order)},
          {"prefix", prefix ? Json(*prefix) : Json(nullptr)},
          {"gateway", ip_json(record.gateway, order)},
          {"vlan", static_cast<unsigned>(record.vlan)},
          {"target_dhcp", (flags & flash::iscsi_flag::target_dhcp) != 0},
          {"target", text_json(record.target)},
          {"lun", static_cast<unsigned>(record.lun)},
          {"portal_address", ip_json(record.portal, order)},
          {"portal_port", static_cast<unsigned>(record.portal_port)},
          {"auth", auth ? Json(flash::to_string(*auth)) : Json(nullptr)},
          {"chap_user", text_json(record.user)},
          {"chap_secret_set", is_set(record.secret)},
          {"target_secret_set", is_set(record.target_secret)},
          {"setup_menu", (flags & flash::iscsi_flag::setup_menu) == 0},
          {"arp_retries", (flags & flash::iscsi_flag::arp_retries) >> flash::iscsi_flag::arp_retries_shift},
          {"arp_timeout", flags >> flash::iscsi_flag::arp_timeout_shift}};
}

Printable record_text(const flash::IscsiRecord& record, unsigned port, std::optional<flash::IpOrder> order) {
  const unsigned flags = record.flags;
  Printable out = format_text("  port {}\n", port);
  const auto line = [&out](const char* label, const std::string& value) {
    out += format_text("    {:<10} {}\n", label, value);
  };
  if ((flags & flash::iscsi_flag::dhcp) != 0)
    line("address", "by DHCP");
  else
    line("address", fmt::format("{}, netmask {}, gateway {}", ip_or_both(record.address, order),
                                ip_or_both(record.mask, order), ip_or_both(record.gateway, order)));
  if (record.vlan != 0) line("VLAN", std::to_string(static_cast<unsigned>(record.vlan)));
  if ((flags & flash::iscsi_flag::target_dhcp) != 0)
    line("target", "by DHCP");
  else
    line("target", fmt::format("{}, LUN {}, at {}:{}", text_or(record.target, "(no name)"),
                               static_cast<unsigned>(record.lun), ip_or_both(record.portal, order),
                               static_cast<unsigned>(record.portal_port)));
  const auto auth = flash::record_auth(record);
  std::string login = auth ? flash::to_string(*auth) : "reserved value";
  if (auth != flash::Auth::none)
    login += fmt::format(", user {}, secret {}", text_or(record.user, "(none)"),
                         is_set(record.secret) ? "******" : "(none)");
  if (auth == flash::Auth::mutual_chap)
    login += fmt::format(", secret of the target {}", is_set(record.target_secret) ? "******" : "(none)");
  line("login", login);
  line("menu",
       fmt::format("Ctrl-D {}", (flags & flash::iscsi_flag::setup_menu) == 0 ? "enabled" : "disabled"));
  line("ARP", fmt::format("retries {}, timeout {}",
                          (flags & flash::iscsi_flag::arp_retries) >> flash::iscsi_flag::arp_retries_shift,
                          flags >> flash::iscsi_flag::arp_timeout_shift));
  return out;
}

}  // namespace

Json block_json(const flash::NvmView& view) {
  const flash::IscsiBlockLocation& place = view.block;
  Json block = {{"state", state_name(place.state)}};
  if (place.state == flash::BlockState::unknown) return block;
  block["pointer_word"] = fmt::format("{:#04x}", place.pointer);
  block["pointer"] = fmt::format("{:#06x}", place.value);
  block["problem"] = place.problem.empty() ? Json(nullptr) : Json(place.problem);
  if (place.state != flash::BlockState::good) return block;
  const auto header = read_at<flash::IscsiHeader>(view.image.bytes(), place.offset).value();
  block["bytes"] = place.size;
  block["version"] = header.version;
  block["layout_confirmed"] = view.family->documented_block;
  block["option_rom_version"] = combo_json(header);
  block["initiator"] = text_json(header.initiator);
  block["ip_order"] = view.order ? Json(flash::to_string(*view.order)) : Json(nullptr);
  block["ip_order_by_netmask"] = view.mask_order ? Json(flash::to_string(*view.mask_order)) : Json(nullptr);
  block["ports"] = Json::array();
  for (unsigned port = 1; port <= place.ports; ++port)
    block["ports"].push_back(record_json(
        read_at<flash::IscsiRecord>(view.image.bytes(), place.record(port)).value(), port, view.order));
  return block;
}

Printable block_text(const flash::NvmView& view) {
  const flash::IscsiBlockLocation& place = view.block;
  switch (place.state) {
    case flash::BlockState::unknown:
      return {"iSCSI block: no document says where it is\n"};
    case flash::BlockState::absent:
      return format_text("iSCSI block: none (word {:#04x} is {:#06x})\n", place.pointer, place.value);
    case flash::BlockState::good:
      break;
    default:
      return format_text("iSCSI block: word {:#04x} {}\n", place.pointer, place.problem);
  }
  const auto header = read_at<flash::IscsiHeader>(view.image.bytes(), place.offset).value();
  Printable out = format_text("iSCSI block at word {:#06x}: {} bytes, {} port{}\n", place.value, place.size,
                              place.ports, place.ports == 1 ? "" : "s");
  if (!view.family->documented_block)
    out += "  layout     that of the I210 and X550; not confirmed by a public datasheet of this family\n";
  if (const Json combo = combo_json(header); !combo.is_null())
    out += format_text("  option ROM {}\n", combo.get<std::string>());
  out += format_text("  addresses  {}\n",
                     view.order            ? fmt::format("in {} byte order{}", flash::to_string(*view.order),
                                              view.mask_order == view.order ? ", by the netmask" : "")
                     : view.order_conflict ? "in an order about which the netmasks disagree"
                                           : "in an order that no netmask tells");
  out += format_text("  initiator  {}\n", text_or(header.initiator, "(no name)"));
  for (unsigned port = 1; port <= place.ports; ++port)
    out += record_text(read_at<flash::IscsiRecord>(view.image.bytes(), place.record(port)).value(), port,
                       view.order);
  return out;
}

}  // namespace san::report
