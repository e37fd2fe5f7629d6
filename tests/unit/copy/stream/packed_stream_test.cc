// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/packed_stream.h"

#include "copy/packed.h"
#include "copy/stream/archive_stream.h"
#include "copy/stream/gzip_stream.h"

using namespace san;
using namespace san::copy;
using Packing = Container::Packing;

namespace {

constexpr Packing kPackings[] = {Packing::gzip, Packing::bzip2, Packing::xz,
                                 Packing::lzma, Packing::lzip,  Packing::lz4};

std::unique_ptr<InputStream> unpack(const Content& bytes, Packing packing) {
  if (packing == Packing::gzip) return std::make_unique<GzipStream>(stream_of(bytes));
  return std::make_unique<ArchiveStream>(stream_of(bytes), packing);
}

std::optional<Error> error_reading(const Content& bytes, Packing packing) {
  return error_of([&] { read_all(*unpack(bytes, packing)); });
}

/// Something that compresses, larger than the pieces that are read.
Content half_random(std::size_t size, std::uint_fast32_t seed) {
  Content content = random_bytes(size, seed);
  for (std::size_t i = 0; i < size; ++i)
    if (i / 4096 % 2 == 0) content[i] = std::byte{0};
  return content;
}

}  // namespace

TEST_CASE("what was compressed comes back, in whatever pieces it is read") {
  const Content content = half_random(1000003, 1);
  for (const Packing packing : kPackings) {
    CAPTURE(std::string(program_of(packing)));
    const Content bytes = packed(content, packing);
    for (const std::size_t step : {std::size_t{1} << 20, std::size_t{511}})
      CHECK(read_all(*unpack(bytes, packing), step) == content);
    CHECK(unpack(bytes, packing)->name() == "bytes");
  }
}

TEST_CASE("several compressed files in a row are one") {
  const Content first = half_random(300001, 2), second = half_random(70003, 3);
  for (const Packing packing : kPackings) {
    if (packing == Packing::lzma) continue;  // has no end that is its own
    CAPTURE(std::string(program_of(packing)));
    CHECK(read_all(*unpack(packed(first, packing) + packed(second, packing), packing)) == first + second);
  }
}

TEST_CASE("what was cut off is an error, wherever that is") {
  const Content first = half_random(9000, 4), second = half_random(9000, 5);
  for (const Packing packing : kPackings) {
    CAPTURE(std::string(program_of(packing)));
    const Content one = packed(first, packing);
    const Content bytes = packing == Packing::lzma ? one : one + packed(second, packing);
    for (std::size_t length = 1; length < bytes.size(); length += length % 97 < 40 ? 1 : 7) {
      if (length == one.size()) continue;  // nobody can tell
      CAPTURE(length);
      const auto error = error_reading(first_of(bytes, length), packing);
      REQUIRE(error.has_value());
      CHECK(error->code() == Exit::failed);
      CHECK(error->object() == "bytes");
    }
    // All around the place where the second one begins.
    for (std::size_t length = one.size() + 1; length < std::min(one.size() + 30, bytes.size()); ++length) {
      CAPTURE(length);
      CHECK(error_reading(first_of(bytes, length), packing).has_value());
    }
    CHECK(contains(error_reading(first_of(one, one.size() / 2), packing)->cause(), "cut off"));
  }
}

TEST_CASE("what was damaged is an error") {
  const Content content = random_bytes(200000, 6);
  for (const Packing packing : kPackings) {
    if (packing == Packing::lzma) continue;  // has no checksum
    CAPTURE(std::string(program_of(packing)));
    for (const std::size_t part : {3, 50, 97}) {
      Content bytes = packed(content, packing);
      bytes[bytes.size() * part / 100] ^= std::byte{1};
      const auto error = error_reading(bytes, packing);
      REQUIRE(error.has_value());
      CHECK(error->code() == Exit::failed);
    }
  }
  // gzip's checksum and its length, which stand last.
  for (const std::size_t from_end : {1, 5}) {
    Content bytes = packed(content, Packing::gzip);
    bytes[bytes.size() - from_end] ^= std::byte{1};
    CHECK(error_reading(bytes, Packing::gzip).has_value());
  }
}

TEST_CASE("zeros behind the end are padding, and other things are what the program takes them for") {
  const Content content = half_random(100000, 7);
  const Content zeros(100000), rubbish = bytes_of("rubbish");
  for (const Packing packing : {Packing::gzip, Packing::bzip2, Packing::lzip}) {
    CAPTURE(std::string(program_of(packing)));
    const Content bytes = packed(content, packing);
    CHECK(read_all(*unpack(bytes + zeros, packing)) == content);
    CHECK(read_all(*unpack(bytes + rubbish, packing)) == content);
    CHECK(read_all(*unpack(bytes + zeros + rubbish + zeros, packing)) == content);
  }
  for (const Packing packing : {Packing::xz, Packing::lz4, Packing::lzma}) {
    CAPTURE(std::string(program_of(packing)));
    CHECK(error_reading(packed(content, packing) + rubbish, packing).has_value());
  }
}

TEST_CASE("nothing, compressed, is nothing") {
  for (const Packing packing : {Packing::gzip, Packing::bzip2, Packing::xz, Packing::lzma}) {
    CAPTURE(std::string(program_of(packing)));
    CHECK(read_all(*unpack(packed({}, packing), packing)).empty());
  }
}

TEST_CASE("who does not want to wait is not kept waiting") {
  for (const Packing packing : kPackings) {
    CAPTURE(std::string(program_of(packing)));
    const auto stream = unpack(packed(half_random(100000, 8), packing), packing);
    Content into(1000);
    CHECK_FALSE(stream->read(into, [] { return false; }).has_value());
  }
}
