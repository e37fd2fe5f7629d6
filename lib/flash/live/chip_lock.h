// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "system/fd.h"

namespace san::flash {

/// While it lives, no other of these programs writes the NVM of the same chip: its ports, which are
/// interfaces of their own, share one. The lock is flock(2) on DIRECTORY/nvm-CHIP.lock, which stays there.
class ChipLock {
 public:
  /// `chip` is "0000:03:00"; `object` is what the user typed. Throws Error(failed) that names the process
  /// where another one has it.
  ChipLock(const std::string& object, const std::string& chip, const std::string& directory);

 private:
  Fd fd_;
};

}  // namespace san::flash
