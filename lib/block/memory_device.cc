// SPDX-License-Identifier: Apache-2.0
#include "block/memory_device.h"

#include <algorithm>

#include "core/units.h"

namespace san {
namespace {

/// Runs `work`, which may throw Error, and completes with what came of it.
template <typename Work>
void complete(const Completion& done, Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    done(&error);
    return;
  }
  done(nullptr);
}

}  // namespace

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
  if (length == 0) return {};
  return {{offset, length, Extent::Kind::unknown}};
}

void MemoryDevice::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  complete(done, [&] {
    check_range(*this, offset, into.size());
    const std::scoped_lock lock(mutex_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
  });
}

void MemoryDevice::write(std::uint64_t offset, std::span<const std::byte> from, Completion done) {
  complete(done, [&] {
    check_range(*this, offset, from.size());
    const std::scoped_lock lock(mutex_);
    std::copy(from.begin(), from.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
  });
}

void MemoryDevice::zero(std::uint64_t offset, std::uint64_t length, Completion done) {
  complete(done, [&] {
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
