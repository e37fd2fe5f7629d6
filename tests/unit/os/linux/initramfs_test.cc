// SPDX-License-Identifier: Apache-2.0
#include "os/linux/initramfs.h"

#include <doctest/doctest.h>

#include "os/small_initramfs.h"

using namespace san::os;

namespace {

const std::string kMicrocode =
    small_cpio({{"kernel/x86/microcode/GenuineIntel.bin", std::string(1000, 'm')}});
const std::string kMain = small_cpio(small_debian_initramfs("6.1.0-50-amd64"));

Initramfs read(const std::string& image) {
  return read_initramfs(bytes_of(image));
}

void check_main(const Initramfs& image) {
  CHECK(image.damage == "");
  CHECK(image.tool == InitramfsTool::initramfs_tools);
  CHECK(image.has_program("iscsistart"));
  CHECK(image.has("scripts/local-top/iscsi"));
  CHECK(!image.has("lib"));  // a directory
  CHECK(image.content("etc/iscsi.initramfs") == "ISCSI_AUTO=true\n");
  REQUIRE(image.modules.contains("6.1.0-50-amd64"));
  CHECK(image.modules.at("6.1.0-50-amd64").contains("iscsi_tcp"));
  CHECK(image.modules.at("6.1.0-50-amd64").contains("sd_mod"));
}

/// What lz4 -l writes, of literals only (lz4's documents: block format; legacy frame).
std::string lz4_legacy(const std::string& text) {
  std::string block(1, '\xf0');
  auto rest = text.size() - 15;
  for (; rest >= 255; rest -= 255) block += '\xff';
  block += static_cast<char>(rest);
  block += text;
  std::string frame("\x02\x21\x4c\x18", 4);
  for (unsigned i = 0; i < 4; ++i) frame += static_cast<char>(block.size() >> (8 * i));
  return frame + block;
}

}  // namespace

TEST_CASE("initramfs: every packing that the kernel knows") {
  check_main(read(kMain));
  for (const std::string filter : {"gzip", "xz", "zstd", "lz4", "bzip2", "lzma"}) {
    CAPTURE(filter);
    const auto image = read(packed(kMain, filter));
    check_main(image);
    CHECK(image.segments == std::vector<std::string>{filter});
  }
  const auto legacy = read(lz4_legacy(kMain));
  check_main(legacy);
  CHECK(legacy.segments == std::vector<std::string>{"lz4"});
}

TEST_CASE("initramfs: several segments") {
  const std::string padding(512, '\0');
  const auto image = read(kMicrocode + padding + kMicrocode + packed(kMain, "zstd"));
  check_main(image);
  CHECK(image.segments == std::vector<std::string>{"cpio", "zstd"});
  CHECK(image.has("kernel/x86/microcode/GenuineIntel.bin"));
  // Two archives in one compressed stream, as "cat" makes them.
  check_main(read(packed(kMicrocode + padding + kMain, "gzip")));
  // Zeros behind the end.
  check_main(read(packed(kMain, "gzip") + padding));
  check_main(read(kMain + padding));
}

TEST_CASE("initramfs: damage is said") {
  CHECK(read("").damage != "");
  CHECK(read("no archive at all").damage != "");
  CHECK(read(std::string(100, '\0')).damage != "");
  CHECK(read(kMicrocode + "rubbish").damage != "");
  for (const std::string filter : {"gzip", "xz", "zstd", "lz4", "bzip2"}) {
    CAPTURE(filter);
    auto image = packed(kMain, filter);
    image.resize(image.size() / 2);
    const auto half = read(kMicrocode + image);
    CHECK(half.damage != "");
    CHECK(!half.beyond_us);
  }
  CHECK(read(kMain.substr(0, kMain.size() / 2)).damage != "");
  auto header = kMain;
  header[header.find("etc/iscsi.initramfs") - 60] = 'z';
  CHECK(read(header).damage != "");
  const auto lzop = read(std::string("\x89LZO\0\r\n\x1a\n", 9));
  CHECK(lzop.damage != "");
  CHECK(lzop.beyond_us);
  const auto squash = read(small_cpio({{"lib/dracut/modules.txt", "squash"}, {"squashfs-root.img", "x"}}));
  CHECK(squash.damage != "");
  CHECK(squash.beyond_us);
}

TEST_CASE("initramfs: which tool made it") {
  const auto dracut = read(small_cpio({{"usr/lib/dracut/modules.txt", "bash\niscsi\nnetwork-manager\n"}}));
  CHECK(dracut.tool == InitramfsTool::dracut);
  CHECK(dracut.has_dracut_module("iscsi"));
  CHECK(!dracut.has_dracut_module("network"));
  CHECK(read(small_cpio({{"buildconfig", "HOOKS=()"}})).tool == InitramfsTool::mkinitcpio);
  CHECK(read(small_cpio({{"init", ""}})).tool == InitramfsTool::unknown);
  CHECK(std::string(to_string(InitramfsTool::dracut)) == "dracut");
}

TEST_CASE("initramfs: names of modules") {
  CHECK(module_name("kernel/drivers/net/e1000-x.ko.xz") == "e1000_x");
  CHECK(module_name("a.ko") == "a");
  CHECK(module_name("a.ko.zst") == "a");
  CHECK(module_name("a.ko.orig") == "");
  CHECK(module_name(".ko") == "");
  CHECK(module_name("modules.dep") == "");
}
