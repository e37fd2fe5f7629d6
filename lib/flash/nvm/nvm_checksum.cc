// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_checksum.h"

#include <fmt/core.h>

namespace san::flash {
namespace {

constexpr std::uint16_t kSum = 0xBABA;
constexpr std::size_t kChecksumWord = 0x3F;

/// Returns the sum of `count` words from `first`, without the checksum's own word.
std::uint16_t sum_words(const NvmImage& image, std::size_t first, std::size_t count, std::size_t without) {
  unsigned sum = 0;
  for (std::size_t i = first; i < first + count; ++i)
    if (i != without) sum += image.word(i);
  return static_cast<std::uint16_t>(sum);
}

NvmChecksum section_checksum(const NvmImage& image, std::size_t start, std::string name) {
  NvmChecksum result{std::move(name), start + kChecksumWord, image.word(start + kChecksumWord), {}, {}, true};
  if (start + kChecksumWord >= image.words())
    result.problem = "the image ends before it";
  else
    result.expected = static_cast<std::uint16_t>(kSum - sum_words(image, start, 0x40, result.word));
  return result;
}

NvmChecksum checksum_with_pointers(const NvmImage& image, const NvmFamily& family) {
  NvmChecksum result{"base words and sections", kChecksumWord, image.word(kChecksumWord), {}, {}, true};
  const std::size_t base = family.checksum.words;
  if (base > image.words()) result.problem = "the image ends before the last word that it covers";
  unsigned sum = sum_words(image, 0, base, kChecksumWord);
  for (const NvmSection& section : nvm_sections(image, family, result.problem))
    sum += sum_words(image, section.summed, section.start + section.words - section.summed, SIZE_MAX);
  if (result.problem.empty()) result.expected = static_cast<std::uint16_t>(kSum - sum);
  return result;
}

/// Returns the words of sections without a length word (DPDK, IXGBE_IXGBE_PCIE_GENERAL_SIZE and
/// IXGBE_PCIE_CONFIG_SIZE); 0 for the others.
std::size_t fixed_size(const NvmFamily& family, std::size_t pointer) {
  if (!family.checksum.fixed) return 0;
  return pointer == 0x06 ? 0x24 : pointer == 0x07 || pointer == 0x08 ? 8 : 0;
}

}  // namespace

std::vector<NvmSection> nvm_sections(const NvmImage& image, const NvmFamily& family, std::string& problem) {
  std::vector<NvmSection> result;
  // The driver for the 82599 does not check its pointers; those for the others skip pointers past the end.
  const bool strict = family.checksum.strict;
  const std::size_t first = family.checksum.first_pointer;
  for (std::size_t pointer = first; first != 0 && pointer <= 0x0E; ++pointer) {
    if (!strict && (pointer == 0x04 || pointer == 0x05)) continue;
    const std::size_t start = image.word(pointer);
    if (start == 0 || start == 0xFFFF) continue;
    const std::size_t fixed = fixed_size(family, pointer);
    NvmSection section{pointer, start, fixed, start};
    bool out = start >= image.words();
    if (fixed == 0 && !out) {
      const std::size_t length = image.word(start);
      if (length == 0 || length == 0xFFFF) continue;
      section.words = length + 1;
      section.summed = start + 1;
    }
    out |= start + section.words > image.words();
    if (!out)
      result.push_back(section);
    else if (strict || (fixed != 0 && start < image.words()))
      problem = fmt::format("the section of pointer {:#04x} reaches past the end of the image", pointer);
  }
  return result;
}

std::vector<std::size_t> lan_sections(const NvmImage& image, const NvmFamily& family) {
  const ChecksumRule& rule = family.checksum;
  const bool four =
      rule.lan_sections && (rule.lan_bit == 0 || (image.word(rule.lan_word) & rule.lan_bit) != 0);
  return four ? std::vector<std::size_t>{0, 0x80, 0xC0, 0x100} : std::vector<std::size_t>{0};
}

std::vector<NvmChecksum> nvm_checksums(const NvmImage& image, const NvmFamily& family) {
  const ChecksumRule& rule = family.checksum;
  if (rule.words == 0) return {};
  if (rule.first_pointer != 0) return {checksum_with_pointers(image, family)};
  std::vector<NvmChecksum> result;
  for (const std::size_t start : lan_sections(image, family))
    result.push_back(
        section_checksum(image, start, start == 0 ? "base words" : fmt::format("LAN {}", start / 0x40 - 1)));
  if (rule.valid_bit != 0) result[0].checked = (image.word(rule.valid_word) & rule.valid_bit) != 0;
  return result;
}

std::vector<std::string> update_checksums(NvmImage& image, const NvmFamily& family,
                                          const std::vector<NvmChecksum>& before, bool repair) {
  std::vector<std::string> wrong;
  std::size_t i = 0;
  for (const NvmChecksum& now : nvm_checksums(image, family)) {
    const bool was_good = i < before.size() && before[i].word == now.word && before[i].good();
    ++i;
    if (now.good()) continue;
    if (now.expected && (repair || was_good))
      image.set_word(now.word, *now.expected);
    else
      wrong.push_back(now.name);
  }
  return wrong;
}

}  // namespace san::flash
