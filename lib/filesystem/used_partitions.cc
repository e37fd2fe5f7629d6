// SPDX-License-Identifier: Apache-2.0
#include "filesystem/used_partitions.h"

#include <fmt/core.h>

#include <algorithm>

#include "partition/lba.h"
#include "partition/partition_list.h"
#include "partition/partition_types.h"

namespace san::filesystem {
namespace {

/// Bytes that something beside one partition lays claim to.
struct Claim {
  Range range;
  std::string owner;
};

/// If another content of the device may count instead of the table, free space by the table is not valid.
std::string doubt(const partition::PartitionTable& table) {
  const partition::RawTable& raw = table.raw;
  if (table.kind == partition::TableKind::none)
    return raw.backup.good() ? "the backup of a GPT is at the end of the device, which may count instead"
                             : "";
  if (!raw.content.empty())
    return fmt::format(
        "the start of the device also looks like {}, which may count instead of the partition table",
        raw.content);
  if (table.kind == partition::TableKind::mbr && (raw.primary.good() || raw.backup.good()))
    return "a GPT is on the device beside the MBR, and which counts is in doubt";
  if (raw.other_size != 0) return "the device has two GPTs for different block sizes";
  if (table.backup == partition::BackupState::differs) return "the backup GPT differs from the primary";
  return {};
}

std::vector<Claim> claims(const partition::PartitionTable& table) {
  const partition::RawTable& raw = table.raw;
  std::vector<Claim> claims;
  const auto claim = [&](std::uint64_t lba, std::uint64_t count, std::string owner) {
    const Range range = partition::table_range(table, lba, count);
    if (!range.empty()) claims.push_back({range, std::move(owner)});
  };
  claim(0, 1, "the MBR");
  if (raw.loose) claims.push_back({{0, table.loose_end()}, raw.loose->type + " beside the partitions"});
  for (const partition::ExtendedBootRecord& record : raw.chain)
    claim(record.lba, 1, "an extended boot record");
  for (const partition::GptCopy* copy : {&raw.primary, &raw.backup, &raw.stray}) {
    if (!copy->header_good()) continue;
    claim(copy->lba, 1, "a GPT header");
    claim(copy->header.entries_lba, partition::divide_up(copy->header.entries_bytes(), table.sector_size),
          "the entries of a GPT");
  }
  // A hybrid MBR need not list the partitions that the GPT lists.
  if (table.kind == partition::TableKind::hybrid && raw.mbr)
    for (const partition::MbrEntry& entry : raw.mbr->entries)
      if (entry.used() && !entry.is_protective())
        claim(entry.first_lba, entry.sectors, "another partition of the hybrid MBR");
  return claims;
}

void check_place(UsedPartition& one, const partition::PartitionTable& table,
                 const std::vector<Claim>& claims) {
  const Range range{one.offset, one.length};
  for (const partition::Partition& other : table.partitions)
    if (!other.extended && other.number != one.number && range.overlaps(other.range()))
      one.copy_whole_reason = fmt::format("it overlaps partition {}", other.number);
  for (const Claim& claim : claims) {
    // A hybrid MBR repeats partitions of the GPT.
    if (claim.range == range) continue;
    if (claim.range.overlaps(range)) one.copy_whole_reason = fmt::format("it overlaps {}", claim.owner);
  }
}

}  // namespace

std::vector<UsedPartition> partitions_to_look_at(const partition::PartitionTable& table) {
  std::vector<UsedPartition> found;
  if (table.kind == partition::TableKind::none) {
    std::string why = doubt(table);
    const bool warning = !why.empty();
    found.push_back({0, 0, table.device_size, "unknown", std::move(why), warning, 0});
  } else {
    const std::vector<Claim> claimed = claims(table);
    const std::string why = doubt(table);
    for (const partition::Partition& partition : table.partitions) {
      if (partition.extended || partition.length == 0) continue;
      UsedPartition one{partition.number, partition.offset, partition.length, "unknown", why, false, 0};
      if (partition.offset >= table.device_size || partition.end() > table.device_size) {
        one.offset = std::min(one.offset, table.device_size);
        one.length = table.device_size - one.offset;
        one.copy_whole_reason = "it reaches past the end of the device";
      } else if (one.copy_whole_reason.empty()) {
        check_place(one, table, claimed);
      }
      one.warning = !one.copy_whole_reason.empty();
      if (!one.warning && partition::is_dynamic_disk(partition.type_id))
        one.copy_whole_reason =
            "it belongs to a dynamic disk of Windows, whose volumes may be in several parts";
      found.push_back(std::move(one));
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const UsedPartition& a, const UsedPartition& b) { return a.offset < b.offset; });
  }
  return found;
}

}  // namespace san::filesystem
