// SPDX-License-Identifier: Apache-2.0
#include "block/image/qcow2_header.h"

#include <cstdint>

#include "core/endian.h"
#include "system/file/file_marks.h"

namespace san {
namespace {

using Bytes = std::span<const std::byte>;

/// Returns the `length` bytes at `offset`; nothing unless all of them are there.
std::string text_at(Bytes bytes, std::uint64_t offset, std::uint64_t length) {
  if (offset > bytes.size() || length > bytes.size() - offset) return {};
  const Bytes part = bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
  std::string text;
  for (const std::byte one : part) text += std::to_integer<char>(one);
  return text;
}

constexpr std::uint32_t kBackingFormat = 0xE2792ACA;

std::string format_in_extensions(Bytes front) {
  // Version 2 has no field for the length of its header.
  std::uint64_t at = number_at<be32>(front, 4) >= 3 ? number_at<be32>(front, 100) : 72;
  while (at + 8 <= front.size()) {
    const auto kind = number_at<be32>(front, static_cast<std::size_t>(at));
    const std::uint64_t length = number_at<be32>(front, static_cast<std::size_t>(at) + 4);
    if (kind == 0) break;
    if (kind == kBackingFormat) return text_at(front, at + 8, length);
    at += 8 + (length + 7) / 8 * 8;
  }
  return {};
}

}  // namespace

BackingFile backing_of(std::span<const std::byte> front) {
  const std::uint64_t offset = number_at<be64>(front, 8);
  if (offset == 0) return {};
  return {text_at(front, offset, number_at<be32>(front, 16)), format_in_extensions(front)};
}

}  // namespace san
