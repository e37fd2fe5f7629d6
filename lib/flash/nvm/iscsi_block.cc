// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/iscsi_block.h"

#include <fmt/core.h>

#include <algorithm>

namespace san::flash {
namespace {

// EEPROM guides of the 82571 (word 0x3D) and 82575 (4.5.1.29.13): at most 417 words, with a byte of capacity
// before each text.
constexpr std::size_t kMaxOldLayout = 834;
constexpr unsigned kMaxPorts = 4;

IscsiBlockLocation bad(IscsiBlockLocation location, BlockState state, std::string problem) {
  location.state = state;
  location.problem = std::move(problem);
  return location;
}

}  // namespace

IscsiBlockLocation find_block(const NvmImage& image, const NvmFamily& family) {
  IscsiBlockLocation location;
  if (family.iscsi == 0) return location;
  location.pointer = family.iscsi;
  location.value = image.word(family.iscsi);
  if (location.value == 0 || location.value == 0xFFFF) {
    location.state = BlockState::absent;
    return location;
  }
  location.offset = std::size_t{location.value} * 2;
  const std::size_t all = image.bytes().size();
  if (location.offset < 0x80)
    return bad(location, BlockState::dangling,
               fmt::format("points to word {:#06x}, among the base words", location.value));
  if (location.offset + 4 > all)
    return bad(
        location, BlockState::dangling,
        fmt::format("points to word {:#06x}, but the image ends at {:#06x}", location.value, image.words()));
  const auto signature = read_at<le16>(image.bytes(), location.offset).value();
  if (signature != kIscsiSignature)
    return bad(
        location, BlockState::no_signature,
        fmt::format("points to word {:#06x}, where there is {:#06x} and not the signature {:#06x} (\"iS\")",
                    location.value, static_cast<unsigned>(signature), kIscsiSignature));
  location.size = read_at<le16>(image.bytes(), location.offset + 2).value();
  if (location.size <= kMaxOldLayout)
    return bad(location, BlockState::old_layout,
               fmt::format("points to a block of {} bytes in the old layout of the 82571 and 82575, whose "
                           "table is not public",
                           location.size));
  const auto header = read_at<IscsiHeader>(image.bytes(), location.offset);
  if (!header || location.size > all - location.offset)
    return bad(location, BlockState::dangling,
               fmt::format("points to a block of {} bytes, but the image ends after {}", location.size,
                           all - location.offset));
  const std::size_t records = location.size - std::min(location.size, sizeof(IscsiHeader));
  if (records % sizeof(IscsiRecord) != 0 || records / sizeof(IscsiRecord) > kMaxPorts)
    return bad(location, BlockState::wrong_size,
               fmt::format("points to a block of {} bytes; the layout known has 900, 1504, 2108 or 2712",
                           location.size));
  if (header->version != 1)
    return bad(location, BlockState::wrong_version,
               fmt::format("points to a block of version {}; only version 1 is known", header->version));
  location.ports = static_cast<unsigned>(records / sizeof(IscsiRecord));
  location.state = BlockState::good;
  return location;
}

std::optional<std::string> field_text(std::span<const char> field) {
  const auto end = std::find(field.begin(), field.end(), '\0');
  if (end == field.end()) return std::nullopt;
  return std::string(field.begin(), end);
}

std::optional<IpOrder> block_order(const NvmImage& image, const IscsiBlockLocation& location,
                                   bool& conflict) {
  std::optional<IpOrder> order;
  for (unsigned port = 1; port <= location.ports; ++port) {
    const auto record = read_at<IscsiRecord>(image.bytes(), location.record(port));
    const auto one = record ? mask_order(record->mask) : std::nullopt;
    if (!one) continue;
    if (order && order != one) conflict = true;
    order = one;
  }
  return conflict ? std::nullopt : order;
}

}  // namespace san::flash
