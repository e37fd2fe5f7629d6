// SPDX-License-Identifier: Apache-2.0
#include "report/flash/nvm_report.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "core/text/table.h"
#include "flash/nvm/boot_words.h"
#include "flash/nvm/nvm_flash.h"
#include "report/flash/nvm_block_report.h"
#include "report/flash/port_words.h"

namespace san::report {
namespace {

struct Capability {
  unsigned bit;
  const char* key;
  const char* name;
};

// X550 datasheet, 6.2.2.52; bit 5 is reserved on 1 GbE NICs.
constexpr Capability kCapabilities[] = {{0, "pxe_base_code", "PXE base code"},
                                        {1, "pxe_undi", "PXE UNDI"},
                                        {3, "efi_undi", "EFI UNDI"},
                                        {4, "iscsi", "iSCSI"},
                                        {5, "fcoe", "FCoE"}};

bool has_capabilities(const flash::NvmView& view) {
  return view.image.word(0x33) != flash::kErased && view.image.word(0x33) != 0;
}

std::string capabilities_text(const flash::NvmView& view) {
  std::string out;
  for (const Capability& capability : kCapabilities)
    if ((view.image.word(0x33) >> capability.bit & 1U) != 0)
      out += (out.empty() ? "" : ", ") + std::string(capability.name);
  return out.empty() ? "nothing" : out;
}

Json capabilities_json(const flash::NvmView& view) {
  if (!has_capabilities(view)) return nullptr;
  Json out = {{"word", fmt::format("{:#06x}", view.image.word(0x33))}};
  for (const Capability& capability : kCapabilities)
    out[capability.key] = (view.image.word(0x33) >> capability.bit & 1U) != 0;
  return out;
}

/// Word 0x36: a version, a pointer to one (values below 0x2000 are reserved for that), or nothing.
std::string iscsi_version(const flash::NvmView& view) {
  const std::uint16_t word = view.image.word(0x36);
  if (word == 0 || word == flash::kErased) return {};
  return word >= 0x2000 ? fmt::format("{:#06x}", word)
                        : fmt::format("by the structure at word {:#06x}", word);
}

bool has_identity(const flash::NvmView& view) {
  return view.family != nullptr && !view.family->ten_gigabit;
}

std::string etrack(const flash::NvmView& view) {
  if (view.family == nullptr || view.family->etrack == 0) return {};
  const std::size_t at = view.family->etrack;
  if (at + 1 >= view.image.words() || view.image.word(at + 1) >> 12 != 8) return {};
  return fmt::format("0x{:04x}{:04x}", view.image.word(at + 1), view.image.word(at));
}

/// Word 0x05 of GbE NICs; the I210 has its minor version in bits 7:0 alone (datasheet, 6.8.3).
std::string image_version(const flash::NvmView& view) {
  const unsigned word = view.image.word(5);
  if (!has_identity(view) || word == 0 || word == flash::kErased) return {};
  const bool whole_byte = view.family->name == "I210";
  return fmt::format("{}.{:x}", word >> 12, whole_byte ? word & 0xFF : (word >> 4) & 0xFF);
}

Json or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json checksums_json(const flash::NvmView& view) {
  Json out = Json::array();
  for (const flash::NvmChecksum& checksum : view.checksums)
    out.push_back(
        {{"name", checksum.name},
         {"word", fmt::format("{:#04x}", checksum.word)},
         {"stored", fmt::format("{:#06x}", checksum.stored)},
         {"expected", checksum.expected ? Json(fmt::format("{:#06x}", *checksum.expected)) : Json(nullptr)},
         {"checked", checksum.checked},
         {"good", checksum.good()}});
  return out;
}

Json areas_json(const flash::NvmView& view) {
  Json out = Json::array();
  for (const flash::NvmArea& area : view.areas)
    out.push_back(
        {{"name", area.name},
         {"pointer_word", area.pointer == 0 ? Json(nullptr) : Json(fmt::format("{:#04x}", area.pointer))},
         {"first_word", fmt::format("{:#06x}", area.start)},
         {"words", area.words == 0 ? Json(nullptr) : Json(area.words)},
         {"problem", or_null(area.problem)}});
  return out;
}

Json findings_json(const flash::NvmView& view) {
  Json out = Json::array();
  for (const Diagnostic& finding : flash::nvm_findings(view))
    out.push_back(
        {{"severity", severity_name(finding.severity)}, {"where", finding.where}, {"text", finding.text}});
  return out;
}

Printable identity_text(const flash::NvmView& view) {
  Printable out;
  const auto line = [&out](const char* label, const std::string& value) {
    if (!value.empty()) out += format_text("  {:<12} {}\n", label, value);
  };
  if (has_identity(view)) {
    line("PCI device", fmt::format("8086:{:04x}, subsystem {:04x}:{:04x}", view.image.word(0x0D),
                                   view.image.word(0x0C), view.image.word(0x0B)));
    line("MAC address", flash::first_mac(view.image));
  }
  if (view.family != nullptr) line("part number", flash::board_number(view.image, *view.family));
  line("NVM version", image_version(view));
  line("EETrack id", etrack(view));
  line("boot agent", flash::agent_version(view.image.word(0x32)));
  line("iSCSI ROM", iscsi_version(view));
  if (has_capabilities(view)) line("contains", capabilities_text(view));
  return out;
}

Printable checksums_text(const flash::NvmView& view) {
  Printable out;
  for (const flash::NvmChecksum& checksum : view.checksums)
    out += format_text("  {:<12} {} (word {:#04x}): {}\n", "checksum", checksum.name, checksum.word,
                       !checksum.expected ? checksum.problem
                       : checksum.good()  ? fmt::format("{:#06x}, right", checksum.stored)
                                          : fmt::format("{:#06x}, wrong: should be {:#06x}", checksum.stored,
                                                        *checksum.expected));
  return out;
}

}  // namespace

Json nvm_json(const std::string& name, const flash::NvmView& view) {
  const bool identity = has_identity(view);
  Json out = {{"device", name},
              {"kind", "intel-nvm"},
              {"format", view.image.format() == flash::NvmFormat::raw ? "raw" : "ethtool"},
              {"bytes", view.image.bytes().size()},
              {"family", view.family == nullptr ? Json(nullptr) : Json(std::string(view.family->name))},
              {"writable", view.family != nullptr && !view.family->read_only}};
  out["device_id"] = identity ? Json(fmt::format("8086:{:04x}", view.image.word(0x0D))) : Json(nullptr);
  out["mac"] = identity ? Json(flash::first_mac(view.image)) : Json(nullptr);
  out["part_number"] =
      view.family == nullptr ? Json(nullptr) : or_null(flash::board_number(view.image, *view.family));
  out["nvm_version"] = or_null(image_version(view));
  out["etrack"] = or_null(etrack(view));
  out["boot_agent_version"] = or_null(flash::agent_version(view.image.word(0x32)));
  out["iscsi_rom_version"] = or_null(iscsi_version(view));
  out["capabilities"] = capabilities_json(view);
  out["checksums"] = checksums_json(view);
  out["ports"] = port_words_json(view);
  out["iscsi"] = block_json(view);
  out["areas"] = areas_json(view);
  out["findings"] = findings_json(view);
  return out;
}

Printable nvm_text(const std::string& name, const flash::NvmView& view) {
  Printable out = format_text(
      "{}: NVM of {}, {} words{}\n", name,
      view.family == nullptr ? "an unknown family" : fmt::format("the family {}", view.family->name),
      view.image.words(), view.image.format() == flash::NvmFormat::ethtool ? " (table of ethtool)" : "");
  out += identity_text(view) + checksums_text(view);
  if (const Table ports = port_words_table(view); !ports.empty()) out += ports.text("  ");
  if (view.family != nullptr && view.family->ports > view.family->sure_ports)
    out += format_text("  words of ports {} to {}: not confirmed by a public datasheet\n",
                       view.family->sure_ports + 1, view.family->ports);
  if (view.family != nullptr) out += block_text(view);
  for (const Diagnostic& finding : flash::nvm_findings(view))
    out += format_text("{}: {}: {}\n", severity_name(finding.severity), finding.where, finding.text);
  return out;
}

}  // namespace san::report
