// SPDX-License-Identifier: Apache-2.0
#include "filesystem/mount_evidence.h"

#include <algorithm>
#include <array>

#include "filesystem/ext/ext_super.h"
#include "filesystem/ntfs/ntfs_volume.h"
#include "filesystem/probe.h"
#include "filesystem/volume/volume.h"
#include "filesystem/xfs/xfs_format.h"

namespace san {
namespace {

using Ranges = std::vector<ByteRange>;

/// The first block of the journal, by the copy of its inode's block list in the superblock (Linux,
/// Documentation/filesystems/ext4/super.rst, s_jnl_blocks): an extent tree, or a list of blocks.
std::optional<std::uint64_t> ext_journal_block(std::span<const std::byte> super) {
  constexpr std::size_t kBackupType = 0xFD, kBlocks = 0x10C;
  constexpr std::uint16_t kExtents = 0xF30A;
  if (super[kBackupType] != std::byte{1}) return std::nullopt;
  if (*read_at<le16>(super, kBlocks) != kExtents) return *read_at<le32>(super, kBlocks);
  const std::uint16_t entries = *read_at<le16>(super, kBlocks + 2),
                      depth = *read_at<le16>(super, kBlocks + 6);
  // ee_start_hi, ee_start_lo; or ei_leaf_lo, ei_leaf_hi of the block with the extents, which lies beside it.
  if (entries == 0 || depth != 0) return std::nullopt;
  return std::uint64_t{*read_at<le16>(super, kBlocks + 12 + 6)} << 32 |
         *read_at<le32>(super, kBlocks + 12 + 8);
}

Ranges of_ext(Volume& volume) {
  const auto super = volume.get<std::array<std::byte, kExtSuperSize>>(kExtSuperOffset, "superblock");
  const auto parsed = parse_ext_super(super);
  if (!parsed) throw_inconsistent("superblock", "it is gone");
  Ranges ranges = {{kExtSuperOffset, kExtSuperSize}};
  if (const auto journal = ext_journal_block(super); journal && *journal < volume.size() / parsed->block_size)
    ranges.push_back({*journal * parsed->block_size, parsed->block_size});
  return ranges;
}

Ranges of_xfs(Volume& volume) {
  const auto super = volume.get<XfsSuper>(0, "superblock");
  Ranges ranges = {{0, super.sector_size}};
  const std::uint64_t blocks = super.log_blocks, start = super.log_start;
  // A log on another device tells nothing of it here.
  if (start == 0 || super.ag_block_log > 31) throw MetadataError{"its log is on another device"};
  const std::uint64_t group = start >> super.ag_block_log,
                      block = start & ((std::uint64_t{1} << super.ag_block_log) - 1);
  const ByteRange log{(group * super.ag_blocks + block) * super.block_size, blocks * super.block_size};
  if (group >= super.ag_count || log.length == 0 || !volume.contains(log.offset, log.length))
    throw_inconsistent("superblock", "the log is outside");
  ranges.push_back(log);
  return ranges;
}

Ranges of_ntfs(Volume& volume, std::size_t& enough) {
  NtfsVolume ntfs(volume);
  Ranges ranges = {{0, 512}};
  for (const NtfsFile file : {NtfsFile::mft, NtfsFile::log, NtfsFile::bitmap}) {
    const auto data = ntfs.attribute(file, NtfsType::data);
    if (!data || data->resident) throw_inconsistent("MFT", "a system file has no data");
    for (const NtfsRun& run : data->runs)
      if (run.cluster)
        ranges.push_back({*run.cluster * ntfs.layout().cluster, run.count * ntfs.layout().cluster});
    if (file == NtfsFile::mft) enough = ranges.size();
  }
  for (const ByteRange& range : ranges)
    if (!volume.contains(range.offset, range.length)) throw_inconsistent("MFT", "a system file is outside");
  return ranges;
}

}  // namespace

MountEvidence mount_evidence(Device& device, std::uint64_t offset, std::uint64_t length) {
  Volume volume(device, offset, length);
  MountEvidence evidence;
  try {
    const Probe found = probe(volume);
    evidence.type = found.type;
    evidence.enough = 1;
    if (found.kind == Probe::Kind::ext) evidence.ranges = of_ext(volume);
    if (found.kind == Probe::Kind::xfs) evidence.ranges = of_xfs(volume);
    if (found.kind == Probe::Kind::ntfs) evidence.ranges = of_ntfs(volume, evidence.enough);
  } catch (const MetadataError&) {
    evidence.ranges.reset();
  }
  if (evidence.ranges)
    for (ByteRange& range : *evidence.ranges) range.offset += offset;
  return evidence;
}

}  // namespace san
