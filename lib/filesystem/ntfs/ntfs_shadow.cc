// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>

#include "core/units.h"
#include "filesystem/ntfs/ntfs_state.h"

// Layout: "Volume Shadow Snapshot (VSS) format", J. Metz, libvshadow documentation, 2 and 3.

namespace san::filesystem {
namespace {

constexpr std::uint64_t kHeader = 0x1e00;  // in $Boot
constexpr std::size_t kBlock = 16 * KiB, kEntry = 128;
constexpr std::uint64_t kMaxBlocks = 256;  // Windows keeps at most 512 shadow copies of a volume
// {3808876b-c176-4e48-b7ae-04046e6cc752}
constexpr std::uint8_t kIdentifier[16] = {0x6b, 0x87, 0x08, 0x38, 0x76, 0xc1, 0x48, 0x4e,
                                          0xb7, 0xae, 0x04, 0x04, 0x6e, 0x6c, 0xc7, 0x52};

struct Header {
  std::uint8_t identifier[16]{};
  le32 version, record;  // 1 volume header, 2 catalog
  le64 current;
  le64 unused[2];
  le64 catalog;  // 0: none
  le64 most;
  std::byte volume[16]{}, storage[16]{};
};
struct CatalogBlock {
  std::uint8_t identifier[16]{};
  le32 version, record;
  le64 relative, current, next;  // next 0: the last one
};

template <typename T>
bool is(const T& header, std::uint32_t record) {
  return std::ranges::equal(header.identifier, kIdentifier) && header.record == record;
}

}  // namespace

void check_ntfs_shadow_copies(Volume& volume) {
  if (!volume.contains(kHeader, sizeof(Header))) return;
  const auto header = volume.get<Header>(kHeader, "shadow copy header");
  if (!is(header, 1)) return;
  if (std::memcmp(header.volume, header.storage, sizeof(header.volume)) != 0)
    throw MetadataError{"its shadow copies are kept on another volume, and rely on its free space"};

  std::vector<std::byte> bytes(kBlock);
  std::uint64_t at = header.catalog;
  for (std::uint64_t count = 0; at != 0; ++count) {
    if (count == kMaxBlocks) throw_inconsistent("catalog of shadow copies", "it is too long");
    volume.read(at, bytes, "catalog of shadow copies");
    const auto block = *read_at<CatalogBlock>(bytes, 0);
    if (!is(block, 2)) throw_inconsistent("catalog of shadow copies", "a block of it is not one");
    for (std::size_t entry = kEntry; entry < kBlock; entry += kEntry) {
      // 0 and 1 are unused; 2 and 3 describe a shadow copy.
      if (*read_at<le64>(bytes, entry) > 1)
        throw MetadataError{
            "it has shadow copies (restore points), which need data in what is free now; delete them "
            "(vssadmin delete shadows) to copy only what is used"};
    }
    at = block.next;
  }
}

}  // namespace san::filesystem
