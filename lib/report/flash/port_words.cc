// SPDX-License-Identifier: Apache-2.0
#include "report/flash/port_words.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "flash/nvm/boot_words.h"

namespace san::report {
namespace {

flash::ProtocolSelect select_of(const flash::NvmView& view) {
  return view.family != nullptr ? view.family->protocol : flash::ProtocolSelect::two_bit;
}

unsigned ports_of(const flash::NvmView& view) {
  if (view.family == nullptr) return 1;
  return view.family->read_only ? 0 : view.family->ports;
}

bool is_empty(const flash::NvmView& view, unsigned port) {
  return view.image.word(flash::setup_word(port)) == flash::kErased &&
         view.image.word(flash::setup_word(port) + 1) == flash::kErased;
}

std::string hex(std::uint16_t value) {
  return fmt::format("{:#06x}", value);
}

}  // namespace

Json port_words_json(const flash::NvmView& view) {
  Json ports = Json::array();
  for (unsigned port = 1; port <= ports_of(view); ++port) {
    const std::uint16_t setup_value = view.image.word(flash::setup_word(port));
    const std::uint16_t custom_value = view.image.word(flash::setup_word(port) + 1);
    const flash::SetupOptions setup = flash::setup_options(setup_value);
    const flash::Customization custom = flash::customization(custom_value);
    Json one = {{"port", port},
                {"confirmed", view.family != nullptr && port <= view.family->sure_ports},
                {"setup_word", hex(setup_value)},
                {"customization_word", hex(custom_value)},
                {"programmed", !is_empty(view, port)}};
    const auto choice = flash::choice_of(setup_value, select_of(view));
    one["priority"] = !is_empty(view, port) && choice ? Json(to_string(*choice)) : Json(nullptr);
    if (!is_empty(view, port)) {
      one["protocol"] = protocol_name(setup_value, select_of(view));
      one["boot_selection"] = flash::boot_selection_name(setup.boot_selection);
      one["iscsi_disabled"] =
          view.family != nullptr && view.family->ten_gigabit ? Json(setup.iscsi_disabled) : Json();
      one["prompt_seconds"] = setup.prompt_seconds;
      one["message"] = setup.message;
      one["speed"] = flash::speed_name(setup.speed);
      one["mode"] = flash::mode_name(custom.mode);
      one["continuous_retry"] = custom.retry;
      one["flash_update_disabled"] = custom.no_flash_update;
      one["wakeup_menu_disabled"] = custom.no_wakeup_menu;
      one["boot_selection_menu_disabled"] = custom.no_selection_menu;
      one["protocol_menu_disabled"] = custom.no_protocol_menu;
      one["title_disabled"] = custom.no_title;
      one["setup_menu_disabled"] = custom.no_setup_menu;
    }
    const flash::PxeVlan vlan =
        view.family != nullptr ? pxe_vlan(view.image, *view.family, port) : flash::PxeVlan{};
    one["pxe_vlan"] = vlan.present ? Json{{"id", vlan.id}, {"priority", vlan.priority}} : Json(nullptr);
    ports.push_back(std::move(one));
  }
  return ports;
}

Table port_words_table(const flash::NvmView& view) {
  Table table({{"port", "PORT", Table::Align::right},
               {"setup", "SETUP"},
               {"customization", "CUSTOM"},
               {"protocol", "BOOTS"},
               {"selection", "ORDER"},
               {"prompt", "PROMPT"},
               {"mode", "MODE"},
               {"vlan", "PXE VLAN"}});
  for (unsigned port = 1; port <= ports_of(view); ++port) {
    const std::uint16_t setup_value = view.image.word(flash::setup_word(port));
    const std::uint16_t custom_value = view.image.word(flash::setup_word(port) + 1);
    const flash::SetupOptions setup = flash::setup_options(setup_value);
    std::vector<Cell> row{std::uint64_t{port}, hex(setup_value), hex(custom_value)};
    if (!is_empty(view, port)) {
      std::string boots = protocol_name(setup_value, select_of(view));
      if (view.family != nullptr && view.family->ten_gigabit && setup.iscsi_disabled)
        boots += ", iSCSI disabled";
      const flash::PxeVlan vlan =
          view.family != nullptr ? pxe_vlan(view.image, *view.family, port) : flash::PxeVlan{};
      row.insert(row.end(), {Cell(boots), Cell(flash::boot_selection_name(setup.boot_selection)),
                             Cell(setup.message ? fmt::format("{} s", setup.prompt_seconds) : "none"),
                             Cell(flash::mode_name(flash::customization(custom_value).mode)),
                             vlan.present ? Cell(std::uint64_t{vlan.id}) : Cell()});
    }
    table.add(std::move(row));
  }
  return table;
}

}  // namespace san::report
