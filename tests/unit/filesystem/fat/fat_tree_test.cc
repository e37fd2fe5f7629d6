// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstring>

#include "filesystem/fat/fat_chain.h"
#include "filesystem/fat_image.h"
#include "filesystem/open_file_tree.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;

namespace {

void short_entry(Image& image, std::size_t at, std::string_view name, std::uint8_t attributes,
                 std::uint32_t cluster, std::uint32_t size) {
  image.put(at, name);
  image.put8(at + 11, attributes);
  image.put16(at + 22, 4 << 11 | 5 << 5 | 3);
  image.put16(at + 24, 21 << 9 | 2 << 5 | 3);  // 2001-02-03 04:05:06
  image.put16(at + 20, static_cast<std::uint16_t>(cluster >> 16));
  image.put16(at + 26, static_cast<std::uint16_t>(cluster));
  image.put32(at + 28, size);
}

/// The last and only part of a long name, of up to 12 letters.
void long_entry(Image& image, std::size_t at, const std::u16string& name, std::uint8_t checksum) {
  constexpr std::size_t kPlaces[] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
  image.put8(at, 0x41);
  image.put8(at + 11, 0x0f);
  image.put8(at + 13, checksum);
  for (std::size_t i = 0; i < 13; ++i)
    image.put16(at + kPlaces[i], i < name.size() ? name[i] : i == name.size() ? 0 : 0xffff);
}

std::uint8_t checksum(std::string_view name) {
  unsigned sum = 0;
  for (const char c : name) sum = (((sum & 1) << 7) + (sum >> 1) + static_cast<unsigned char>(c)) & 0xff;
  return static_cast<std::uint8_t>(sum);
}

/// A FAT with a root directory in `root`, a file in clusters 4 and 8, a directory in 5.
struct Filled : FatImage {
  explicit Filled(unsigned width)
      : FatImage(width), root(width == 32 ? cluster_offset(2) : (data_sector() - 1) * 512) {
    const std::uint32_t end = bits == 32 ? 0x0fffffff : (1U << bits) - 1;
    entry(2, end);
    entry(4, 8);
    entry(8, end);
    entry(5, end);
    short_entry(*this, root, "MY LABEL   ", 0x08, 0, 0);
    short_entry(*this, root + 32, "KERNEL  IMG", 0x20, 4, 600);
    short_entry(*this, root + 64,
                "\xe5"
                "ELETED TXT",
                0x20, 4, 5);
    long_entry(*this, root + 96, u"Größe.config", checksum("GRO~1   CON"));
    short_entry(*this, root + 128, "GRO~1   CON", 0x20, 0, 0);
    long_entry(*this, root + 160, u"stale", checksum("OTHER      "));
    short_entry(*this, root + 192, "LOWER   TXT", 0x20, 0, 0);
    put8(root + 192 + 12, 0x18);
    short_entry(*this, root + 224, "EFI        ", 0x10, 5, 0);
    short_entry(*this, cluster_offset(5), ".          ", 0x10, 5, 0);
    short_entry(*this, cluster_offset(5) + 32, "..         ", 0x10, 0, 0);
    short_entry(*this, cluster_offset(5) + 64, "GRUBX64 EFI", 0x20, 3, 4);
    put(cluster_offset(3), "grub");
    fill(cluster_offset(4), 512, 'a');
    fill(cluster_offset(8), 88, 'b');
  }
  std::unique_ptr<FileTree> open() {
    device = std::make_unique<MemoryDevice>("image", size());
    std::ranges::copy(bytes(), device->bytes().begin());
    return open_file_tree(*device, 0, size());
  }
  std::size_t root;
  std::unique_ptr<MemoryDevice> device;
};

std::string text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("FAT: directories and files") {
  for (const unsigned width : {12U, 16U, 32U}) {
    CAPTURE(width);
    Filled image(width);
    const auto tree = image.open();
    CHECK(tree->name() == "image (fat" + std::to_string(width) + ")");
    CHECK(tree->label() == "MY LABEL");
    std::string names;
    for (const auto& entry : tree->list("/")) names += entry.name + "|";
    CHECK(names == "EFI|Größe.config|KERNEL.IMG|lower.txt|");
    CHECK(tree->list("/efi").size() == 1);
    CHECK(text(tree->read("/EFI/grubx64.efi", 0, 100)) == "grub");
    CHECK(text(tree->read("/kernel.img", 510, 4)) == "aabb");
    CHECK(text(tree->read("/KERNEL.IMG", 0, 1000)) == std::string(512, 'a') + std::string(88, 'b'));
    CHECK(tree->read("/größe.config", 0, 10).empty());
    const auto info = tree->info("/kernel.img");
    REQUIRE(info);
    CHECK(info->size == 600);
    CHECK(info->mtime == 981173106);
    CHECK(!tree->info("/deleted.txt"));
    CHECK(!tree->info("/stale"));
    CHECK(!tree->info("/kernel.img/x"));
    CHECK(tree->list("/kernel.img").empty());
    CHECK_THROWS_WITH_AS(tree->read("/EFI", 0, 1), doctest::Contains(": /EFI: not a regular file"), Error);
    CHECK_THROWS_AS(tree->link("/kernel.img"), Error);
  }
}

TEST_CASE("FAT: damage") {
  SUBCASE("a chain that is too short") {
    Filled image(16);
    image.entry(4, 0xffff);
    CHECK_THROWS_WITH_AS(image.open()->read("/kernel.img", 0, 600), doctest::Contains("fewer clusters"),
                         Error);
  }
  SUBCASE("a chain in a circle") {
    Filled image(12);
    image.entry(5, 5);
    for (std::size_t at = 96; at < 512; at += 32) image.put8(image.cluster_offset(5) + at, 0xe5);
    CHECK_THROWS_WITH_AS(image.open()->list("/efi"), doctest::Contains("runs in a circle"), Error);
  }
  SUBCASE("a chain that leads outside") {
    Filled image(16);
    image.entry(4, 0xfff0);
    CHECK_THROWS_WITH_AS(image.open()->read("/kernel.img", 0, 600), doctest::Contains("cluster 65520"),
                         Error);
  }
}

TEST_CASE("fat_time") {
  CHECK(fat_time(0, 0) == 0);  // no such day
  CHECK(fat_time(1 << 5 | 1, 0) == 315532800);
  CHECK(fat_time(127 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29) == 4354819198);
}

TEST_CASE("open_file_tree: what has no files") {
  MemoryDevice device("image", 1 << 20);
  CHECK_THROWS_WITH_AS(open_file_tree(device, 0, 1 << 20, {.where = "partition 7", .subvolume = {}}),
                       "image, partition 7: it holds nothing that is recognised", Error);
  std::memcpy(device.bytes().data(), "hsqs", 4);
  CHECK_THROWS_WITH_AS(open_file_tree(device, 0, 1 << 20),
                       "image: files of squashfs cannot be read by this program", Error);
}
