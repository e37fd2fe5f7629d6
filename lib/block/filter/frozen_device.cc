// SPDX-License-Identifier: Apache-2.0
#include "block/filter/frozen_device.h"

namespace san {

std::vector<Extent> FrozenDevice::extents(std::uint64_t offset, std::uint64_t length) {
  auto found = below_.extents(offset, length);
  if (const auto error = freeze_.broken(name())) throw Error(*error);
  return found;
}

void FrozenDevice::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  below_.read(offset, into, [this, done = std::move(done)](const Error* error) mutable {
    if (error != nullptr) return done(error);
    const auto broken = freeze_.broken(name());
    done(broken ? &*broken : nullptr);
  });
}

}  // namespace san
