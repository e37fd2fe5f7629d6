// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/process/progress.h"

namespace san::target {

/// Copies the regular file `from` to the new file `to`, with the same permissions. The copy shares the blocks
/// if the file system supports it (FICLONE: XFS, btrfs); else, if `full`, everything but the holes is copied.
/// It gets its name when it is complete on stable storage. Returns true if blocks are shared. Throws
/// Error(failed), Error(interrupted), and Error(refused) if `to` exists, if sharing does not work and `full`
/// is false, or if there is not enough free space.
bool copy_file(const std::string& from, const std::string& to, bool full, Progress& progress);

}  // namespace san::target
