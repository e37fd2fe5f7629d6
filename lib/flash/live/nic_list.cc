// SPDX-License-Identifier: Apache-2.0
#include "flash/live/nic_list.h"

#include <fmt/core.h>

#include <cerrno>

#include "core/error.h"
#include "flash/live/nic_write.h"
#include "flash/nvm/boot_words.h"

namespace san::flash {
namespace {

void add_block(NicSummary& summary, const NvmImage& image, unsigned port) {
  const IscsiBlockLocation location = find_block(image, *summary.family);
  summary.block = location.state;
  summary.note = location.problem;
  if (location.state != BlockState::good || port > location.ports) return;
  const auto record = read_at<IscsiRecord>(image.bytes(), location.record(port)).value();
  summary.target_by_dhcp = (record.flags & iscsi_flag::target_dhcp) != 0;
  if (!*summary.target_by_dhcp) summary.target = field_text(record.target).value_or("");
}

void add_nvm(NicSummary& summary, const NvmImage& image) {
  summary.words = image.words();
  if (summary.family == nullptr) {
    summary.note = "no family of NICs known here";
    return;
  }
  if (summary.family->read_only) {
    summary.note = "one-time programmable memory";
    return;
  }
  const unsigned port = summary.nic.port();
  if (port <= summary.family->ports && image.word(setup_word(port)) != kErased)
    summary.boots = protocol_name(image.word(setup_word(port)), summary.family->protocol);
  add_block(summary, image, port);
}

NicSummary summary_of(const NicInterface& nic, const NicMachine& machine) {
  NicSummary summary;
  summary.nic = nic;
  summary.family = nic.family();
  summary.note = nic_limit(nic).cause;
  if (!summary.note.empty()) return summary;
  // One read finds out if root is required, because capabilities can be held without being root.
  if (machine.ethtool->read(nic.name, 0, 2).error == EPERM) {
    summary.note = "needs root";
    return summary;
  }
  try {
    add_nvm(summary, read_live({"nic:" + nic.name, nic, machine.ethtool}).image);
  } catch (const Error& error) {
    summary.note = error.cause();
  }
  return summary;
}

Cell text_cell(const std::string& text) {
  return text.empty() ? Cell() : Cell(text);
}

Cell block_cell(const NicSummary& summary) {
  if (!summary.block || *summary.block == BlockState::unknown) return {};
  if (*summary.block == BlockState::absent) return "absent";
  return *summary.block == BlockState::good ? "good" : "not usable";
}

}  // namespace

std::vector<NicSummary> list_nics(const NicMachine& machine) {
  std::vector<NicSummary> all;
  for (const NicInterface& nic : find_nics(machine.root)) all.push_back(summary_of(nic, machine));
  return all;
}

Table nic_table(const std::vector<NicSummary>& nics) {
  Table table({{"interface", "INTERFACE"},
               {"driver", "DRIVER"},
               {"slot", "SLOT"},
               {"device_id", "PCI ID"},
               {"mac", "MAC ADDRESS"},
               {"option_rom_bytes", "ROM", Table::Align::right},
               {"family", "FAMILY"},
               {"words", "WORDS", Table::Align::right},
               {"boots", "BOOTS"},
               {"iscsi_block", "ISCSI BLOCK"},
               {"target", "TARGET"},
               {"note", "NOTE"}});
  for (const NicSummary& one : nics) {
    const NicInterface& nic = one.nic;
    const Cell id =
        nic.vendor && nic.device ? Cell(fmt::format("{:04x}:{:04x}", *nic.vendor, *nic.device)) : Cell();
    table.add({nic.name, text_cell(nic.driver), text_cell(nic.slot), id, text_cell(nic.mac),
               nic.rom_bytes ? Cell(Bytes{*nic.rom_bytes}) : Cell(),
               one.family == nullptr ? Cell() : Cell(std::string(one.family->name)),
               one.words ? Cell(std::uint64_t{*one.words}) : Cell(), text_cell(one.boots), block_cell(one),
               one.target_by_dhcp.value_or(false) ? Cell("by DHCP") : text_cell(one.target),
               text_cell(one.note)});
  }
  return table;
}

}  // namespace san::flash
