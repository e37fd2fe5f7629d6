// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "filesystem/volume/free_ranges.h"
#include "filesystem/volume/free_space.h"
#include "filesystem/volume/node_tree.h"
#include "filesystem/volume/volume.h"

namespace san::filesystem {

/// Coarse kind of a content, for callers that ask for one of these. A new format is `other`: all else about
/// it is in its FileSystemDriver.
enum class ContentKind {
  none,       ///< no signature
  ambiguous,  ///< several signatures that exclude each other
  ext,
  xfs,
  ntfs,
  fat,
  exfat,
  swap,
  other,  ///< any other format that is recognised
};

/// Bytes at a fixed offset by which a format is recognised, and the location of its UUID and label. All
/// offsets count from the start of the partition.
struct Signature {
  std::uint64_t offset = 0;
  std::string_view magic = {};  ///< up to 32 bytes; empty if the array has no more signatures
  std::uint64_t uuid = 0;       ///< offset of 16 bytes of UUID; 0 if there is none
  std::uint64_t label = 0;      ///< offset of the label; 0 if there is none
  std::size_t label_size = 0;   ///< bytes
};

/// Name, label and UUID of a content that was recognised.
struct Identity {
  std::string type;         ///< as FreeSpace::type
  std::string label, uuid;  ///< empty if the format has none, or only its files know
};

/// Answer to the question if the content of a partition works on a disk with blocks of another size.
struct BlockSizeFit {
  enum class Answer {
    works,
    fails,    ///< it records the size of the old blocks, or has blocks smaller than the new ones
    unknown,  ///< the content of another layer cannot be seen, or the format has no such rule here
  };
  Answer answer = Answer::unknown;
  std::string why;  ///< a clause unless it works: "it is FAT made for sectors of 512 bytes"
};

/// Size that a content records about itself, in bytes from its start.
struct StatedSize {
  std::string type;          ///< "ext4", "swap area": a noun
  std::uint64_t needed = 0;  ///< with fewer bytes, a part of it is missing
  std::uint64_t whole = 0;   ///< with padding, or a copy of its first sector; at least `needed`
};

/// Ranges of a partition of which at least one changes whenever it is mounted for writing.
struct MountRanges {
  std::vector<Range> ranges;  ///< offsets from the start of the partition
  std::size_t enough = 1;     ///< as MountEvidence::enough
};

inline constexpr const char* kNoReader = "this program cannot read the free space of that format";
inline constexpr const char* kLayered = "its content is only visible through another layer";
inline constexpr const char* kEncrypted = "it is encrypted";

/// One entry of the table of file systems (filesystem/registry.cc), and of what else a partition may hold.
/// A null function means that the question has no answer for this format. Each function throws MetadataError
/// if what it reads contradicts itself, and Error if the device fails.
struct FileSystemDriver {
  const char* type;  ///< as FreeSpace::type, or the beginning of it ("ext" for ext2, ext3, ext4)
  ContentKind kind = ContentKind::other;

  /// The first that matches counts. Offsets and bytes are those of util-linux, libblkid/src/superblocks.
  Signature signatures[4] = {};
  /// Recognises the content; returns nothing if it is another one. Null if `signatures` are enough.
  std::optional<Identity> (*recognise)(Volume& volume) = nullptr;
  /// True if this is a partition table: it counts only if none of the entries before it was found (a boot
  /// sector of FAT ends as an MBR does), and not at all for probe_beside_table().
  bool partition_table = false;

  /// A clause: the reason why the partition is copied whole. Not used if there is `read_free_space`.
  const char* copy_whole_reason = kNoReader;
  /// A clause without a subject: "is encrypted (LUKS)". Null if there is `open_files`, or nothing to add to
  /// the name.
  const char* why_no_files = nullptr;

  /// Adds the free runs of `volume` to `free` (offsets from the start of the partition) and completes
  /// `result` (size; label if recognise() cannot know it). Throws MetadataError at the first thing that is
  /// dirty, contradictory or not supported: callers rely on every run that it returns.
  void (*read_free_space)(Volume& volume, FreeRanges& free, FreeSpace& result) = nullptr;
  /// Opens the files, and takes over the volume.
  std::unique_ptr<NodeReader> (*open_files)(std::unique_ptr<Volume> volume,
                                            const FileTreeOptions& options) = nullptr;
  /// Judges if the content works on a disk with logical blocks of `block` bytes; returns nothing if that
  /// cannot be seen.
  std::optional<BlockSizeFit> (*block_size_fit)(Volume& volume, std::uint64_t block) = nullptr;
  /// Returns the size that the content records; nothing if it records none.
  std::optional<StatedSize> (*stated_size)(Volume& volume) = nullptr;
  /// Returns the ranges that show a mount.
  MountRanges (*mount_ranges)(Volume& volume) = nullptr;
  /// Command by which the content grows into a larger partition; "{}" stands for the partition's device.
  const char* grow_command = nullptr;
};

/// FileSystemDriver::open_files of a format whose reader takes no options.
template <std::unique_ptr<NodeReader> (*kReader)(std::unique_ptr<Volume>)>
std::unique_ptr<NodeReader> without_options(std::unique_ptr<Volume> volume,
                                            const FileTreeOptions& /*options*/) {
  return kReader(std::move(volume));
}

/// Returns the identity by the first of `driver.signatures` that `volume` has; nothing if it has none.
std::optional<Identity> match_signatures(Volume& volume, const FileSystemDriver& driver);

/// Returns true if the bytes of `magic` (32 at most) are at `offset`; false also if that is outside.
bool has_magic(Volume& volume, std::uint64_t offset, std::string_view magic);

/// Judges a content that records the sector size of its disk: fails unless that is `block`.
BlockSizeFit fits_same_sector(const std::string& type, std::uint64_t sector, std::uint64_t block);

/// Judges a content whose units (`what`: "blocks") have to be as large as a block of the disk, or larger.
BlockSizeFit fits_at_least(const std::string& type, const char* what, std::uint64_t size,
                           std::uint64_t block);

/// Returns a stated size without padding; nothing if there is no size.
std::optional<StatedSize> exact_size(const char* type, std::optional<std::uint64_t> size);

}  // namespace san::filesystem
