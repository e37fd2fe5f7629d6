// SPDX-License-Identifier: Apache-2.0
#include "os/linux/unpack.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "os/linux/text.h"

namespace san::os {
namespace {

using namespace std::string_view_literals;

struct Packing {
  std::string_view magic, name;
};
// lib/decompress.c of Linux; 02 21 is the legacy frame of lz4, 04 22 the present one.
constexpr Packing kPackings[] = {
    {"\x1f\x8b"sv, "gzip"},
    {"\xfd"sv
     "7zXZ",
     "xz"},
    {"\x28\xb5\x2f\xfd"sv, "zstd"},
    {"\x02\x21\x4c\x18"sv, "lz4"},
    {"\x04\x22\x4d\x18"sv, "lz4"},
    {"BZh"sv, "bzip2"},
    {"\x5d\x00\x00"sv, "lzma"},
    {"\x89LZO"sv, "lzop"},
};

std::string said(archive* reader) {
  const char* text = archive_error_string(reader);
  return std::string("it cannot be unpacked: ") + (text == nullptr ? "it is damaged" : text);
}

}  // namespace

std::string packing_of(std::span<const std::byte> bytes) {
  const auto text = as_text(bytes);
  const auto found =
      std::ranges::find_if(kPackings, [&](const auto& p) { return text.starts_with(p.magic); });
  return found == std::end(kPackings) ? std::string{} : std::string(found->name);
}

std::string unpack(std::span<const std::byte> bytes,
                   const std::function<bool(std::span<const std::byte>)>& take) {
  // Each filter by name: "all" would run programs for those that libarchive was not built with.
  const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_lzma(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_filter_lz4(reader.get());
  archive_read_support_format_raw(reader.get());
  archive_entry* entry = nullptr;
  const auto packing = packing_of(bytes);
  if (packing == "lzop") return "it is compressed by lzop, which is not read here";
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK ||
      archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK)
    return said(reader.get());
  if (archive_filter_count(reader.get()) < 2) return "it is damaged";  // no filter took it
  std::vector<std::byte> block(std::size_t{256} << 10);
  for (;;) {
    const auto length = archive_read_data(reader.get(), block.data(), block.size());
    if (length < 0) return said(reader.get());
    if (length == 0 || !take(std::span(block).first(static_cast<std::size_t>(length)))) return {};
  }
}

std::vector<std::byte> unpacked(std::span<const std::byte> bytes, std::size_t limit) {
  std::vector<std::byte> all;
  if (packing_of(bytes).empty())
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(limit, bytes.size()))};
  const auto problem = unpack(bytes, [&](std::span<const std::byte> piece) {
    const auto fits = std::min(piece.size(), limit - all.size());
    all.insert(all.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(fits));
    return all.size() < limit;
  });
  if (!problem.empty()) all.clear();
  return all;
}

}  // namespace san::os
