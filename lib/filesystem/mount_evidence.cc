// SPDX-License-Identifier: Apache-2.0
#include "filesystem/mount_evidence.h"

#include "filesystem/probe.h"
#include "filesystem/volume/volume.h"

namespace san::filesystem {

MountEvidence mount_evidence(ReadableDevice& device, std::uint64_t offset, std::uint64_t length) {
  Volume volume(device, offset, length);
  MountEvidence evidence;
  try {
    const Probe found = probe(volume);
    evidence.type = found.type;
    evidence.enough = 1;
    if (found.driver == nullptr || found.driver->mount_ranges == nullptr) return evidence;
    MountRanges marks = found.driver->mount_ranges(volume);
    evidence.enough = marks.enough;
    for (Range& range : marks.ranges) range.offset += offset;
    evidence.ranges = std::move(marks.ranges);
  } catch (const MetadataError&) {
    evidence.ranges.reset();
  }
  return evidence;
}

}  // namespace san::filesystem
