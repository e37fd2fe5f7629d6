// SPDX-License-Identifier: Apache-2.0
#include "core/endian.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace san;

namespace {

template <typename T>
std::vector<int> bytes_of(T value) {
  const auto raw = std::bit_cast<std::array<std::uint8_t, sizeof(T)>>(value);
  return {raw.begin(), raw.end()};
}

}  // namespace

TEST_CASE("integers have the bytes that the standards draw") {
  CHECK(bytes_of(le16(0x1234)) == std::vector<int>{0x34, 0x12});
  CHECK(bytes_of(le32(0x12345678)) == std::vector<int>{0x78, 0x56, 0x34, 0x12});
  CHECK(bytes_of(be16(0x1234)) == std::vector<int>{0x12, 0x34});
  CHECK(bytes_of(be24(0x123456)) == std::vector<int>{0x12, 0x34, 0x56});
  CHECK(bytes_of(be32(0x12345678)) == std::vector<int>{0x12, 0x34, 0x56, 0x78});
  CHECK(bytes_of(be64(0x0102030405060708)) == std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(bytes_of(le64(0x0102030405060708)) == std::vector<int>{8, 7, 6, 5, 4, 3, 2, 1});
}

TEST_CASE("integers come back as they went in") {
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}, std::uint64_t{0x8000000080008080}}) {
    CHECK(le64(value) == value);
    CHECK(be64(value) == value);
    CHECK(be32(static_cast<std::uint32_t>(value)) == static_cast<std::uint32_t>(value));
    CHECK(le16(static_cast<std::uint16_t>(value)) == static_cast<std::uint16_t>(value));
    CHECK(be24(static_cast<std::uint32_t>(value)) == (value & 0xFFFFFF));
  }
  static_assert(le32(0xFFFFFFFF) == 0xFFFFFFFF);
  le32 changed;
  CHECK(changed == 0);
  changed = 7;
  CHECK(changed == 7);
}

TEST_CASE("read_at and write_at keep to the buffer") {
  std::array<std::byte, 8> buffer{};
  write_at(buffer, 2, be32(0xCAFEF00D));
  CHECK(buffer[1] == std::byte{0});
  CHECK(buffer[2] == std::byte{0xCA});
  CHECK(buffer[5] == std::byte{0x0D});
  CHECK(buffer[6] == std::byte{0});
  CHECK(read_at<be32>(buffer, 2).value() == 0xCAFEF00D);
  CHECK(read_at<be32>(buffer, 4).has_value());
  CHECK_FALSE(read_at<be32>(buffer, 5).has_value());
  CHECK_FALSE(read_at<be32>(buffer, 8).has_value());
  CHECK_FALSE(read_at<be32>(buffer, static_cast<std::size_t>(-1)).has_value());
  CHECK_FALSE(read_at<le16>(std::span<const std::byte>(), 0).has_value());
}
