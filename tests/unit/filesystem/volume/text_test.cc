// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/text.h"

#include "core/ascii.h"

#include <doctest/doctest.h>

#include <string_view>

#include "core/crc32c.h"

using namespace san;
using namespace san::filesystem;

namespace {

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

TEST_CASE("text: UUID and fixed fields") {
  CHECK(format_uuid(bytes("0123456789abcdef")) == "30313233-3435-3637-3839-616263646566");
  CHECK(fixed_text(bytes("EFI        ")) == "EFI");
  CHECK(fixed_text(bytes(std::string_view("ab\0cd", 5))) == "ab");
  CHECK(fixed_text(bytes("    ")).empty());
}

TEST_CASE("text: UTF-16") {
  CHECK(utf16_text(bytes(std::string_view("A\0\xe9\0\xac\x20", 6))) == "A\xc3\xa9\xe2\x82\xac");
  CHECK(utf16_text(bytes(std::string_view("\x3d\xd8\x00\xde", 4))) == "\xf0\x9f\x98\x80");
  CHECK(utf16_text(bytes(std::string_view("\x3d\xd8"
                                          "A\0",
                                          4))) ==
        "\xef\xbf\xbd"
        "A");
  CHECK(utf16_text(bytes(std::string_view("\x3d\xd8", 2))) == "\xef\xbf\xbd");
  CHECK(utf16_text(bytes("x")).empty());
}

TEST_CASE("crc32c: RFC 3720, B.4") {
  std::string data(32, '\0');
  CHECK(crc32c(bytes(data)) == 0x8a9136aa);
  data.assign(32, '\xff');
  CHECK(crc32c(bytes(data)) == 0x62a8ab43);
  for (int i = 0; i < 32; ++i) data[static_cast<std::size_t>(i)] = static_cast<char>(i);
  CHECK(crc32c(bytes(data)) == 0x46dd794e);
  data.assign(32, '\0');
  data.replace(28, 4, "junk");
  CHECK(crc32c(bytes(data), 28) == 0x8a9136aa);
}

TEST_CASE("utf16_units") {
  CHECK(utf16_units("aä€") == u"a\u00e4\u20ac");
  CHECK(utf16_units("\xf0\x9f\x98\x80") == u"\xd83d\xde00");
  CHECK(utf16_units("\xff\xc3") == u"\ufffd\ufffd");
  CHECK(utf16_units("\xe2\x82x") == u"\ufffdx");
  CHECK(to_upper("aZ{ä") == "AZ{ä");
}
