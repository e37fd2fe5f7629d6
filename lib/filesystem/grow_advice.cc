// SPDX-License-Identifier: Apache-2.0
#include "filesystem/grow_advice.h"

#include <fmt/core.h>

#include "filesystem/probe.h"

namespace san {
namespace {

struct Way {
  const char* type;     ///< how Probe::type begins
  const char* command;  ///< {} stands for the partition
};

// The programs' own manual pages. XFS and btrfs grow only while they are mounted.
constexpr Way kWays[] = {
    {"ext", "resize2fs {}"},
    {"xfs", "xfs_growfs MOUNTPOINT once it is mounted"},
    {"ntfs", "ntfsresize {}, or Windows' \"extend\" in diskpart"},
    {"btrfs", "btrfs filesystem resize max MOUNTPOINT once it is mounted"},
    {"f2fs", "resize.f2fs {}"},
    {"lvm", "pvresize {}, then lvextend --resizefs"},
    {"luks", "cryptsetup resize NAME once it is open, then what is inside"},
    {"swap", "mkswap -U UUID {}"},
};

}  // namespace

std::string grow_advice(Device& device, std::uint64_t offset, std::uint64_t length, std::uint32_t number) {
  const Probe found = probe(device, offset, length);
  for (const Way& way : kWays)
    if (found.type.rfind(way.type, 0) == 0)
      return fmt::format("let its {} grow by {}", found.type,
                         fmt::format(fmt::runtime(way.command), fmt::format("/dev/sdX{}", number)));
  return fmt::format("what is in partition {} ({}) has to be made larger by its own tools", number,
                     found.type);
}

}  // namespace san
