// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_marks.h"

#include <doctest/doctest.h>

#include "block/zst/zst_frame.h"

using namespace san;
using Bytes = std::vector<std::byte>;

TEST_CASE("marks are skippable frames, and are read back") {
  zst::End end;
  end.length = 0x0123456789ABCDEF;
  end.hash = hash128(Bytes(100));
  const Bytes begin = zst::begin_mark(), last = zst::end_mark(end);
  CHECK(zst::is_begin_mark(begin));
  CHECK(zst::read_end_mark(last) == end);
  CHECK_FALSE(zst::is_begin_mark(last));
  CHECK_FALSE(zst::read_end_mark(begin));
  for (const Bytes& mark : {begin, last}) {
    CHECK(zst::skippable_length(mark) == mark.size());
    CHECK(mark.size() <= zst::kMarkSize);
    CHECK(zst::begins_like_frame(mark));
    // libzstd passes over it.
    zst::Decompressor decompress;
    std::span<const std::byte> from = mark;
    Bytes room(10);
    std::span<std::byte> into = room;
    while (!from.empty()) REQUIRE(decompress.step(from, into).empty());
    CHECK(into.size() == room.size());
    CHECK(decompress.at_end());
  }
}

TEST_CASE("what is shorter, or something else, is no mark") {
  const Bytes begin = zst::begin_mark(), last = zst::end_mark({});
  for (std::size_t length = 0; length < begin.size(); ++length)
    CHECK_FALSE(zst::is_begin_mark(std::span(begin).first(length)));
  for (std::size_t length = 0; length < last.size(); ++length)
    CHECK_FALSE(zst::read_end_mark(std::span(last).first(length)));
  for (std::size_t at = 0; at < begin.size(); ++at) {
    Bytes other = begin;
    other[at] ^= std::byte{0x20};
    CHECK_FALSE(zst::is_begin_mark(other));
  }
  CHECK_FALSE(zst::skippable_length(zst::zero_frame(100)));
  CHECK_FALSE(zst::skippable_length(std::span(begin).first(7)));
}
