// SPDX-License-Identifier: Apache-2.0
#include "block/filter/read_only_device.h"

namespace san {

void ReadOnlyDevice::refuse(Completion done) const {
  const Error error(Exit::failed, name(), "is open for reading only");
  done(&error);
}

void ReadOnlyDevice::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  bytes_read_ += into.size();
  below_.read(offset, into, std::move(done));
}

void ReadOnlyDevice::write(std::uint64_t /*offset*/, std::span<const std::byte> /*from*/, Completion done) {
  refuse(std::move(done));
}

void ReadOnlyDevice::zero(std::uint64_t /*offset*/, std::uint64_t /*length*/, Completion done) {
  refuse(std::move(done));
}

void ReadOnlyDevice::unmap(std::uint64_t /*offset*/, std::uint64_t /*length*/, Completion done) {
  refuse(std::move(done));
}

void ReadOnlyDevice::flush(Completion done) {
  done(nullptr);
}

}  // namespace san
