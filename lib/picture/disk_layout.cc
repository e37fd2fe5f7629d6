// SPDX-License-Identifier: Apache-2.0
#include "picture/disk_layout.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "copy/copy_options.h"
#include "copy/engine/boot_region.h"
#include "core/process/interrupt.h"
#include "core/units.h"
#include "filesystem/disk_table.h"
#include "filesystem/grow_advice.h"
#include "filesystem/probe.h"
#include "filesystem/read_free_space.h"
#include "filesystem/used_partitions.h"

namespace san::picture {
namespace {

/// Buckets of all regions together; 8 bytes each.
constexpr std::size_t kAllBuckets = std::size_t{1} << 18;
/// Extents are queried in windows of this size, so that the length of one answer is bounded.
constexpr std::uint64_t kWindow = 64 * GiB;
/// Less space than this after the end of a file system is alignment; so is less than a hundredth of it.
constexpr std::uint64_t kSlack = MiB;

class Reader {
 public:
  Reader(ReadableDevice& device, const LayoutOptions& options) : device_(device), options_(options) {
    layout_.device = device.name();
    layout_.size = device.size();
    layout_.table = filesystem::read_disk_table(device);
  }

  DiskLayout run() {
    const std::vector<Region> regions = regions_of(layout_.table);
    layout_.regions.reserve(regions.size());
    buckets_ = std::clamp<std::size_t>(kAllBuckets / std::max<std::size_t>(regions.size(), 1), 16,
                                       options_.max_buckets);
    for (const Region& region : regions) {
      layout_.regions.push_back({region, {}, {}, {}, 0});
      layout_.regions.back().stored = Occupancy(region.offset, region.length, buckets_);
    }
    list_volumes();
    for (const filesystem::UsedPartition& one : filesystem::partitions_to_look_at(layout_.table))
      look_at(one);
    allocation();
    sum_up();
    layout_.table.raw = {};
    return std::move(layout_);
  }

 private:
  void list_volumes() {
    const partition::PartitionTable& table = layout_.table;
    if (table.kind == partition::TableKind::none) {
      LayoutVolume& whole = layout_.volumes.emplace_back();
      whole.entry.length = layout_.size;
    }
    for (const partition::Partition& entry : table.partitions) layout_.volumes.emplace_back().entry = entry;
    for (LayoutVolume& volume : layout_.volumes) {
      volume.content = volume.entry.extended ? "extended" : "unknown";
      volume.why_unknown = volume.entry.extended      ? "it holds logical partitions"
                           : volume.entry.length == 0 ? "it ends before it begins"
                                                      : "it was not looked at";
    }
    if (table.raw.loose) add_loose(*table.raw.loose);
  }

  /// Inserted before the partitions, like the whole device if there are none.
  void add_loose(const partition::LooseVolume& loose) {
    LayoutVolume volume;
    volume.entry.length = layout_.table.loose_end();
    volume.content = loose.type;
    volume.label = loose.label;
    volume.why_unknown = "it lies beside a partition table, in no partition";
    layout_.volumes.insert(layout_.volumes.begin(), std::move(volume));
  }

  LayoutVolume* volume_of(const filesystem::UsedPartition& one) {
    const auto found = std::ranges::find_if(layout_.volumes, [&](const LayoutVolume& volume) {
      return volume.entry.number == one.number && !volume.entry.extended;
    });
    return found != layout_.volumes.end() ? &*found : nullptr;
  }

  void look_at(const filesystem::UsedPartition& one) {
    Interrupt::check(layout_.device.c_str());
    LayoutVolume* volume = volume_of(one);
    if (volume == nullptr) return;
    volume->why_unknown = one.copy_whole_reason;
    volume->fault = one.warning;
    if (!one.copy_whole_reason.empty()) return name_content(*volume, one);
    const filesystem::FreeSpace space = filesystem::read_free_space(
        device_, one.offset, one.length, {.min_run = 512, .max_ranges = options_.max_ranges});
    volume->content = space.type;
    volume->label = space.label;
    volume->uuid = space.uuid;
    volume->dirty = space.dirty;
    volume->fault = space.fault;
    volume->why_unknown = space.copy_whole_reason;
    volume->known = space.known;
    if (one.number == 0 && !space.known) name_clone(*volume);
    if (!space.known) return;
    LayoutRegion* region = region_of(one);
    if (region == nullptr) {
      volume->known = false;
      volume->why_unknown = "its place on the disk is in doubt";
      return;
    }
    volume->spanned = space.size;
    volume->free = space.free_bytes;
    volume->used = space.size - std::min(space.size, space.free_bytes);
    if (one.number != 0 && volume->slack() >= std::max(kSlack, one.length / 100))
      unless_unreadable(
          [&] { volume->grow = filesystem::grow_advice(device_, one.offset, one.length, one.number); });
    fill(*region, space);
  }

  /// Names the content of a partition whose free space is not determined.
  void name_content(LayoutVolume& volume, const filesystem::UsedPartition& one) {
    unless_unreadable([&] {
      const filesystem::Probe found = filesystem::probe(device_, one.offset, one.length);
      volume.content = found.type;
      volume.label = found.label;
      volume.uuid = found.uuid;
    });
  }

  /// Recognises an incomplete clone, whose first MiB holds nothing but the mark of its writer.
  void name_clone(LayoutVolume& volume) {
    unless_unreadable([&] {
      const copy::BootRegionContent head = copy::read_boot_region_content(device_, copy::kHead);
      if (!head.hidden) return;
      volume.content = "unfinished clone";
      volume.fault = true;
      volume.why_unknown =
          fmt::format("{} writes to it, or did until it died; sanclone's last step makes it a disk",
                      to_string(head.marks.front().writer));
    });
  }

  /// A bad block leaves something unknown, but does not end the whole.
  template <typename Work>
  static void unless_unreadable(Work&& work) {
    try {
      work();
    } catch (const Error& error) {
      if (error.code() != Exit::failed) throw;
    }
  }

  /// A partition that overlaps nothing is one region.
  LayoutRegion* region_of(const filesystem::UsedPartition& one) {
    const auto found = std::ranges::find_if(layout_.regions, [&](const LayoutRegion& region) {
      return region.kind == Region::Kind::partition && region.offset == one.offset &&
             region.length == one.length;
    });
    return found != layout_.regions.end() ? &*found : nullptr;
  }

  void fill(LayoutRegion& region, const filesystem::FreeSpace& space) const {
    region.spanned = space.size;
    region.used = Occupancy(region.offset, region.length, buckets_);
    std::uint64_t at = region.offset;
    for (const Range& free : space.free) {
      region.used.add(at, free.offset - at);
      at = free.end();
    }
    region.used.add(at, region.offset + space.size - at);
  }

  void allocation() {
    const auto start = std::chrono::steady_clock::now();
    std::size_t asked = 0;
    for (std::uint64_t at = 0; at < layout_.size;) {
      Interrupt::check(layout_.device.c_str());
      if (asked >= options_.max_extents || std::chrono::steady_clock::now() - start > options_.timeout) {
        layout_.why_not_stored =
            fmt::format("it is in so many pieces that only the first {} were asked for", format_size(at));
        take({at, layout_.size - at, Extent::Kind::unknown});
        break;
      }
      std::vector<Extent> extents = extents_at(at);
      asked += extents.size();
      // An answer that was too long ends with what is not known: the next one begins there.
      if (extents.size() > 1 && extents.back().kind == Extent::Kind::unknown) extents.pop_back();
      for (const Extent& extent : extents) take(extent);
      at += std::max<std::uint64_t>(extents.empty() ? kWindow : extents.back().end() - at, 1);
    }
    for (LayoutRegion& region : layout_.regions)
      if (region.unreported.total() == region.length) region.stored = region.unreported = Occupancy();
  }

  std::vector<Extent> extents_at(std::uint64_t at) {
    const std::uint64_t length = std::min(kWindow, layout_.size - at);
    try {
      return device_.extents(at, length);
    } catch (const Error& error) {
      if (error.code() != Exit::failed) throw;
      return {{at, length, Extent::Kind::unknown}};
    }
  }

  /// Adds an extent, which comes after those added before, to the regions that it touches.
  void take(const Extent& extent) {
    if (extent.kind == Extent::Kind::data) layout_.totals.data += extent.length;
    if (extent.kind == Extent::Kind::zero) layout_.totals.zero += extent.length;
    std::vector<LayoutRegion>& regions = layout_.regions;
    while (first_ < regions.size() && regions[first_].end() <= extent.offset) ++first_;
    for (std::size_t i = first_; i < regions.size() && regions[i].offset < extent.end(); ++i) {
      if (extent.kind == Extent::Kind::data) regions[i].stored.add(extent.offset, extent.length);
      if (extent.kind != Extent::Kind::unknown) continue;
      if (regions[i].unreported.empty())
        regions[i].unreported = Occupancy(regions[i].offset, regions[i].length, buckets_);
      regions[i].unreported.add(extent.offset, extent.length);
    }
  }

  void sum_up() {
    LayoutTotals& totals = layout_.totals;
    for (const LayoutRegion& region : layout_.regions) switch (region.kind) {
        case Region::Kind::table:
          totals.table += region.length;
          break;
        case Region::Kind::unallocated:
          totals.unallocated += region.length;
          break;
        case Region::Kind::beyond:
          totals.beyond += region.length;
          break;
        case Region::Kind::overlap:
        case Region::Kind::unknown:
          totals.unknown += region.length;
          break;
        case Region::Kind::partition:
          if (region.used.empty()) totals.unknown += region.length;
          break;
      }
    for (const LayoutVolume& volume : layout_.volumes) {
      totals.used += volume.used;
      totals.free += volume.free;
      totals.slack += volume.slack();
    }
  }

  ReadableDevice& device_;
  const LayoutOptions& options_;
  DiskLayout layout_;
  std::size_t buckets_ = 0;  ///< of each region's occupancies
  std::size_t first_ = 0;    ///< region that the next extent may reach into
};

}  // namespace

Storage LayoutRegion::storage(double from, double to) const {
  if (stored.empty() || unreported.share(from, to) > 0) return Storage::unknown;
  const double share = stored.share(from, to);
  return share >= 1 ? Storage::all : share > 0 ? Storage::some : Storage::none;
}

DiskLayout read_disk_layout(ReadableDevice& device, const LayoutOptions& options) {
  return Reader(device, options).run();
}

}  // namespace san::picture
