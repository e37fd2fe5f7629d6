// SPDX-License-Identifier: Apache-2.0
#include "block/image/image_format.h"

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

TEST_CASE("a VHD of fixed size has its mark at the end, and it fits the file") {
  std::vector<std::byte> footer(kTrailer);
  std::memcpy(footer.data(), "conectix", 8);
  write_at(footer, 16, be64(UINT64_MAX));
  write_at(footer, 48, be64(1048576));
  write_at(footer, 60, be32(2));
  std::uint32_t sum = 0;
  for (const std::byte one : footer) sum += std::to_integer<std::uint32_t>(one);
  write_at(footer, 64, be32(~sum));
  const auto format = recognise_footer(footer, 1048576 + 512);
  REQUIRE(format.has_value());
  CHECK(format->name == "vpc");
  CHECK(format->fixed);
  CHECK_FALSE(recognise_footer(footer, 1048576).has_value());
  CHECK_FALSE(recognise_footer(footer, 1048576 + 1024).has_value());
  for (const std::size_t length : {0, 511})
    CHECK_FALSE(recognise_footer(std::span(footer).first(length), 1048576 + 512).has_value());
  for (const std::size_t at : {0, 16, 48, 60, 64, 100}) {
    auto other = footer;
    other[at] ^= std::byte{1};
    CHECK_FALSE(recognise_footer(other, 1048576 + 512).has_value());
  }
}

TEST_CASE("an encrypted image is objected to, with the way to its disk") {
  for (const std::uint32_t version : {1, 2, 3})
    for (const std::uint32_t method : {1, 2}) {
      auto image = qcow2(version);
      write_at(image, version == 1 ? 36 : 32, be32(method));
      const auto format = recognise_image(image);
      CHECK(format->objection == "is encrypted");
      CHECK(contains(format->way, version == 1 ? "driver=qcow," : "driver=qcow2,"));
      CHECK_FALSE(format->backed);
    }
}

TEST_CASE("a backing file is named, and known to be one that can be followed") {
  auto image = qcow2(3);
  write_at(image, 8, be64(1000));
  write_at(image, 16, be32(7));
  std::memcpy(image.data() + 1000, "a\x1B.img!", 7);
  const auto format = recognise_image(image);
  CHECK(format->objection == "names the backing file a\\x1b.img!, which would be read as well");
  CHECK(format->backed);
  write_at(image, 8, be64(kImageFront - 6));
  CHECK(contains(recognise_image(image)->objection, "a backing file"));
}

TEST_CASE("formats by the names that people know") {
  CHECK(shown_format("vpc") == "VHD");
  CHECK(shown_format("vmdk") == "VMDK");
  CHECK(shown_format("qcow2") == "qcow2");
  CHECK(shown_format("parallels") == "Parallels");
}
