// SPDX-License-Identifier: Apache-2.0
// What a disk says of its length: one with an MBR and file systems in it, patched (see patched_image.h) and
// cut off, as a device and as a stream that comes in pieces.
#include "copy/stream/stream_judge.h"
#include "filesystem/needed_length.h"
#include "partitioned_image.h"
#include "patched_image.h"

namespace {

void check(const san::filesystem::NeededLength& length) {
  for (const san::filesystem::StatedEnd& one : length.missing)
    if (one.end <= length.length) std::abort();
  if (length.cut_off() && (!length.known || san::filesystem::describe_cut(length).empty())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = san::test::input(data, size);
  if (input.size() < 2) return 0;
  san::test::Image image = san::test::partitioned_image(800, 700);
  san::test::apply_patches(image, input.subspan(2));
  const std::size_t length =
      std::min<std::size_t>(image.size(), 4096 * (1 + std::to_integer<std::size_t>(input[0])));
  const std::size_t step = 4099 + 517 * std::to_integer<std::size_t>(input[1]);
  san::MemoryDevice device("fuzz", length);
  std::copy_n(image.bytes().begin(), length, device.bytes().begin());
  check(san::filesystem::needed_length(device, san::partition::read_partition_table(device)));
  san::copy::StreamJudge judge("fuzz");
  for (std::size_t at = 0; at < length; at += step)
    judge.take(device.bytes().subspan(at, std::min(step, length - at)));
  check(judge.judge());
  return 0;
}
