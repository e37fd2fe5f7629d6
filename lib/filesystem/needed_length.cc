// SPDX-License-Identifier: Apache-2.0
#include "filesystem/needed_length.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "core/units.h"
#include "filesystem/stated_size.h"
#include "partition/lba.h"
#include "partition/partition_types.h"

namespace san::filesystem {
namespace {

class Judge {
 public:
  Judge(ReadableDevice& source, const partition::PartitionTable& table) : source_(source), table_(table) {
    result_.length = source.content_size();
  }

  NeededLength run() {
    const bool gpt = table_.kind == partition::TableKind::gpt || table_.kind == partition::TableKind::hybrid;
    for (const partition::Partition& p : table_.partitions)
      if (!p.extended && p.length != 0) needs(fmt::format("partition {}", p.number), p.end());
    if (const auto at = broken_chain(table_); at && !gpt)
      needs("the chain of logical partitions", saturating_add(*at, table_.sector_size));
    if (table_.kind == partition::TableKind::hybrid) hybrid();
    if (gpt && !table_.raw.primary.header_good() && !table_.raw.backup.header_good()) unreadable_gpt();
    contents();
    return std::move(result_);
  }

 private:
  void needs(std::string what, std::uint64_t end) {
    result_.known = true;
    if (end > result_.length) result_.missing.push_back({std::move(what), end});
  }

  std::uint64_t end_of(const partition::MbrEntry& entry) const {
    return saturating_mul(entry.end_lba(), table_.sector_size);
  }

  void hybrid() {
    std::uint32_t number = 0;
    for (const partition::MbrEntry& entry : table_.raw.mbr->entries) {
      ++number;
      if (entry.used() && !entry.is_protective() && !entry.is_extended())
        needs(fmt::format("partition {} of the hybrid MBR", number), end_of(entry));
    }
  }

  /// Cut off within it, or so that the backup of a damaged one is gone.
  void unreadable_gpt() {
    // UEFI 2.10, 5.3.1: at least 16 KiB of entries.
    needs("the GPT", 2 * std::uint64_t{table_.sector_size} + 16 * KiB);
    if (!table_.raw.mbr) return;
    for (const partition::MbrEntry& entry : table_.raw.mbr->entries)
      if (entry.is_protective() && entry.sectors != std::numeric_limits<std::uint32_t>::max())
        needs("the disk by its protective MBR", end_of(entry));
  }

  void contents() {
    const bool no_gpt = table_.kind == partition::TableKind::none || table_.kind == partition::TableKind::mbr;
    if (no_gpt && table_.partitions.empty()) return content(0, 0, source_.size());
    for (const partition::Partition& p : table_.partitions)
      if (!p.extended && p.length != 0 && p.end() <= source_.size() && !partition::is_dynamic_disk(p.type_id))
        content(p.number, p.offset, p.length);
    // An image for optical discs says by an entry from the first block on, of whatever type, that it is all
    // of the disk. One that was overwritten by a table leaves its descriptor, too.
    const auto& mbr = table_.raw.mbr;
    if (mbr && std::any_of(mbr->entries.begin(), mbr->entries.end(), [](const partition::MbrEntry& entry) {
          return entry.first_lba == 0 && entry.sectors != 0;
        }))
      take("the ISO 9660 on it", 0, source_.size(), look([&] { return stated_iso_size(source_); }));
  }

  void content(std::uint32_t number, std::uint64_t offset, std::uint64_t length) {
    const auto stated = look([&] { return stated_size(source_, offset, length); });
    if (stated)
      take(number == 0 ? fmt::format("the {} on it", stated->type)
                       : fmt::format("the {} in partition {}", stated->type, number),
           offset, length, stated);
  }

  void take(const std::string& what, std::uint64_t offset, std::uint64_t length,
            const std::optional<StatedSize>& stated) {
    if (!stated) return;
    needs(what, saturating_add(offset, stated->needed));
    if (saturating_add(offset, stated->needed) > result_.length) return;
    if (stated->needed > length)
      result_.doubts.push_back(fmt::format("{} is of {}, larger than the {} of its partition", what,
                                           format_size_exact(stated->needed), format_size_exact(length)));
    else if (offset == 0 && length == source_.size() && stated->whole > result_.length)
      result_.doubts.push_back(
          fmt::format("{} should end at byte {}, and what is missing may be no more than "
                      "padding: there are {} bytes",
                      what, stated->whole, result_.length));
  }

  template <typename Look>
  static std::optional<StatedSize> look(const Look& look) {
    try {
      return look();
    } catch (const Error& error) {
      if (error.code() == Exit::interrupted) throw;
      return std::nullopt;
    }
  }

  ReadableDevice& source_;
  const partition::PartitionTable& table_;
  NeededLength result_;
};

}  // namespace

NeededLength needed_length(ReadableDevice& source, const partition::PartitionTable& table) {
  return Judge(source, table).run();
}

std::optional<std::uint64_t> broken_chain(const partition::PartitionTable& table) {
  const partition::RawTable& raw = table.raw;
  if (!raw.mbr) return std::nullopt;
  const auto container = partition::find_extended(*raw.mbr);
  if (!container) return std::nullopt;
  const std::uint64_t base = raw.mbr->entries[*container].first_lba;
  std::uint64_t next = base;
  if (!raw.chain.empty()) {
    const partition::MbrSector& last = raw.chain.back().sector;
    const auto link = partition::find_extended(last);
    if (!link) return std::nullopt;
    next = base + last.entries[*link].first_lba;
  }
  for (const partition::ExtendedBootRecord& record : raw.chain)
    if (record.lba == next) return std::nullopt;  // in a circle
  if (next == 0 || raw.chain.size() >= partition::kMaxLogical) return std::nullopt;
  return saturating_mul(next, table.sector_size);
}

std::string describe_cut(const NeededLength& length) {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string> ends;
  for (const StatedEnd& one : length.missing) {
    if (ends.size() == kNamed) {
      ends.push_back(fmt::format("{} more behind it", length.missing.size() - kNamed));
      break;
    }
    ends.push_back(fmt::format("{} goes on to byte {}", one.what, one.end));
  }
  std::string text = ends.front();
  for (std::size_t i = 1; i < ends.size(); ++i) text += (i + 1 < ends.size() ? ", " : " and ") + ends[i];
  return fmt::format("ends at byte {}, but {}: it was cut off", length.length, text);
}

}  // namespace san::filesystem
