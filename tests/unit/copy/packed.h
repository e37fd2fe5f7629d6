// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "block/image/container.h"
#include "copy/copy_checks.h"
#include "copy/stream/input_stream.h"

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Bytes in memory as a stream.
class BytesStream final : public san::copy::InputStream {
 public:
  explicit BytesStream(Content bytes) : InputStream("bytes", -1), bytes_(std::move(bytes)) {}

 protected:
  std::optional<std::size_t> fetch(std::span<std::byte> into,
                                   const std::function<bool()>& keep_going) override {
    if (!keep_going()) return std::nullopt;
    const std::size_t count = std::min(into.size(), bytes_.size() - at_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }

 private:
  Content bytes_;
  std::size_t at_ = 0;
};

inline std::unique_ptr<san::copy::InputStream> stream_of(const Content& bytes) {
  return std::make_unique<BytesStream>(bytes);
}

/// `content` as the program of that kind makes it, by libarchive.
inline Content packed(const Content& content, san::Container::Packing packing) {
  using Packing = san::Container::Packing;
  const auto filter = packing == Packing::gzip    ? "gzip"
                      : packing == Packing::bzip2 ? "bzip2"
                      : packing == Packing::xz    ? "xz"
                      : packing == Packing::lzma  ? "lzma"
                      : packing == Packing::lzip  ? "lzip"
                      : packing == Packing::lz4   ? "lz4"
                                                  : "zstd";
  const std::unique_ptr<archive, decltype(&archive_write_free)> writer(archive_write_new(),
                                                                       archive_write_free);
  REQUIRE(archive_write_set_format_raw(writer.get()) == ARCHIVE_OK);
  REQUIRE(archive_write_add_filter_by_name(writer.get(), filter) == ARCHIVE_OK);
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  Content bytes(content.size() * 2 + 65536);
  std::size_t used = 0;
  REQUIRE(archive_write_open_memory(writer.get(), bytes.data(), bytes.size(), &used) == ARCHIVE_OK);
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                            archive_entry_free);
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  REQUIRE(archive_write_header(writer.get(), entry.get()) == ARCHIVE_OK);
  REQUIRE(archive_write_data(writer.get(), content.data(), content.size()) ==
          static_cast<la_ssize_t>(content.size()));
  REQUIRE(archive_write_close(writer.get()) == ARCHIVE_OK);
  bytes.resize(used);
  return bytes;
}

/// Everything, read in pieces of `step` bytes.
inline Content read_all(san::copy::InputStream& stream, std::size_t step = 70001) {
  Content all;
  for (std::size_t got = step; got == step;) {
    Content part(step);
    got = stream.read(part, [] { return true; }).value();
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got));
  }
  return all;
}

inline Content operator+(Content a, const Content& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
inline Content first_of(const Content& bytes, std::size_t count) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
}
inline Content bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// The footer of a VHD of fixed size that holds `size` bytes.
inline Content vhd_footer(std::uint64_t size) {
  Content footer(512);
  const auto put = [&](std::size_t at, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      footer[at + static_cast<std::size_t>(i)] = static_cast<std::byte>(value >> (8 * (bytes - 1 - i)));
  };
  std::copy_n(bytes_of("conectix").begin(), 8, footer.begin());
  put(16, UINT64_MAX, 8);
  put(48, size, 8);
  put(60, 2, 4);
  std::uint32_t sum = 0;
  for (const std::byte one : footer) sum += std::to_integer<std::uint32_t>(one);
  put(64, ~sum, 4);
  return footer;
}
