// SPDX-License-Identifier: Apache-2.0
#include "filesystem/fat/fat_chain.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

namespace san::filesystem {

std::uint32_t FatChain::next(Volume& volume, std::uint32_t number) const {
  constexpr const char* kWhat = "FAT";
  if (bits == 32) {
    const std::uint32_t value = volume.get<le32>(fat_offset + std::uint64_t{number} * 4, kWhat);
    return exfat ? value : value & 0x0fffffff;
  }
  if (bits == 16) return volume.get<le16>(fat_offset + std::uint64_t{number} * 2, kWhat);
  const std::uint16_t pair = volume.get<le16>(fat_offset + number + number / 2, kWhat);
  return (number & 1) != 0 ? pair >> 4 : pair & 0xfffU;
}

std::vector<FileRun> FatChain::runs(Volume& volume, std::uint32_t first, std::uint64_t size,
                                    bool contiguous) const {
  std::vector<FileRun> runs;
  std::uint64_t at = 0;
  // Values from here on end a chain: FAT specification 1.03, "FAT Data Structure"; exFAT, 4.1.
  const std::uint32_t end = bits == 12 ? 0xff8 : bits == 16 ? 0xfff8 : exfat ? 0xffffffff : 0x0ffffff8;
  for (std::uint32_t number = first; at < size && number < end;) {
    if (number < 2 || number - 2 >= clusters)
      throw_inconsistent("FAT", fmt::format("a file includes cluster {}", number));
    // A chain in a circle has more clusters than there are.
    if (at / cluster > clusters) throw_inconsistent("FAT", "a chain of clusters runs in a circle");
    add_run(runs, {at, std::min(cluster, size - at), data_offset + (number - 2) * cluster});
    at += cluster;
    number = contiguous ? number + 1 : next(volume, number);
  }
  return runs;
}

std::int64_t fat_time(std::uint16_t date, std::uint16_t time) {
  namespace chrono = std::chrono;
  const chrono::year_month_day day{chrono::year{1980 + (date >> 9)}, chrono::month{date >> 5 & 15U},
                                   chrono::day{date & 31U}};
  if (!day.ok()) return 0;
  const auto clock =
      chrono::hours(time >> 11) + chrono::minutes(time >> 5 & 63) + chrono::seconds((time & 31) * 2);
  return chrono::duration_cast<chrono::seconds>(chrono::sys_days{day}.time_since_epoch() + clock).count();
}

}  // namespace san::filesystem
