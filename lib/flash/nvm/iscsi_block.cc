// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/iscsi_block.h"

#include <fmt/core.h>

#include <algorithm>

namespace san::flash {
namespace {

// EEPROM guides of the 82571 (word 0x3D) and 82575 (4.5.1.29.13): at most 417 words, with a byte of capacity
// before each text.
constexpr std::size_t kOldLayoutLargest = 834;
constexpr unsigned kMaxPorts = 4;

IscsiBlockLocation bad(IscsiBlockLocation place, BlockState state, std::string problem) {
  place.state = state;
  place.problem = std::move(problem);
  return place;
}

}  // namespace

IscsiBlockLocation find_block(const NvmImage& image, const NvmFamily& family) {
  IscsiBlockLocation place;
  if (family.iscsi == 0) return place;
  place.pointer = family.iscsi;
  place.value = image.word(family.iscsi);
  if (place.value == 0 || place.value == 0xFFFF) {
    place.state = BlockState::absent;
    return place;
  }
  place.offset = std::size_t{place.value} * 2;
  const std::size_t all = image.bytes().size();
  if (place.offset < 0x80)
    return bad(place, BlockState::dangling,
               fmt::format("points to word {:#06x}, among the base words", place.value));
  if (place.offset + 4 > all)
    return bad(
        place, BlockState::dangling,
        fmt::format("points to word {:#06x}, but the image ends at {:#06x}", place.value, image.words()));
  const auto signature = read_at<le16>(image.bytes(), place.offset).value();
  if (signature != kIscsiSignature)
    return bad(
        place, BlockState::no_signature,
        fmt::format("points to word {:#06x}, where there is {:#06x} and not the signature {:#06x} (\"iS\")",
                    place.value, static_cast<unsigned>(signature), kIscsiSignature));
  place.size = read_at<le16>(image.bytes(), place.offset + 2).value();
  if (place.size <= kOldLayoutLargest)
    return bad(place, BlockState::old_layout,
               fmt::format("points to a block of {} bytes in the old layout of the 82571 and 82575, whose "
                           "table is not public",
                           place.size));
  const auto header = read_at<IscsiHeader>(image.bytes(), place.offset);
  if (!header || place.size > all - place.offset)
    return bad(place, BlockState::dangling,
               fmt::format("points to a block of {} bytes, but the image ends after {}", place.size,
                           all - place.offset));
  const std::size_t records = place.size - std::min(place.size, sizeof(IscsiHeader));
  if (records % sizeof(IscsiRecord) != 0 || records / sizeof(IscsiRecord) > kMaxPorts)
    return bad(place, BlockState::wrong_size,
               fmt::format("points to a block of {} bytes; the layout known has 900, 1504, 2108 or 2712",
                           place.size));
  if (header->version != 1)
    return bad(place, BlockState::wrong_version,
               fmt::format("points to a block of version {}; only version 1 is known", header->version));
  place.ports = static_cast<unsigned>(records / sizeof(IscsiRecord));
  place.state = BlockState::good;
  return place;
}

std::optional<std::string> field_text(std::span<const char> field) {
  const auto end = std::find(field.begin(), field.end(), '\0');
  if (end == field.end()) return std::nullopt;
  return std::string(field.begin(), end);
}

std::optional<IpOrder> block_order(const NvmImage& image, const IscsiBlockLocation& place, bool& conflict) {
  std::optional<IpOrder> order;
  for (unsigned port = 1; port <= place.ports; ++port) {
    const auto record = read_at<IscsiRecord>(image.bytes(), place.record(port));
    const auto one = record ? mask_order(record->mask) : std::nullopt;
    if (!one) continue;
    if (order && order != one) conflict = true;
    order = one;
  }
  return conflict ? std::nullopt : order;
}

}  // namespace san::flash
