// SPDX-License-Identifier: Apache-2.0
#include "filesystem/read_free_space.h"

#include <fmt/core.h>

#include "filesystem/probe.h"

namespace san::filesystem {
FreeSpace read_free_space(ReadableDevice& device, std::uint64_t offset, std::uint64_t length,
                          const FreeSpaceOptions& options) {
  Volume volume(device, offset, length);
  FreeSpace result;
  result.fault = true;
  FreeRanges free(options);
  try {
    const Probe found = probe(volume);
    const auto reader = found.driver != nullptr ? found.driver->read_free_space : nullptr;
    result.fault = reader != nullptr || found.kind == Probe::Kind::ambiguous;
    result.type = found.type;
    result.label = found.label;
    result.uuid = found.uuid;
    if (reader == nullptr) throw MetadataError{found.copy_whole_reason};
    reader(volume, free, result);
    result.free_bytes = free.total();
    result.free = free.take(offset);
    result.min_run = free.min_run();
    if (result.size > length || (!result.free.empty() && result.free.back().end() > offset + result.size))
      throw_inconsistent("list of free space", "it reaches past the end of the file system");
    result.known = true;
    result.fault = false;
  } catch (const MetadataError& whole) {
    result.copy_whole_reason = whole.why;
    result.dirty = whole.dirty;
  } catch (const Error& error) {
    // A bad block in the metadata need not end a clone that knows how to go around bad blocks.
    if (error.code() != Exit::failed) throw;
    result.copy_whole_reason = fmt::format("its metadata cannot be read: {}", error.cause());
  }
  if (!result.known) {
    result.free.clear();
    result.free_bytes = 0;
  }
  return result;
}

}  // namespace san::filesystem
