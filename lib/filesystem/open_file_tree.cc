// SPDX-License-Identifier: Apache-2.0
#include "filesystem/open_file_tree.h"

#include "filesystem/probe.h"
#include "filesystem/volume/node_tree.h"

namespace san::filesystem {
namespace {

std::unique_ptr<NodeReader> reader_for(const Probe& found, std::unique_ptr<Volume> volume,
                                       const FileTreeOptions& options) {
  if (found.driver != nullptr && found.driver->open_files != nullptr)
    return found.driver->open_files(std::move(volume), options);
  if (found.driver == nullptr) throw MetadataError{found.copy_whole_reason};
  throw MetadataError{"files of " + found.type + " cannot be read by this program"};
}

}  // namespace

std::unique_ptr<FileTree> open_file_tree(ReadableDevice& device, std::uint64_t offset, std::uint64_t length,
                                         const FileTreeOptions& options) {
  std::string name = device.name() + (options.where.empty() ? "" : ", " + options.where);
  try {
    auto volume = std::make_unique<Volume>(device, offset, length);
    const Probe found = probe(*volume);
    const std::string named =
        options.subvolume.empty()
            ? found.type
            : found.type + ", subvolume " + (options.subvolume_is_id ? "number " : "") + options.subvolume;
    auto reader = reader_for(found, std::move(volume), options);
    return node_tree(name + " (" + named + ")", std::move(reader));
  } catch (const MetadataError& reason) {
    throw Error(Exit::failed, name, reason.why);
  }
}

}  // namespace san::filesystem
