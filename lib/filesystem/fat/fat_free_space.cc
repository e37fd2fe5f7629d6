// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "core/units.h"
#include "filesystem/fat/fat_driver.h"
#include "filesystem/fat/fat_layout.h"

namespace san::filesystem {
namespace {

// A multiple of 3, 2 and 4: no entry of any width is split between two pieces.
constexpr std::size_t kPiece = std::size_t{3} * 256 * KiB;

/// Walks the entries of one FAT in pieces.
class FatScan {
 public:
  FatScan(const FatLayout& layout, FreeRanges& free) : layout_(layout), free_(free) {}

  void piece(std::span<const std::byte> bytes) {
    const std::uint64_t entries = std::uint64_t{bytes.size()} * 8 / layout_.bits;
    const std::uint64_t end = std::min<std::uint64_t>(next_ + entries, std::uint64_t{layout_.clusters} + 2);
    for (std::uint64_t i = 0; next_ < end; ++i, ++next_) entry(value(bytes, i));
  }

  /// After the last piece: all clusters seen.
  std::uint64_t finish() {
    flush();
    if (next_ != std::uint64_t{layout_.clusters} + 2)
      throw_inconsistent("file allocation table", "it is too short");
    return count_;
  }

  bool root_used() const { return root_used_; }

 private:
  std::uint32_t value(std::span<const std::byte> bytes, std::uint64_t i) const {
    if (layout_.bits == 32) return *read_at<le32>(bytes, i * 4) & 0x0fffffff;
    if (layout_.bits == 16) return *read_at<le16>(bytes, i * 2);
    const std::uint32_t pair = *read_at<le16>(bytes, i * 3 / 2);
    return i % 2 == 0 ? pair & 0xfff : pair >> 4;
  }

  void entry(std::uint32_t value) {
    if (next_ < 2) {
      if (next_ == 1) check_state(value);
      return;
    }
    if (value == 0) {
      if (run_ == 0) first_ = next_;
      ++run_;
      return;
    }
    flush();
    if (next_ == layout_.root_cluster) root_used_ = true;
    // A link to a cluster, the mark of a bad cluster, or an end of chain.
    const std::uint32_t bad = (layout_.bits == 32 ? 0x0fffffff : (1U << layout_.bits) - 1) - 8;
    if (value < 2 || (value > layout_.clusters + 1 && value < bad))
      throw_inconsistent("file allocation table", fmt::format("cluster {} links to {}", next_, value));
  }

  /// Specification, "FAT Data Structure": the second entry holds ClnShutBitMask and HrdErrBitMask.
  void check_state(std::uint32_t value) const {
    if (layout_.bits == 12) return;
    const unsigned top = layout_.bits == 32 ? 27 : 15;
    if ((value >> top & 1) == 0) throw MetadataError{"it was not unmounted cleanly", true};
    if ((value >> (top - 1) & 1) == 0) throw MetadataError{"its driver met an I/O error", true};
  }

  void flush() {
    if (run_ == 0) return;
    free_.add(layout_.data_offset + (first_ - 2) * layout_.cluster_size, run_ * layout_.cluster_size);
    count_ += run_;
    run_ = 0;
  }

  const FatLayout& layout_;
  FreeRanges& free_;
  std::uint64_t next_ = 0;             ///< number of the next cluster
  std::uint64_t first_ = 0, run_ = 0;  ///< free run that may go on
  std::uint64_t count_ = 0;
  bool root_used_ = false;
};

}  // namespace

void read_fat(Volume& volume, FreeRanges& free, FreeSpace& result) {
  const auto layout = fat_layout(volume.get<FatBoot>(0, "boot sector"));
  if (!layout) throw_inconsistent("boot sector", "it is gone");
  result.size = layout->size;
  if (!volume.contains(0, layout->size))
    throw_inconsistent("boot sector", "it spans more than the partition");
  // Linux (fs/fat/inode.c, fat_set_state) and Windows NT keep a dirty bit here.
  if ((layout->state & 3) != 0) throw MetadataError{"it was not unmounted cleanly", true};
  if (layout->fats > 2) throw MetadataError{"it has more than two file allocation tables"};
  if (layout->one_active && layout->active >= layout->fats)
    throw_inconsistent("boot sector", "its active file allocation table does not exist");

  const bool compare = layout->fats == 2 && !layout->one_active;
  const std::uint64_t fat = layout->fat_offset + (layout->one_active ? layout->active * layout->fat_size : 0);
  const std::uint64_t used =
      std::min(layout->fat_size, (std::uint64_t{layout->clusters + 2} * layout->bits + 7) / 8);
  FatScan scan(*layout, free);
  std::uint64_t done = 0;
  volume.stream(fat, used, kPiece, "file allocation table", [&](std::span<const std::byte> bytes) {
    scan.piece(bytes);
    if (compare) {
      volume.stream(fat + layout->fat_size + done, bytes.size(), kPiece, "second file allocation table",
                    [&](std::span<const std::byte> other) {
                      if (!std::equal(bytes.begin(), bytes.end(), other.begin(), other.end()))
                        throw_inconsistent("file allocation table", "its two copies differ");
                    });
    }
    done += bytes.size();
  });
  const std::uint64_t count = scan.finish();
  if (layout->bits != 32) return;

  if (!scan.root_used()) throw_inconsistent("file allocation table", "its root directory counts as free");
  if (layout->info_offset == 0) return;
  const auto info = volume.get<FatInfo>(layout->info_offset, "FSInfo sector");
  if (info.lead_signature != 0x41615252 || info.struct_signature != 0x61417272) return;
  // The specification calls the count advisory; if it is there and wrong, a writer did not finish.
  if (info.free_clusters != 0xffffffff && info.free_clusters != count)
    throw_inconsistent("count of free clusters", fmt::format("{} in FSInfo, {} in the table",
                                                             std::uint32_t{info.free_clusters}, count));
}

}  // namespace san::filesystem
