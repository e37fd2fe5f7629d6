// SPDX-License-Identifier: Apache-2.0
#include "os/windows/hive.h"

#include <doctest/doctest.h>

#include "core/endian.h"
#include "core/error.h"
#include "os/hive_file.h"
#include "temp_dir.h"

using namespace san;
using namespace san::os;

namespace {

std::vector<std::byte> hive_with(const TempDir& dir, const std::function<void(HiveFile&)>& fill) {
  HiveFile file(dir / "hive");
  fill(file);
  return file.commit();
}

}  // namespace

TEST_CASE("Hive: what libhivex wrote") {
  const TempDir dir;
  const std::string long_value(12000, 'x');
  const auto bytes = hive_with(dir, [&](HiveFile& file) {
    file.dword("Select", "Current", 2);
    file.text("ControlSet002\\Services\\iScsiPrt", "ImagePath", "\\SystemRoot\\a.sys", 2);
    file.texts("ControlSet002\\Class", "UpperFilters", {"PartMgr", "fvevol"});
    file.texts("ControlSet002\\Class", "Empty", {});
    file.bytes("ControlSet002\\Class", "Long", long_value);
    file.bytes("ControlSet002\\Class", "Short", "ab");
    file.bytes("ControlSet002\\Class", "", "default");
    for (int i = 0; i < 1500; ++i) file.key("Many\\Key" + std::to_string(i));
  });
  const Hive hive("SYSTEM", bytes);
  CHECK(!hive.header().dirty());
  CHECK(hive.key("select")->dword("CURRENT") == 2U);
  const auto service = hive.key("controlset002\\SERVICES\\iscsiprt");
  REQUIRE(service);
  CHECK(service->path() == "ControlSet002\\Services\\iScsiPrt");
  CHECK(service->name() == "iScsiPrt");
  CHECK(service->text("imagepath") == "\\SystemRoot\\a.sys");
  CHECK(service->dword("ImagePath") == std::nullopt);
  CHECK(service->text("Start") == std::nullopt);
  const auto values = *hive.key("ControlSet002\\Class");
  CHECK(values.texts("UpperFilters") == std::vector<std::string>{"PartMgr", "fvevol"});
  CHECK(values.texts("Empty").empty());
  CHECK(values.value("Long")->bytes.size() == long_value.size());
  CHECK(values.value("Short")->bytes == std::vector<std::byte>{std::byte{'a'}, std::byte{'b'}});
  CHECK(values.value("")->bytes.size() == 7);
  CHECK(values.values().size() == 5);
  CHECK(hive.key("Many")->keys().size() == 1500);
  CHECK(hive.key("Many\\KEY1499"));
  CHECK(!hive.key("Many\\Key1500"));
  CHECK(!hive.key("Select\\Current"));
}

TEST_CASE("Hive: reads only what is asked for") {
  const TempDir dir;
  const auto bytes = hive_with(dir, [](HiveFile& file) {
    file.dword("A", "x", 1);
    for (int i = 0; i < 200; ++i) file.bytes("Large\\" + std::to_string(i), "v", std::string(12000, 'y'));
  });
  REQUIRE(bytes.size() > 2000000);
  std::uint64_t moved = 0;
  const Hive hive("SOFTWARE", bytes.size(), [&](std::uint64_t offset, std::uint64_t length) {
    moved += length;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
    return std::vector<std::byte>(begin, begin + static_cast<std::ptrdiff_t>(length));
  });
  CHECK(hive.key("a")->dword("x") == 1U);
  CHECK(moved <= 256 * 1024);
}

TEST_CASE("Hive: dirty") {
  const TempDir dir;
  auto bytes = hive_with(dir, [](HiveFile& file) { file.dword("A", "x", 1); });
  SUBCASE("sequence numbers") {
    bytes[4] ^= std::byte{1};
    bytes[508] ^= std::byte{1};
    const Hive hive("SYSTEM", bytes);
    CHECK(hive.header().checksum_good);
    CHECK(hive.header().dirty());
    CHECK(hive.key("A")->dword("x") == 1U);
  }
  SUBCASE("checksum") {
    bytes[100] ^= std::byte{1};
    CHECK(Hive("SYSTEM", bytes).header().dirty());
  }
}

TEST_CASE("Hive: big data of version 1.4") {
  // libhivex writes version 1.3 only, so the cells are made here: a value of two segments.
  const TempDir dir;
  auto bytes = hive_with(dir, [](HiveFile& file) {
    file.bytes("K", "v", std::string(20, 'v'));
    file.bytes("One", "one", std::string(16344, '1'));
    file.bytes("Two", "two", std::string(100, '2'));
    file.bytes("List", "list", std::string(8, 'l'));
  });
  const auto cell_of = [&](const std::string& content) {
    const auto text = std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return static_cast<std::uint32_t>(text.find(content) - 4 - 4096);
  };
  const auto put = [&](std::size_t at, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(value >> 8 * i);
  };
  const std::uint32_t one = cell_of(std::string(64, '1')), two = cell_of(std::string(64, '2'));
  const std::uint32_t list = cell_of(std::string(8, 'l')), value = cell_of(std::string(20, 'v'));
  put(4096 + list + 4, one), put(4096 + list + 8, two);
  put(4096 + value + 4, 0x00026264), put(4096 + value + 8, list);
  const auto text = std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::size_t vk = text.find("vk");
  while (*read_at<le32>(bytes, vk + 4) != 20) vk = text.find("vk", vk + 1);
  put(vk + 4, 16444);
  bytes[24] = std::byte{5};
  const Hive hive("SYSTEM", bytes);
  const auto found = hive.key("K")->value("v");
  REQUIRE(found);
  REQUIRE(found->bytes.size() == 16444);
  CHECK(found->bytes[16343] == std::byte{'1'});
  CHECK(found->bytes[16344] == std::byte{'2'});
}

TEST_CASE("Hive: not a hive, damaged") {
  const TempDir dir;
  const std::vector<std::byte> zeros(8192);
  CHECK_THROWS_AS(Hive("SYSTEM", std::span<const std::byte>(zeros)), Error);
  auto bytes = hive_with(dir, [](HiveFile& file) { file.dword("A", "x", 1); });
  CHECK_THROWS_AS(Hive("SYSTEM", std::span(bytes).first(5000)), Error);
  CHECK_THROWS_AS(Hive("SYSTEM", std::span(bytes).first(100)), Error);
  SUBCASE("a key that points to itself ends") {
    for (std::size_t at = 4096; at + 4 < bytes.size(); at += 4) {
      auto copy = bytes;
      for (unsigned i = 0; i < 4; ++i) copy[at + i] = static_cast<std::byte>(0x20 >> 8 * i);
      const Hive hive("SYSTEM", copy);
      try {
        hive.key("A\\A\\A");
        for (const HiveKey& key : hive.root().keys()) key.values();
      } catch (const Error& error) {
        CHECK(std::string(error.what()).find("SYSTEM: the registry hive is damaged") == 0);
      }
    }
  }
}

TEST_CASE("HiveValue: texts") {
  const auto make = [](std::u16string_view text, HiveType type) {
    HiveValue value{"", type, {}};
    for (const char16_t c : text) {
      value.bytes.push_back(static_cast<std::byte>(c & 0xff));
      value.bytes.push_back(static_cast<std::byte>(c >> 8));
    }
    return value;
  };
  CHECK(make(u"a\0b", HiveType::text).text() == "a");
  CHECK(make(u"é\x1b", HiveType::text).text() == "\xc3\xa9\\x1b");
  CHECK(make({u"a\0b\0\0c", 6}, HiveType::texts).texts() == std::vector<std::string>{"a", "b"});
  CHECK(make({u"a\0b", 3}, HiveType::texts).texts() == std::vector<std::string>{"a", "b"});
  CHECK(make(u"a", HiveType::text).texts() == std::vector<std::string>{"a"});
  CHECK(make(u"a", HiveType::binary).texts().empty());
  // As many as can be, which take no longer than one of that length.
  constexpr std::size_t kMany = Hive::kMaxValue / 4;
  std::u16string many;
  for (std::size_t i = 0; i < kMany; ++i) many += std::u16string_view(u"a\0", 2);
  CHECK(make(many, HiveType::texts).texts().size() == kMany);
  HiveValue odd{"", HiveType::text, {std::byte{'a'}, std::byte{0}, std::byte{'b'}}};
  CHECK(odd.text() == "a");
}
