// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "filesystem/ntfs/ntfs_layout.h"
#include "filesystem/volume/volume.h"

namespace san::filesystem {

/// System files, by their numbers in the MFT.
enum class NtfsFile : std::uint64_t {
  mft = 0,
  mirror = 1,
  log = 2,
  volume = 3,
  root = 5,
  bitmap = 6,
  boot = 7
};

/// Types of attributes that are read here.
enum class NtfsType : std::uint32_t {
  standard_information = 0x10,
  attribute_list = 0x20,
  volume_name = 0x60,
  volume_information = 0x70,
  data = 0x80,
  index_root = 0x90,
  index_allocation = 0xa0,
  bitmap = 0xb0,
  reparse_point = 0xc0,
};

/// Clusters [cluster, cluster + count) hold those from `virtual_cluster` of an attribute on; a hole has none.
struct NtfsRun {
  std::uint64_t virtual_cluster = 0;
  std::optional<std::uint64_t> cluster;
  std::uint64_t count = 0;
};

/// Attribute of a file: either its value, or the runs that hold it.
struct NtfsAttribute {
  bool resident = false;
  std::vector<std::byte> value;   ///< resident
  std::vector<NtfsRun> runs;      ///< not resident; from virtual cluster 0 on, without a gap
  std::uint64_t size = 0;         ///< bytes
  std::uint64_t initialized = 0;  ///< bytes that were ever written; behind them it reads as zeros
  std::uint64_t unit = 0;         ///< clusters that are compressed together; 0: not compressed
  bool encrypted = false;
};

/// Reader of MFT records and attributes of an NTFS volume. Every function throws MetadataError if what it
/// reads contradicts itself.
class NtfsVolume {
 public:
  explicit NtfsVolume(Volume& volume);

  Volume& volume() { return volume_; }
  const NtfsLayout& layout() const { return layout_; }

  /// Returns the record of number `number`, with its fixups applied; nothing if that record is not in use.
  std::optional<std::vector<std::byte>> record(std::uint64_t number);

  /// Returns the attribute of that type and name (ASCII) of a file, put together from all its records;
  /// nothing if there is none. Throws MetadataError if it is compressed, encrypted or has holes.
  std::optional<NtfsAttribute> attribute(std::uint64_t file, NtfsType type, std::string_view name = {});
  std::optional<NtfsAttribute> attribute(NtfsFile file, NtfsType type, std::string_view name = {}) {
    return attribute(static_cast<std::uint64_t>(file), type, name);
  }

  /// Returns an attribute likewise, which may be compressed, encrypted or have holes.
  std::optional<NtfsAttribute> any_attribute(std::uint64_t file, NtfsType type, std::string_view name = {});
  /// Returns true if the file of that number is in use and a directory.
  bool is_directory(std::uint64_t file);

  /// Reads bytes [offset, offset + into.size()) of an attribute without holes. They must lie within its size.
  void read(const NtfsAttribute& attribute, std::uint64_t offset, std::span<std::byte> into,
            const char* what);

  /// Undoes the protection of multi-sector structures: puts back the last two bytes of every 512 from the
  /// update sequence array. Returns false if they do not match: a torn write, or not such a structure.
  static bool apply_fixups(std::span<std::byte> bytes);

 private:
  /// Adds the part of an attribute that a record holds. Returns true if there is one.
  bool add_part(std::span<const std::byte> record, NtfsType type, std::string_view name,
                std::uint64_t first_virtual, NtfsAttribute& into) const;
  void add_runs(std::span<const std::byte> pairs, std::uint64_t first_virtual, std::uint64_t last_virtual,
                NtfsAttribute& into) const;
  bool from_list(const NtfsAttribute& list, NtfsType type, std::string_view name, NtfsAttribute& into);

  Volume& volume_;
  NtfsLayout layout_;
  bool any_flags_ = false;  ///< compressed, encrypted and sparse attributes are accepted
  NtfsAttribute mft_;       ///< $DATA of $MFT, as far as its first record lists it
};

}  // namespace san::filesystem
