// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "copy/copy_options.h"
#include "copy/engine/map_router.h"
#include "copy/map/clone_map.h"

namespace san {

/// Bytes of the blocks of a map for such a clone: copy_block(), rounded down to a power of two.
std::uint64_t map_block(const CopyOptions& options, const Device& source,
                        const std::vector<Device*>& destinations);

/// What the map of a clone is about. `path` is how the source was named.
MapSubject map_subject(const Device& source, const std::string& path,
                       const std::vector<Device*>& destinations, std::uint64_t block);

}  // namespace san
