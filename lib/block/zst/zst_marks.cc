// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_marks.h"

#include <algorithm>
#include <string_view>

#include "core/endian.h"

namespace san::zst {
namespace {

/// Magic number of the marks: one of the 16 for skippable frames; the last but one is that of seek tables.
constexpr std::uint32_t kSkippable = 0x184D2A50, kOurs = kSkippable + 3;

constexpr std::string_view kBegin = "sanboot begin 1\n", kEnd = "sanboot end   1\n";

struct Mark {
  le32 magic = kOurs;
  le32 size;
  char text[16] = {};
};
struct EndMark {
  Mark mark;
  le64 length;
  std::uint8_t hash[16] = {};  ///< XXH3-128, canonical
};
static_assert(sizeof(Mark) == 24 && sizeof(EndMark) == kMarkSize && kBegin.size() == 16 && kEnd.size() == 16);

Mark mark(std::string_view text, std::size_t size) {
  Mark result;
  result.size = static_cast<std::uint32_t>(size - 8);
  std::copy(text.begin(), text.end(), result.text);
  return result;
}

template <typename Frame>
std::vector<std::byte> bytes_of(const Frame& frame) {
  std::vector<std::byte> bytes(sizeof(frame));
  write_at(bytes, 0, frame);
  return bytes;
}

bool begins(std::span<const std::byte> frame, std::string_view text, std::size_t size) {
  const auto found = read_at<Mark>(frame, 0);
  return found && found->magic == kOurs && found->size == size - 8 &&
         std::equal(text.begin(), text.end(), found->text);
}

}  // namespace

std::vector<std::byte> begin_mark() {
  return bytes_of(mark(kBegin, sizeof(Mark)));
}

std::vector<std::byte> end_mark(const End& end) {
  EndMark result{mark(kEnd, sizeof(EndMark)), end.length, {}};
  std::copy(end.hash.bytes.begin(), end.hash.bytes.end(), result.hash);
  return bytes_of(result);
}

bool is_begin_mark(std::span<const std::byte> frame) {
  return begins(frame, kBegin, sizeof(Mark));
}

std::optional<End> read_end_mark(std::span<const std::byte> frame) {
  const auto found = read_at<EndMark>(frame, 0);
  if (!found || !begins(frame, kEnd, sizeof(EndMark))) return std::nullopt;
  End end;
  end.length = found->length;
  std::copy(std::begin(found->hash), std::end(found->hash), end.hash.bytes.begin());
  return end;
}

std::optional<std::uint64_t> skippable_length(std::span<const std::byte> frame) {
  const auto magic = read_at<le32>(frame, 0);
  const auto size = read_at<le32>(frame, 4);
  if (!size || (*magic & ~0xFU) != kSkippable) return std::nullopt;
  return std::uint64_t{8} + *size;
}

}  // namespace san::zst
