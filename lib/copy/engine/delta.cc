// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/delta.h"

#include <fmt/core.h>

#include <algorithm>
#include <random>
#include <set>
#include <span>

#include "block/zero_detection.h"
#include "copy/engine/boot_region.h"
#include "core/process/interrupt.h"
#include "core/units.h"
#include "filesystem/mount_evidence.h"
#include "partition/partition_table.h"

namespace san::copy {
namespace {

using map_format::Slot;
using map_format::State;

// A part without a trace of use is sampled: one block in so many, at most so many blocks in all.
constexpr std::uint64_t kMapSampleEvery = 64;
constexpr std::uint64_t kMaxSamples = 1024;
// Of an unfinished clone one byte in so many is read, at most so many bytes; half of them in random blocks,
// at most so many.
constexpr std::uint64_t kExamineEvery = 100;
constexpr std::uint64_t kMaxExamined = 256 * MiB;
constexpr std::uint64_t kRandomBlocks = 64;
// A partition of an unfinished clone is read back at once if more than one in so many of its known blocks
// would have to be read to detect a mount.
constexpr std::uint64_t kTooMuch = 8;

constexpr const char* kMounted = "it was mounted for writing in the meantime";

std::vector<partition::Partition> in_order(const partition::PartitionTable& table) {
  std::vector<partition::Partition> partitions = table.partitions;
  std::erase_if(partitions, [](const partition::Partition& one) { return one.extended || one.length == 0; });
  std::sort(partitions.begin(), partitions.end(),
            [](const partition::Partition& a, const partition::Partition& b) { return a.offset < b.offset; });
  return partitions;
}

class Decider {
 public:
  Decider(CloneMap& map, std::size_t index, Device& device)
      : map_(map), index_(index), device_(device), size_(std::min(device.size(), map.bytes())) {}

  void invalidate_all(DeltaDecision& decision, const std::string& why) const {
    decision.parts = {{"whole disk", {0, size_}, true, why}};
  }

  void decide(DeltaDecision& decision) {
    const partition::PartitionTable table = partition::read_partition_table(device_);
    std::uint64_t at = 0;
    const std::vector<partition::Partition> partitions = in_order(table);
    if (partitions.empty() && table.kind == partition::TableKind::none)
      return decision.parts.push_back(look_at("whole disk", {0, size_}, decision));
    for (const partition::Partition& partition : partitions) {
      if (partition.offset < at || partition.end() > size_)
        return invalidate_all(decision, "its partitions overlap, or reach past its end");
      add_gap(decision, Range::between(at, partition.offset));
      decision.parts.push_back(
          look_at(fmt::format("partition {}", partition.number), partition.range(), decision));
      at = partition.end();
    }
    add_gap(decision, Range::between(at, size_));
    decision.by_evidence = true;
  }

  /// DeltaMode::trust is the user's word that the disk was not used, not that it is the same disk.
  void check_head(DeltaDecision& decision) {
    for (std::uint64_t at = 0; at < map_.head(); at += map_.block())
      if (!same(at / map_.block(), decision))
        return invalidate_all(decision, "its first MiB is not what the map says");
    decision.parts.push_back({"whole disk", {0, map_.bytes()}, false, setting("delta", "trust")});
  }

  /// Invalidates all unless the mark on the disk shows that the map is about its present state.
  void check_mark(DeltaDecision& decision) {
    const BootRegionContent content = read_boot_region_content(device_.underlying(), map_.head());
    const map_format::Standing standing = map_.standing(index_);
    const auto fits = [](const Epoch& wanted, const Epoch& found) {
      return !wanted.token.is_zero() && wanted.token == found.token && found.counter >= wanted.counter;
    };
    const bool marked = std::any_of(content.marks.begin(), content.marks.end(), [&](const CloneMark& mark) {
      return fits(standing.epoch, mark.epoch) || fits(standing.before, mark.epoch);
    });
    if (!marked)
      invalidate_all(decision,
                     "it lacks the mark of the run that the map belongs to: it was recreated, rolled back or "
                     "written since");
    else if (!content.hidden)
      invalidate_all(decision, "something wrote to its first MiB, which the interrupted run had left empty");
  }

  /// Reads a sample of the known blocks of a disk with the right mark, and looks for partitions that were
  /// mounted.
  void examine_unfinished(DeltaDecision& decision, const partition::PartitionTable* table) {
    const CloneMap::Known& known = map_.known(index_);
    budget_ = std::min((known.data + known.zero) * map_.block() / kExamineEvery, kMaxExamined);
    if (!sample_known(decision)) return invalidate_all(decision, "a sample of it is not what the map says");
    for (const partition::Partition& partition :
         table != nullptr ? in_order(*table) : std::vector<partition::Partition>()) {
      const char* why = partition.end() <= size_ ? use_of(partition, decision) : nullptr;
      if (why != nullptr)
        decision.parts.push_back(
            {fmt::format("partition {}", partition.number), partition.range(), true, why});
    }
  }

 private:
  static void add_gap(DeltaDecision& decision, const Range& gap) {
    if (!gap.empty())
      decision.parts.push_back(
          {"outside of partitions", gap, true, "boot loaders and tables leave no trace elsewhere"});
  }

  DeltaPart look_at(const std::string& what, const Range& range, DeltaDecision& decision) {
    const filesystem::MountEvidence evidence =
        filesystem::mount_evidence(device_, range.offset, range.length);
    DeltaPart part{fmt::format("{} ({})", what, evidence.type), range, true, {}};
    if (!evidence.ranges) {
      part.why = "its content may not show that it was used";
      return part;
    }
    part.evidence = *evidence.ranges;
    for (const std::uint64_t block : blocks_of(part.evidence))
      if (!same(block, decision)) {
        part.why = "it was mounted for writing, or repaired, after the clone";
        return part;
      }
    if (!sample(range, decision)) {
      part.why = "a sample of it has changed after the clone";
      return part;
    }
    if (map_.standing(index_).silent_changes) {
      part.why = "an earlier update changed it without the traces of a mount";
      return part;
    }
    part.read_back = false;
    part.why = "nobody mounted it for writing after the clone";
    return part;
  }

  /// Returns the numbers of the blocks that the ranges lie in.
  std::set<std::uint64_t> blocks_of(std::span<const Range> ranges) const {
    std::set<std::uint64_t> blocks;
    for (const Range& range : ranges)
      for (std::uint64_t block = range.offset / map_.block(); block * map_.block() < range.end(); ++block)
        blocks.insert(block);
    return blocks;
  }

  /// Compares one random block in each step of the part; false if one differs.
  bool sample(const Range& range, DeltaDecision& decision) {
    const std::uint64_t block = map_.block();
    const std::uint64_t first = (range.offset + block - 1) / block, last = range.end() / block;
    if (first >= last) return true;
    const std::uint64_t step = std::max(kMapSampleEvery, (last - first) / kMaxSamples);
    for (std::uint64_t at = first; at < last; at += step)
      if (!same(at + random_() % (std::min(last, at + step) - at), decision)) return false;
    return true;
  }

  /// Compares the first and the last known block, and random ones between them; false if one differs.
  bool sample_known(DeltaDecision& decision) {
    const CloneMap::Known& known = map_.known(index_);
    const std::uint64_t count = known.data + known.zero;
    std::set<std::uint64_t> chosen = {0, count - 1};  // numbers among the known ones
    for (std::uint64_t i = 0; i < std::min(budget_ / 2 / map_.block(), kRandomBlocks); ++i)
      chosen.insert(random_() % count);
    auto next = chosen.begin();
    std::uint64_t number = 0;
    for (std::uint64_t block = 0; next != chosen.end() && block < map_.blocks(); ++block) {
      if (map_.at(index_, block).state == State::unknown) continue;
      if (number++ != *next) continue;
      ++next;
      if (!same(block, decision)) return false;
    }
    return true;
  }

  /// Returns the number of known blocks of the partition.
  std::uint64_t known_of(const partition::Partition& partition) const {
    std::uint64_t count = 0;
    for (std::uint64_t block = partition.offset / map_.block(); block * map_.block() < partition.end();
         ++block)
      if (map_.at(index_, block).state != State::unknown) ++count;
    return count;
  }

  /// Returns the reason to assume that a partition of an unfinished clone was mounted for writing; null if it
  /// was not. Without a superblock on the destination there was nothing to mount. The ranges that are
  /// sufficient evidence must be known and unchanged: blocks become known in any order, so the superblock may
  /// be there and not be known yet. These blocks are few, except for the MFT of a large NTFS. The other
  /// ranges are compared as far as they are known, and as the budget allows.
  const char* use_of(const partition::Partition& partition, DeltaDecision& decision) {
    const std::uint64_t known = known_of(partition);
    if (known == 0) return nullptr;
    const filesystem::MountEvidence evidence =
        filesystem::mount_evidence(device_, partition.offset, partition.length);
    if (!evidence.ranges) return nullptr;
    const std::span<const Range> ranges = *evidence.ranges;
    const std::set<std::uint64_t> enough = blocks_of(ranges.first(evidence.enough));
    if (enough.size() > std::max<std::uint64_t>(1, known / kTooMuch))
      return "what a mount would have changed is too much to examine";
    for (const std::uint64_t block : enough) {
      if (map_.at(index_, block).state == State::unknown)
        return "what a mount would have changed is not known yet";
      if (!same(block, decision)) return kMounted;
    }
    for (const std::uint64_t block : blocks_of(ranges.subspan(evidence.enough))) {
      if (decision.examined >= budget_) break;
      if (map_.at(index_, block).state != State::unknown && !same(block, decision)) return kMounted;
    }
    return nullptr;
  }

  /// Returns true if the device holds the content that the map records for the block.
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
  std::mt19937_64 random_{std::random_device{}()};
  std::uint64_t budget_ = 0;  ///< bytes to be read at most
  std::vector<std::byte> bytes_;
};

}  // namespace

RangeSet DeltaDecision::stale() const {
  RangeSet ranges;
  for (const DeltaPart& part : parts)
    if (part.read_back) ranges.add(part.range);
  return ranges;
}

DeltaDecision decide_delta(CloneMap& map, std::size_t index, Device& device, DeltaMode mode,
                           const partition::PartitionTable* table) {
  DeltaDecision decision;
  const CloneMap::Known& known = map.known(index);
  if (known.data + known.zero == 0) return decision;
  Decider decider(map, index, device);
  // The boot region is written last, and before a known block is overwritten it is made unknown and hidden.
  // If it is known, the disk may have been used, although other blocks are unknown.
  const bool finished = map.boot_region_known(index);
  decision.state = finished ? DeltaDecision::State::finished : DeltaDecision::State::unfinished;
  if (map.replaced(index))
    decider.invalidate_all(decision, "it was recreated or rolled back");
  else if (!finished)
    decider.check_mark(decision);
  if (!decision.parts.empty()) return decision;
  if (mode == DeltaMode::automatic && finished) decider.decide(decision);
  if (mode == DeltaMode::automatic && !finished) decider.examine_unfinished(decision, table);
  if (mode == DeltaMode::trust && finished) decider.check_head(decision);
  if (mode == DeltaMode::compare)
    decision.parts.push_back({"whole disk", {0, map.bytes()}, true, setting("delta", "compare")});
  return decision;
}

}  // namespace san::copy
