// SPDX-License-Identifier: Apache-2.0
#include "block/image/image_cut.h"

#include <doctest/doctest.h>

#include <cstring>

#include "core/endian.h"
#include "temp_dir.h"

using namespace san;

namespace {

std::uint64_t length_of(const std::vector<std::byte>& image, const std::string& format) {
  const TempDir place;
  return least_length(*read_marks(place.file("image", image)), format);
}

constexpr std::size_t kCluster = 65536;

/// Header, L1 table and one L2 table of a qcow2 image with clusters of 64 KiB.
std::vector<std::byte> qcow2() {
  std::vector<std::byte> image(3 * kCluster);
  std::memcpy(image.data(), "QFI\xFB\0\0\0\3", 8);
  write_at(image, 20, be32(16));
  write_at(image, 36, be32(2));
  write_at(image, 40, be64(kCluster));
  write_at(image, kCluster, be64((std::uint64_t{1} << 63U) | (2 * kCluster)));
  return image;
}

}  // namespace

TEST_CASE("where the last piece of a qcow2 image stands") {
  auto image = qcow2();
  CHECK(length_of(image, "qcow2") == 2 * kCluster + 1);  // its own table
  write_at(image, 2 * kCluster + 8, be64((std::uint64_t{1} << 63U) | (9 * kCluster)));
  write_at(image, 2 * kCluster + 16, be64((std::uint64_t{1} << 63U) | (7 * kCluster)));
  CHECK(length_of(image, "qcow2") == 9 * kCluster + 1);
  // A cluster of zeros keeps its place, where nothing need be.
  write_at(image, 2 * kCluster + 24, be64((std::uint64_t{1} << 63U) | (20 * kCluster) | 1));
  CHECK(length_of(image, "qcow2") == 9 * kCluster + 1);
  // A compressed one begins at any byte, and has the number of its sectors above that.
  write_at(image, 2 * kCluster + 32,
           be64((std::uint64_t{1} << 62U) | (std::uint64_t{3} << 54U) | (10 * kCluster + 77)));
  CHECK(length_of(image, "qcow2") == 10 * kCluster + 78);
  // A second L2 table that is past the end of the file.
  write_at(image, kCluster + 8, be64((std::uint64_t{1} << 63U) | (30 * kCluster)));
  CHECK(length_of(image, "qcow2") == 30 * kCluster + 1);
}

TEST_CASE("with extended L2 entries every second word is no place") {
  auto image = qcow2();
  write_at(image, 2 * kCluster, be64((std::uint64_t{1} << 63U) | (5 * kCluster)));
  write_at(image, 2 * kCluster + 8, be64(UINT64_MAX >> 2U));
  write_at(image, 72, be64(16));
  CHECK(length_of(image, "qcow2") == 5 * kCluster + 1);
}

TEST_CASE("tables that cannot be are no tables") {
  auto image = qcow2();
  write_at(image, 36, be32(UINT32_MAX));
  CHECK(length_of(image, "qcow2") == 0);
  write_at(image, 20, be32(63));
  CHECK(length_of(image, "qcow2") == 0);
  CHECK(length_of(std::vector<std::byte>(10), "qcow2") == 0);
  CHECK(length_of(std::vector<std::byte>(10), "vmdk") == 0);
  CHECK(length_of(image, "vhdx") == 0);
}

TEST_CASE("where the last grain of a VMDK stands") {
  std::vector<std::byte> image(8 * 512);
  std::memcpy(image.data(), "KDMV", 4);
  write_at(image, 12, le64(2048));
  write_at(image, 20, le64(128));
  write_at(image, 44, le32(512));
  write_at(image, 56, le64(2));                    // the directory
  write_at(image, std::size_t{2 * 512}, le32(3));  // one table
  write_at(image, std::size_t{3 * 512}, le32(1));  // a grain of zeros
  CHECK(length_of(image, "vmdk") == 0);
  write_at(image, 3 * 512 + 8, le32(256));
  CHECK(length_of(image, "vmdk") == 256 * 512 + 1);
  write_at(image, 8, le32(0x30001));  // a stream
  CHECK(length_of(image, "vmdk") == 0);
}

TEST_CASE("a VDI counts its blocks") {
  std::vector<std::byte> image(1024);
  write_at(image, 0x158, le32(2 << 20));
  write_at(image, 0x178, le32(1 << 20));
  write_at(image, 0x184, le32(3));
  CHECK(length_of(image, "vdi") == 5 << 20);
}
