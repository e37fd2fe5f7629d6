// SPDX-License-Identifier: Apache-2.0
#include "filesystem/btrfs/btrfs_decompress.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/endian.h"
#include "filesystem/volume/volume.h"

using namespace san;
using namespace san::filesystem;

namespace {

std::vector<std::byte> bytes(const std::string& text) {
  const auto span = std::as_bytes(std::span(text));
  return {span.begin(), span.end()};
}

std::string unpack(std::uint8_t kind, const std::string& from, std::size_t size) {
  std::vector<std::byte> into(size, std::byte{'?'});
  btrfs_decompress(kind, bytes(from), into, 4096);
  return {reinterpret_cast<const char*>(into.data()), into.size()};
}

std::string length(std::uint32_t value) {
  const le32 word = value;
  return {reinterpret_cast<const char*>(&word), 4};
}

/// A block that is stored plain, of each kind, and two bytes of padding behind it.
const std::string kZlib(
    "\x78\x01\x01\x03\x00\xfc\xff"
    "abc\x02\x4d\x01\x27\0\0",
    16);
const std::string kZstd(
    "\x28\xb5\x2f\xfd\x20\x03\x19\0\0"
    "abc\0\0",
    14);
const std::string kLzoPiece(
    "\x14"
    "abc\x11\0\0",
    7);

}  // namespace

TEST_CASE("btrfs_decompress: zlib and zstd") {
  CHECK(unpack(1, kZlib, 3) == "abc");
  CHECK(unpack(1, kZlib, 5) == std::string("abc\0\0", 5));
  CHECK(unpack(1, kZlib, 2) == "ab");
  CHECK(unpack(3, kZstd, 3) == "abc");
  CHECK(unpack(3, kZstd, 5) == std::string("abc\0\0", 5));
  CHECK_THROWS_AS(unpack(1, "nothing of that kind", 3), MetadataError);
  CHECK_THROWS_AS(unpack(3, "nothing of that kind", 3), MetadataError);
  CHECK_THROWS_AS(unpack(3, kZstd.substr(0, 10), 3), MetadataError);
  CHECK_THROWS_AS(unpack(4, kZstd, 3), MetadataError);
}

TEST_CASE("btrfs_decompress: the framing of LZO") {
  const std::string one = length(15) + length(7) + kLzoPiece;
  CHECK(unpack(2, one + "padding", 3) == "abc");
  CHECK_THROWS_AS(unpack(2, length(16) + length(7) + kLzoPiece, 3), MetadataError);  // longer than it is
  CHECK_THROWS_AS(unpack(2, length(15) + length(8) + kLzoPiece, 3), MetadataError);
  CHECK_THROWS_AS(unpack(2, "abc", 3), MetadataError);
  // The second length would cross the end of a sector: it stands behind it. The first piece is 4086 bytes
  // long, of which 4066 are literals, and its sector ends two bytes after it.
  std::string piece = std::string(1, '\0');
  piece += std::string(15, '\0') + static_cast<char>(4066 - 3 - 15 - 15 * 255);
  piece += std::string(4066, 'l') + std::string("\x11\0\0", 3);
  std::string first = length(4) + length(static_cast<std::uint32_t>(piece.size())) + piece;
  REQUIRE(first.size() == 4094);
  first.resize(4096, '\0');
  std::string all = first + length(7) + kLzoPiece;
  all.replace(0, 4, length(static_cast<std::uint32_t>(all.size())));
  const std::string got = unpack(2, all, 4096 + 3);
  CHECK(got.substr(0, 4066) == std::string(4066, 'l'));
  CHECK(got.substr(4096) == "abc");
}
