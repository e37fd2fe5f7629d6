// SPDX-License-Identifier: Apache-2.0
#include "filesystem/probe.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "filesystem/registry.h"
#include "filesystem/volume/volume.h"

namespace san::filesystem {
namespace {

Probe as_probe(const FileSystemDriver& driver, Identity identity) {
  Probe probe{driver.kind, std::move(identity.type), std::move(identity.label), std::move(identity.uuid), {},
              &driver};
  if (driver.read_free_space == nullptr) probe.copy_whole_reason = driver.copy_whole_reason;
  return probe;
}

/// Asks each entry of the table. `tables` is false if a partition table at the front does not count.
Probe find(Volume& volume, bool tables) {
  std::vector<Probe> found;
  for (const FileSystemDriver& driver : file_system_drivers()) {
    if (driver.partition_table && (!tables || !found.empty())) continue;
    auto identity = driver.recognise != nullptr ? driver.recognise(volume) : match_signatures(volume, driver);
    if (identity && std::ranges::find(found, identity->type, &Probe::type) == found.end())
      found.push_back(as_probe(driver, *std::move(identity)));
  }
  if (found.empty()) return {.copy_whole_reason = "it holds nothing that is recognised"};
  if (found.size() == 1) return std::move(found.front());
  std::string types = found.front().type;
  for (std::size_t i = 1; i < found.size(); ++i) types += " and " + found[i].type;
  return {.kind = Probe::Kind::ambiguous,
          .copy_whole_reason =
              fmt::format("it has the signatures of {} at once, and which is alive cannot be told", types)};
}

}  // namespace

Probe probe(Volume& volume) {
  return find(volume, true);
}

Probe probe_beside_table(ReadableDevice& device) {
  Volume volume(device, 0, device.size());
  return find(volume, false);
}

Probe probe(ReadableDevice& device, std::uint64_t offset, std::uint64_t length) {
  Volume volume(device, offset, length);
  return probe(volume);
}

}  // namespace san::filesystem
