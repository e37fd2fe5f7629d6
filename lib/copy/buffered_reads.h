// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "block/device.h"
#include "copy/buffer_pool.h"
#include "copy/in_flight.h"
#include "core/range.h"
#include "core/unique_function.h"
#include "core/units.h"

namespace san::copy {

/// Blocks of a destination that are read back at a time, beside the writes: few, so that these keep most of
/// its queue.
inline constexpr std::size_t kReadBacks = 8;
/// Bytes for which the extents of a destination are queried at once.
inline constexpr std::uint64_t kReadBackWindow = GiB;

/// Reads of one device, a few at a time, into buffers of their own, so that they neither starve other
/// requests nor are starved by them. Thread-safe.
class BufferedReads {
 public:
  /// Receives the bytes of a range, and null, or the error of the read. Called once, on a thread of the
  /// device; the bytes are valid until it returns.
  using Done = UniqueFunction<void(std::span<const std::byte> bytes, const Error* error)>;

  /// Prepares `most` buffers of `block` bytes. `device` and `signal`, which may be null, must outlive it.
  BufferedReads(ReadableDevice& device, std::uint64_t block, std::size_t most, ChangeSignal* signal);
  /// Waits for the reads in flight.
  ~BufferedReads() { in_flight_.drain(); }

  /// Begins to read a range of at most block() bytes, as soon as a buffer is free. Returns false, and reads
  /// nothing, if `keep_going`, which is called before and several times a second during the wait, returns
  /// false; what it throws is passed on.
  bool read(const Range& range, const std::function<bool()>& keep_going, Done done);

  std::uint64_t block() const { return pool_.size(); }
  /// Returns the reads in flight. Their first error is recorded there.
  InFlight& in_flight() { return in_flight_; }
  const InFlight& in_flight() const { return in_flight_; }

 private:
  ReadableDevice& device_;
  BufferPool pool_;
  InFlight in_flight_;
};

}  // namespace san::copy
