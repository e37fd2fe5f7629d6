// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "block/device.h"

namespace san {

class Volume;

/// What the first bytes of a partition (and a few fixed places) say is in it.
struct Probe {
  enum class Kind {
    none,       ///< no signature
    ambiguous,  ///< several that exclude each other
    ext,
    xfs,
    ntfs,
    fat,
    exfat,
    swap,
    other,  ///< recognised, but its free space is not visible from here
  };
  Kind kind = Kind::none;
  std::string type = "unknown";   ///< as FreeSpace::type
  std::string label, uuid;        ///< where the superblock holds them
  std::string copy_whole_reason;  ///< for `none`, `ambiguous` and `other`: why its free space cannot be told
};

/// Identifies the content of [offset, offset + length) of `device` by magic numbers. Two signatures at once
/// (one of them left over from an earlier use) give `ambiguous` with both named: which one is alive cannot be
/// told. Throws Error(failed) where the range is not in the device or cannot be read.
Probe probe(Device& device, std::uint64_t offset, std::uint64_t length);
Probe probe(Volume& volume);

/// The same for the whole of `device`, whose partition table is known and does not count as a content.
Probe probe_beside_table(Device& device);

}  // namespace san
