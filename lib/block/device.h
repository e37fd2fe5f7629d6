// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/unique_function.h"

namespace san {

/// Callback for the end of a request. A device calls it exactly once, from any thread, possibly before the
/// submitting call has returned. It must not throw and must not wait for another request of the same device;
/// it may submit more requests. It is moved from the caller to the device and never copied, and what it holds
/// is released before the call returns: no buffer outlives its request.
class Completion {
 public:
  Completion() = default;
  /// Takes over `callback`, which receives what operator() is called with.
  template <typename Callback>
  requires(!std::same_as<std::remove_cvref_t<Callback>, Completion> &&
           std::is_invocable_v<std::decay_t<Callback>&, const Error*>)
      Completion(Callback&& callback)  // NOLINT(google-explicit-constructor): a lambda is passed as it is
      : callback_(std::forward<Callback>(callback)) {}

  /// Ends the request: `error` is null for success, and valid only during the call. Once.
  void operator()(const Error* error) { std::exchange(callback_, {})(error); }

 private:
  UniqueFunction<void(const Error*)> callback_;
};

/// A range of bytes and what is known of it without reading.
struct Extent {
  enum class Kind {
    data,  ///< written at some time, or may have been
    zero,  ///< reads as zeros: a hole of a file, or deallocated blocks of a LUN whose LBPRZ has been proved
    unknown,  ///< the device cannot tell; only reading tells
  };
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  Kind kind = Kind::unknown;

  std::uint64_t end() const { return offset + length; }
  bool operator==(const Extent&) const = default;
};

/// Logical block in bytes of a device that has none of its own: an image, a pipe, an export. The sizes of
/// such devices are rounded up to it, since a partition table counts in blocks.
inline constexpr std::uint32_t kImageBlock = 512;

/// Limits of a device. All values are in bytes, except where stated.
struct Limits {
  /// Offsets and lengths of reads and writes are multiples of this.
  std::uint32_t logical_block = kImageBlock;
  std::uint32_t physical_block = 512;  ///< smaller writes cost a read-modify-write inside the device
  std::uint64_t max_transfer = 0;      ///< largest single read or write
  std::uint32_t queue_depth = 1;       ///< number of requests in flight that the device can use
  /// Unit of unmaps, 0 if it cannot unmap: offset - unmap_alignment and length are multiples of it.
  std::uint64_t unmap_granularity = 0;
  std::uint64_t unmap_alignment = 0;  ///< offset of the first aligned position
  std::uint64_t max_unmap = 0;        ///< largest single unmap
  std::uint64_t min_zero_run =
      4096;                    ///< shorter runs of zeros inside data are cheaper to write with the data
  std::uint64_t max_zero = 0;  ///< largest single zero()
  /// True if a kernel guarantees that unmapped blocks are zeros. Otherwise the device only declares so
  /// (LBPRZ), and callers that depend on it read some back.
  bool unmap_guaranteed = false;
};

/// A block device: a file, a kernel block device, a LUN, memory. The copy engine knows only this interface.
/// Every method may be called from any thread at any time; requests complete in any order. A read that is
/// submitted after a write has completed sees that write. The caller keeps buffers alive until the
/// completion.
class Device {
 public:
  virtual ~Device() = default;

  /// Returns the name that the user gave, for messages and results.
  virtual const std::string& name() const = 0;
  /// Returns the size in bytes, a multiple of limits().logical_block.
  virtual std::uint64_t size() const = 0;
  /// Returns the number of bytes with content: less than size() if the end was padded with zeros to a whole
  /// block.
  virtual std::uint64_t content_size() const { return size(); }
  virtual Limits limits() const = 0;
  /// Returns the identity of the device, equal for two names of the same device. Empty if it cannot be
  /// determined.
  virtual std::string identity() const { return {}; }
  /// Returns an identity that is valid across restarts of this machine and of the target; a clone map stores
  /// it.
  virtual std::string persistent_id() const { return name(); }
  /// Returns a text that changes when all of the content may have been replaced at once, if the device shows
  /// that: a file that was created anew, a volume that `sanlun` made again or rolled back. Empty if it does
  /// not.
  virtual std::string generation() const { return {}; }
  /// True if it rejects writes as it was opened.
  virtual bool read_only() const { return false; }
  /// True if it would reject writes even if opened for writing.
  virtual bool write_protected() const { return read_only(); }
  /// Returns the device beneath filters that show it with changed content.
  virtual Device& underlying() { return *this; }

  /// Returns what is known of [offset, offset + length): extents in order, without gaps or overlaps, covering
  /// exactly the range. Blocks the caller. Throws Error if the device cannot be queried.
  virtual std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) = 0;

  /// Reads from `offset` on until `into` is full; fewer bytes are an error.
  virtual void read(std::uint64_t offset, std::span<std::byte> into, Completion done) = 0;
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
  virtual std::uint64_t cache_loss_generation() const { return 0; }

  /// Aborts all requests with errors as soon as possible; later ones fail. Called after Ctrl-C, since a
  /// target that is gone must not delay the end of the program. A device whose requests finish promptly does
  /// nothing.
  virtual void cancel() {}

  /// True if each byte is written once, from front to back without a gap: a stream, a compressed image.
  /// Writes and zeros may be submitted in any order; one whose turn has not come is held, with its buffer,
  /// until everything before it has been submitted. Such a device never unmaps.
  virtual bool sequential() const { return false; }
  /// Ends a sequential device after everything has been written: only the first `content` bytes count, the
  /// rest was padding. Blocks; afterwards all of it can be read back, if the device can be read. Throws
  /// Error.
  virtual void finish(std::uint64_t content);
  /// Called when the copy on the device is complete and good: a file that was written under a temporary name
  /// gets its final one. Throws Error.
  virtual void commit() {}

  /// True if the device has its own block size, so that a partition table for other blocks is not found on
  /// it: a disk. False for images, which are read by the sector size of their table. Of interest for
  /// destinations only.
  virtual bool has_blocks() const { return !resizable(); }

  /// True if resize() is possible once it is open for writing: a regular file.
  virtual bool resizable() const { return false; }
  /// Changes the size to `size` bytes. No request may be in flight when it is made shorter. Throws
  /// Error(failed).
  virtual void resize(std::uint64_t size);
};

/// Do the requests and block until they complete. They throw the error that the completion reported, and
/// Error(interrupted) after a signal (see Interrupt): then the device has been cancelled. Reads and writes
/// longer than limits().max_transfer, and zeros longer than limits().max_zero, are done in pieces.
void read_wait(Device& device, std::uint64_t offset, std::span<std::byte> into);
void write_wait(Device& device, std::uint64_t offset, std::span<const std::byte> from);
void zero_wait(Device& device, std::uint64_t offset, std::uint64_t length);
void unmap_wait(Device& device, std::uint64_t offset, std::uint64_t length);
void flush_wait(Device& device);

/// Throws Error(failed) naming the device and the range unless [offset, offset + length) is within the device
/// and both are multiples of the logical block size. Devices call it first: a request outside is a bug, or
/// comes from a false claim of a target or server.
void check_range(const Device& device, std::uint64_t offset, std::uint64_t length);

}  // namespace san
