// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "block/device.h"
#include "core/units.h"

namespace san::copy {

/// Handling of ranges that are zeros in the source.
enum class ZeroPolicy {
  prove,  ///< deallocated if that provably leaves zeros (read back at both ends), else written
  write,  ///< always written
  skip,   ///< left as they are: the user asserts that the destination is all zeros
};

/// Extent to which the destination is read back and compared with the data read from the source.
enum class VerifyMode {
  none,  ///< nothing
  full,  ///< everything; ranges that the destination reports as deallocated are proved by reading both ends
  written,  ///< blocks that were read from the source and written; no runs of zeros
  sample,   ///< one block in 16, the first and the last
};

/// Options of a copy. Copier and Offload take a copy of them when they are constructed: later changes have no
/// effect.
struct CopyOptions {
  ZeroPolicy zero = ZeroPolicy::prove;
  VerifyMode verify = VerifyMode::none;
  std::uint64_t block = MiB;  ///< bytes of a request, a multiple of 4096; see copy_block()
  std::uint64_t rate = 0;     ///< bytes a second read from the source, 0 for no limit
  /// Bytes of the buffers for data between the source and all destinations together, at most. With several
  /// destinations each may hold an equal share of them, or one block if that is more; for a single one no
  /// more than 8 blocks beyond its queue depth are used. Four blocks and the boot region are allowed whatever
  /// this says. Not included: 8 blocks a destination for verification, and another 8 for an update by a clone
  /// map. Buffers are allocated on first use by the thread of Copier::run(), and released by the thread that
  /// completes the last write of a block.
  std::uint64_t memory = 48 * MiB;
  bool keep_size = false;  ///< a destination file that is longer than the source keeps its length
  bool wipe_rest = false;  ///< zeros are put behind the end of the source, by the policy `zero`
  /// Called on the thread of Copier::run() when all of the source has been read, and before the destinations
  /// are flushed. An exception that it throws ends the copy. Later the source is not read any more, except
  /// for ranges that verification found wrong.
  std::function<void()> source_read = {};
  /// Called on the thread of Copier::run() when some destinations have all of the source, and before anything
  /// shows that they are complete. An exception that it throws ends the copy.
  std::function<void()> source_check = {};
};

/// Bytes of the boot region: the front of a disk, which is written last, so that an interrupted clone does
/// not look bootable. It holds the partition table and the first stage of every boot loader.
inline constexpr std::uint64_t kHead = MiB;

/// Bytes of the unit of zero detection, the block size of most file systems: a finer one gains nothing on any
/// destination, a coarser one misses half of the zeros.
inline constexpr std::size_t kGranule = 4096;

/// Returns the bytes of the blocks that a copy uses: those of the options, or fewer if a device cannot read
/// that much at once; a multiple of kGranule if the options have one. `source` is null for a stream.
std::uint64_t copy_block(const CopyOptions& options, const ReadableDevice* source,
                         const std::vector<Device*>& destinations);

}  // namespace san::copy
