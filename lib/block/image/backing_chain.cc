// SPDX-License-Identifier: Apache-2.0
#include "block/image/backing_chain.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "block/image/image_format.h"
#include "block/image/qcow2_header.h"
#include "core/error.h"
#include "core/text/table.h"

namespace san {
namespace {

Error refusal(const std::string& path, const std::string& cause) {
  return {Exit::refused, path, cause,
          "make one file of it (qemu-img convert), or put the chain right (qemu-img rebase -u)"};
}

/// True if QEMU would read the name as a URL: it has a colon before the first slash (QEMU, block.c,
/// path_has_protocol()).
bool has_protocol(const std::string& name) {
  const auto end = name.find_first_of(":/");
  return end != std::string::npos && name[end] == ':';
}

std::string backing_path(const std::string& name, const std::string& image) {
  const std::filesystem::path path(name);
  return path.is_absolute() ? name : (std::filesystem::absolute(image).parent_path() / path).string();
}

/// Finds the link after `image`, whose front names a backing file.
ChainLink below(const ChainLink& image, std::span<const std::byte> front) {
  const BackingFile backing = backing_of(front);
  const std::string shown = printable(backing.name);
  if (backing.name.empty()) throw refusal(image.path, "names a backing file, but the name is missing");
  if (backing.format.empty())
    throw refusal(image.path, fmt::format("does not say which format its backing file {} has", shown));
  if (has_protocol(backing.name))
    throw refusal(image.path, fmt::format("names {} as its backing file, which is not a path", shown));
  ChainLink link{backing_path(backing.name, image.path), backing.format};
  std::error_code error;
  if (!std::filesystem::is_regular_file(link.path, error))
    throw refusal(image.path,
                  fmt::format("its backing file {} does not exist, or is not a regular file", shown));
  return link;
}

}  // namespace

std::vector<ChainLink> backing_chain(const std::string& path) {
  std::vector<ChainLink> chain = {{path, "qcow2"}};
  while (chain.back().format != "raw") {
    const ChainLink& last = chain.back();
    const auto format = recognise_file(last.path);
    if (!format || format->name != last.format)
      throw refusal(last.path,
                    fmt::format("should be a {} image but is not one", shown_format(printable(last.format))));
    if (!format->backed) {
      if (!format->objection.empty())
        throw refusal(last.path,
                      fmt::format("is a {} image that {}", shown_format(format->name), format->objection));
      break;
    }
    ChainLink next = below(last, read_marks(last.path)->front);
    if (std::any_of(chain.begin(), chain.end(), [&](const ChainLink& link) {
          std::error_code error;
          return std::filesystem::equivalent(link.path, next.path, error);
        }))
      throw refusal(last.path,
                    fmt::format("its backing file {} is already above it in the chain", next.path));
    chain.push_back(std::move(next));
  }
  return chain;
}

}  // namespace san
