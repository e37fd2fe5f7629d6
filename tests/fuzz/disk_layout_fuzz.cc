// SPDX-License-Identifier: Apache-2.0
// A disk with an MBR, a file system and extents as a target may report them, patched (see patched_image.h),
// read and drawn in every way.
#include <nlohmann/json.hpp>

#include "../unit/filesystem/ext_image.h"
#include "patched_image.h"
#include "picture/disk_layout.h"
#include "picture/disk_svg.h"
#include "picture/disk_text.h"

namespace {

/// 1 MiB: an ext2 from 64 KiB on, an extended partition with a logical one, and another primary.
san::test::Image disk() {
  san::test::Image image(1024 * 1024);
  const auto entry = [&](std::size_t at, std::uint8_t type, std::uint32_t first, std::uint32_t sectors) {
    image.put8(at + 4, type);
    image.put32(at + 8, first);
    image.put32(at + 12, sectors);
  };
  image.put16(510, 0xaa55);
  entry(446, 0x83, 128, 1024);
  entry(462, 0x05, 1200, 500);
  entry(478, 0x07, 1800, 100);
  image.put16(1200 * 512 + 510, 0xaa55);
  entry(1200 * 512 + 446, 0x83, 8, 100);
  const san::test::ExtImage ext;
  std::ranges::copy(ext.bytes(), image.bytes().begin() + 128 * 512);
  return image;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = san::test::input(data, size);
  if (input.empty()) return 0;
  san::test::Image image = disk();
  san::test::apply_patches(image, input.subspan(1));
  san::MemoryDevice device("fuzz", image.size());
  std::ranges::copy(image.bytes(), device.bytes().begin());
  const std::uint64_t half = image.size() / 2;
  device.set_extents({{0, half, san::Extent::Kind::data}, {half, half, san::Extent::Kind::zero}});
  const san::DiskLayout layout = san::read_disk_layout(device);
  const san::LayoutTotals& t = layout.totals;
  if (t.used + t.free + t.slack + t.unknown + t.table + t.unallocated + t.beyond != layout.size) std::abort();
  const unsigned width = 40 + std::to_integer<unsigned>(input[0]);
  draw_text(layout, {width, true, true});
  draw_text(layout, {width, false, false});
  draw_svg(layout);
  to_json(layout).dump();
  return 0;
}
