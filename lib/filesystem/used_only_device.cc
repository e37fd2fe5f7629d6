// SPDX-License-Identifier: Apache-2.0
#include "filesystem/used_only_device.h"

#include <algorithm>

#include "filesystem/probe.h"
#include "filesystem/used_partitions.h"

namespace san::filesystem {
namespace {

/// Names the content of a partition that is copied whole for another reason.
std::string content_of(ReadableDevice& device, const UsedPartition& partition) {
  try {
    return probe(device, partition.offset, partition.length).type;
  } catch (const Error& error) {
    if (error.code() != Exit::failed) throw;
    return "unknown";
  }
}

}  // namespace

UsedOnlyDevice::UsedOnlyDevice(ReadableDevice& below, const partition::PartitionTable& table,
                               const Options& options)
    : ReadableFilter(below), partitions_(partitions_to_look_at(table)) {
  std::size_t left = partitions_.size();
  for (UsedPartition& partition : partitions_) {
    // Ranges that one partition does not need are left to the next ones.
    const std::size_t share = (options.max_ranges - std::min(options.max_ranges, free_.size())) / left--;
    if (partition.copy_whole_reason.empty() && !options.copy_whole_reason.empty()) {
      partition.copy_whole_reason = options.copy_whole_reason;
      partition.warning = true;
    }
    if (!partition.copy_whole_reason.empty()) {
      partition.content = content_of(below, partition);
      continue;
    }
    FreeSpace space = read_free_space(below, partition.offset, partition.length,
                                      {.min_run = options.min_run, .max_ranges = share});
    partition.content = std::move(space.type);
    partition.copy_whole_reason = std::move(space.copy_whole_reason);
    partition.warning = space.fault;
    for (const Range& range : space.free) partition.free += range.length;
    free_bytes_ += partition.free;
    if (free_.empty())
      free_ = std::move(space.free);
    else
      free_.insert(free_.end(), space.free.begin(), space.free.end());
  }
}

std::vector<Range>::const_iterator UsedOnlyDevice::after(std::uint64_t offset) const {
  return std::upper_bound(free_.begin(), free_.end(), offset,
                          [](std::uint64_t value, const Range& range) { return value < range.end(); });
}

std::vector<Extent> UsedOnlyDevice::extents(std::uint64_t offset, std::uint64_t length) {
  std::vector<Extent> result;
  auto free = after(offset);
  for (Extent extent : below_.extents(offset, length)) {
    while (extent.length > 0) {
      while (free != free_.end() && free->end() <= extent.offset) ++free;
      Extent part = extent;
      if (free != free_.end() && free->offset <= extent.offset) {
        part.length = std::min(extent.end(), free->end()) - extent.offset;
        part.kind = Extent::Kind::zero;
      } else if (free != free_.end() && free->offset < extent.end()) {
        part.length = free->offset - extent.offset;
      }
      if (!result.empty() && result.back().kind == part.kind)
        result.back().length += part.length;
      else
        result.push_back(part);
      extent.offset += part.length;
      extent.length -= part.length;
    }
  }
  return result;
}

void UsedOnlyDevice::blank(std::uint64_t offset, std::span<std::byte> bytes) const {
  const std::uint64_t end = offset + bytes.size();
  for (auto free = after(offset); free != free_.end() && free->offset < end; ++free) {
    const std::uint64_t from = std::max(free->offset, offset), to = std::min(free->end(), end);
    std::ranges::fill(bytes.subspan(from - offset, to - from), std::byte{0});
  }
}

void UsedOnlyDevice::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  const auto free = after(offset);
  if (free == free_.end() || free->offset >= offset + into.size())
    return below_.read(offset, into, std::move(done));
  // A bad block in free space loses no data.
  if (free->offset <= offset && free->end() >= offset + into.size()) {
    std::ranges::fill(into, std::byte{0});
    done(nullptr);
    return;
  }
  below_.read(offset, into, [this, offset, into, done = std::move(done)](const Error* error) mutable {
    if (error == nullptr) blank(offset, into);
    done(error);
  });
}

}  // namespace san::filesystem
