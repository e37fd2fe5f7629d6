// SPDX-License-Identifier: Apache-2.0
#include "copy/copy_options.h"

#include <algorithm>

namespace san::copy {

std::uint64_t copy_block(const CopyOptions& options, const ReadableDevice* source,
                         const std::vector<Device*>& destinations) {
  std::uint64_t block = options.block;
  // Writes are cut to the limits of each destination, but blocks are also read back whole.
  const auto fit = [&block](const ReadableDevice& device) {
    block = std::min(block,
                     std::max<std::uint64_t>(kGranule, round_down(device.limits().max_transfer, kGranule)));
  };
  if (source != nullptr) fit(*source);
  for (const Device* device : destinations) fit(*device);
  return block;
}

}  // namespace san::copy
