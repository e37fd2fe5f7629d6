// SPDX-License-Identifier: Apache-2.0
#include "filesystem/grow_advice.h"

#include <fmt/core.h>

#include "filesystem/probe.h"

namespace san::filesystem {

std::string grow_advice(ReadableDevice& device, std::uint64_t offset, std::uint64_t length,
                        std::uint32_t number) {
  const Probe found = probe(device, offset, length);
  if (found.driver != nullptr && found.driver->grow_command != nullptr)
    return fmt::format(
        "let its {} grow by {}", found.type,
        fmt::format(fmt::runtime(found.driver->grow_command), fmt::format("/dev/sdX{}", number)));
  return fmt::format("what is in partition {} ({}) has to be made larger by its own tools", number,
                     found.type);
}

}  // namespace san::filesystem
