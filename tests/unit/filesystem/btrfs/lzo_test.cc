// SPDX-License-Identifier: Apache-2.0
#include "filesystem/btrfs/lzo.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "filesystem/ntfs/lznt1.h"

using namespace san;
using namespace san::filesystem;

namespace {

std::vector<std::byte> bytes(std::initializer_list<unsigned> values) {
  std::vector<std::byte> result;
  for (const unsigned value : values) result.push_back(static_cast<std::byte>(value));
  return result;
}

std::string lzo(const std::vector<std::byte>& from, std::size_t room = 100) {
  std::vector<std::byte> into(room);
  const auto size = lzo1x_decompress(from, into);
  if (!size) return "malformed";
  return {reinterpret_cast<const char*>(into.data()), *size};
}

std::string lznt1(const std::vector<std::byte>& from, std::size_t room) {
  std::vector<std::byte> into(room, std::byte{'?'});
  if (!lznt1_decompress(from, into)) return "malformed";
  return {reinterpret_cast<const char*>(into.data()), into.size()};
}

}  // namespace

TEST_CASE("lzo1x_decompress") {
  // 0x11 0 0 ends. 20: three literals at the start.
  CHECK(lzo(bytes({20, 'a', 'b', 'c', 0x11, 0, 0})) == "abc");
  // A match of 3 from 3 back (01LDDDSS, H) with one literal behind it.
  CHECK(lzo(bytes({20, 'a', 'b', 'c', 0x40 | 2 << 2 | 1, 0, 'x', 0x11, 0, 0})) == "abcabcx");
  // Behind one to three literals: two bytes.
  CHECK(lzo(bytes({19, 'a', 'b', 1 << 2, 0, 0x11, 0, 0})) == "abab");
  // 001LLLLL with a long length: 2 + 31 + 3 times "a".
  CHECK(lzo(bytes({18, 'a', 0x20, 3, 0, 0, 0x11, 0, 0})) == std::string(37, 'a'));
  // 1LLDDDSS: 5 + L.
  CHECK(lzo(bytes({19, 'a', 'b', 0x80 | 1 << 5 | 1 << 2, 0, 0x11, 0, 0})) == "abababab");
  // Four literals and more, by the first byte and by 0000LLLL.
  CHECK(lzo(bytes({17 + 5, 'a', 'b', 'c', 'd', 'e', 0x11, 0, 0})) == "abcde");
  CHECK(lzo(bytes({1, 'a', 'b', 'c', 'd', 0x11, 0, 0})) == "abcd");

  CHECK(lzo({}) == "malformed");
  CHECK(lzo(bytes({20, 'a', 'b', 'c'})) == "malformed");                              // no end
  CHECK(lzo(bytes({20, 'a'})) == "malformed");                                        // literals are missing
  CHECK(lzo(bytes({18, 'a', 0x40 | 2 << 2, 0, 0x11, 0, 0})) == "malformed");          // before the start
  CHECK(lzo(bytes({18, 'a', 0x20, 3, 0, 0, 0x11, 0, 0}), 36) == "malformed");         // too long
  CHECK(lzo(bytes({18, 'a', 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0}), 100) == "malformed");  // an endless length
}

TEST_CASE("lznt1_decompress") {
  // A chunk of 9 bytes: flags, 3 literals, a reference (distance 3, length 6), two literals, end of the
  // chunk.
  const auto chunk = bytes({0x07, 0xb0, 0x08, 'a', 'b', 'c', 0x03, 0x20, 'x', 'y', 0, 0});
  CHECK(lznt1(chunk, 11) == "abcabcabcxy");
  CHECK(lznt1(chunk, 13) == std::string("abcabcabcxy\0\0", 13));
  // A chunk that is stored plain.
  CHECK(lznt1(bytes({0x02, 0x30, 'a', 'b', 'c', 0, 0}), 3) == "abc");
  // All literals.
  CHECK(lznt1(bytes({0x09, 0xb0, 0x00, '0', '1', '2', '3', '4', '5', '6', '7', 0x00}), 8) == "01234567");

  CHECK(lznt1(bytes({0x08, 0xb0, 0x08, 'a'}), 8) == "malformed");              // shorter than it says
  CHECK(lznt1(bytes({0x03, 0xb0, 0x02, 'a', 0x03, 0x20}), 8) == "malformed");  // before the start
  CHECK(lznt1(bytes({0x03, 0xb0, 0x02, 'a', 0xff, 0x0f}), 8) == "malformed");  // beyond the chunk
  // 17 bytes into the chunk, a reference has one bit of distance more, and one of length less.
  CHECK(lznt1(bytes({0x15, 0xb0, 0x00, '0', '1', '2', '3', '4', '5',  '6', '7',  0x00,
                     '8',  '9',  'a',  'b', 'c', 'd', 'e', 'f', 0x02, 'g', 0x00, 0x80}),
              20) == "0123456789abcdefg012");
  CHECK(lznt1({}, 2) == std::string(2, '\0'));
}
