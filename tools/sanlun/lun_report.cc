// SPDX-License-Identifier: Apache-2.0
// Sections of a LUN report.
#include "lun_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "lun_report_sections.h"
#include "target/registry/target_registry.h"

namespace san {
namespace {

using iscsi::LunReport;

Field text_field(std::string key, std::string label, const std::string& value) {
  if (value.empty()) return {std::move(key), std::move(label), nullptr, kUnknown};
  return {std::move(key), std::move(label), value, as_printable(value)};
}

template <typename T>
Field flag(std::string key, std::string label, const std::optional<T>& value, SourceText yes, SourceText no) {
  if (!value) return {std::move(key), std::move(label), nullptr, kUnknown};
  return {std::move(key), std::move(label), static_cast<bool>(*value), *value ? yes : no};
}

std::string designator_text(const iscsi::Designator& one) {
  static const char* const kOwners[] = {"LUN", "port", "target", "?"};
  static const char* const kTypes[] = {"vendor",     "T10",      "EUI-64", "NAA",       "relative port",
                                       "port group", "LU group", "MD5",    "SCSI name", "protocol"};
  const std::string type =
      one.type < std::size(kTypes) ? kTypes[one.type] : fmt::format("type {:X}h", one.type);
  return fmt::format("{} {}: {}", kOwners[one.association & 3], type, one.text);
}

/// SPC-4, 6.6.2: the VERSION field; and the standards among the version descriptors that matter here, each a
/// block of 32 codes.
std::string standards(const iscsi::Inquiry& inquiry) {
  static const std::pair<std::uint16_t, const char*> kNames[] = {
      {0x0040, "SAM-2"}, {0x0060, "SAM-3"}, {0x0080, "SAM-4"}, {0x00A0, "SAM-5"}, {0x0260, "SPC-2"},
      {0x0300, "SPC-3"}, {0x0460, "SPC-4"}, {0x05C0, "SPC-5"}, {0x0180, "SBC"},   {0x0320, "SBC-2"},
      {0x04C0, "SBC-3"}, {0x0600, "SBC-4"}, {0x0960, "iSCSI"}};
  std::vector<std::string> names;
  static const char* const kVersions[] = {"SPC", "SPC-2", "SPC-3", "SPC-4", "SPC-5", "SPC-6"};
  if (inquiry.version >= 3 && inquiry.version < 3 + std::size(kVersions))
    names.emplace_back(kVersions[inquiry.version - 3]);
  for (const std::uint16_t code : inquiry.version_descriptors) {
    const auto* const found = std::find_if(std::begin(kNames), std::end(kNames),
                                           [code](const auto& one) { return one.first == (code & 0xFFE0); });
    const std::string name = found != std::end(kNames) ? found->second : fmt::format("{:04X}h", code);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

Section identity(const LunReport& report) {
  const iscsi::Inquiry& inquiry = *report.info.inquiry;
  const target::TargetSoftware* const software = target::find_software(inquiry);
  Json all = Json::array();
  std::vector<Printable> texts;
  for (const auto& one : report.info.designators) {
    static const char* const kOwners[] = {"lun", "port", "target", "reserved"};
    all.push_back({{"of", kOwners[one.association & 3]}, {"type", one.type}, {"value", one.text}});
    texts.push_back(as_printable(designator_text(one)));
  }
  const auto first = [&report](std::uint8_t type) {
    for (const auto& one : report.info.designators)
      if (one.association == 0 && one.type == type) return one.text;
    return std::string();
  };
  Section section{"identity", "Identity", {}};
  section.fields = {
      text_field("type", "Type", iscsi::device_type_name(inquiry.device_type)),
      text_field("vendor", "Vendor", inquiry.vendor),
      text_field("product", "Product", inquiry.product),
      text_field("revision", "Revision", inquiry.revision),
      text_field("software", "Target software", software != nullptr ? software->name : ""),
      text_field("serial", "Serial number", report.info.serial),
      text_field("naa", "NAA", report.info.naa()),
      text_field("eui", "EUI-64", first(2)),
      text_field("t10", "T10 vendor ID", first(1)),
      {"designators", "All designators", all, texts.empty() ? kUnknown : joined(texts, "\n")},
      text_field("standards", "Standards", standards(inquiry)),
  };
  // A complete list of designators also shows which ones are missing.
  for (Field& field : section.fields)
    if (const bool listed = field.key == "naa" || field.key == "eui" || field.key == "t10";
        listed && field.value.is_null() && !report.info.designators.empty())
      field.text = SourceText("none");
  if (report.info.designators.empty()) section.fields[9].value = nullptr;
  return section;
}

Section geometry(const LunReport& report) {
  Section section{"capacity", "Capacity", {}};
  const auto& capacity = report.info.capacity;
  const auto add = [&](const char* key, const char* label, auto value, auto text) {
    if (capacity)
      section.fields.push_back({key, label, value(*capacity), text(*capacity)});
    else
      section.fields.push_back({key, label, nullptr, kUnknown});
  };
  using iscsi::Capacity;
  add(
      "size", "Size", [](const Capacity& c) { return c.blocks * c.block_size; },
      [](const Capacity& c) {
        return format_text("{} ({} bytes)", format_size(c.blocks * c.block_size), c.blocks * c.block_size);
      });
  add(
      "blocks", "Blocks", [](const Capacity& c) { return c.blocks; },
      [](const Capacity& c) { return format_text("{}", c.blocks); });
  add(
      "block_size", "Logical block", [](const Capacity& c) { return c.block_size; },
      [](const Capacity& c) { return format_text("{} bytes", c.block_size); });
  if (capacity && !capacity->long_form) {
    section.fields.push_back({"physical_block_size", "Physical block", nullptr, kUnknown});
    section.fields.push_back({"lowest_aligned_lba", "First aligned LBA", nullptr, kUnknown});
  } else {
    add(
        "physical_block_size", "Physical block",
        [](const Capacity& c) { return std::uint64_t{c.block_size} << c.physical_exponent; },
        [](const Capacity& c) {
          return format_text("{} bytes", std::uint64_t{c.block_size} << c.physical_exponent);
        });
    add(
        "lowest_aligned_lba", "First aligned LBA", [](const Capacity& c) { return c.lowest_aligned_lba; },
        [](const Capacity& c) { return format_text("{}", c.lowest_aligned_lba); });
  }
  Printable medium;
  Json rate = nullptr;
  if (report.info.characteristics) {
    const std::uint16_t rotation = report.info.characteristics->rotation_rate;
    rate = rotation;
    // SBC-3, table 181: 0001h does not rotate, 0401h to FFFEh rotate, the others are reserved.
    medium = rotation == 0                            ? SourceText("not reported (0)")
             : rotation == 1                          ? SourceText("does not rotate (1)")
             : rotation >= 0x401 && rotation < 0xFFFF ? format_text("{} rotations a minute", rotation)
                                                      : format_text("nonsense: {:04X}h", rotation);
  }
  section.fields.push_back({"rotation_rate", "Medium", rate, medium.empty() ? kUnknown : medium});
  return section;
}

Section transfer(const LunReport& report) {
  Section section{"limits", "Limits (VPD page B0h)", {}};
  const std::uint64_t block = report.info.block_size();
  using Limits = iscsi::BlockLimits;
  const auto add = [&](const char* key, const char* label, auto blocks_of) {
    Field field{key, label, nullptr, kUnknown};
    if (report.info.limits) {
      const std::uint64_t blocks = blocks_of(*report.info.limits);
      field.value = blocks;
      field.text = blocks == 0 ? SourceText("not given") : format_text("{} blocks", blocks);
      if (blocks != 0 && block != 0 && blocks <= UINT64_MAX / block)
        field.text += format_text(" ({})", format_size(blocks * block));
    }
    section.fields.push_back(std::move(field));
  };
  const auto count = [](std::uint64_t value) { return value; };
  // SBC-3, 6.6.3: of these fields 0 is no UNMAP, and all ones no limit.
  const auto unmap_words = [&section](std::uint32_t value) {
    if (value == 0) section.fields.back().text = SourceText("none: UNMAP is not supported (0)");
    if (value == UINT32_MAX) section.fields.back().text = SourceText("no limit (4294967295)");
  };
  add("max_transfer_blocks", "Most in a transfer",
      [&](const Limits& l) { return count(l.max_transfer_blocks); });
  add("optimal_transfer_blocks", "Best transfer",
      [&](const Limits& l) { return count(l.optimal_transfer_blocks); });
  add("optimal_granularity_blocks", "Transfer granularity",
      [&](const Limits& l) { return count(l.optimal_granularity_blocks); });
  add("max_unmap_blocks", "Most in an UNMAP", [&](const Limits& l) { return count(l.max_unmap_blocks); });
  if (report.info.limits) unmap_words(report.info.limits->max_unmap_blocks);
  add("max_unmap_descriptors", "Ranges in an UNMAP",
      [&](const Limits& l) { return count(l.max_unmap_descriptors); });
  if (report.info.limits) {
    section.fields.back().text = format_text("{}", report.info.limits->max_unmap_descriptors);
    unmap_words(report.info.limits->max_unmap_descriptors);
  }
  add("unmap_granularity_blocks", "UNMAP granularity",
      [&](const Limits& l) { return count(l.unmap_granularity_blocks); });
  Field alignment{"unmap_alignment_blocks", "UNMAP alignment", nullptr, kUnknown};
  if (report.info.limits) alignment.text = SourceText("not given");
  if (report.info.limits && report.info.limits->unmap_alignment_blocks) {
    alignment.value = *report.info.limits->unmap_alignment_blocks;
    alignment.text = format_text("{} blocks", *report.info.limits->unmap_alignment_blocks);
  }
  section.fields.push_back(std::move(alignment));
  add("max_write_same_blocks", "Most in a WRITE SAME",
      [&](const Limits& l) { return count(l.max_write_same_blocks); });
  add("max_compare_and_write_blocks", "COMPARE AND WRITE",
      [&](const Limits& l) { return count(l.max_compare_and_write_blocks); });
  if (report.info.limits && report.info.limits->max_compare_and_write_blocks == 0)
    section.fields.back().text = SourceText("not supported (0)");
  return section;
}

Section provisioning(const LunReport& report) {
  Section section{"provisioning", "Provisioning", {}};
  const auto& vpd = report.info.provisioning;
  const auto thin = report.info.thin();
  const auto of_capacity = [&]() -> std::optional<bool> {
    if (!thin) return std::nullopt;
    return report.info.capacity->lbprz;
  };
  const auto of_page = [&vpd](bool iscsi::Provisioning::*member) -> std::optional<bool> {
    if (!vpd) return std::nullopt;
    return (*vpd).*member;
  };
  using P = iscsi::Provisioning;
  section.fields = {
      flag("lbpme", "LBPME", thin, "yes: thin, blocks can be unmapped", "no: every block takes its space"),
      flag("lbprz_capacity", "LBPRZ (capacity)", of_capacity(), "yes: unmapped blocks read as zeros",
           "no: unmapped blocks may read as anything"),
      flag("lbprz_vpd", "LBPRZ (VPD B2h)", of_page(&P::lbprz), "yes: unmapped blocks read as zeros",
           "no: unmapped blocks may read as anything"),
      flag("lbpu", "LBPU", of_page(&P::lbpu), "yes: by UNMAP", "no: not by UNMAP"),
      flag("lbpws", "LBPWS", of_page(&P::lbpws), "yes: by WRITE SAME(16)", "no: not by WRITE SAME(16)"),
      flag("lbpws10", "LBPWS10", of_page(&P::lbpws10), "yes: by WRITE SAME(10)", "no: not by WRITE SAME(10)"),
  };
  Field type{"type", "Type", nullptr, kUnknown};
  Field threshold{"threshold_exponent", "Threshold exponent", nullptr, kUnknown};
  if (vpd) {
    static constexpr SourceText kTypes[] = {"not reported (0)", "resource provisioned", "thin provisioned"};
    type.value = vpd->type;
    type.text = vpd->type < std::size(kTypes) ? kTypes[vpd->type] : format_text("reserved ({})", vpd->type);
    threshold.value = vpd->threshold_exponent;
    threshold.text =
        vpd->threshold_exponent == 0
            ? SourceText("0: no thresholds")
            : format_text("{}: in sets of 2^{} blocks", vpd->threshold_exponent, vpd->threshold_exponent);
  }
  section.fields.push_back(std::move(type));
  section.fields.push_back(std::move(threshold));
  for (Field& field : section.fields)
    if (thin == true && field.value == false && field.key.starts_with("lbprz")) field.warn = true;
  const auto contradictions = report.info.contradictions();
  section.fields.push_back({"contradictions", "Contradictions", contradictions,
                            contradictions.empty() ? SourceText("none") : joined(contradictions, "\n"),
                            !contradictions.empty()});
  return section;
}

Section cache(const LunReport& report) {
  Section section{"access", "Cache and access", {}};
  section.fields = {
      flag("write_cache", "Write cache (WCE)", report.info.mode.write_cache, "on: flush by SYNCHRONIZE CACHE",
           "off"),
      flag("read_cache", "Read cache (RCD)", report.info.mode.read_cache, "on", "off"),
      flag("fua", "FUA (DPOFUA)", report.info.mode.dpofua, "yes", "no"),
      flag("write_protected", "Write protected (WP)", report.info.mode.write_protected, "yes", "no"),
      flag("software_write_protect", "Software WP (SWP)", report.info.mode.software_write_protect, "yes",
           "no"),
  };
  for (Field& field : section.fields)
    if (field.key.ends_with("write_protected") || field.key.starts_with("software"))
      field.warn = field.value == true;
  Field ready{"ready", "Ready", nullptr, kUnknown};
  if (report.info.not_ready)
    ready = {"ready", "Ready", report.info.not_ready->empty(),
             report.info.not_ready->empty() ? SourceText("yes") : as_printable(*report.info.not_ready),
             !report.info.not_ready->empty()};
  section.fields.push_back(std::move(ready));
  return section;
}

}  // namespace

std::vector<Section> report_sections(const LunReport& report) {
  std::vector<Section> sections{identity(report)};
  if (report.info.is_disk())
    for (const auto& make : {geometry, transfer, provisioning, cache, reservation_section})
      sections.push_back(make(report));
  sections.push_back(path_section(report));
  if (report.info.is_disk()) sections.push_back(command_section(report));
  sections.push_back(session_section(report));
  return sections;
}

}  // namespace san
