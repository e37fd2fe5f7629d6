// SPDX-License-Identifier: Apache-2.0
#include "devices/memory_device.h"

#include <algorithm>

#include "block/completion.h"
#include "core/units.h"

namespace san {

MemoryDevice::MemoryDevice(std::string name, std::uint64_t size, std::byte fill, std::uint32_t logical_block)
    : name_(std::move(name)), bytes_(size, fill) {
  limits_.logical_block = limits_.physical_block = logical_block;
  limits_.max_transfer = limits_.max_zero = limits_.max_unmap = GiB;
  limits_.unmap_granularity = logical_block;
  limits_.queue_depth = 16;
  limits_.unmap_guaranteed = true;
}

std::vector<Extent> MemoryDevice::extents(std::uint64_t offset, std::uint64_t length) {
  check_range(*this, offset, length);
  const std::uint64_t end = offset + length;
  std::vector<Extent> found;
  for (const Extent& extent : extents_) {
    const std::uint64_t from = std::max(extent.offset, offset), to = std::min(extent.end(), end);
    if (from >= to) continue;
    if (from > offset) found.push_back({offset, from - offset, Extent::Kind::unknown});
    found.push_back({from, to - from, extent.kind});
    offset = to;
  }
  if (offset < end) found.push_back({offset, end - offset, Extent::Kind::unknown});
  return found;
}

void MemoryDevice::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  complete_with(std::move(done), [&] {
    check_range(*this, offset, into.size());
    const std::scoped_lock lock(mutex_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
  });
}

void MemoryDevice::write(std::uint64_t offset, std::span<const std::byte> from, Completion done) {
  complete_with(std::move(done), [&] {
    check_range(*this, offset, from.size());
    const std::scoped_lock lock(mutex_);
    std::copy(from.begin(), from.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
  });
}

void MemoryDevice::zero(std::uint64_t offset, std::uint64_t length, Completion done) {
  complete_with(std::move(done), [&] {
    check_range(*this, offset, length);
    const std::scoped_lock lock(mutex_);
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), length, std::byte{0});
  });
}

void MemoryDevice::unmap(std::uint64_t offset, std::uint64_t length, Completion done) {
  zero(offset, length, std::move(done));
}

void MemoryDevice::flush(Completion done) {
  done(nullptr);
}

}  // namespace san
