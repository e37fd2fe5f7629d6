// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "block/device_filter.h"
#include "core/range.h"
#include "system/worker_pool.h"

namespace san {

/// A failing disk as a source: a failed read is repeated in smaller and smaller pieces, down to one logical
/// block; blocks that remain unreadable are zeros, and are recorded. Only for bad sectors: if the whole
/// device is gone (a control read of a range that was good before fails as well), the read fails with the
/// error of the device.
class RescueDevice final : public ReadableFilter {
 public:
  /// Puts a filter in front of `below`, which must outlive it. A block that cannot be read is retried
  /// `retries` times.
  RescueDevice(ReadableDevice& below, unsigned retries);
  ~RescueDevice() override;

  /// Returns the ranges that could not be read so far.
  RangeSet bad() const;
  /// Returns the total length of these ranges in bytes.
  std::uint64_t bad_bytes() const;

  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void cancel() override;

 private:
  void rescue(std::uint64_t offset, std::span<std::byte> into, Completion done);
  /// Reads in pieces. Throws an error that ends the whole read.
  void read_pieces(std::uint64_t offset, std::span<std::byte> into);
  /// Reads one piece. Returns the error if it cannot be read though the device is there; throws if it is not.
  std::optional<Error> try_read(std::uint64_t offset, std::span<std::byte> into);
  void give_up(std::uint64_t offset, std::span<std::byte> into, const Error& error);

  static constexpr std::uint64_t kNowhere = ~std::uint64_t{0};

  const unsigned retries_;
  const std::uint64_t block_;
  std::atomic<std::uint64_t> good_{kNowhere};  ///< offset of a read that succeeded
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  RangeSet bad_;
  WorkerPool worker_{1};  ///< one thread: a failing disk gains nothing from more requests at once
};

}  // namespace san
