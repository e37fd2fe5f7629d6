// SPDX-License-Identifier: Apache-2.0
#include "block/null_device.h"

#include <algorithm>

#include "block/completion.h"
#include "core/units.h"

namespace san {

Limits NullDevice::limits() const {
  Limits limits;
  limits.max_transfer = limits.max_zero = limits.max_unmap = GiB;
  limits.unmap_granularity = limits.logical_block;
  limits.unmap_guaranteed = true;
  limits.queue_depth = 16;
  return limits;
}

std::vector<Extent> NullDevice::extents(std::uint64_t offset, std::uint64_t length) {
  check_range(*this, offset, length);
  if (length == 0) return {};
  return {{offset, length, Extent::Kind::zero}};
}

void NullDevice::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  complete_with(std::move(done), [&] {
    check_range(*this, offset, into.size());
    std::fill(into.begin(), into.end(), std::byte{0});
  });
}

void NullDevice::write(std::uint64_t offset, std::span<const std::byte> from, Completion done) {
  complete_with(std::move(done), [&] { check_range(*this, offset, from.size()); });
}

void NullDevice::zero(std::uint64_t offset, std::uint64_t length, Completion done) {
  complete_with(std::move(done), [&] { check_range(*this, offset, length); });
}

void NullDevice::unmap(std::uint64_t offset, std::uint64_t length, Completion done) {
  complete_with(std::move(done), [&] { check_range(*this, offset, length); });
}

}  // namespace san
