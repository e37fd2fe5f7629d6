// SPDX-License-Identifier: Apache-2.0
#include "filesystem/stated_size.h"

#include "filesystem/iso9660/iso9660_driver.h"
#include "filesystem/probe.h"
#include "filesystem/volume/volume.h"

namespace san::filesystem {
namespace {

std::optional<StatedSize> judge(Volume& volume) {
  const Probe found = probe(volume);
  if (found.driver == nullptr || found.driver->stated_size == nullptr) return std::nullopt;
  return found.driver->stated_size(volume);
}

std::optional<StatedSize> in(ReadableDevice& device, std::uint64_t offset, std::uint64_t length,
                             std::optional<StatedSize> (*look)(Volume&)) {
  Volume volume(device, offset, length);
  try {
    return look(volume);
  } catch (const MetadataError&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<StatedSize> stated_size(ReadableDevice& device, std::uint64_t offset, std::uint64_t length) {
  return in(device, offset, length, judge);
}

std::optional<StatedSize> stated_iso_size(ReadableDevice& device) {
  return in(device, 0, device.size(), kIso9660Driver.stated_size);
}

}  // namespace san::filesystem
