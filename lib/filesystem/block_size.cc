// SPDX-License-Identifier: Apache-2.0
#include "filesystem/block_size.h"

#include <fmt/core.h>

#include "filesystem/probe.h"
#include "filesystem/volume/volume.h"

namespace san::filesystem {

BlockSizeFit block_size_fit(ReadableDevice& device, std::uint64_t offset, std::uint64_t length,
                            std::uint32_t block) {
  constexpr auto kUnknown = BlockSizeFit::Answer::unknown;
  Volume volume(device, offset, length);
  try {
    const Probe found = probe(volume);
    if (found.driver == nullptr) return {kUnknown, found.copy_whole_reason};
    if (found.driver->block_size_fit != nullptr)
      if (auto fit = found.driver->block_size_fit(volume, block)) return *std::move(fit);
    return {kUnknown, fmt::format("it holds {}, and what is inside cannot be seen", found.type)};
  } catch (const MetadataError& whole) {
    return {kUnknown, whole.why};
  }
}

}  // namespace san::filesystem
