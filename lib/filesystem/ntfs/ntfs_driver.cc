// SPDX-License-Identifier: Apache-2.0
#include "filesystem/ntfs/ntfs_driver.h"

#include <fmt/core.h>

#include "filesystem/ntfs/ntfs_volume.h"

namespace san::filesystem {
namespace {

std::optional<Identity> recognise(Volume& volume) {
  if (!volume.contains(0, sizeof(NtfsBoot))) return std::nullopt;
  const auto layout = ntfs_layout(volume.get<NtfsBoot>(0, "boot sector"));
  if (!layout) return std::nullopt;
  return Identity{"ntfs", {}, fmt::format("{:016X}", layout->serial)};
}

/// It records a sector size, which firmware and Windows want to be that of the disk.
std::optional<BlockSizeFit> fit(Volume& volume, std::uint64_t block) {
  return fits_same_sector("NTFS", ntfs_layout(volume.get<NtfsBoot>(0, "boot sector"))->sector, block);
}

std::optional<StatedSize> stated(Volume& volume) {
  const auto layout = ntfs_layout(volume.get<NtfsBoot>(0, "superblock"));
  return StatedSize{"NTFS", layout->size, layout->size + layout->sector};
}

/// $MFT, $Bitmap, $LogFile and the boot sector. ntfs-3g may leave log and $Volume as they were, but no driver
/// changes a file without its record in the MFT: boot sector and $MFT are enough.
MountRanges mount_ranges(Volume& volume) {
  NtfsVolume ntfs(volume);
  MountRanges found{{{0, 512}}};
  for (const NtfsFile file : {NtfsFile::mft, NtfsFile::log, NtfsFile::bitmap}) {
    const auto data = ntfs.attribute(file, NtfsType::data);
    if (!data || data->resident) throw_inconsistent("MFT", "a system file has no data");
    for (const NtfsRun& run : data->runs)
      if (run.cluster)
        found.ranges.push_back({*run.cluster * ntfs.layout().cluster, run.count * ntfs.layout().cluster});
    if (file == NtfsFile::mft) found.enough = found.ranges.size();
  }
  for (const Range& range : found.ranges)
    if (!volume.contains(range.offset, range.length)) throw_inconsistent("MFT", "a system file is outside");
  return found;
}

}  // namespace

constinit const FileSystemDriver kNtfsDriver = {
    .type = "ntfs",
    .kind = ContentKind::ntfs,
    .recognise = recognise,
    .read_free_space = read_ntfs,
    .open_files = without_options<ntfs_reader>,
    .block_size_fit = fit,
    .stated_size = stated,
    .mount_ranges = mount_ranges,
    .grow_command = "ntfsresize {}, or Windows' \"extend\" in diskpart",
};

}  // namespace san::filesystem
