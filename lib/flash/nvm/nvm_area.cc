// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_area.h"

#include <fmt/core.h>

#include <algorithm>

#include "flash/nvm/nvm_checksum.h"

namespace san::flash {
namespace {

constexpr std::uint16_t kVlanSignature = 0x4C56;  // "VL"
constexpr std::uint16_t kPbaString = 0xFAFA;      // DPDK, NVM_PBA_PTR_GUARD
constexpr std::size_t kVpd = 0x2F, kAlternateMac = 0x37;

bool is_empty(std::uint16_t pointer) {
  return pointer == 0 || pointer == 0xFFFF;
}

/// Sets the start of an area from word `pointer`; returns false if that is not within the image.
bool find_start(const NvmImage& image, NvmArea& area) {
  area.start = image.word(area.pointer);
  if (area.start < image.words() && area.start >= 0x40) return true;
  area.problem = area.start < 0x40 ? fmt::format("points to word {:#06x}, among the base words", area.start)
                                   : fmt::format("points to word {:#06x}, but the image ends at {:#06x}",
                                                 area.start, image.words());
  return false;
}

/// Returns the words of the vital product data at word `start`, by the lengths of its resources (PCI 2.2,
/// appendix I); 0 if they have no end.
std::size_t vpd_words(const NvmImage& image, std::size_t start) {
  const auto bytes = image.bytes();
  std::size_t at = start * 2;
  for (int i = 0; i < 16 && at < bytes.size(); ++i) {
    const auto tag = std::to_integer<unsigned>(bytes[at]);
    if (tag == 0x78) return (at + 2) / 2 - start;
    const auto length = read_at<le16>(bytes, at + 1);
    if (tag < 0x80 || !length) return 0;
    at += std::size_t{3} + *length;
  }
  return 0;
}

void add_vpd(const NvmImage& image, std::vector<NvmArea>& areas) {
  if (is_empty(image.word(kVpd))) return;
  NvmArea area{"VPD", kVpd, 0, 0, {}};
  if (find_start(image, area)) area.words = vpd_words(image, area.start);
  areas.push_back(area);
}

void add_alternate_macs(const NvmImage& image, const NvmFamily& family, std::vector<NvmArea>& areas) {
  if (is_empty(image.word(kAlternateMac))) return;
  NvmArea area{"alternate MAC addresses", kAlternateMac, 0, 0, {}};
  if (find_start(image, area)) area.words = std::size_t{3} * std::max(family.ports, 1U);
  areas.push_back(area);
}

void add_vlan(const NvmImage& image, const NvmFamily& family, std::vector<NvmArea>& areas) {
  if (family.vlan == 0 || is_empty(image.word(family.vlan))) return;
  NvmArea area{"PXE VLAN block", family.vlan, 0, 0, {}};
  if (find_start(image, area)) {
    if (image.word(area.start) == kVlanSignature)
      area.words = (image.word(area.start + 1) >> 8) / 2;
    else
      area.problem =
          fmt::format("points to word {:#06x}, where there is {:#06x} and not the signature {:#06x} (\"VL\")",
                      area.start, image.word(area.start), kVlanSignature);
  }
  areas.push_back(area);
}

void add_part_number(const NvmImage& image, const NvmFamily& family, std::vector<NvmArea>& areas) {
  if (image.word(family.pba) != kPbaString) return;
  NvmArea area{"board part number", family.pba + std::size_t{1}, 0, 0, {}};
  if (find_start(image, area)) {
    const std::uint16_t words = image.word(area.start);
    if (words > 1 && words != 0xFFFF)
      area.words = words;
    else
      area.problem = fmt::format("points to word {:#06x}, where there is no part number", area.start);
  }
  areas.push_back(area);
}

void add_block(const NvmImage& image, const NvmFamily& family, std::vector<NvmArea>& areas) {
  const IscsiBlockLocation block = find_block(image, family);
  if (block.state == BlockState::unknown || block.state == BlockState::absent) return;
  NvmArea area{"iSCSI block", block.pointer, block.offset / 2, 0, block.problem};
  if (block.state == BlockState::good || block.state == BlockState::old_layout)
    area.words = (block.size + 1) / 2;
  areas.push_back(area);
}

bool overlap(const NvmArea& a, std::size_t start, std::size_t words) {
  return a.words > 0 && words > 0 && a.start < start + words && start < a.start + a.words;
}

}  // namespace

std::vector<NvmArea> nvm_areas(const NvmImage& image, const NvmFamily& family) {
  std::vector<NvmArea> areas;
  for (const std::size_t start : lan_sections(image, family))
    areas.push_back(
        {start == 0 ? "base words" : fmt::format("words of LAN {}", start / 0x40 - 1), 0, start, 0x40, {}});
  std::string problem;
  for (const NvmSection& section : nvm_sections(image, family, problem))
    areas.push_back({fmt::format("section of pointer {:#04x}", section.pointer),
                     section.pointer,
                     section.start,
                     section.words,
                     {}});
  add_block(image, family, areas);
  add_vpd(image, areas);
  add_alternate_macs(image, family, areas);
  add_vlan(image, family, areas);
  add_part_number(image, family, areas);
  for (NvmArea& area : areas)
    if (area.problem.empty() && area.start + area.words > image.words())
      area.problem = fmt::format("takes words {:#06x} to {:#06x}, but the image ends at {:#06x}", area.start,
                                 area.start + area.words - 1, image.words());
  return areas;
}

Diagnostics check_areas(const std::vector<NvmArea>& areas) {
  Diagnostics findings;
  for (std::size_t i = 0; i < areas.size(); ++i) {
    const NvmArea& a = areas[i];
    const std::string where = a.pointer == 0 ? a.name : fmt::format("word {:#04x}", a.pointer);
    if (!a.problem.empty())
      findings.push_back({Severity::error, where, a.pointer == 0 ? a.problem : a.name + ": " + a.problem});
    for (std::size_t j = 0; j < i; ++j)
      if (const NvmArea& b = areas[j]; overlap(a, b.start, b.words))
        findings.push_back({Severity::error, where, fmt::format("{} lies upon {}", a.name, b.name)});
  }
  return findings;
}

std::string area_upon(const std::vector<NvmArea>& areas, std::size_t start, std::size_t words,
                      std::size_t pointer) {
  for (const NvmArea& area : areas)
    if (area.pointer != pointer && overlap(area, start, words)) return area.name;
  return {};
}

std::string board_number(const NvmImage& image, const NvmFamily& family) {
  const std::uint16_t first = image.word(family.pba), second = image.word(family.pba + std::size_t{1});
  if (first == kPbaString) {
    const std::size_t words = image.word(second);
    // The words hold the characters high byte first (DPDK, e1000_read_pba_string_generic).
    std::string text;
    for (std::size_t i = 1;
         second != 0xFFFF && words != 0xFFFF && i < words && i <= 16 && second + i < image.words(); ++i) {
      const unsigned word = image.word(second + i);
      for (const unsigned c : {word >> 8, word & 0xFF})
        if (c > 0x20 && c < 0x7F) text += static_cast<char>(c);
    }
    return text;
  }
  if (is_empty(first)) return {};
  return fmt::format("{:04X}{:02X}-0{:02X}", first, second >> 8, second & 0xFF);
}

PxeVlan pxe_vlan(const NvmImage& image, const NvmFamily& family, unsigned port) {
  if (family.vlan == 0 || is_empty(image.word(family.vlan))) return {};
  const std::size_t start = image.word(family.vlan);
  const std::size_t words = (image.word(start + 1) >> 8) / 2;
  if (image.word(start) != kVlanSignature || port + 1 >= words || start + words > image.words()) return {};
  const unsigned tag = image.word(start + 1 + port);
  return {true, tag >> 13, tag & 0xFFF};
}

}  // namespace san::flash
