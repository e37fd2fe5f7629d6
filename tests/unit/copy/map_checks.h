// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "copy/copy_checks.h"
#include "copy/map/clone_map.h"

/// A clone map as its file says it, read without CloneMap: the slots of each destination by its identity.
struct MapContent {
  san::copy::map_format::Header header;
  std::map<std::string, std::vector<san::copy::map_format::Slot>> slots;
  std::vector<san::copy::map_format::Standing> standings;  ///< in the order of the header
  std::size_t batches = 0;
};

inline MapContent read_map(const Content& file) {
  using namespace san;
  using namespace san::copy::map_format;
  MapContent content;
  auto [header, at] = read_header(file, "map");
  content.header = header;
  std::vector<Slot> all(header.destinations.size() * header.blocks());
  content.standings.resize(header.destinations.size());
  if (header.base) {
    for (Standing& standing : content.standings) {
      standing = read_standing(std::span(file).subspan(at));
      at += kStandingBytes;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].state = static_cast<State>(file.at(at + i * kSlotBytes));
      for (std::size_t k = 0; k < 16; ++k)
        all[i].hash.bytes[k] = std::to_integer<std::uint8_t>(file.at(at + i * kSlotBytes + 1 + k));
    }
    at += all.size() * kSlotBytes + 8;
    REQUIRE(at <= file.size());
  }
  while (at < file.size()) {
    const auto batch = read_batch(header, content.batches, std::span(file).subspan(at), "map");
    if (!batch) break;
    for (const Record& record : batch->records)
      if (record.kind != Record::Kind::blocks)
        apply(content.standings[record.destination], record);
      else
        std::fill_n(all.begin() + record.destination * header.blocks() + record.first, record.count,
                    record.slot);
    at += batch->length;
    ++content.batches;
  }
  for (std::size_t i = 0; i < header.destinations.size(); ++i) {
    const auto first = all.begin() + i * header.blocks();
    content.slots[header.destinations[i]] = {first, first + header.blocks()};
  }
  return content;
}

inline MapContent read_map(const std::string& path) {
  return read_map(file_content(path));
}

/// Whether what the slot says of the bytes is so. Nothing said is so.
inline bool is_so(const san::copy::map_format::Slot& slot, std::span<const std::byte> bytes) {
  using san::copy::map_format::State;
  if (slot.state == State::zero) return san::all_zero(bytes);
  return slot.state == State::unknown || slot.hash == san::hash128(bytes);
}

/// The first block from `first` on of which `slots` say what `disk` does not hold; -1 where all is so.
inline long first_lie(const std::vector<san::copy::map_format::Slot>& slots, std::span<const std::byte> disk,
                      std::uint64_t bytes, std::uint64_t block, std::uint64_t first = 0) {
  for (std::uint64_t i = first; i < slots.size(); ++i) {
    const std::uint64_t at = i * block;
    if (!is_so(slots[i], disk.subspan(at, std::min(block, bytes - at)))) return static_cast<long>(i);
  }
  return -1;
}

inline std::size_t count_of(const std::vector<san::copy::map_format::Slot>& slots,
                            san::copy::map_format::State state) {
  return static_cast<std::size_t>(
      std::count_if(slots.begin(), slots.end(), [&](const auto& slot) { return slot.state == state; }));
}

inline san::copy::map_format::Slot data_slot(std::uint64_t seed) {
  return {san::copy::map_format::State::data, san::hash128(random_bytes(64, seed))};
}
