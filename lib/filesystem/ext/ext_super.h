// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace san::filesystem {

/// Offset and size in bytes of the superblock of ext2, ext3 and ext4.
inline constexpr std::uint64_t kExtSuperOffset = 1024;
inline constexpr std::size_t kExtSuperSize = 1024;

/// Fields of the superblock that are needed before libext2fs is called, in host order.
struct ExtSuper {
  std::uint64_t blocks = 0;
  std::uint32_t block_size = 0;  ///< bytes
  std::uint32_t blocks_per_group = 0;
  std::uint32_t compat = 0, incompat = 0, ro_compat = 0;
  std::string label, uuid;

  /// Returns "ext2", "ext3", "ext4", or "jbd" for the journal of another file system.
  const char* type() const;
};

/// Parses the superblock in `bytes` (kExtSuperSize of them); returns nothing if it is none. Layout: Linux,
/// Documentation/filesystems/ext4/super.rst.
std::optional<ExtSuper> parse_ext_super(std::span<const std::byte> bytes);

}  // namespace san::filesystem
