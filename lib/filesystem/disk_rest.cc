// SPDX-License-Identifier: Apache-2.0
#include "filesystem/disk_rest.h"

#include <algorithm>

#include "block/zero_detection.h"
#include "core/units.h"

namespace san::filesystem {
namespace {

/// Reads [begin, end), whole blocks, with zeros for what will be overwritten. Nothing where it cannot be
/// read.
std::vector<std::byte> look(ReadableDevice& disk, std::uint64_t begin, std::uint64_t end,
                            const RangeSet& overwritten) {
  std::vector<std::byte> bytes(end - begin);
  try {
    read_wait(disk, begin, bytes);
  } catch (const Error& error) {
    if (error.code() != Exit::failed) throw;
    return {};
  }
  for (const Range& part : overwritten.intersection(Range::between(begin, end)))
    std::ranges::fill(std::span(bytes).subspan(part.offset - begin, part.length), std::byte{0});
  return bytes;
}

class Looker {
 public:
  Looker(ReadableDevice& disk, std::uint64_t end, const RangeSet& overwritten)
      : disk_(disk), end_(end), overwritten_(overwritten) {
    rest_.offset = end;
    rest_.length = disk.size() - end;
  }

  DiskRest run(const partition::Partition* grown) {
    const std::uint64_t size = disk_.size();
    read(end_, std::min(size, end_ + kEndBytes));
    tail(0, size);
    if (grown != nullptr && grown->end() > end_ && grown->end() < size) tail(grown->offset, grown->end());
    for (const std::uint64_t at : superblock_copies(size))
      if (at >= end_)
        if (EndSignature copy = superblock_copy(read(at, at + kSuperblockCopy), at); !copy.name.empty())
          rest_.found.push_back(std::move(copy));
    std::stable_sort(rest_.found.begin(), rest_.found.end(),
                     [](const EndSignature& a, const EndSignature& b) { return a.offset < b.offset; });
    return std::move(rest_);
  }

 private:
  std::vector<std::byte> read(std::uint64_t begin, std::uint64_t end) {
    auto bytes = look(disk_, begin, end, overwritten_);
    if (bytes.size() < end - begin || !all_zero(bytes)) rest_.zeros = false;
    return bytes;
  }

  /// The end of the disk or partition [begin, end).
  void tail(std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t from =
        round_up(std::max({end_, begin, end - std::min(end, kEndBytes)}), disk_.limits().logical_block);
    if (from >= end) return;
    for (EndSignature& one : end_signatures(read(from, end), end - begin)) {
      one.offset += begin;
      rest_.found.push_back(std::move(one));
    }
  }

  ReadableDevice& disk_;
  const std::uint64_t end_;
  const RangeSet& overwritten_;
  DiskRest rest_;
};

}  // namespace

bool DiskRest::decides(const EndSignature& signature, const partition::PartitionTable* table) {
  if (signature.effect != EndSignature::Effect::table)
    return signature.effect == EndSignature::Effect::member;
  return table == nullptr || !partition::has_gpt(*table) || table->primary != partition::PrimaryState::good;
}

DiskRest look_at_rest(ReadableDevice& disk, std::uint64_t end, const RangeSet& overwritten,
                      const partition::Partition* grown) {
  if (end >= disk.size()) return {};
  return Looker(disk, end, overwritten).run(grown);
}

}  // namespace san::filesystem
