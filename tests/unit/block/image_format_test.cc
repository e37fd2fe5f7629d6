// SPDX-License-Identifier: Apache-2.0
#include "block/image_format.h"

#include <doctest/doctest.h>

#include <cstring>

#include "block/device_checks.h"
#include "core/endian.h"

using namespace san;

namespace {

std::vector<std::byte> front(std::string_view magic, std::size_t at = 0) {
  std::vector<std::byte> bytes(kImageFront);
  std::memcpy(bytes.data() + at, magic.data(), magic.size());
  return bytes;
}

std::vector<std::byte> qcow2(std::uint32_t version) {
  auto bytes = front("QFI\xFB");
  write_at(bytes, 4, be32(version));
  return bytes;
}

}  // namespace

TEST_CASE("formats are recognised by their magic numbers") {
  using namespace std::string_view_literals;
  const auto name = [](const std::vector<std::byte>& bytes) {
    const auto format = recognise_image(bytes);
    return format ? format->name : "raw";
  };
  CHECK(name(qcow2(1)) == "qcow");
  CHECK(name(qcow2(2)) == "qcow2");
  CHECK(name(qcow2(3)) == "qcow2");
  CHECK(name(qcow2(4)) == "raw");
  CHECK(name(front("KDMV")) == "vmdk");
  CHECK(name(front("# Disk DescriptorFile\n")) == "vmdk");
  CHECK(name(front("vhdxfile")) == "vhdx");
  CHECK(name(front("\x7F\x10\xDA\xBE", 64)) == "vdi");
  CHECK(name(front("conectix")) == "vpc");
  CHECK(name(front("QED\0"sv)) == "qed");
  CHECK(name(front("WithouFreSpacExt")) == "parallels");
  CHECK(name(front("\x28\xB5\x2F\xFD")) == "zst");
  CHECK(name(front("")) == "raw");
  const auto image = qcow2(3);
  for (std::size_t length = 0; length < 8; ++length)
    CHECK_FALSE(recognise_image(std::span(image).first(length)).has_value());
}

TEST_CASE("an image that names other files is objected to") {
  const auto objection = [](const std::vector<std::byte>& bytes) {
    return recognise_image(bytes)->objection;
  };
  auto image = qcow2(3);
  CHECK(objection(image) == "");
  write_at(image, 8, be64(1));
  CHECK(contains(objection(image), "backing file"));
  image = qcow2(3);
  write_at(image, 72, be64(4));
  CHECK(contains(objection(image), "another file"));
  image = qcow2(2);  // which has no such bits
  write_at(image, 72, be64(4));
  CHECK(objection(image) == "");

  auto vmdk = front("KDMV");
  CHECK(contains(objection(vmdk), "several files"));
  write_at(vmdk, 12, le64(1));
  CHECK(objection(vmdk) == "");
  CHECK(contains(objection(front("# Disk DescriptorFile")), "several files"));

  auto vhd = front("conectix");
  write_at(vhd, 60, be32(3));
  CHECK(objection(vhd) == "");
  write_at(vhd, 60, be32(4));
  CHECK(contains(objection(vhd), "backing file"));

  using namespace std::string_view_literals;
  auto qed = front("QED\0"sv);
  CHECK(objection(qed) == "");
  write_at(qed, 16, le64(1));
  CHECK(contains(objection(qed), "backing file"));
}

TEST_CASE("formats of new images, by their names") {
  CHECK(format_of_name("a.qcow2") == "qcow2");
  CHECK(format_of_name("a.VHDX") == "vhdx");
  CHECK(format_of_name("a.vhd") == "vpc");
  CHECK(format_of_name("a.img.zst") == "zst");
  CHECK(format_of_name("a.img") == "");
  CHECK(format_of_name("zst") == "");
}
