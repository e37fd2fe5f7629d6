// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/units.h"
#include "filesystem/ntfs/ntfs_driver.h"
#include "filesystem/ntfs/ntfs_state.h"
#include "filesystem/volume/bitmap.h"

namespace san::filesystem {
namespace {

/// The clusters of the system files, which the bitmap must show in use: NTFS has no count of free clusters
/// that the bitmap could be held against.
Reserved system_files(NtfsVolume& ntfs) {
  Reserved reserved;
  for (const NtfsFile file :
       {NtfsFile::mft, NtfsFile::mirror, NtfsFile::log, NtfsFile::bitmap, NtfsFile::boot}) {
    const auto data = ntfs.attribute(file, NtfsType::data);
    if (!data || data->resident) throw_inconsistent("MFT", "a system file has no data");
    for (const NtfsRun& run : data->runs)
      if (run.cluster) reserved.add(*run.cluster, run.count);
  }
  return reserved;
}

}  // namespace

void read_ntfs(Volume& volume, FreeRanges& free, FreeSpace& result) {
  NtfsVolume ntfs(volume);
  const NtfsLayout& layout = ntfs.layout();
  result.size = layout.size;
  result.label = check_ntfs_clean(ntfs);
  check_ntfs_shadow_copies(volume);

  const Reserved reserved = system_files(ntfs);
  const auto bitmap = ntfs.attribute(NtfsFile::bitmap, NtfsType::data);
  const std::uint64_t bytes = (layout.clusters + 7) / 8;
  if (!bitmap || bitmap->resident || bitmap->initialized < bytes)
    throw_inconsistent("$Bitmap", fmt::format("it does not cover {} clusters", layout.clusters));

  std::uint64_t done = 0;  // clusters
  for (const NtfsRun& run : bitmap->runs) {
    const std::uint64_t left = bytes - done / 8;
    if (left == 0) break;
    if (!run.cluster) throw_inconsistent("$Bitmap", "it has a hole");
    volume.stream(*run.cluster * layout.cluster, std::min(run.count * layout.cluster, left), MiB, "$Bitmap",
                  [&](std::span<const std::byte> piece) {
                    const std::uint64_t clusters = layout.clusters - done;
                    for_each_clear_run(piece, clusters, [&](std::uint64_t first, std::uint64_t count) {
                      if (reserved.touches(done + first, count))
                        throw_inconsistent("$Bitmap", "clusters of system files count as free");
                      free.add((done + first) * layout.cluster, count * layout.cluster);
                    });
                    done += std::min<std::uint64_t>(clusters, std::uint64_t{piece.size()} * 8);
                  });
    if (done == layout.clusters) break;
  }
  if (done != layout.clusters) throw_inconsistent("$Bitmap", "it is too short");
}

}  // namespace san::filesystem
