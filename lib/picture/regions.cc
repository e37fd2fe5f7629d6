// SPDX-License-Identifier: Apache-2.0
#include "picture/regions.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/range.h"
#include "partition/lba.h"
#include "partition/partition_list.h"

namespace san::picture {
namespace {

/// A claim to a range of the device.
struct Claim {
  enum class What { partition, container, table, loose, beyond };
  What what = What::partition;
  std::size_t index = 0;  ///< of a partition or container
  std::string table;
  Range range;
};

class Claims {
 public:
  explicit Claims(const partition::PartitionTable& table) : table_(table) {
    for (std::size_t i = 0; i < table.partitions.size(); ++i) {
      const partition::Partition& one = table.partitions[i];
      add({one.extended ? Claim::What::container : Claim::What::partition, i, {}, one.range()});
    }
    tables();
    if (table.raw.loose) add({Claim::What::loose, 0, {}, {0, table.raw.loose->end}});
    beyond();
  }

  std::vector<Claim> take() { return std::move(claims_); }

 private:
  void add(Claim claim) {
    claim.range = claim.range.intersection({0, table_.device_size});
    if (!claim.range.empty()) claims_.push_back(std::move(claim));
  }

  void blocks(const char* name, std::uint64_t lba, std::uint64_t count) {
    add({Claim::What::table, 0, name, partition::table_range(table_, lba, count)});
  }

  void copy(const char* name, const partition::GptCopy& gpt) {
    if (!gpt.header_good()) return;
    blocks(name, gpt.lba, 1);
    blocks(name, gpt.header.entries_lba,
           partition::divide_up(gpt.header.entries_bytes(), table_.sector_size));
  }

  void tables() {
    const partition::RawTable& raw = table_.raw;
    if (table_.kind == partition::TableKind::mbr) {
      blocks("MBR", 0, 1);
      for (const partition::ExtendedBootRecord& record : raw.chain)
        blocks("extended boot record", record.lba, 1);
      return;
    }
    // The protective MBR is part of what a GPT is; and a damaged primary has its place all the same.
    blocks("GPT", 0, 2);
    copy("GPT", raw.primary);
    copy("backup GPT", raw.backup);
    copy("backup GPT", raw.stray);
  }

  /// Adds the range after the end of the disk that the table was made for.
  void beyond() {
    std::uint64_t end = table_.usable_end;  // MBR: as far as 32 bits reach
    if (table_.kind != partition::TableKind::mbr) {
      const partition::RawTable& raw = table_.raw;
      std::uint64_t last = 0;
      if (raw.primary.header_good()) last = raw.primary.header.alternate_lba;
      if (raw.backup.header_good()) last = std::max(last, raw.backup.lba);
      if (last == 0) return;
      end = partition::table_bytes(table_, saturating_add(last, 1));
    }
    if (end != 0) add({Claim::What::beyond, 0, {}, Range::between(end, table_.device_size)});
  }

  const partition::PartitionTable& table_;
  std::vector<Claim> claims_;
};

bool lists_partitions_here(const partition::PartitionTable& table) {
  return std::any_of(table.partitions.begin(), table.partitions.end(),
                     [&table](const partition::Partition& one) {
                       return one.length != 0 && one.offset < table.device_size;
                     });
}

/// Returns true if there may be content that the table does not describe: no copy of a GPT is good; an MBR
/// without partitions on the device may be the boot sector of something unknown; or, in the extended
/// partition, the chain of boot records could not be followed.
bool hides_partitions(const partition::PartitionTable& table, bool in_container) {
  const partition::RawTable& raw = table.raw;
  if (table.kind == partition::TableKind::mbr)
    return !lists_partitions_here(table) || (in_container && !raw.chain_fault.empty());
  return !raw.primary.good() && !raw.backup.good();
}

/// The claims that cover the current position while the device is traversed.
class Sweep {
 public:
  explicit Sweep(const partition::PartitionTable& table) : table_(table), claims_(Claims(table).take()) {
    for (std::size_t i = 0; i < claims_.size(); ++i) {
      edges_[claims_[i].range.offset].push_back(i);
      edges_[claims_[i].range.end()].push_back(i);
    }
    edges_[0];
    edges_[table.device_size];
  }

  std::vector<Region> run() {
    std::vector<Region> regions;
    for (auto edge = edges_.begin(); std::next(edge) != edges_.end(); ++edge) {
      for (const std::size_t i : edge->second)
        if (!active_.erase(i)) active_.insert(i);
      Region region = here();
      region.offset = edge->first;
      region.length = std::next(edge)->first - edge->first;
      if (!regions.empty() && same(regions.back(), region))
        regions.back().length += region.length;
      else
        regions.push_back(std::move(region));
    }
    return regions;
  }

 private:
  Region here() const {
    Region region;
    std::size_t partitions = 0;
    bool beyond = false, loose = false;
    for (const std::size_t i : active_) {
      const Claim& claim = claims_[i];
      switch (claim.what) {
        case Claim::What::partition:
          ++partitions;
          if (region.owners.size() < kMaxOwners) region.owners.push_back(claim.index);
          break;
        case Claim::What::container:
          region.container = table_.partitions[claim.index].number;
          break;
        case Claim::What::table:
          region.table = claim.table;
          break;
        case Claim::What::loose:
          loose = true;
          break;
        case Claim::What::beyond:
          beyond = true;
          break;
      }
    }
    if (hides_partitions(table_, region.container != 0)) beyond = false;
    const bool over = partitions > 1 || (partitions == 1 && !region.table.empty());
    region.kind = over                                              ? Region::Kind::overlap
                  : partitions == 1                                 ? Region::Kind::partition
                  : !region.table.empty()                           ? Region::Kind::table
                  : loose                                           ? Region::Kind::partition
                  : beyond                                          ? Region::Kind::beyond
                  : hides_partitions(table_, region.container != 0) ? Region::Kind::unknown
                                                                    : Region::Kind::unallocated;
    return region;
  }

  static bool same(const Region& a, const Region& b) {
    return a.kind == b.kind && a.table == b.table && a.owners == b.owners && a.container == b.container;
  }

  const partition::PartitionTable& table_;
  std::vector<Claim> claims_;
  std::map<std::uint64_t, std::vector<std::size_t>> edges_;  ///< where claims begin or end
  std::set<std::size_t> active_;
};

}  // namespace

const char* to_string(Region::Kind kind) {
  switch (kind) {
    case Region::Kind::table:
      return "table";
    case Region::Kind::partition:
      return "partition";
    case Region::Kind::overlap:
      return "overlap";
    case Region::Kind::unallocated:
      return "unallocated";
    case Region::Kind::beyond:
      return "beyond";
    case Region::Kind::unknown:
      return "unknown";
  }
  return "";
}

std::vector<Region> regions_of(const partition::PartitionTable& table) {
  if (table.device_size == 0) return {};
  if (table.kind == partition::TableKind::none) return {{Region::Kind::partition, 0, table.device_size, {}}};
  return Sweep(table).run();
}

}  // namespace san::picture
