// SPDX-License-Identifier: Apache-2.0
#include "filesystem/ext/ext_super.h"

#include "core/endian.h"
#include "filesystem/volume/text.h"

namespace san::filesystem {
namespace {

constexpr std::uint16_t kMagic = 0xef53;
constexpr std::uint32_t kCompatHasJournal = 0x4;
constexpr std::uint32_t kIncompatJournalDev = 0x8;
constexpr std::uint32_t kIncompat64bit = 0x80;
// Features that the ext3 driver of Linux 2.6 understood: filetype, recover, meta_bg; sparse_super,
// large_file, btree_dir.
constexpr std::uint32_t kExt3Incompat = 0x2 | 0x4 | 0x10;
constexpr std::uint32_t kExt3RoCompat = 0x1 | 0x2 | 0x4;

}  // namespace

const char* ExtSuper::type() const {
  if ((incompat & kIncompatJournalDev) != 0) return "jbd";
  if ((incompat & ~kExt3Incompat) != 0 || (ro_compat & ~kExt3RoCompat) != 0) return "ext4";
  return (compat & kCompatHasJournal) != 0 ? "ext3" : "ext2";
}

std::optional<ExtSuper> parse_ext_super(std::span<const std::byte> bytes) {
  if (bytes.size() < kExtSuperSize || *read_at<le16>(bytes, 0x38) != kMagic) return std::nullopt;
  const std::uint32_t log_block_size = *read_at<le32>(bytes, 0x18);
  if (log_block_size > 6) return std::nullopt;  // 64 KiB is the largest
  ExtSuper super;
  super.block_size = 1024U << log_block_size;
  super.blocks_per_group = *read_at<le32>(bytes, 0x20);
  super.compat = *read_at<le32>(bytes, 0x5c);
  super.incompat = *read_at<le32>(bytes, 0x60);
  super.ro_compat = *read_at<le32>(bytes, 0x64);
  super.blocks = *read_at<le32>(bytes, 0x4);
  if ((super.incompat & kIncompat64bit) != 0)
    super.blocks |= std::uint64_t{*read_at<le32>(bytes, 0x150)} << 32;
  if (super.blocks == 0 || super.blocks_per_group == 0) return std::nullopt;
  super.uuid = format_uuid(bytes.subspan(0x68, 16));
  super.label = fixed_text(bytes.subspan(0x78, 16));
  return super;
}

}  // namespace san::filesystem
