// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/process/progress.h"

namespace san::target {

/// Makes `to`, which must not be there, a copy of the regular file `from` with the same permissions: one that
/// shares its blocks where the file system can (FICLONE: XFS, btrfs), else, if `full`, a full copy of all but
/// its holes. Complete on stable storage before it gets its name. Says whether blocks are shared. Throws
/// Error(failed), Error(interrupted), and Error(refused) where `to` exists, where sharing does not work and
/// `full` is false, or where there is no room.
bool copy_file(const std::string& from, const std::string& to, bool full, Progress& progress);

}  // namespace san::target
