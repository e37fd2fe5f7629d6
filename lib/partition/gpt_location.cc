// SPDX-License-Identifier: Apache-2.0
#include "partition/gpt_location.h"

#include <algorithm>

#include "block/zero_detection.h"

namespace san::partition {
namespace {

bool is_header(std::span<const std::byte> block, const Guid& disk) {
  const auto header = read_at<GptHeader>(block, 0);
  return header && (header->signature == kGptSignature || header->disk_guid == disk);
}

bool nearly_same(std::span<const std::byte> a, std::span<const std::byte> b) {
  std::size_t differing = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differing += a[i] != b[i] ? 1U : 0U;
  return differing <= a.size() / 8;
}

bool may_be_entry(std::span<const std::byte> bytes, std::uint64_t blocks) {
  const auto entry = read_at<GptEntry>(bytes, 0);
  return entry && !entry->type.is_zero() && !entry->id.is_zero() && entry->first_lba <= entry->last_lba &&
         entry->last_lba < blocks;
}

}  // namespace

std::uint64_t primary_entries_lba(const GptCopy& primary) {
  return primary.header_good() ? std::uint64_t{primary.header.entries_lba} : 2;
}

std::string describe_primary(const GptCopy& backup, std::span<const std::byte> block1,
                             std::span<const std::byte> entries, std::uint64_t blocks) {
  if (!all_zero(block1) && !is_header(block1, backup.header.disk_guid))
    return "block 1, where the primary GPT belongs, holds other data";
  const std::size_t size = backup.header.entry_size;
  const std::span<const std::byte> wanted(backup.entries);
  for (std::size_t at = 0; at < entries.size(); at += size) {
    const auto found = entries.subspan(at, std::min(size, entries.size() - at));
    const auto same_place =
        at + found.size() <= wanted.size() && nearly_same(found, wanted.subspan(at, found.size()));
    if (!all_zero(found) && !same_place && !may_be_entry(found, blocks))
      return "where the entries of the primary GPT belong, there is other data";
  }
  return {};
}

}  // namespace san::partition
