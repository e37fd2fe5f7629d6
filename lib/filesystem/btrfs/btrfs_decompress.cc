// SPDX-License-Identifier: Apache-2.0
#include "filesystem/btrfs/btrfs_decompress.h"

#include <fmt/core.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "core/endian.h"
#include "filesystem/btrfs/lzo.h"
#include "filesystem/volume/volume.h"

namespace san::filesystem {
namespace {

[[noreturn]] void damaged() {
  throw MetadataError{"its compressed data is damaged"};
}

void inflate_all(std::span<const std::byte> from, std::span<std::byte> into) {
  z_stream stream = {};
  if (inflateInit(&stream) != Z_OK) damaged();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ended(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(from.data()));  // zlib's API has no const
  stream.avail_in = static_cast<uInt>(from.size());
  stream.next_out = reinterpret_cast<Bytef*>(into.data());
  stream.avail_out = static_cast<uInt>(into.size());
  const int code = inflate(&stream, Z_FINISH);
  if (code != Z_STREAM_END && !(code == Z_BUF_ERROR && stream.avail_out == 0) && code != Z_OK) damaged();
}

void unpack_zstd(std::span<const std::byte> from, std::span<std::byte> into) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                             ZSTD_freeDStream);
  ZSTD_inBuffer in{from.data(), from.size(), 0};
  ZSTD_outBuffer out{into.data(), into.size(), 0};
  while (out.pos < out.size) {
    const std::size_t had = out.pos, took = in.pos;
    const std::size_t code = stream ? ZSTD_decompressStream(stream.get(), &out, &in) : ~std::size_t{0};
    if (ZSTD_isError(code) != 0) damaged();
    if (code == 0) return;  // the end of the frame
    if (out.pos == had && in.pos == took) damaged();
  }
}

/// A length of all, then pieces with a length each, of at most a sector when unpacked. The four bytes of a
/// length never cross a sector's end (Linux, fs/btrfs/lzo.c).
void unpack_lzo(std::span<const std::byte> from, std::span<std::byte> into, std::size_t sector) {
  const std::uint32_t total = read_at<le32>(from, 0).value_or(0);
  if (total < 4 || total > from.size()) damaged();
  std::size_t at = 4;
  for (std::size_t done = 0; done < into.size() && at < total;) {
    if (sector - at % sector < 4) at += sector - at % sector;
    const std::size_t size = read_at<le32>(from.first(total), at).value_or(0);
    at += 4;
    if (size == 0 || at > total || size > total - at) damaged();
    const auto piece = into.subspan(done, std::min(sector, into.size() - done));
    if (!lzo1x_decompress(from.subspan(at, size), piece)) damaged();
    at += size;
    done += piece.size();
  }
}

}  // namespace

void btrfs_decompress(std::uint8_t kind, std::span<const std::byte> from, std::span<std::byte> into,
                      std::size_t sector) {
  std::ranges::fill(into, std::byte{0});
  switch (kind) {
    case 1:
      return inflate_all(from, into);
    case 2:
      return unpack_lzo(from, into, sector);
    case 3:
      return unpack_zstd(from, into);
    default:
      throw MetadataError{fmt::format("it is compressed in an unknown way ({})", kind)};
  }
}

}  // namespace san::filesystem
