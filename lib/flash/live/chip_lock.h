// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "system/fd.h"

namespace san::flash {

/// Lock on the NVM of one chip, held for the lifetime of the object: it keeps other processes of this toolkit
/// from writing, as the chip's ports, which are separate interfaces, share one NVM. The lock is flock(2) on
/// DIRECTORY/nvm-CHIP.lock; the file is not removed.
class ChipLock {
 public:
  /// `chip` is "0000:03:00"; `object` is the name that the user typed. Throws Error(failed) that names the
  /// other process if one holds the lock.
  ChipLock(const std::string& object, const std::string& chip, const std::string& directory);

 private:
  Fd fd_;
};

}  // namespace san::flash
