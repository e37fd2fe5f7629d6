// SPDX-License-Identifier: Apache-2.0
#include "os/volumes/lvm_group.h"

#include <doctest/doctest.h>

#include "devices/memory_device.h"
#include "os/volumes/lvm_text.h"

using namespace san;
using namespace san::os;

namespace {

const std::string kUuid = "0i6hYP-B0rz-B6vp-f3aZ-4Nih-J6yB-bX3CQM";

std::string metadata(const std::string& volumes, const std::string& number = "3") {
  return "contents = \"Text Format Volume Group\"\nversion = 1\n# a comment {\nvg0 {\nid = \"g\"\nseqno = " +
         number + "\nextent_size = 2\nphysical_volumes {\npv0 {\nid = \"" + kUuid +
         "\"\npe_start = 8\npe_count = 100\n}\npv1 {\nid = \"elsewhere\"\npe_start = 8\npe_count = 9\n}\n}\n"
         "logical_volumes {\n" +
         volumes + "}\n}\n";
}

std::string segment(unsigned number, unsigned start, unsigned count, const std::string& stripes) {
  return "segment" + std::to_string(number) + " {\nstart_extent = " + std::to_string(start) +
         "\nextent_count = " + std::to_string(count) + "\ntype = \"striped\"\nstripes = [" + stripes +
         "]\n}\n";
}

std::string volume(const std::string& name, unsigned segments, const std::string& content) {
  return name +
         " {\nid = \"x\"\nstatus = [\"READ\", \"VISIBLE\"]\nsegment_count = " + std::to_string(segments) +
         "\n" + content + "}\n";
}

LvmPhysical physical(const std::string& text) {
  return {.offset = 1 << 20, .length = 1 << 20, .uuid = kUuid, .metadata = text, .fault = {}};
}

std::string why(const std::string& content, unsigned segments = 1) {
  const auto found = lvm_logical_volumes({physical(metadata(volume("v", segments, content)))});
  REQUIRE(found.size() == 1);
  CHECK(found.front().segments.empty() == !found.front().why_none.empty());
  return found.front().why_none;
}

}  // namespace

TEST_CASE("parse_lvm_text") {
  const auto root = parse_lvm_text("a = 1 # x\nb { c = \"q\\\"}\" d = [ \"x\", 2 ] e {} }\nf = []");
  REQUIRE(root);
  CHECK(root->number("a") == 1);
  REQUIRE(root->find("b"));
  CHECK(root->find("b")->word("c") == "q\"}");
  CHECK(root->find("b")->find("d")->words == std::vector<std::string>{"x", "2"});
  CHECK(root->find("b")->find("e")->section);
  CHECK(root->find("f")->words.empty());
  CHECK(root->find("b")->number("c") == std::nullopt);
  for (const char* bad : {"a", "a =", "a = [", "a = [ { ]", "b {", "}", "b { } }", "a = \"x", "= 1", "a = }"})
    CHECK_FALSE(parse_lvm_text(bad));
  std::string deep;
  for (int i = 0; i < 17; ++i) deep += "s { ";
  for (int i = 0; i < 17; ++i) deep += "} ";
  CHECK_FALSE(parse_lvm_text(deep));
  CHECK(parse_lvm_text(deep.substr(4, deep.size() - 6)));
}

TEST_CASE("lvm_logical_volumes: linear ones, of one segment and of two") {
  const std::string text =
      metadata(volume("root", 2, segment(1, 0, 10, "\"pv0\", 5") + segment(2, 10, 3, "\"pv0\", 50")) +
               volume("swap", 1, segment(1, 0, 1, "\"pv0\", 99")) + "hidden {\nstatus = [\"READ\"]\n}\n");
  const auto found = lvm_logical_volumes({physical(text)});
  REQUIRE(found.size() == 2);
  CHECK(found[0].group == "vg0");
  CHECK(found[0].name == "root");
  CHECK(found[0].size == 13 * 1024);
  REQUIRE(found[0].segments.size() == 2);
  CHECK(found[0].segments[0].offset == (1 << 20) + 4096 + 5 * 1024);
  CHECK(found[0].segments[0].length == 10 * 1024);
  CHECK(found[0].segments[1].offset == (1 << 20) + 4096 + 50 * 1024);
  CHECK(found[1].name == "swap");
  CHECK(found[1].why_none.empty());
}

TEST_CASE("lvm_logical_volumes: the newest text counts") {
  auto old = physical(metadata(volume("old", 1, segment(1, 0, 1, "\"pv0\", 0")), "3"));
  auto fresh = physical(metadata(volume("new", 1, segment(1, 0, 1, "\"pv0\", 0")), "12"));
  old.uuid = "another";
  for (const auto& members : {std::vector{old, fresh}, std::vector{fresh, old}}) {
    const auto found = lvm_logical_volumes(members);
    REQUIRE(found.size() == 1);
    CHECK(found.front().name == "new");
  }
}

TEST_CASE("lvm_logical_volumes: what cannot be read here") {
  CHECK(why(segment(1, 0, 1, "\"pv0\", 0")) == "");
  CHECK(why(segment(1, 0, 2, "\"pv0\", 0, \"pv0\", 9")) == "is striped over 2 areas of LVM");
  CHECK(why(segment(1, 0, 1, "\"pv1\", 0")) == "a physical volume of it is not on this disk");
  CHECK(why(segment(1, 0, 2, "\"pv0\", 99")) == "a segment lies outside of its physical volume");
  CHECK(why(segment(1, 1, 2, "\"pv0\", 0")) == "its segments do not follow each other");
  CHECK(why(segment(1, 0, 0, "\"pv0\", 0")) == "it has an empty segment");
  CHECK(why(segment(1, 0, 1, "\"pv0\", 0"), 9000) == "its metadata names no segments");
  CHECK(why("segment1 {\nstart_extent = 0\nextent_count = 1\ntype = \"thin\"\n}\n") == "is of LVM type thin");
  CHECK(lvm_logical_volumes({physical("garbage")}).empty());
}

TEST_CASE("mapped_device") {
  MemoryDevice below("disk", 64 * 1024);
  for (std::size_t i = 0; i < below.size(); ++i) below.bytes()[i] = static_cast<std::byte>(i / 512);
  const auto view = mapped_device(below, "disk, vg0/root", {{4096, 1024}, {512, 512}, {10240, 2048}});
  CHECK(view->size() == 3584);
  CHECK(view->read_only());
  std::vector<std::byte> bytes(3584);
  read_wait(*view, 0, bytes);
  std::string sectors;
  for (std::size_t i = 0; i < bytes.size(); i += 512)
    sectors += std::to_string(static_cast<int>(bytes[i])) + " ";
  CHECK(sectors == "8 9 1 20 21 22 23 ");
  std::vector<std::byte> some(1024);
  read_wait(*view, 1024, some);
  CHECK(some[0] == std::byte{1});
  CHECK(some[512] == std::byte{20});
  CHECK_THROWS_AS(read_wait(*view, 3072, some), Error);
  CHECK(std::dynamic_pointer_cast<Device>(view) == nullptr);  // there is nothing to write it with
}

TEST_CASE("read_lvm_physical: no label, and a damaged one") {
  MemoryDevice device("disk", 1 << 20);
  CHECK_FALSE(read_lvm_physical(device, 0, 1 << 20));
  const std::string label("LABELONE\1\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0LVM2 001", 32);
  std::copy(label.begin(), label.end(), reinterpret_cast<char*>(device.bytes().data()) + 512);
  for (std::size_t i = 0; i < 32; ++i) device.bytes()[544 + i] = static_cast<std::byte>('a' + i % 26);
  auto found = read_lvm_physical(device, 0, 1 << 20);
  REQUIRE(found);
  CHECK(found->uuid == "abcdef-ghij-klmn-opqr-stuv-wxyz-abcdef");
  CHECK(found->fault == "");
  CHECK(found->metadata == "");
  device.bytes()[584 + 16] = std::byte{1};  // an area of metadata that is none
  device.bytes()[584 + 17] = std::byte{16};
  device.bytes()[584 + 24] = std::byte{1};
  found = read_lvm_physical(device, 0, 1 << 20);
  REQUIRE(found);
  CHECK(found->fault == "the header of its metadata is damaged");
}
