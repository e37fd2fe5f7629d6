// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "core/units.h"
#include "partition/bare_content.h"
#include "partition/gpt_location.h"
#include "partition/lba.h"
#include "partition/partition_table.h"

namespace san::partition {
namespace {

/// The first two blocks of a disk with 4096-byte blocks.
constexpr std::uint64_t kHeadBytes = 8 * KiB;

/// Reads [offset, offset + length) in whole blocks of the device, independent of the block size of the table.
/// Bytes behind the device's end are left out: fewer are returned.
std::vector<std::byte> read_bytes(ReadableDevice& device, std::uint64_t offset, std::uint64_t length) {
  const std::uint64_t block = device.limits().logical_block;
  const std::uint64_t end = std::min(saturating_add(offset, length), device.size());
  if (offset >= end) return {};
  const std::uint64_t begin = round_down(offset, block);
  std::vector<std::byte> bytes(divide_up(end, block) * block - begin);
  read_wait(device, begin, bytes);
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(offset - begin));
  bytes.resize(end - offset);
  return bytes;
}

/// Reads the GPT copy with its header at `lba`, in blocks of `sector` bytes. A read error makes it a bad
/// copy.
GptCopy read_copy(ReadableDevice& device, std::uint64_t lba, std::uint32_t sector) {
  GptCopy copy;
  copy.lba = lba;
  const std::uint64_t blocks = device.size() / sector;
  if (lba >= blocks) return copy;
  try {
    const auto block = read_bytes(device, lba * sector, sector);
    copy = parse_gpt_header(block, lba, blocks);
    if (!copy.header_good()) return copy;
    const std::uint64_t length = divide_up(copy.header.entries_bytes(), sector) * sector;
    check_gpt_entries(copy, read_bytes(device, copy.header.entries_lba * sector, length));
  } catch (const Error& error) {
    if (!copy.header_good()) copy.state = GptCopy::State::bad_header;
    copy.fault = "it cannot be read: " + error.cause();
  }
  return copy;
}

/// Returns the block sizes that a GPT may have been made for, the device's own first.
std::vector<std::uint32_t> candidates(const ReadableDevice& device) {
  std::vector<std::uint32_t> sizes = {device.limits().logical_block};
  for (const std::uint32_t size : {512U, 2048U, 4096U})
    if (size != sizes.front()) sizes.push_back(size);
  return sizes;
}

/// Finds the primary GPT and with it the block size of the table. The device's own block size wins; a good
/// copy wins over a damaged one.
void find_primary(ReadableDevice& device, PartitionTable& table) {
  for (const std::uint32_t size : candidates(device)) {
    GptCopy copy = read_copy(device, 1, size);
    if (copy.state == GptCopy::State::absent) continue;
    if (copy.good() && table.raw.primary.good()) {
      table.raw.other_size = size;
    } else if (table.raw.primary.state == GptCopy::State::absent || copy.good()) {
      table.raw.primary = std::move(copy);
      table.sector_size = size;
    }
  }
}

/// Finds the backup at the end of the device, the only position known without a good primary header.
void find_backup_alone(ReadableDevice& device, PartitionTable& table) {
  const bool known = table.raw.primary.state != GptCopy::State::absent;
  for (const std::uint32_t size : candidates(device)) {
    if (device.size() < 2 * std::uint64_t{size}) continue;
    GptCopy copy = read_copy(device, device.size() / size - 1, size);
    const bool better = copy.good() && !table.raw.backup.good();
    if (copy.state == GptCopy::State::absent || !(better || table.raw.backup.state == GptCopy::State::absent))
      continue;
    if (known && size != table.sector_size && !copy.good()) continue;
    table.raw.backup = std::move(copy);
    table.sector_size = size;
  }
}

void find_backup(ReadableDevice& device, PartitionTable& table) {
  RawTable& raw = table.raw;
  if (!raw.primary.header_good()) return find_backup_alone(device, table);
  const std::uint64_t last = device.size() / table.sector_size - 1;
  const std::uint64_t alternate = raw.primary.header.alternate_lba;
  if (alternate != raw.primary.lba) raw.backup = read_copy(device, alternate, table.sector_size);
  if (alternate == last) return;
  GptCopy at_end = read_copy(device, last, table.sector_size);
  if (at_end.state == GptCopy::State::absent) return;
  if (!raw.backup.good() && at_end.good())
    raw.backup = std::move(at_end);
  else if (at_end.good())
    raw.stray = std::move(at_end);
}

/// Examines the data at the position of a missing or damaged primary GPT.
void find_occupied(ReadableDevice& device, PartitionTable& table) {
  RawTable& raw = table.raw;
  const std::uint64_t sector = table.sector_size;
  if (!raw.content.empty()) {
    raw.occupied = "the start of the disk looks like " + raw.content;
    return;
  }
  try {
    const auto block1 = read_bytes(device, sector, sector);
    const auto entries = read_bytes(device, primary_entries_lba(raw.primary) * sector,
                                    divide_up(raw.backup.header.entries_bytes(), sector) * sector);
    raw.occupied = describe_primary(raw.backup, block1, entries, device.size() / sector);
  } catch (const Error& error) {
    if (error.code() != Exit::failed) throw;
    raw.occupied = "where the primary GPT belongs, the disk cannot be read";
  }
}

/// Follows the extended boot records from the container on. The first entry of each is a logical partition,
/// relative to the record; its second points to the next record, relative to the container.
void read_chain(ReadableDevice& device, PartitionTable& table) {
  RawTable& raw = table.raw;
  const auto container = find_extended(*raw.mbr);
  if (!container) return;
  const std::uint64_t base = raw.mbr->entries[*container].first_lba;
  std::set<std::uint64_t> seen;
  for (std::uint64_t lba = base;;) {
    if (lba == 0 || !seen.insert(lba).second) {
      raw.chain_fault = lba == 0 ? "leads back to the first block" : "runs in a circle";
      return;
    }
    if (raw.chain.size() == kMaxLogical) {
      raw.chain_fault = fmt::format("has more than {} links", kMaxLogical);
      return;
    }
    ExtendedBootRecord record{.lba = lba, .sector = {}, .block = {}};
    try {
      record.block = read_bytes(device, saturating_mul(lba, table.sector_size), table.sector_size);
    } catch (const Error& error) {
      raw.chain_fault = fmt::format("cannot be read in block {}: {}", lba, error.cause());
      return;
    }
    const auto sector = parse_ebr(record.block);
    if (!sector) {
      raw.chain_fault = fmt::format("breaks off: there is no extended boot record in block {}", lba);
      return;
    }
    record.sector = *sector;
    raw.chain.push_back(std::move(record));
    const auto link = find_extended(*sector);
    if (!link) return;
    lba = base + sector->entries[*link].first_lba;
  }
}

/// Finds the block size of an MBR, which does not record it. If a partition ends outside of the device in the
/// device's blocks, but all are inside in 512-byte blocks, the MBR was made for these.
void guess_mbr_sector(PartitionTable& table) {
  std::uint64_t end = 0;
  for (const MbrEntry& entry : table.raw.mbr->entries)
    if (entry.used()) end = std::max(end, entry.end_lba());
  if (table.device_block > 512 && end > table.device_size / table.device_block &&
      end <= table.device_size / 512)
    table.sector_size = 512;
}

/// Looks for an ISO 9660 volume: a CD image that also boots from a disk has most of its data in no partition.
void find_loose(ReadableDevice& device, PartitionTable& table) {
  if (table_kind(table.raw) == TableKind::none) return;
  try {
    table.raw.loose = iso_volume(read_bytes(device, kIsoDescriptorOffset, kIsoDescriptorSize));
  } catch (const Error& error) {
    if (error.code() != Exit::failed) throw;
  }
}

}  // namespace

PartitionTable read_partition_table(ReadableDevice& device) {
  PartitionTable table;
  table.device = device.name();
  table.device_block = table.sector_size = device.limits().logical_block;
  table.device_size = device.size();
  const auto head = read_bytes(device, 0, std::max<std::uint64_t>(kHeadBytes, table.device_block));
  RawTable& raw = table.raw;
  raw.mbr = parse_mbr(head);
  raw.content = bare_content(head);
  if (raw.mbr && !lists_partitions(*raw.mbr) && !raw.content.empty()) raw.mbr.reset();

  find_primary(device, table);
  find_backup(device, table);
  if (table_kind(raw) != TableKind::gpt && table_kind(raw) != TableKind::hybrid) {
    table.sector_size = table.device_block;
    if (raw.mbr) guess_mbr_sector(table);
    if (raw.mbr) read_chain(device, table);
  }
  raw.block0 = read_bytes(device, 0, table.sector_size);
  find_loose(device, table);
  interpret(table);
  if (lives_by_backup(table)) find_occupied(device, table);
  return table;
}

}  // namespace san::partition
