// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "core/units.h"

namespace san {

/// What becomes of ranges that are zeros in the source.
enum class ZeroPolicy {
  prove,  ///< deallocated where that provably leaves zeros (read back at both ends), else written
  write,  ///< written, always
  skip,   ///< left as they are: the user says that the destination is all zeros
};

/// How much of the destination is read back and compared with what was read from the source.
enum class VerifyMode {
  none,
  full,     ///< everything; ranges that the destination reports as deallocated are proved by their ends
  written,  ///< blocks that hold data
  sample,   ///< one block in 16, the first and the last
};

struct CopyOptions {
  ZeroPolicy zero = ZeroPolicy::prove;
  VerifyMode verify = VerifyMode::none;
  std::uint64_t block = MiB;        ///< bytes of a request, a multiple of 4096
  std::uint64_t rate = 0;           ///< bytes a second read from the source, 0 for no limit
  std::uint64_t memory = 48 * MiB;  ///< bytes of data on their way at most
  bool keep_size = false;  ///< a destination file that is longer than the source stays as long as it is
  bool wipe_rest = false;  ///< what is behind the end of the source becomes zeros, by the policy `zero`
  /// Called when all of the source has been read, and before the destinations are flushed. What it throws
  /// ends the copy. Later the source is read again only to put right what verification found wrong.
  std::function<void()> source_read = {};
  /// Called when some destinations have got all of a source that is a device, and before anything says that
  /// they are complete. What it throws ends the copy.
  std::function<void()> source_check = {};
};

/// Bytes at the front of a disk that are written last, so that an interrupted clone does not look bootable:
/// they hold the partition table and the first stage of every boot loader.
inline constexpr std::uint64_t kHead = MiB;

}  // namespace san
