// SPDX-License-Identifier: Apache-2.0
#include "filesystem/ntfs/ntfs_index.h"

#include <algorithm>

#include "core/units.h"
#include "filesystem/volume/node_tree.h"
#include "filesystem/volume/text.h"

// "NTFS Documentation" of the Linux-NTFS project: attributes $INDEX_ROOT, $INDEX_ALLOCATION, $BITMAP and
// $FILE_NAME; concept Index Record.

namespace san::filesystem {
namespace {

constexpr std::uint64_t kMaxIndex = 512 * MiB;  // of a directory's blocks
constexpr std::uint8_t kDosName = 2;            // name space: an 8.3 name that stands beside a long one

struct IndexRoot {
  le32 type, collation, block_size;
  std::uint8_t block_clusters = 0;
  std::byte unused[3]{};
};
struct IndexHeader {
  le32 entries_offset, used, allocated;  // from the start of this header
  std::uint8_t flags = 0;
  std::byte unused[3]{};
};
struct IndexBlock {
  le32 magic;  // INDX
  le16 fixup_offset, fixup_count;
  le64 lsn, virtual_cluster;
};
struct IndexEntry {
  le64 file;  // 48 bits of number, 16 of sequence
  le16 length, key_length;
  le16 flags;  // 2: the last one, without a key
  le16 unused;
};
struct FileName {  // the key
  le64 parent, created, modified, changed, read;
  le64 allocated, size;
  le32 flags, tag;
  std::uint8_t name_length = 0;  // units of UTF-16
  std::uint8_t name_space = 0;
};
static_assert(sizeof(FileName) == 66 && sizeof(IndexBlock) == 24);

[[noreturn]] void bad_index(const char* detail) {
  throw_inconsistent("index of a directory", detail);
}

/// The entries behind an IndexHeader at `at`.
void add_names(std::span<const std::byte> bytes, std::size_t at, std::vector<NtfsName>& names) {
  const auto header = read_at<IndexHeader>(bytes, at);
  if (!header || header->used > bytes.size() - at || header->entries_offset > header->used)
    bad_index("a node that cannot be");
  bytes = bytes.subspan(at, header->used);
  for (std::size_t place = header->entries_offset;;) {
    const auto entry = read_at<IndexEntry>(bytes, place);
    if (!entry || entry->length < sizeof(IndexEntry) || entry->length > bytes.size() - place)
      bad_index("an entry that cannot be");
    if ((entry->flags & 2) != 0) return;
    const auto whole = bytes.subspan(place, entry->length);
    place += entry->length;
    const auto key = read_at<FileName>(whole, sizeof(IndexEntry));
    constexpr std::size_t kText = sizeof(IndexEntry) + sizeof(FileName);
    const std::size_t length = key ? std::size_t{key->name_length} * 2 : 0;
    if (!key || length > whole.size() - kText) bad_index("a name that cannot be");
    if (key->name_space == kDosName) continue;
    if (names.size() >= kMaxEntries) bad_index("more entries than can be");
    names.push_back(
        {utf16_text(whole.subspan(kText, length)), entry->file & 0xffffffffffff, key->flags, key->tag});
  }
}

}  // namespace

std::vector<NtfsName> ntfs_names(NtfsVolume& ntfs, std::uint64_t file) {
  std::vector<NtfsName> names;
  const auto root = ntfs.attribute(file, NtfsType::index_root, "$I30");
  if (!root || !root->resident) bad_index("it has no root");
  const auto head = read_at<IndexRoot>(root->value, 0);
  if (!head) bad_index("it has no root");
  add_names(root->value, sizeof(IndexRoot), names);

  const auto blocks = ntfs.attribute(file, NtfsType::index_allocation, "$I30");
  if (!blocks) return names;
  const auto used = ntfs.attribute(file, NtfsType::bitmap, "$I30");
  const std::uint64_t size = head->block_size;
  if (!used || size < 512 || size > 64 * KiB || size % 512 != 0) bad_index("impossible blocks");
  if (blocks->size > kMaxIndex || used->size > kMaxIndex / 512) bad_index("it is larger than can be");
  std::vector<std::byte> bitmap(used->size), block(size);
  ntfs.read(*used, 0, bitmap, "index of a directory");
  // Blocks that are not in use keep the names of deleted files.
  for (std::uint64_t i = 0; (i + 1) * size <= blocks->size && i / 8 < bitmap.size(); ++i) {
    if ((std::to_integer<unsigned>(bitmap[i / 8]) >> (i % 8) & 1) == 0) continue;
    ntfs.read(*blocks, i * size, block, "index of a directory");
    if (read_at<IndexBlock>(block, 0)->magic != 0x58444e49) bad_index("a block that is none");
    if (!NtfsVolume::apply_fixups(block)) bad_index("a block that was not written whole");
    add_names(block, sizeof(IndexBlock), names);
  }
  return names;
}

}  // namespace san::filesystem
