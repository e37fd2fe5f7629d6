// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/unpack_stream.h"

#include <fmt/core.h>

#include "block/zst/zst_frame.h"
#include "copy/stream/archive_stream.h"
#include "copy/stream/gzip_stream.h"
#include "copy/stream/trailer_stream.h"
#include "copy/stream/zst_stream.h"
#include "core/process/log.h"
#include "system/file/file_marks.h"

namespace san::copy {
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
      return std::make_unique<ZstStream>(std::move(packed));
    default:
      return std::make_unique<ArchiveStream>(std::move(packed), container.packing);
  }
}

/// Returns the error for compressed data that are a container themselves.
Error packed_container(const Container& outer, const Container& inner, const std::string& name) {
  return {Exit::refused, name, fmt::format("{}, and what it holds {}", outer.what, inner.what),
          fmt::format("{} -dc of it >FILE, then: {}", program_of(outer.packing), inner.way)};
}

}  // namespace

std::unique_ptr<InputStream> unpack_stream(std::unique_ptr<InputStream> packed,
                                           const std::function<bool()>& keep_going) {
  auto disk = std::move(packed);
  // A zstd stream that was cut off within its first bytes is recognised by the very first one.
  constexpr std::size_t kMagic = 4;
  if (const auto stump = disk->peek(kMagic, keep_going);
      !stump.empty() && stump.size() < kMagic && zst::begins_like_stump(stump[0]))
    return std::make_unique<ZstStream>(std::move(disk));
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

}  // namespace san::copy
