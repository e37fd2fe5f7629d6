// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace san {

/// Where the superblock of ext2, ext3 and ext4 begins, and its size.
inline constexpr std::uint64_t kExtSuperOffset = 1024;
inline constexpr std::size_t kExtSuperSize = 1024;

/// The fields of the superblock that are needed before libext2fs is asked, in host order.
struct ExtSuper {
  std::uint64_t blocks = 0;
  std::uint32_t block_size = 0;  ///< bytes
  std::uint32_t blocks_per_group = 0;
  std::uint32_t compat = 0, incompat = 0, ro_compat = 0;
  std::string label, uuid;

  /// "ext2", "ext3", "ext4", or "jbd" for the journal of another file system.
  const char* type() const;
};

/// The superblock in `bytes` (kExtSuperSize of them); nothing where it is none. Layout: Linux,
/// Documentation/filesystems/ext4/super.rst.
std::optional<ExtSuper> parse_ext_super(std::span<const std::byte> bytes);

}  // namespace san
