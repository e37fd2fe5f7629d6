// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "copy/copy_options.h"
#include "copy/engine/map_router.h"
#include "copy/map/clone_map.h"

namespace san::copy {

/// Returns the bytes of a block of a map for such a clone: copy_block(), rounded down to a power of two.
std::uint64_t map_block(const CopyOptions& options, const ReadableDevice& source,
                        const std::vector<Device*>& destinations);

/// Returns the identities that a map of this clone records. `path` is the name of the source as the user gave
/// it.
MapSubject map_subject(const ReadableDevice& source, const std::string& path,
                       const std::vector<Device*>& destinations, std::uint64_t block);

}  // namespace san::copy
