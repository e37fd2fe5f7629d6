// SPDX-License-Identifier: Apache-2.0
// A disk with an MBR, a file system and extents as a target may report them, patched (see patched_image.h),
// read and drawn in every way.
#include <nlohmann/json.hpp>

#include "partitioned_image.h"
#include "patched_image.h"
#include "picture/disk_layout.h"
#include "report/disk/disk_svg.h"
#include "report/disk/disk_text.h"
#include "report/disk/layout_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = san::test::input(data, size);
  if (input.empty()) return 0;
  san::test::Image image = san::test::partitioned_image(500, 100);
  san::test::put_mbr_entry(image, 478, 0x07, 1800, 100);
  san::test::apply_patches(image, input.subspan(1));
  san::MemoryDevice device("fuzz", image.size());
  std::ranges::copy(image.bytes(), device.bytes().begin());
  const std::uint64_t half = image.size() / 2;
  device.set_extents({{0, half, san::Extent::Kind::data}, {half, half, san::Extent::Kind::zero}});
  const san::picture::DiskLayout layout = san::picture::read_disk_layout(device);
  const san::picture::LayoutTotals& t = layout.totals;
  if (t.used + t.free + t.slack + t.unknown + t.table + t.unallocated + t.beyond != layout.size) std::abort();
  const unsigned width = 40 + std::to_integer<unsigned>(input[0]);
  san::report::draw_text(layout, {width, true, true});
  san::report::draw_text(layout, {width, false, false});
  san::report::draw_svg(layout);
  san::report::to_json(layout).dump();
  return 0;
}
