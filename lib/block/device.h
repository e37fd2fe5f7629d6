// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "block/readable_device.h"

namespace san {

/// A block device: a file, a kernel block device, a LUN, memory. The copy engine knows only this interface
/// and, of sources, ReadableDevice. A read that is submitted after a write has completed sees that write.
///
/// Only an interface: a device that stands on its own derives from DeviceBase (device_base.h), a filter from
/// DeviceFilter (device_filter.h).
class Device : public ReadableDevice {
 public:
  /// Returns the device beneath filters that show it with changed content.
  virtual Device& underlying() = 0;

  /// Writes all of `from` at `offset`.
  virtual void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) = 0;
  /// Writes zeros by any command of the device that is certain to leave zeros. `length` is at most
  /// limits().max_zero.
  virtual void zero(std::uint64_t offset, std::uint64_t length, Completion done) = 0;
  /// Deallocates a range within the unmap limits. Afterwards the range reads as zeros if the device keeps its
  /// promise (Limits::unmap_guaranteed).
  virtual void unmap(std::uint64_t offset, std::uint64_t length, Completion done) = 0;
  /// Brings all completed writes, zeros and unmaps to stable storage.
  virtual void flush(Completion done) = 0;

  /// Returns the number of times that the device may have lost acknowledged but unflushed writes while still
  /// working: a target that was restarted or reset, as far as that can be detected. An event is counted
  /// before any later flush can succeed.
  virtual std::uint64_t cache_loss_generation() const = 0;

  /// Ends a sequential device after everything has been written: only the first `content` bytes count, the
  /// rest was padding. Blocks; afterwards all of it can be read back, if the device can be read. Throws
  /// Error.
  virtual void finish(std::uint64_t content) = 0;
  /// Called when the copy on the device is complete and good: a file that was written under a temporary name
  /// gets its final one. Throws Error.
  virtual void commit() = 0;

  /// Changes the size of a resizable device to `size` bytes. No request may be in flight when it is made
  /// shorter. Throws Error(failed).
  virtual void resize(std::uint64_t size) = 0;
};

/// Do the requests and block until they complete, like read_wait(). Writes longer than limits().max_transfer,
/// and zeros longer than limits().max_zero, are done in pieces.
void write_wait(Device& device, std::uint64_t offset, std::span<const std::byte> from);
void zero_wait(Device& device, std::uint64_t offset, std::uint64_t length);
void unmap_wait(Device& device, std::uint64_t offset, std::uint64_t length);
void flush_wait(Device& device);

}  // namespace san
