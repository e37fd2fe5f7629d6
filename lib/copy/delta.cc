// SPDX-License-Identifier: Apache-2.0
#include "copy/delta.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "block/zero.h"
#include "core/interrupt.h"
#include "core/units.h"
#include "filesystem/mount_evidence.h"
#include "partition/partition_table.h"

namespace san {
namespace {

using map_format::Slot;
using map_format::State;

// One block in so many is looked at in a part that shows no trace of use, and at most that many.
constexpr std::uint64_t kSampleEvery = 64;
constexpr std::uint64_t kSampleMost = 1024;

class Decider {
 public:
  Decider(CloneMap& map, std::size_t index, Device& device)
      : map_(map), index_(index), device_(device), size_(std::min(device.size(), map.bytes())) {}

  void decide(DeltaDecision& decision) {
    const PartitionTable table = read_partition_table(device_);
    std::uint64_t at = 0;
    std::vector<Partition> partitions = table.partitions;
    std::erase_if(partitions, [](const Partition& one) { return one.extended || one.length == 0; });
    std::sort(partitions.begin(), partitions.end(),
              [](const Partition& a, const Partition& b) { return a.offset < b.offset; });
    if (partitions.empty() && table.kind == TableKind::none)
      return decision.parts.push_back(look_at("whole disk", 0, size_, decision));
    for (const Partition& partition : partitions) {
      if (partition.offset < at || partition.end() > size_) {
        decision.parts = {{"whole disk", 0, size_, true, "its partitions overlap, or reach past its end"}};
        return;
      }
      add_gap(decision, at, partition.offset);
      decision.parts.push_back(look_at(fmt::format("partition {}", partition.number), partition.offset,
                                       partition.length, decision));
      at = partition.end();
    }
    add_gap(decision, at, size_);
  }

  /// A disk that was made anew, or written by another clone, may have the same name.
  void check_unfinished(DeltaDecision& decision) {
    if (!sample(0, size_, decision, true))
      decision.parts = {{"whole disk", 0, size_, true, "a sample of it is not what the map says"}};
  }

 private:
  static void add_gap(DeltaDecision& decision, std::uint64_t from, std::uint64_t to) {
    if (from < to)
      decision.parts.push_back({"outside of partitions", from, to - from, true,
                                "boot loaders and tables leave no trace elsewhere"});
  }

  DeltaPart look_at(const std::string& what, std::uint64_t offset, std::uint64_t length,
                    DeltaDecision& decision) {
    const MountEvidence evidence = mount_evidence(device_, offset, length);
    DeltaPart part{fmt::format("{} ({})", what, evidence.type), offset, length, true, {}};
    if (!evidence.ranges) {
      part.why = "what is in it need not show that it was used";
      return part;
    }
    for (const ByteRange& range : *evidence.ranges)
      for (std::uint64_t block = range.offset / map_.block(); block * map_.block() < range.end(); ++block)
        if (!same(block, decision)) {
          part.why = "it was mounted for writing, or repaired, after the clone";
          return part;
        }
    if (!sample(offset, length, decision)) {
      part.why = "a sample of it has changed after the clone";
      return part;
    }
    part.read_back = false;
    part.why = "nobody mounted it for writing after the clone";
    return part;
  }

  /// Looks at a few blocks; where only those `known` count, at the next known one of each step.
  bool sample(std::uint64_t offset, std::uint64_t length, DeltaDecision& decision, bool known = false) {
    std::mt19937_64 random(std::random_device{}());
    const std::uint64_t block = map_.block();
    const std::uint64_t first = (offset + block - 1) / block, last = (offset + length) / block;
    if (first >= last) return true;
    const std::uint64_t step = std::max(kSampleEvery, (last - first) / kSampleMost);
    for (std::uint64_t at = first; at < last; at += step) {
      const std::uint64_t end = std::min(last, at + step);
      std::uint64_t one = at + random() % (end - at);
      while (known && one < end && map_.at(index_, one).state == State::unknown) ++one;
      if (one < end && !same(one, decision)) return false;
    }
    return true;
  }

  /// Whether the device holds there what the map says.
  bool same(std::uint64_t block, DeltaDecision& decision) {
    Interrupt::check("");
    const std::uint64_t offset = block * map_.block();
    bytes_.resize(std::min<std::uint64_t>(map_.block(), size_ - offset));
    read_wait(device_, offset, bytes_);
    decision.examined += bytes_.size();
    const Slot slot = map_.at(index_, block);
    if (slot.state == State::zero) return all_zero(bytes_);
    return slot.state == State::data && slot.hash == hash128(bytes_);
  }

  CloneMap& map_;
  const std::size_t index_;
  Device& device_;
  const std::uint64_t size_;
  std::vector<std::byte> bytes_;
};

}  // namespace

std::vector<std::pair<std::uint64_t, std::uint64_t>> DeltaDecision::doubtful() const {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const DeltaPart& part : parts) {
    if (!part.read_back) continue;
    if (!ranges.empty() && ranges.back().first + ranges.back().second == part.offset)
      ranges.back().second += part.length;
    else
      ranges.emplace_back(part.offset, part.length);
  }
  return ranges;
}

namespace {

bool head_known(CloneMap& map, std::size_t index) {
  const std::uint64_t end = std::min(round_up(kHead, map.block()), map.bytes());
  for (std::uint64_t at = 0; at < end; at += map.block())
    if (map.at(index, at / map.block()).state == State::unknown) return false;
  return true;
}

}  // namespace

DeltaDecision decide_delta(CloneMap& map, std::size_t index, Device& device, DeltaMode mode) {
  DeltaDecision decision;
  const CloneMap::Known& known = map.known(index);
  if (known.data + known.zero == 0) return decision;
  // The head comes last, and whoever overwrites a block that is known makes the head unknown first, and
  // removes it: nothing on such a disk could be booted or mounted. Where it is known, somebody may have used
  // the disk, though other blocks are unknown.
  const bool head = head_known(map, index);
  decision.state = head ? DeltaDecision::State::finished : DeltaDecision::State::unfinished;
  if (!head && mode == DeltaMode::automatic) Decider(map, index, device).check_unfinished(decision);
  if (!head && mode == DeltaMode::compare)
    decision.parts.push_back({"whole disk", 0, map.bytes(), true, "--delta=compare"});
  if (!head) return decision;
  if (mode == DeltaMode::automatic)
    Decider(map, index, device).decide(decision);
  else
    decision.parts.push_back({"whole disk", 0, map.bytes(), mode == DeltaMode::compare,
                              mode == DeltaMode::compare ? "--delta=compare" : "--delta=trust"});
  return decision;
}

}  // namespace san
