// SPDX-License-Identifier: Apache-2.0
#include "partition/bare_content.h"

#include <doctest/doctest.h>

#include "partition/golden_gpt.h"

using san::test::put_hex;
using san::test::put_text;

TEST_CASE("file systems and volumes are known by their start") {
  const auto content = [](std::uint64_t offset, std::string_view text) {
    san::MemoryDevice disk("d", 8192);
    put_text(disk, offset, text);
    return san::partition::bare_content(disk.bytes());
  };
  CHECK(content(3, "NTFS    ") == "NTFS");
  CHECK(content(3, "EXFAT   ") == "exFAT");
  CHECK(content(0, "XFSB") == "XFS");
  CHECK(content(0, "LUKS\xba\xbe") == "LUKS");
  CHECK(content(1080, "\x53\xef") == "ext");
  CHECK(content(512, "LABELONE") == "LVM physical volume");
  CHECK(content(2048, "LABELONE") == "");
  CHECK(content(0, "") == "");
}

TEST_CASE("a FAT boot sector is told from the boot code of an MBR") {
  san::MemoryDevice disk("d", 512);
  put_hex(disk, 0, "eb3c906d6b66732e66617400020401000200020080f8");  // as mkfs.fat 4.2 writes it
  CHECK(san::partition::bare_content(disk.bytes()) == "FAT");
  disk.bytes()[21] = std::byte{0x12};  // no such media byte
  CHECK(san::partition::bare_content(disk.bytes()) == "");
  CHECK(san::partition::bare_content(disk.bytes().first(5)) == "");
  san::MemoryDevice grub("g", 512);
  put_hex(grub, 0, "eb63900000000000000000000000000000000000000000");  // GRUB's boot.img
  CHECK(san::partition::bare_content(grub.bytes()) == "");
}
