// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_image.h"

#include <fmt/core.h>

#include "flash/test_images.h"

namespace {

using san::flash::NvmFormat;
using san::flash::NvmImage;

NvmImage parse(const std::string& text) {
  return NvmImage::parse("card.txt", std::as_bytes(std::span(text)));
}

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// 128 bytes as ethtool prints them; byte i is i.
std::string table() {
  std::string text = "Offset\t\tValues\n------\t\t------";
  for (int i = 0; i < 128; ++i)
    text += (i % 16 == 0 ? fmt::format("\n0x{:04x}:\t\t", i) : "") + fmt::format("{:02x} ", i);
  return text + "\n";
}

std::string refusal(const std::string& text) {
  const auto error = error_of([&] { parse(text); });
  if (!error) return "";
  CHECK(error->code() == san::Exit::usage);
  return error->what();
}

}  // namespace

TEST_CASE("words are little-endian; behind the end is erased flash") {
  std::vector<std::byte> bytes(128);
  bytes[2] = std::byte{0x34};
  bytes[3] = std::byte{0x12};
  NvmImage image("card.bin", bytes);
  CHECK(image.words() == 64);
  CHECK(image.word(1) == 0x1234);
  CHECK(image.word(63) == 0);
  CHECK(image.word(64) == 0xFFFF);
  image.set_word(63, 0xBABA);
  CHECK(image.bytes()[126] == std::byte{0xBA});
  CHECK(image.file().size() == 128);
}

TEST_CASE("a table of ethtool is read, and written back as the same text") {
  NvmImage image = parse(table());
  CHECK(image.format() == NvmFormat::ethtool);
  CHECK(image.words() == 64);
  CHECK(image.word(0x30) == 0x6160);
  CHECK(text_of(image.file()) == table());
}

TEST_CASE("of a table only the digits of changed bytes change") {
  std::string expected = table();
  NvmImage image = parse(expected);
  image.set_word(0x30, 0x61AB);
  expected.replace(
      expected.find(" 60 ") == std::string::npos ? expected.find("\t60 ") + 1 : expected.find(" 60 ") + 1, 2,
      "ab");
  CHECK(text_of(image.file()) == expected);
}

TEST_CASE("lines may end as on DOS, be without heading and colon, and have other blanks") {
  std::string text;
  for (int i = 0; i < 128; ++i)
    text +=
        (i % 16 == 0 ? fmt::format("{}0x{:04X} ", i == 0 ? "" : "\r\n", i) : "") + fmt::format(" {:02X}", i);
  NvmImage image = parse(text);
  CHECK(image.word(0x3F) == 0x7F7E);
  CHECK(text_of(image.file()) == text);
}

TEST_CASE("what is wrong with a table is told with its line") {
  std::string text = table();
  text.replace(text.find("1f "), 2, "1g");
  CHECK(refusal(text) == "card.txt, line 4: has something that is not a byte of two hexadecimal digits");
  text = table();
  text.erase(text.find("0x0020"), text.find("0x0030") - text.find("0x0020"));
  CHECK(refusal(text) ==
        "card.txt, line 5: offset 0x0030 where 0x0020 was expected; dump the whole NVM, without offset and "
        "length");
  CHECK(refusal("Offset\nrubbish").find("line 2: does not begin with an offset") != std::string::npos);
  CHECK(refusal(table() + "0x0080: 00\n") ==
        "card.txt: has 129 bytes, but an NVM image consists of words of 2");
}

TEST_CASE("sizes that no NVM has are refused") {
  CHECK(error_of([] { NvmImage("a", std::vector<std::byte>(126)); })->cause().find("has 126 bytes") == 0);
  CHECK(error_of([] { NvmImage("a", std::vector<std::byte>(129)); }));
  CHECK(error_of([] { NvmImage("a", std::vector<std::byte>(NvmImage::kMaxSize + 2)); }));
  CHECK(!error_of([] { NvmImage("a", std::vector<std::byte>(NvmImage::kMaxSize)); }));
  CHECK(refusal("").find("has 0 bytes") != std::string::npos);
}
