// SPDX-License-Identifier: Apache-2.0
#include "copy/unpack_stream.h"

#include <fmt/format.h>

#include "block/file_marks.h"
#include "copy/archive_stream.h"
#include "copy/gzip_stream.h"
#include "copy/trailer_stream.h"
#include "core/log.h"

namespace san {
namespace {

using Packing = Container::Packing;

std::unique_ptr<InputStream> unpacked(std::unique_ptr<InputStream> packed, const Container& container) {
  log::info("{}: {}", packed->name(), container.what);
  switch (container.packing) {
    case Packing::none:
      throw no_disk(container, packed->name(), Came::as_stream);
    case Packing::gzip:
      return std::make_unique<GzipStream>(std::move(packed));
    case Packing::zst:
      throw Error(Exit::refused, packed->name(), "is compressed by zstd", "zstd -dc | sanclone - DEST");
    default:
      return std::make_unique<ArchiveStream>(std::move(packed), container.packing);
  }
}

/// What was compressed is a container itself.
Error packed_container(const Container& outer, const Container& inner, const std::string& name) {
  return {Exit::refused, name, fmt::format("{}, and what it holds {}", outer.what, inner.what),
          fmt::format("{} -dc of it >FILE, then: {}", program_of(outer.packing), inner.way)};
}

}  // namespace

std::unique_ptr<InputStream> unpack_stream(std::unique_ptr<InputStream> packed,
                                           const std::function<bool()>& keep_going) {
  auto disk = std::move(packed);
  if (const auto outer = recognise_bytes(disk->peek(kImageFront, keep_going))) {
    disk = unpacked(std::move(disk), *outer);
    if (const auto inner = recognise_bytes(disk->peek(kImageFront, keep_going)))
      throw packed_container(*outer, *inner, disk->name());
  }
  return std::make_unique<TrailerStream>(std::move(disk));
}

bool is_packed_file(const std::string& path) {
  const auto container = recognise_container_file(path);
  return container && container->packing != Packing::none;
}

}  // namespace san
