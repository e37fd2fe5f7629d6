// SPDX-License-Identifier: Apache-2.0
#include "partition/partition_list.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "core/utf16.h"
#include "partition/lba.h"
#include "partition/partition_types.h"

namespace san::partition {
namespace {

Partition gpt_partition(const PartitionTable& table, const GptEntry& entry, std::uint32_t number) {
  Partition p;
  p.number = number;
  p.offset = table_bytes(table, entry.first_lba);
  if (entry.first_lba <= entry.last_lba)
    p.length = table_bytes(table, saturating_add(entry.last_lba - entry.first_lba, 1));
  p.type_name = gpt_type_name(entry.type);
  p.type_id = entry.type.text();
  p.uuid = entry.id.text();
  p.name = utf16_to_printable(entry.name);
  p.attributes = entry.attributes;
  p.active = (p.attributes & kGptLegacyBoot) != 0;
  return p;
}

Partition mbr_partition(const PartitionTable& table, const MbrEntry& entry, std::uint64_t base,
                        std::uint32_t number) {
  Partition p;
  p.number = number;
  p.offset = table_bytes(table, base + entry.first_lba);
  p.length = table_bytes(table, entry.sectors);
  p.type_name = mbr_type_name(entry.type);
  p.type_id = mbr_type_id(entry.type);
  // PARTUUID of a partition in an MBR: Linux, block/partitions/msdos.c.
  const std::uint32_t signature = table.raw.mbr->signature;
  if (signature != 0) p.uuid = fmt::format("{:08x}-{:02x}", signature, number);
  p.active = entry.status == 0x80;
  p.extended = entry.is_extended();
  return p;
}

}  // namespace

void report(PartitionTable& table, Severity severity, std::string text) {
  if (table.problems.size() + 1 < kMaxProblems)
    table.problems.push_back({severity, "", std::move(text)});
  else if (table.problems.size() + 1 == kMaxProblems)
    table.problems.push_back({Severity::error, "", "there are more problems than are listed"});
}

std::uint64_t table_bytes(const PartitionTable& table, std::uint64_t lba) {
  return saturating_mul(lba, table.sector_size);
}

Range table_range(const PartitionTable& table, std::uint64_t lba, std::uint64_t count) {
  return Range::between(table_bytes(table, lba), table_bytes(table, saturating_add(lba, count)));
}

void list_gpt(PartitionTable& table, const GptCopy& copy) {
  std::set<Guid> ids;
  for (std::uint32_t i = 0; i < gpt_entry_count(copy); ++i) {
    const GptEntry entry = gpt_entry(copy, i);
    if (entry.type.is_zero()) continue;
    table.partitions.push_back(gpt_partition(table, entry, i + 1));
    if (!ids.insert(entry.id).second)
      report(table, Severity::warning,
             fmt::format("partition {} has the GUID {} of another partition", i + 1, entry.id.text()));
  }
}

void list_mbr(PartitionTable& table) {
  const RawTable& raw = table.raw;
  std::uint32_t number = 0;
  unsigned containers = 0, active = 0;
  for (const MbrEntry& entry : raw.mbr->entries) {
    ++number;
    if (!entry.used()) continue;
    table.partitions.push_back(mbr_partition(table, entry, 0, number));
    containers += entry.is_extended() ? 1U : 0U;
    active += entry.status == 0x80 ? 1U : 0U;
  }
  number = 4;
  for (const ExtendedBootRecord& record : raw.chain)
    if (const auto i = find_logical(record.sector))
      table.partitions.push_back(mbr_partition(table, record.sector.entries[*i], record.lba, ++number));
  if (containers > 1)
    report(table, Severity::warning,
           "there is more than one extended partition; only the first was followed");
  if (active > 1) report(table, Severity::warning, "more than one partition is marked active");
  if (!raw.chain_fault.empty())
    report(table, Severity::error, "the chain of logical partitions " + raw.chain_fault);
}

void check_ranges(PartitionTable& table) {
  for (const Partition& p : table.partitions) {
    if (p.length == 0)
      report(table, Severity::error, fmt::format("partition {} ends before it begins", p.number));
    else if (p.end() > table.device_size)
      report(table, Severity::error,
             fmt::format("partition {} ends at byte {}, but the device has only {}", p.number, p.end(),
                         table.device_size));
    else if (p.offset < table.usable_begin || p.end() > table.usable_end)
      report(table, Severity::error,
             fmt::format("partition {} lies outside of the range that the table allows (bytes {} to {})",
                         p.number, table.usable_begin, table.usable_end));
  }
}

void check_overlaps(PartitionTable& table) {
  std::vector<const Partition*> sorted;
  const Partition* container = nullptr;
  for (const Partition& p : table.partitions) {
    if (p.extended && container == nullptr) container = &p;
    if (!p.extended && p.length != 0) sorted.push_back(&p);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const Partition* a, const Partition* b) { return a->offset < b->offset; });
  const Partition* reach = nullptr;  // the one so far that reaches farthest
  for (const Partition* p : sorted) {
    if (reach != nullptr && p->offset < reach->end())
      report(table, Severity::error, fmt::format("partitions {} and {} overlap", reach->number, p->number));
    if (reach == nullptr || p->end() > reach->end()) reach = p;
    if (container == nullptr) continue;
    const bool inside = p->offset >= container->offset && p->end() <= container->end();
    const bool outside = p->end() <= container->offset || p->offset >= container->end();
    if (p->number > 4 ? !inside : !outside)
      report(table, Severity::error,
             p->number > 4 ? fmt::format("logical partition {} is not inside of the extended partition {}",
                                         p->number, container->number)
                           : fmt::format("partitions {} and {} overlap", p->number, container->number));
  }
}

}  // namespace san::partition
