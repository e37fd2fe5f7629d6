// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "block/filter/source_filter.h"
#include "system/worker_pool.h"

namespace san {

/// A failing disk as a source: where a read fails, it is repeated in smaller and smaller pieces, down to one
/// logical block; what cannot be read after all is zeros, and is remembered. Only for places that cannot be
/// read: where the device as a whole has gone (a control read of a place that was good before fails as well),
/// the read fails with the error of the device. It cannot be written.
class RescueDevice final : public SourceFilter {
 public:
  /// `below` outlives it. A block that cannot be read is tried `retries` times more.
  RescueDevice(Device& below, unsigned retries);
  ~RescueDevice() override;

  /// What could not be read so far: offset and length, ascending, joined.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> bad() const;
  /// Their sum in bytes.
  std::uint64_t bad_bytes() const;

  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void cancel() override;

 private:
  void rescue(std::uint64_t offset, std::span<std::byte> into, const Completion& done);
  /// Reads piece by piece. Throws what ends it all.
  void read_pieces(std::uint64_t offset, std::span<std::byte> into);
  /// Reads one piece; the error where it cannot be read though the device is there.
  std::optional<Error> try_read(std::uint64_t offset, std::span<std::byte> into);
  void give_up(std::uint64_t offset, std::span<std::byte> into, const Error& error);

  static constexpr std::uint64_t kNowhere = ~std::uint64_t{0};

  const unsigned retries_;
  const std::uint64_t block_;
  std::atomic<std::uint64_t> good_{kNowhere};  ///< a place that could be read
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> bad_;  ///< ascending, joined
  WorkerPool worker_{1};  ///< one: a failing disk does not get better by more requests at a time
};

}  // namespace san
