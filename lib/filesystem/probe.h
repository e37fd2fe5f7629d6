// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "block/readable_device.h"
#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// Content of a partition by its first bytes and a few fixed offsets.
struct Probe {
  using Kind = ContentKind;

  Kind kind = Kind::none;
  std::string type = "unknown";       ///< as FreeSpace::type
  std::string label = {}, uuid = {};  ///< empty if the superblock does not hold them
  /// A clause: the reason why its free space is not known. Empty if it can be read.
  std::string copy_whole_reason = {};
  /// Its entry in the table of file systems; null for `none` and `ambiguous`.
  const FileSystemDriver* driver = nullptr;
};

/// Identifies the content of [offset, offset + length) of `device` by magic numbers. Two signatures at once
/// (one of them left over from an earlier use) give `ambiguous` with both named, because nothing shows which
/// one is in use. Throws Error(failed) if the range is not in the device or cannot be read.
Probe probe(ReadableDevice& device, std::uint64_t offset, std::uint64_t length);
/// Identifies the content of `volume` likewise.
Probe probe(Volume& volume);

/// Identifies the content of the whole of `device`, whose partition table is known and does not count.
Probe probe_beside_table(ReadableDevice& device);

}  // namespace san::filesystem
