// SPDX-License-Identifier: Apache-2.0
#include "filesystem/xfs/xfs_log.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/units.h"
#include "filesystem/xfs/xfs_format.h"

// References: "XFS Algorithms & Data Structures", chapter "Journaling Log", and what the kernel does at
// mount: xlog_find_head() and xlog_check_unmount_rec() in Linux fs/xfs/xfs_log_recover.c. The kernel also
// recovers from a torn end; here everything but a plain clean end is dirty.

namespace san::filesystem {
namespace {

constexpr std::uint64_t kBlock = 512;
constexpr std::uint64_t kHeaderCovers = 32 * KiB;  // of a record's data, by one header block
constexpr std::uint64_t kMaxBuffer = 256 * KiB;    // XLOG_MAX_RECORD_BSIZE
constexpr std::uint64_t kInFlight = 8 * kMaxBuffer;
constexpr std::uint8_t kUnmount = 0x20;

class Log {
 public:
  Log(Volume& volume, std::uint64_t offset, std::uint64_t size, std::span<const std::byte> uuid)
      : volume_(volume), offset_(offset), blocks_(size / kBlock), uuid_(uuid) {}

  bool clean() {
    if (blocks_ < 2) return false;
    const auto head = find_head();
    return head && ends_with_unmount(*head) && nothing_newer(*head);
  }

 private:
  template <typename T>
  T get(std::uint64_t block) {
    return volume_.get<T>(offset_ + block % blocks_ * kBlock, "log");
  }

  /// Every block begins with the number of the round in which it was written; in a record's header it stands
  /// second.
  std::uint32_t cycle(std::uint64_t block) {
    const auto record = get<XfsLogRecord>(block);
    return record.magic == kXfsLogRecordMagic ? record.cycle : record.magic;
  }

  /// The block that the next record would go to: blocks before it have this round's number, blocks behind it
  /// the one of the round before (0 in a new log).
  std::optional<std::uint64_t> find_head() {
    current_ = cycle(0);
    if (current_ == 0) return std::nullopt;
    if (cycle(blocks_ - 1) == current_) return blocks_;
    std::uint64_t same = 0, other = blocks_ - 1;
    while (other - same > 1) {
      const std::uint64_t middle = same + (other - same) / 2;
      (cycle(middle) == current_ ? same : other) = middle;
    }
    return other;
  }

  /// Returns true if the last record before `head` is that of an unmount, and ends just there.
  bool ends_with_unmount(std::uint64_t head) {
    const std::uint64_t most = std::min(blocks_, (kMaxBuffer + kMaxBuffer / 64) / kBlock);
    for (std::uint64_t back = 1; back <= most; ++back) {
      const std::uint64_t start = (head + blocks_ - back) % blocks_;
      const auto record = get<XfsLogRecord>(start);
      if (record.magic != kXfsLogRecordMagic) continue;

      if (record.length > kMaxBuffer || record.operations != 1) return false;
      std::uint64_t headers = 1;
      if ((record.version & 2) != 0 && record.size > kHeaderCovers) {
        if (record.size > kMaxBuffer) return false;
        headers = round_up(record.size, kHeaderCovers) / kHeaderCovers;
      }
      if (headers + round_up(record.length, kBlock) / kBlock != back) return false;
      // A record that wraps began in the round before; every other one belongs to this round.
      const bool wraps = start >= head;
      if (record.cycle + (wraps ? 1 : 0) != current_) return false;
      if (record.lsn != (std::uint64_t{record.cycle} << 32 | start)) return false;
      if (std::memcmp(record.uuid, uuid_.data(), sizeof(record.uuid)) != 0) return false;
      const auto operation = get<XfsLogOperation>(start + headers);
      return (operation.flags & kUnmount) != 0;
    }
    return false;
  }

  /// Records are written eight at a time and may reach the disk in any order: a hole before newer ones would
  /// look like the head.
  bool nothing_newer(std::uint64_t head) {
    const std::uint64_t expected = current_ - 1;
    const std::uint64_t from = head % blocks_;
    // Right after the end of the log comes its beginning, which is of this round too.
    if (head == blocks_) return true;
    const std::uint64_t end = std::min(blocks_, from + kInFlight / kBlock);
    for (std::uint64_t block = from; block < end; ++block) {
      const std::uint32_t seen = cycle(block);
      if (seen != expected && seen != 0) return false;
    }
    return true;
  }

  Volume& volume_;
  std::uint64_t offset_, blocks_;
  std::span<const std::byte> uuid_;
  std::uint32_t current_ = 0;
};

}  // namespace

void check_xfs_log_clean(Volume& volume, std::uint64_t offset, std::uint64_t size,
                         std::span<const std::byte> uuid) {
  if (!Log(volume, offset, size, uuid).clean())
    throw MetadataError{"its log needs recovery (mounted, or not unmounted cleanly)", true};
}

}  // namespace san::filesystem
