// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device_filter.h"

namespace san {

/// A filter in front of a source: it cannot be written.
class SourceFilter : public DeviceFilter {
 public:
  /// Puts a filter in front of `below`, which must outlive it. `refusal` is the cause of failed writes, a
  /// clause that follows the name.
  SourceFilter(Device& below, std::string refusal) : DeviceFilter(below), refusal_(std::move(refusal)) {}

  bool read_only() const override { return true; }
  void write(std::uint64_t, std::span<const std::byte>, Completion done) override { refuse(std::move(done)); }
  void zero(std::uint64_t, std::uint64_t, Completion done) override { refuse(std::move(done)); }
  void unmap(std::uint64_t, std::uint64_t, Completion done) override { refuse(std::move(done)); }
  void flush(Completion done) override { done(nullptr); }

 protected:
  /// Fails a request that would change something with Error(failed).
  void refuse(Completion done) const {
    const Error error(Exit::failed, name(), refusal_);
    done(&error);
  }

 private:
  const std::string refusal_;
};

}  // namespace san
