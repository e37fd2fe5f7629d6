// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "core/units.h"
#include "partition/edit/table_edit.h"
#include "partition/edit/table_patches.h"
#include "partition/lba.h"

namespace san::partition {
namespace {

/// Blocks of a disk that an edit changes, with the content of the source and that of the edited table.
class Blocks {
 public:
  Blocks(ReadableDevice& source, std::uint64_t unit) : source_(source), unit_(unit) {}

  void put(std::uint64_t offset, std::span<const std::byte> bytes) {
    const std::uint64_t end = offset + bytes.size();
    fetch(round_down(offset, unit_), round_up(end, unit_));
    for (std::uint64_t at = offset; at < end;) {
      const std::uint64_t block = round_down(at, unit_), to = std::min(end, block + unit_);
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at - offset), to - at,
                  blocks_.at(block).wanted.begin() + static_cast<std::ptrdiff_t>(at - block));
      at = to;
    }
  }

  /// Returns patches of `block` bytes, without blocks that do not change.
  std::vector<TablePatch> take(std::uint64_t block) const {
    std::vector<TablePatch> patches;
    for (const auto& [start, whole] : blocks_)
      for (std::uint64_t at = 0; at < unit_; at += block) {
        TablePatch patch{start + at, part(whole.wanted, at, block), {}};
        if (start + at < source_.size()) patch.source = part(whole.source, at, block);
        if (patch.wanted != patch.source) patches.push_back(std::move(patch));
      }
    return patches;
  }

 private:
  struct Content {
    std::vector<std::byte> source, wanted;
  };

  static std::vector<std::byte> part(const std::vector<std::byte>& bytes, std::uint64_t at,
                                     std::uint64_t length) {
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    return {first, first + static_cast<std::ptrdiff_t>(length)};
  }

  void fetch(std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t step =
        std::max<std::uint64_t>(unit_, round_down(source_.limits().max_transfer, unit_));
    for (std::uint64_t at = begin; at < end; at += step) {
      std::vector<std::byte> bytes(static_cast<std::size_t>(std::min(step, end - at)));
      if (at < source_.size())
        read_wait(source_, at,
                  std::span(bytes).first(std::min<std::uint64_t>(bytes.size(), source_.size() - at)));
      for (std::uint64_t block = 0; block < bytes.size(); block += unit_) {
        const auto content = part(bytes, block, unit_);
        blocks_.try_emplace(at + block, Content{content, content});
      }
    }
  }

  ReadableDevice& source_;
  const std::uint64_t unit_;
  std::map<std::uint64_t, Content> blocks_;
};

std::uint64_t array_bytes(const GptCopy& copy, std::uint64_t sector) {
  return divide_up(copy.header.entries_bytes(), sector) * sector;
}

/// Returns the ranges of GPT copies that are of no use any more. Entries whose checksum is wrong may be any
/// data.
RangeSet stale(const PartitionTable& table) {
  RangeSet ranges;
  if (table.kind != TableKind::gpt && table.kind != TableKind::hybrid) return ranges;
  const std::uint64_t sector = table.sector_size;
  for (const GptCopy* copy : {&table.raw.backup, &table.raw.stray}) {
    if (!copy->header_good()) continue;
    ranges.add({copy->lba * sector, sector});
    if (copy->good()) ranges.add({copy->header.entries_lba * sector, array_bytes(*copy, sector)});
  }
  return ranges;
}

/// Returns `ranges` without the parts that are in a partition.
RangeSet outside(RangeSet ranges, const PartitionTable& table) {
  for (const Partition& p : table.partitions)
    if (!p.extended) ranges.remove(p.range());
  return ranges;
}

}  // namespace

std::vector<TablePatch> table_patches(ReadableDevice& source, const PartitionTable& before,
                                      const PartitionTable& after, std::uint32_t block) {
  Blocks blocks(source, std::max<std::uint64_t>(block, source.limits().logical_block));
  for (const Range& range : outside(stale(before), before).intersection({0, source.size()}))
    blocks.put(range.offset, std::vector<std::byte>(range.length));
  for (const TableWrite& write : table_writes(after)) blocks.put(write.offset, write.bytes);
  return blocks.take(block);
}

RangeSet table_ranges(const PartitionTable& table) {
  RangeSet ranges = stale(table);
  for (const TableWrite& write : table_writes(table)) ranges.add({write.offset, write.bytes.size()});
  return ranges;
}

}  // namespace san::partition
