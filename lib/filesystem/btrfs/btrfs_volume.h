// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "filesystem/btrfs/btrfs_format.h"
#include "filesystem/volume/volume.h"

namespace san::filesystem {

/// Root of a tree.
struct BtrfsRoot {
  std::uint64_t logical = 0;
  std::uint64_t generation = 0;
  std::uint8_t level = 0;
};

/// Reader of the trees of a btrfs on one device. Tree blocks are checked against the pointer to them and,
/// with CRC-32C and xxHash, against their checksums; if a check fails and there is a second copy, that is
/// read. Every function throws MetadataError if what it reads contradicts itself.
class BtrfsVolume {
 public:
  /// Reads the superblock of `volume`, which has to outlive this object, and the map of its chunks.
  explicit BtrfsVolume(Volume& volume);

  const BtrfsSuper& super() const { return super_; }
  BtrfsRoot root_tree() const { return {super_.root, super_.generation, super_.root_level}; }

  using Visit = std::function<bool(const BtrfsKey& key, std::span<const std::byte> item)>;
  /// Hands the items from `first` to `last`, both included, to `visit`, in order, until that returns false.
  void each(const BtrfsRoot& root, const BtrfsKey& first, const BtrfsKey& last, const Visit& visit);

  /// Fills `into` from the logical address of an extent of data.
  void read_data(std::uint64_t logical, std::span<std::byte> into);

 private:
  struct Chunk {
    std::uint64_t length = 0;
    std::vector<std::uint64_t> copies;  ///< offsets in the volume
  };
  using Bytes = std::vector<std::byte>;

  void add_chunk(std::uint64_t logical, std::span<const std::byte> item);
  void system_chunks();
  /// Returns the offsets in the volume of the copies of the logical addresses [logical, logical + size).
  std::vector<std::uint64_t> copies(std::uint64_t logical, std::uint64_t size) const;
  bool checksum_good(std::span<const std::byte> bytes) const;
  const char* fault(std::span<const std::byte> bytes) const;
  const char* other_node(std::span<const std::byte> bytes, const BtrfsRoot& where) const;
  std::shared_ptr<const Bytes> node(const BtrfsRoot& where);

  Volume& volume_;
  BtrfsSuper super_;
  std::map<std::uint64_t, Chunk> chunks_;  ///< by logical address
  std::unordered_map<std::uint64_t, std::shared_ptr<const Bytes>> nodes_;
};

}  // namespace san::filesystem
