// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// Returns the table of all that is recognised in a partition, in the order in which it is looked for; the
/// message about several signatures at once names them in this order. Entries are copies: compare their
/// `type`, not their address. Lives as long as the process.
std::span<const FileSystemDriver> file_system_drivers();

}  // namespace san::filesystem
