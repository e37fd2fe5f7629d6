// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "core/units.h"
#include "filesystem/fat/exfat_format.h"
#include "filesystem/fat/fat_driver.h"
#include "filesystem/volume/bitmap.h"
#include "filesystem/volume/text.h"

// References: exFAT file system specification, Microsoft, 2019.

namespace san::filesystem {
namespace {

/// A file's clusters in order, as byte ranges of the partition, neighbours merged.
struct Chain {
  std::vector<Range> parts;
  std::uint64_t size = 0;
};

class Exfat {
 public:
  Exfat(Volume& volume, FreeRanges& free, FreeSpace& result)
      : volume_(volume), free_(free), result_(result) {}

  void run() {
    boot();
    root();
    bitmap();
  }

 private:
  std::uint64_t sector() const { return std::uint64_t{1} << boot_.sector_shift; }
  std::uint64_t cluster() const { return sector() << boot_.cluster_shift; }
  std::uint64_t heap(std::uint64_t number) const {
    return boot_.cluster_heap_offset * sector() + (number - 2) * cluster();
  }

  void boot() {
    boot_ = volume_.get<ExfatBoot>(0, "boot sector");
    if (boot_.sector_shift < 9 || boot_.sector_shift > 12 || boot_.cluster_shift > 25 - boot_.sector_shift)
      throw_inconsistent("boot sector", "impossible sector or cluster size");
    if (boot_.volume_length > volume_.size() >> boot_.sector_shift)
      throw_inconsistent("boot sector", "it spans more than the partition");
    result_.size = boot_.volume_length << boot_.sector_shift;
    if (boot_.revision >> 8 != 1) throw MetadataError{"its exFAT revision is not 1"};
    checksum();
    if ((boot_.flags & 2) != 0) throw MetadataError{"it was not unmounted cleanly", true};
    if ((boot_.flags & 4) != 0) throw MetadataError{"its driver met an I/O error", true};
    if (boot_.fats != 1) throw MetadataError{"it is transactional (TexFAT)"};
    // 3.1.4 to 3.1.9: the FAT and the cluster heap lie behind each other and hold all clusters.
    const std::uint64_t clusters = boot_.cluster_count;
    if (boot_.fat_offset < 24 || clusters == 0 || clusters > 0xfffffff5 ||
        boot_.fat_length * sector() / 4 < clusters + 2 ||
        std::uint64_t{boot_.fat_offset} + boot_.fat_length > boot_.cluster_heap_offset ||
        boot_.cluster_heap_offset + (clusters << boot_.cluster_shift) > boot_.volume_length)
      throw_inconsistent("boot sector", "its areas overlap or do not fit");
  }

  /// 3.4: the twelfth sector repeats the sum of the eleven before it; flags and percentage are left out.
  void checksum() {
    std::uint32_t sum = 0;
    std::uint64_t at = 0;
    volume_.stream(0, 11 * sector(), 11 * sector(), "boot region", [&](std::span<const std::byte> bytes) {
      for (const std::byte byte : bytes) {
        if (at != 106 && at != 107 && at != 112)
          sum = (sum << 31 | sum >> 1) + std::to_integer<std::uint32_t>(byte);
        ++at;
      }
    });
    if (volume_.get<le32>(11 * sector(), "boot checksum") != sum)
      throw_inconsistent("boot region", "its checksum is wrong");
  }

  /// The clusters of a file that begins with `first`, by the FAT; `size` 0: to the end of the chain. The
  /// clusters are remembered as reserved.
  Chain chain(std::uint32_t first, std::uint64_t size, const char* what) {
    // A chain that bites its own tail ends here: a directory is at most 256 MiB (specification, 6), and
    // nothing has more clusters than there are.
    const std::uint64_t limit =
        std::min(size != 0 ? size : 256 * MiB, std::uint64_t{boot_.cluster_count} * cluster());
    Chain chain;
    for (std::uint32_t number = first; chain.size < limit;) {
      if (number < 2 || number - 2 >= boot_.cluster_count)
        throw_inconsistent(what, fmt::format("it includes cluster {}", number));
      const Range next_part{heap(number), cluster()};
      if (chain.parts.empty() || !chain.parts.back().append(next_part)) chain.parts.push_back(next_part);
      reserved_.add(number - 2, 1);
      chain.size += cluster();
      const std::uint32_t next =
          volume_.get<le32>(boot_.fat_offset * sector() + std::uint64_t{number} * 4, "file allocation table");
      if (next == 0xffffffff) break;
      number = next;
    }
    if (chain.size < size) throw_inconsistent(what, "it is too short");
    return chain;
  }

  void root() {
    const Chain directory = chain(boot_.root_cluster, 0, "root directory");
    for (const Range& part : directory.parts) {
      for (std::uint64_t at = 0; at < part.length; at += 32) {
        std::array<std::byte, 32> entry{};
        volume_.read(part.offset + at, entry, "root directory");
        if (entry[0] == kExfatEnd) return;
        entry_found(entry);
      }
    }
  }

  void entry_found(std::span<const std::byte> entry) {
    const std::uint32_t first = *read_at<le32>(entry, 20);
    const std::uint64_t size = *read_at<le64>(entry, 24);
    if (entry[0] == kExfatBitmap) {  // 7.1
      if (bitmap_size_ != 0 || (entry[1] & std::byte{1}) != std::byte{0})
        throw_inconsistent("root directory", "it has a second allocation bitmap");
      if (size < (std::uint64_t{boot_.cluster_count} + 7) / 8 || size > 512 * MiB)
        throw_inconsistent("allocation bitmap", fmt::format("its size is {}", size));
      bitmap_ = chain(first, size, "allocation bitmap");
      bitmap_size_ = size;
    } else if (entry[0] == kExfatUpcase && size != 0 && size <= 16 * MiB) {  // 7.2
      chain(first, size, "up-case table");
    } else if (entry[0] == kExfatLabel) {  // 7.3
      const std::size_t length = std::min<std::size_t>(std::to_integer<std::size_t>(entry[1]), 11);
      result_.label = utf16_text(entry.subspan(2, length * 2));
    }
  }

  void bitmap() {
    if (bitmap_size_ == 0) throw_inconsistent("root directory", "it has no allocation bitmap");
    std::uint64_t done = 0;  // clusters
    for (const Range& part : bitmap_.parts) {
      volume_.stream(
          part.offset, part.length, MiB, "allocation bitmap", [&](std::span<const std::byte> bytes) {
            const std::uint64_t left = boot_.cluster_count - done;
            for_each_clear_run(bytes, left, [&](std::uint64_t first, std::uint64_t count) {
              if (reserved_.touches(done + first, count))
                throw_inconsistent("allocation bitmap",
                                   "the clusters of the bitmap or of the root directory count as free");
              free_.add(heap(done + first + 2), count * cluster());
            });
            done += std::min<std::uint64_t>(left, std::uint64_t{bytes.size()} * 8);
          });
    }
  }

  Volume& volume_;
  FreeRanges& free_;
  FreeSpace& result_;
  ExfatBoot boot_;
  Chain bitmap_;
  std::uint64_t bitmap_size_ = 0;
  Reserved reserved_;  ///< clusters, counted from the first of the heap
};

}  // namespace

void read_exfat(Volume& volume, FreeRanges& free, FreeSpace& result) {
  Exfat(volume, free, result).run();
}

}  // namespace san::filesystem
