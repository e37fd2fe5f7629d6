// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/map_use.h"

#include <bit>

#include "system/file/file_identity.h"

namespace san::copy {

std::uint64_t map_block(const CopyOptions& options, const ReadableDevice& source,
                        const std::vector<Device*>& destinations) {
  return std::bit_floor(copy_block(options, &source, destinations));
}

MapSubject map_subject(const ReadableDevice& source, const std::string& path,
                       const std::vector<Device*>& destinations, std::uint64_t block) {
  MapSubject subject;
  subject.source = source.identity().persistent_id;
  subject.note = modification_time(path);
  subject.bytes = source.size();
  subject.block = static_cast<std::uint32_t>(block);
  for (const Device* destination : destinations)
    subject.destinations.push_back(destination->identity().persistent_id);
  for (const Device* destination : destinations)
    subject.generations.push_back(destination->identity().generation);
  return subject;
}

}  // namespace san::copy
