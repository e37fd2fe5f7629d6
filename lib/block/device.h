// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"

namespace san {

/// How a request ended: `error` is null for success and lives only as long as the call. Called exactly once a
/// request, from any thread, possibly before the submitting call has returned. It must not throw and must not
/// wait for another request of the same device; submitting more requests from it is allowed.
using Completion = std::function<void(const Error* error)>;

/// What is known of a range of bytes without reading it.
struct Extent {
  enum class Kind {
    data,  ///< written some time, or may have been
    zero,  ///< reads as zeros: a hole of a file, or deallocated blocks of a LUN whose LBPRZ has been proved
    unknown,  ///< the device cannot tell; only reading tells
  };
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  Kind kind = Kind::unknown;

  std::uint64_t end() const { return offset + length; }
  bool operator==(const Extent&) const = default;
};

/// What a device can take. All values in bytes, except where said.
struct Limits {
  std::uint32_t logical_block = 512;   ///< offsets and lengths of reads and writes are multiples of this
  std::uint32_t physical_block = 512;  ///< smaller writes cost a read-modify-write inside the device
  std::uint64_t max_transfer = 0;      ///< largest single read or write
  std::uint32_t queue_depth = 1;       ///< requests in flight that the device makes use of
  std::uint64_t unmap_granularity =
      0;  ///< 0: cannot unmap. Offset - unmap_alignment and length are multiples of it
  std::uint64_t unmap_alignment = 0;  ///< offset of the first aligned place
  std::uint64_t max_unmap = 0;        ///< largest single unmap
  std::uint64_t min_zero_run =
      4096;  ///< runs of zeros inside data that are shorter than this are cheaper written along
  std::uint64_t max_zero = 0;  ///< largest single zero()
  /// Unmapped blocks are zeros because a kernel guarantees it. Otherwise the device only declares so (LBPRZ),
  /// and whoever relies on it reads some back.
  bool unmap_guaranteed = false;
};

/// A block device: a file, a kernel block device, a LUN, memory. The copy engine knows only this.
/// Every method may be called from any thread at any time; requests complete in any order. A read that was
/// submitted after a write has completed sees that write. The caller keeps buffers alive until the
/// completion.
class Device {
 public:
  virtual ~Device() = default;

  /// As the user named it; in messages and results.
  virtual const std::string& name() const = 0;
  /// In bytes, a multiple of limits().logical_block.
  virtual std::uint64_t size() const = 0;
  /// Bytes that have content: less than size() where the end was padded with zeros to a whole block.
  virtual std::uint64_t content_size() const { return size(); }
  virtual Limits limits() const = 0;
  /// What tells this device from every other; equal for two names of the same one. Empty where it cannot be
  /// told.
  virtual std::string identity() const { return {}; }
  /// The same across restarts of this machine and of the target: what a clone map knows it by.
  virtual std::string persistent_id() const { return name(); }
  /// Another text after all of the content may have been exchanged at once, where the device shows that: a
  /// file that was made anew, a volume that `sanlun` made again or rolled back. Empty where it does not.
  virtual std::string generation() const { return {}; }
  /// Takes no writes, as it was opened.
  virtual bool read_only() const { return false; }
  /// Would take none either if it were opened for writing.
  virtual bool write_protected() const { return read_only(); }
  /// The device itself, where this one shows it with other content than it has.
  virtual Device& underlying() { return *this; }

  /// What is known of [offset, offset + length): extents in order, without a gap or an overlap, covering the
  /// range and no more. Blocks the caller. Throws Error where the device cannot be asked at all.
  virtual std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) = 0;

  /// Fills `into` from `offset` on, whole or not at all: fewer bytes are an error.
  virtual void read(std::uint64_t offset, std::span<std::byte> into, Completion done) = 0;
  virtual void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) = 0;
  /// Writes zeros, by whatever command the device has for it that is sure to leave zeros. length <=
  /// limits().max_zero.
  virtual void zero(std::uint64_t offset, std::uint64_t length, Completion done) = 0;
  /// Deallocates, within the unmap limits. Afterwards the range reads as zeros if the device keeps its word
  /// (Limits::unmap_guaranteed).
  virtual void unmap(std::uint64_t offset, std::uint64_t length, Completion done) = 0;
  /// All completed writes, zeros and unmaps are on stable storage afterwards.
  virtual void flush(Completion done) = 0;

  /// How often, so far, the device may have lost what it had acknowledged and not flushed, though it goes on
  /// working: a target that was restarted or reset, as far as one can tell. Counted before a flush that comes
  /// later can succeed.
  virtual std::uint64_t cache_loss_generation() const { return 0; }

  /// Ends what is under way as soon as it can be ended, with errors, and takes nothing more: the user pressed
  /// Ctrl-C, and a target that went away must not hold him up. A device whose requests end soon by themselves
  /// does nothing.
  virtual void cancel() {}

  /// Takes writes and zeros only once for each byte and, once all are there, from front to back without a
  /// gap: a stream, a compressed image. Requests may be submitted in any order; one whose turn has not come
  /// is held, and its buffer with it, until everything before it is there. Never unmaps.
  virtual bool sequential() const { return false; }
  /// Of a sequential device: everything has been written, and the first `content` bytes of it count; what is
  /// behind them was padding. Waits; afterwards all of it can be read back, if anything can. Throws Error.
  virtual void finish(std::uint64_t content);
  /// The copy on it is complete and good: a file that was made under another name gets its own. Throws Error.
  virtual void commit() {}

  /// Whether what is on it is counted in blocks of its own, so that a partition table of other blocks is not
  /// found there: a disk. An image is read by the sector size of its table.
  virtual bool has_blocks() const { return !resizable(); }

  /// Whether resize() is possible, once it is open for writing: a regular file.
  virtual bool resizable() const { return false; }
  /// Makes it `size` bytes long. To make it shorter, no request may be under way. Throws Error(failed).
  virtual void resize(std::uint64_t size);
};

/// The same, waited for. They throw what the completion reported, and Error(interrupted) after a signal (see
/// Interrupt): the device has been cancelled then. Reads and writes may be longer than limits().max_transfer,
/// zeros longer than limits().max_zero: they are done in pieces.
void read_wait(Device& device, std::uint64_t offset, std::span<std::byte> into);
void write_wait(Device& device, std::uint64_t offset, std::span<const std::byte> from);
void zero_wait(Device& device, std::uint64_t offset, std::uint64_t length);
void unmap_wait(Device& device, std::uint64_t offset, std::uint64_t length);
void flush_wait(Device& device);

/// Throws Error(failed) that names the device and the range unless [offset, offset + length) lies within it
/// and both are multiples of the logical block size. Backends call it first: a request outside is a bug or a
/// lie of the other side.
void check_range(const Device& device, std::uint64_t offset, std::uint64_t length);

}  // namespace san
