// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/variable_store.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "core/error.h"
#include "flash/test_store.h"

using namespace san;
using namespace san::flash;
using test::bytes;
using test::empty_store;
using test::Image;

namespace {

const Guid kVendor = *Guid::parse("8be4df61-93ca-11d2-aa0d-00e098032b8c");
constexpr std::uint32_t kBoth = kNonVolatile | kBootService;

VariableName named(std::u16string name) {
  return {std::move(name), kVendor};
}

std::string error_of(const Image& image) {
  try {
    VariableStore("vars.fd", image);
  } catch (const Error& error) {
    CHECK(error.code() == Exit::failed);
    return error.what();
  }
  return {};
}

bool says(const Image& image, const std::string& text) {
  const std::string error = error_of(image);
  INFO(error);
  return error.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("the layout of a record, in both formats") {
  for (const bool authenticated : {false, true}) {
    VariableStore store("vars.fd", empty_store(4096, authenticated));
    CHECK(store.authenticated() == authenticated);
    CHECK(store.free_bytes() == 4096 - 28);
    store.set(named(u"Ab"), kBoth, bytes("data!"));
    const std::size_t header = authenticated ? 60 : 32;
    const Image& image = store.image();
    CHECK(image[100] == std::byte{0xAA});
    CHECK(image[101] == std::byte{0x55});
    CHECK(image[102] == std::byte{0x3F});
    CHECK(image[104] == std::byte{3});
    CHECK(*read_at<le32>(image, 100 + header - 24) == 6);
    CHECK(*read_at<le32>(image, 100 + header - 20) == 5);
    CHECK(*read_at<Guid>(image, 100 + header - 16) == kVendor);
    CHECK(std::equal(image.begin() + 100 + header, image.begin() + 100 + header + 6,
                     bytes(std::string("A\0b\0\0\0", 6)).begin()));
    CHECK(image[100 + header + 6] == std::byte{'d'});
    CHECK(image[100 + header + 11] == std::byte{0xFF});  // padding stays erased
    CHECK(store.free_bytes() == 4096 - 28 - header - 12);
    const auto got = store.get(named(u"Ab"));
    REQUIRE(got);
    CHECK(got->data == bytes("data!"));
    CHECK(got->attributes == kBoth);
    CHECK_FALSE(store.get(named(u"ab")));
    CHECK(store.problems().empty());
  }
}

TEST_CASE("a new value is appended, and the old one marked as flash does") {
  VariableStore store("vars.fd", empty_store(4096, true));
  store.set(named(u"A"), kBoth, bytes("one"));
  store.set(named(u"A"), 7, bytes("two"));
  auto all = store.records();
  REQUIRE(all.size() == 2);
  CHECK(all[0].state == VariableState::deleted);
  CHECK(store.image()[all[0].offset + 2] == std::byte{0x3C});
  CHECK(all[1].state == VariableState::valid);
  CHECK(all[1].attributes == kBoth);  // those it had
  CHECK(store.variables().size() == 1);

  const Image before = store.image();
  store.set(named(u"A"), kBoth, bytes("two"));
  CHECK(store.image() == before);

  CHECK(store.erase(named(u"A")));
  CHECK_FALSE(store.erase(named(u"A")));
  CHECK(store.image()[all[1].offset + 2] == std::byte{0x3D});
  CHECK(store.variables().empty());
}

TEST_CASE("a full store is reclaimed, and only valid variables stay") {
  VariableStore store("vars.fd", empty_store(1024, true));
  const Image rest(store.image().begin() + 72 + 1024, store.image().end());
  store.set(named(u"Keep"), 7, bytes("kept"));
  for (int i = 0; i < 50; ++i) store.set(named(u"Count"), kBoth, bytes("value " + std::to_string(i)));
  CHECK(store.get(named(u"Count"))->data == bytes("value 49"));
  CHECK(store.get(named(u"Keep"))->data == bytes("kept"));
  CHECK(store.get(named(u"Keep"))->attributes == 7);
  CHECK(store.records().size() < 12);
  CHECK(Image(store.image().begin() + 72 + 1024, store.image().end()) == rest);
  store.reclaim();
  CHECK(store.records().size() == 2);
  CHECK(store.reclaimable_bytes() == store.free_bytes());
}

TEST_CASE("no room: the numbers, and nothing has changed") {
  VariableStore store("vars.fd", empty_store(512, true));
  store.set(named(u"A"), kBoth, Image(300));
  const Image before = store.image();
  try {
    store.set(named(u"B"), kBoth, Image(300));
    FAIL("it fits");
  } catch (const Error& error) {
    CHECK(error.code() == Exit::failed);
    CHECK(std::string(error.what()) ==
          "vars.fd: there is no room for B: it needs 364 bytes, and 120 are free in a store of 512; delete "
          "variables that are not needed");
  }
  CHECK(store.image() == before);
  // The old copy has to stay until the new one is written.
  CHECK_THROWS_AS(store.set(named(u"A"), kBoth, Image(301)), Error);
}

TEST_CASE("a variable that was being replaced when the machine stopped") {
  VariableStore store("vars.fd", empty_store(4096, true));
  store.set(named(u"A"), kBoth, bytes("old"));
  Image image = store.image();
  image[102] = std::byte{0x3E};
  VariableStore one("vars.fd", image);
  CHECK(one.get(named(u"A"))->data == bytes("old"));
  CHECK(one.records()[0].state == VariableState::replacing);
  one.reclaim();
  CHECK(one.records()[0].state == VariableState::valid);

  VariableStore two("vars.fd", image);
  two.set(named(u"A"), kBoth, bytes("new"));
  CHECK(two.records()[0].state == VariableState::deleted);
  CHECK(two.variables().size() == 1);
  CHECK(two.get(named(u"A"))->data == bytes("new"));
}

TEST_CASE("a record whose writing was interrupted is passed over, as the firmware does") {
  VariableStore store("vars.fd", empty_store(4096, true));
  store.set(named(u"A"), kBoth, bytes("one"));
  Image image = store.image();
  image[102] = std::byte{0x7F};  // header valid only
  VariableStore interrupted("vars.fd", image);
  CHECK(interrupted.records()[0].state == VariableState::unfinished);
  CHECK(interrupted.variables().empty());
  interrupted.set(named(u"A"), kBoth, bytes("two"));
  CHECK(interrupted.get(named(u"A"))->data == bytes("two"));
}

TEST_CASE("authenticated variables are left alone") {
  VariableStore store("vars.fd", empty_store(4096, true));
  store.set(named(u"PK"), kBoth | 0x20, bytes("key"));
  CHECK_THROWS_AS(store.set(named(u"PK"), kBoth, bytes("other")), Error);
  CHECK_THROWS_AS(store.erase(named(u"PK")), Error);
  CHECK(store.get(named(u"PK"))->data == bytes("key"));
}

TEST_CASE("what is no variable store is refused, and said") {
  const Image good = empty_store(4096, true);
  CHECK(error_of(good).empty());
  CHECK(says({}, "no firmware volume"));
  CHECK(says(Image(4096), "no firmware volume"));
  Image image = good;
  image[40] = std::byte{'x'};
  CHECK(says(image, "_FVH"));
  image = good;
  image[60] ^= std::byte{1};
  CHECK(says(image, "checksum of its header is wrong"));
  image = good;
  image.resize(5000);
  CHECK(says(image, "it has 8192 bytes, and there are 5000"));
  image = good;
  image[48] = std::byte{71};
  CHECK(says(image, "impossible length of 71 bytes"));
  image = good;
  image[72] ^= std::byte{1};
  CHECK(says(image, "no variable store of a known format"));
  image = good;
  image[93] = std::byte{0xFC};
  CHECK(says(image, "not formatted and healthy"));
  image = good;
  image[91] = std::byte{0x7F};
  CHECK(says(image, "2130710528 bytes, and the volume has room for 8120"));
}

TEST_CASE("absurd sizes inside are reported, not followed") {
  VariableStore store("vars.fd", empty_store(4096, true));
  store.set(named(u"A"), kBoth, bytes("one"));
  store.set(named(u"B"), kBoth, bytes("two"));
  Image image = store.image();
  const std::size_t second = store.records()[1].offset;
  write_at(std::span(image), second + 40, le32(0x7FFFFFF0));
  VariableStore broken("vars.fd", image);
  CHECK(broken.records().size() == 1);
  REQUIRE(broken.problems().size() == 1);
  CHECK(broken.problems()[0].find("data of 2147483632 bytes") != std::string::npos);
  CHECK(broken.free_bytes() == 0);
  broken.set(named(u"C"), kBoth, bytes("three"));  // reclaims
  CHECK(broken.get(named(u"C")));
  CHECK(broken.get(named(u"A")));
  CHECK(broken.problems().empty());
}

TEST_CASE("a volume inside a dump of the flash") {
  Image flash(64 * 1024, std::byte{0});
  const Image good = empty_store(4096, true);
  std::copy(good.begin(), good.end(), flash.begin() + 3 * 4096);
  VariableStore store("dump", flash);
  CHECK(store.volume_offset() == 3 * 4096);
  store.set(named(u"A"), kBoth, bytes("one"));
  Image changed = store.image();
  std::fill_n(changed.begin() + 3 * 4096, 8192, std::byte{0});
  std::fill_n(flash.begin() + 3 * 4096, 8192, std::byte{0});
  CHECK(changed == flash);
}

TEST_CASE("the stores of Debian's package ovmf") {
  struct Case {
    const char* path;
    std::size_t size, store;
  };
  for (const Case& c : {Case{"/usr/share/OVMF/OVMF_VARS.fd", 131072, 0xDFB8},
                        Case{"/usr/share/OVMF/OVMF_VARS_4M.fd", 540672, 0x3FFB8},
                        Case{"/usr/share/OVMF/OVMF_VARS.ms.fd", 131072, 0xDFB8},
                        Case{"/usr/share/OVMF/OVMF_VARS_4M.ms.fd", 540672, 0x3FFB8}}) {
    const auto image = test::read_file(c.path);
    if (!image) {
      MESSAGE("not installed: ", c.path);
      continue;
    }
    INFO(c.path);
    VariableStore store(c.path, *image);
    CHECK(image->size() == c.size);
    CHECK(store.authenticated());
    CHECK(store.store_offset() == 72);
    CHECK(store.store_size() == c.store);
    CHECK(store.problems().empty());
    const bool keys = std::string(c.path).find(".ms.") != std::string::npos;
    CHECK(store.get(named(u"PK")).has_value() == keys);
    store.set(named(u"Test"), kBoth, bytes("x"));
    for (int i = 0; i < 2000; ++i) store.set(named(u"Test"), kBoth, Image(600, static_cast<std::byte>(i)));
    CHECK(store.get(named(u"PK")).has_value() == keys);
    CHECK(std::equal(image->begin() + 72 + c.store, image->end(), store.image().begin() + 72 + c.store));
    CHECK(std::equal(image->begin(), image->begin() + 100, store.image().begin()));
    if (keys) CHECK(store.get(named(u"PK"))->data == VariableStore(c.path, *image).get(named(u"PK"))->data);
  }
}
