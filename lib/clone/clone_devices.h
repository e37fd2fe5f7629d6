// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "block/device.h"
#include "clone/clone_run.h"
#include "copy/stream/whole_stream.h"

namespace san {

/// True for standard input, unless the shell opened a regular file for it, at its start, which can be read as
/// a Device.
bool is_stream(const std::string& source);

/// Opens a source that can only be read from front to back; null for a source that is a Device.
std::unique_ptr<copy::WholeStream> open_stream(const CloneRun& run);

/// Opens a destination to write to it, with the options for it; "-" is standard output. `create_size` is the
/// size in bytes of one that is a file.
std::unique_ptr<Device> open_destination(const CloneRun& run, const std::string& argument,
                                         std::optional<std::uint64_t> create_size = std::nullopt);
/// Opens a destination that is there to look at it.
std::unique_ptr<ReadableDevice> look_at_destination(const CloneRun& run, const std::string& argument);
/// Opens the source; `frozen` are the numbers of the frozen file systems.
std::unique_ptr<ReadableDevice> open_source(const CloneRun& run, const std::vector<dev_t>& frozen);

/// True if this destination does not exist yet.
bool will_be_created(const std::string& destination);

/// Returns an identity that is unique to a destination; for a file that does not exist, its path. Empty if
/// not known.
std::string identity_of(const std::string& argument, const ReadableDevice* destination);

/// Finds destinations that appear twice under different names. Returns for each destination the error about
/// it; nothing if it is unique.
std::vector<std::optional<Error>> duplicates(const std::vector<std::string>& names,
                                             const std::vector<std::string>& identities);

/// Returns the size in bytes of `destination` with a clone of `source` bytes on it: a file ends with the
/// source, or keeps its length if the request says so.
std::uint64_t size_with_clone(const CloneRun& run, const ReadableDevice& destination, std::uint64_t source);

}  // namespace san
