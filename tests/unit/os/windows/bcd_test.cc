// SPDX-License-Identifier: Apache-2.0
#include "os/windows/bcd.h"

#include <doctest/doctest.h>

#include "os/hive_file.h"
#include "os/windows_bytes.h"
#include "temp_dir.h"

using namespace san;
using namespace san::os;

namespace {

const Guid kDisk = *Guid::parse("0b2394a9-095e-487d-8d48-719ecd4d78ca");
const Guid kPartition = *Guid::parse("8e0f2c38-e4ea-47ba-b7fc-9d8c74dccf0b");

std::span<const std::byte> view(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

TEST_CASE("parse_bcd_device") {
  const std::string gpt = bcd_gpt_device(kDisk, kPartition), mbr = bcd_mbr_device(0x5cbea03e, 1048576);
  const auto one = parse_bcd_device(view(gpt));
  REQUIRE(one);
  CHECK(one->kind == PartitionIds::Kind::gpt);
  CHECK(one->disk == kDisk);
  CHECK(one->partition == kPartition);
  CHECK(one->text() ==
        "GPT partition 8e0f2c38-e4ea-47ba-b7fc-9d8c74dccf0b, disk 0b2394a9-095e-487d-8d48-719ecd4d78ca");
  const auto two = parse_bcd_device(view(mbr));
  REQUIRE(two);
  CHECK(two->kind == PartitionIds::Kind::mbr);
  CHECK(two->text() == "MBR disk 0x5cbea03e, partition at byte 1048576");
  std::string boot = gpt;
  boot[16] = 5;
  CHECK(parse_bcd_device(view(boot))->kind == PartitionIds::Kind::boot);
  boot[16] = 1;
  CHECK(parse_bcd_device(view(boot))->kind == PartitionIds::Kind::other);
  std::string style = gpt;
  style[52] = 7;
  CHECK(parse_bcd_device(view(style))->kind == PartitionIds::Kind::other);
  for (std::size_t size = 0; size < 72; ++size) CHECK(!parse_bcd_device(view(gpt).first(size)));
}

TEST_CASE("parse_mounted_device") {
  const PartitionIds gpt = parse_mounted_device(view("DMIO:ID:" + raw(kPartition)));
  CHECK(gpt.kind == PartitionIds::Kind::gpt);
  CHECK(gpt.partition == kPartition);
  CHECK(!gpt.disk);
  const PartitionIds mbr = parse_mounted_device(view(std::string("\x3e\xa0\xbe\x5c\0\0\x10\0\0\0\0\0", 12)));
  CHECK(mbr.kind == PartitionIds::Kind::mbr);
  CHECK(mbr.signature == 0x5cbea03e);
  CHECK(mbr.offset == 1048576);
  CHECK(parse_mounted_device(view("DMIO:IX:" + raw(kPartition))).kind == PartitionIds::Kind::other);
  CHECK(parse_mounted_device({}).kind == PartitionIds::Kind::other);
}

TEST_CASE("read_bcd") {
  const TempDir dir;
  HiveFile file(dir / "BCD");
  const std::string objects = "Objects\\", manager = objects + "{9dea862c-5cdd-4e70-acc1-f32b344d4795}";
  const std::string id = "{733b62e5-f608-11eb-825c-c112f60133ab}";
  const auto element = [](const std::string& object, const char* number) {
    return object + "\\Elements\\" + number;
  };
  file.text(element(manager, "23000003"), "Element", id);
  file.bytes(element(objects + id, "11000001"), "Element", bcd_gpt_device(kDisk, kPartition));
  file.bytes(element(objects + id, "21000001"), "Element", bcd_mbr_device(1, 2));
  file.text(element(objects + id, "12000002"), "Element", "\\Windows\\system32\\winload.efi ");
  SUBCASE("default") {}
  SUBCASE("first of the display order") {
    file.remove(element(manager, "23000003"));
    file.texts(element(manager, "24000001"), "Element", {id, "{other}"});
  }
  const auto bytes = file.commit();
  const BcdStore store = read_bcd(Hive("BCD", bytes));
  REQUIRE(store.standard);
  CHECK(store.standard->id == id);
  CHECK(store.standard->path == "\\Windows\\system32\\winload.efi");
  CHECK(store.standard->device->partition == kPartition);
  CHECK(store.standard->os_device->signature == 1);
}

TEST_CASE("read_bcd: nothing in it") {
  const TempDir dir;
  HiveFile file(dir / "BCD");
  SUBCASE("empty") {}
  SUBCASE("default entry is not there") {
    file.text("Objects\\{9dea862c-5cdd-4e70-acc1-f32b344d4795}\\Elements\\23000003", "Element", "{x}");
  }
  const auto bytes = file.commit();
  CHECK(!read_bcd(Hive("BCD", bytes)).standard);
}
