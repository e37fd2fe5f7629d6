// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "block/completion.h"
#include "core/error.h"

namespace san {

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

/// Abilities of a device beside reading, as far as it is a destination or could be opened as one.
struct Capabilities {
  bool read_only = false;        ///< it rejects writes as it was opened
  bool write_protected = false;  ///< it would reject writes even if it were opened for writing
  /// Each byte is written once, from front to back without a gap: a stream, a compressed image. Writes and
  /// zeros may be submitted in any order; one whose turn has not come is held, with its buffer, until
  /// everything before it has been submitted. Such a device never unmaps.
  bool sequential = false;
  bool resizable = false;  ///< Device::resize() is possible once it is open for writing: a regular file
  /// It has its own block size, so that a partition table for other blocks is not found on it: a disk. False
  /// for images, which are read by the sector size of their table.
  bool has_blocks = true;
};

/// Names by which a device is recognised.
struct DeviceIdentity {
  /// Equal for two names of the same device at this moment. Empty if it cannot be determined.
  std::string id;
  /// Valid across restarts of this machine and of the target; a clone map stores it.
  std::string persistent_id;
  /// A text that changes when all of the content may have been replaced at once, if the device shows that: a
  /// file that was created anew, a volume that `sanlun` made again or rolled back. Empty if it does not.
  std::string generation;
};

/// A block device as far as it can be read: a source. Every method may be called from any thread at any time;
/// requests complete in any order. The caller keeps buffers alive until the completion.
///
/// Only an interface: a device that stands on its own derives from ReadableBase (device_base.h), a filter
/// from ReadableFilter (device_filter.h).
class ReadableDevice {
 public:
  virtual ~ReadableDevice() = default;

  /// Returns the name that the user gave, for messages and results.
  virtual const std::string& name() const = 0;
  /// Returns the size in bytes, a multiple of limits().logical_block.
  virtual std::uint64_t size() const = 0;
  /// Returns the number of bytes with content: less than size() if the end was padded with zeros to a whole
  /// block.
  virtual std::uint64_t content_size() const = 0;
  virtual Limits limits() const = 0;
  virtual Capabilities capabilities() const = 0;
  virtual DeviceIdentity identity() const = 0;

  /// Returns what is known of [offset, offset + length): extents in order, without gaps or overlaps, covering
  /// exactly the range. Blocks the caller. Throws Error if the device cannot be queried.
  virtual std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) = 0;

  /// Reads from `offset` on until `into` is full; fewer bytes are an error.
  virtual void read(std::uint64_t offset, std::span<std::byte> into, Completion done) = 0;

  /// Aborts all requests with errors as soon as possible; later ones fail. Called after Ctrl-C, since a
  /// target that is gone must not delay the end of the program. A device whose requests finish promptly does
  /// nothing.
  virtual void cancel() = 0;

  // Single capabilities: most callers ask for one.
  bool read_only() const { return capabilities().read_only; }
  bool write_protected() const { return capabilities().write_protected; }
  bool sequential() const { return capabilities().sequential; }
  bool resizable() const { return capabilities().resizable; }
  bool has_blocks() const { return capabilities().has_blocks; }
};

/// Reads, and blocks until `into` is full, in pieces if it is longer than limits().max_transfer. Throws the
/// error that the completion reported, and Error(interrupted) after a signal (see Interrupt): then the device
/// has been cancelled.
void read_wait(ReadableDevice& device, std::uint64_t offset, std::span<std::byte> into);

/// Throws Error(failed) naming the device and the range unless [offset, offset + length) is within the device
/// and both are multiples of the logical block size. Devices call it first: a request outside is a bug, or
/// comes from a false claim of a target or server.
void check_range(const ReadableDevice& device, std::uint64_t offset, std::uint64_t length);

/// Returns the Error(failed) of a request that would change a device that was opened for reading.
Error only_read(const ReadableDevice& device);

}  // namespace san
