// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_frame.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"
#include "block/zero_detection.h"
#include "core/endian.h"

using namespace san;

TEST_CASE("frames of zeros made by hand are what libzstd takes for zeros") {
  for (const std::uint32_t size : {1U, 15U, 16U, 17U, 4096U, 131072U, 131088U, 131089U, 3000001U}) {
    CAPTURE(size);
    const auto frame = zst::zero_frame(size);
    CHECK(frame.size() == zst::zero_frame_length(size));
    CHECK(zst::is_zero_frame(frame, size));
    CHECK(*read_at<le32>(frame, 6) == size);  // Frame_Content_Size
    std::vector<std::byte> content(size, std::byte{1});
    zst::Decompressor decompress;
    CHECK(decompress(frame, content) == "");
    CHECK(all_zero(content));
  }
}

TEST_CASE("what is not zeros, or cannot be told so, is not called zeros") {
  const auto frame = zst::zero_frame(500000);
  CHECK_FALSE(zst::is_zero_frame(frame, 499999));
  CHECK_FALSE(zst::is_zero_frame(std::span(frame).first(frame.size() - 1), 500000));
  for (std::size_t length = 0; length < frame.size(); ++length)
    REQUIRE_FALSE(zst::is_zero_frame(std::span(frame).first(length), 500000));
  // The byte of the last RLE block, in front of the checksum; and one of the raw block.
  for (const std::size_t place : {frame.size() - 5, std::size_t{20}}) {
    auto other = frame;
    other[place] = std::byte{1};
    CHECK_FALSE(zst::is_zero_frame(other, 500000));
  }
  zst::Compressor compress;
  CHECK_FALSE(zst::is_zero_frame(compress(random_bytes(1000, 1)), 1000));
}

TEST_CASE("content there and back, and damage is seen") {
  zst::Compressor compress;
  zst::Decompressor decompress;
  const auto content = random_bytes(100000, 2);
  auto frame = compress(content);
  CHECK(zst::begins_like_frame(frame));
  std::vector<std::byte> back(content.size());
  CHECK(decompress(frame, back) == "");
  CHECK(back == content);
  CHECK(decompress(frame, std::span(back).first(99999)) != "");
  back.resize(100001);
  CHECK(decompress(frame, back) != "");
  frame[frame.size() / 2] ^= std::byte{1};
  back.resize(100000);
  CHECK(decompress(frame, back) != "");
}

TEST_CASE("a stream that is cut off is not at its end") {
  zst::Compressor compress;
  const auto frame = compress(random_bytes(1000, 3));
  for (const std::size_t length : {frame.size() - 1, frame.size()}) {
    zst::Decompressor decompress;
    std::vector<std::byte> room(2000);
    std::span<const std::byte> from = std::span(frame).first(length);
    std::span<std::byte> into = room;
    while (!from.empty()) REQUIRE(decompress.step(from, into) == "");
    CHECK(decompress.at_end() == (length == frame.size()));
  }
}

TEST_CASE("magic numbers") {
  const auto begins = [](std::uint32_t magic) {
    return zst::begins_like_frame(std::as_bytes(std::span(&magic, 1)));
  };
  CHECK(begins(0xFD2FB528));
  CHECK(begins(0x184D2A50));
  CHECK(begins(0x184D2A5F));
  CHECK_FALSE(begins(0x184D2A60));
  CHECK_FALSE(begins(0));
  CHECK_FALSE(zst::begins_like_frame({}));
}
