// SPDX-License-Identifier: Apache-2.0
// The text of /proc/self/mountinfo and /proc/swaps: paths in it are the user's.
#include <cstdlib>
#include <string_view>

#include "system/mount/mounts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const san::Mount& mount : san::parse_mountinfo(text))
    if (mount.point.size() > size || mount.type.size() > size || mount.source.size() > size) std::abort();
  san::parse_swaps(text);
  return 0;
}
