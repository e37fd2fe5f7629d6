// SPDX-License-Identifier: Apache-2.0
// A file: what its end says of a seek table, and the table. Whatever is accepted has to add up. The first
// byte says how many bytes stand in front of the table, so that tables that fit their file are met at all;
// the rest of the input also serves as a frame that may be zeros, and as the front of an image.
#include <cstdlib>
#include <vector>

#include "block/image/image_format.h"
#include "block/zero_detection.h"
#include "block/zst/zst_frame.h"
#include "block/zst/zst_seek_table.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void try_table(std::span<const std::byte> bytes, std::uint64_t file_size) {
  const auto stored = san::SeekTable::stored_size(bytes, file_size);
  if (stored) require(*stored <= file_size);
  const auto table = san::SeekTable::parse(bytes, file_size);
  if (!table) return;
  require(table->stored() + bytes.size() == file_size && table->frames() <= san::SeekTable::kMaxFrames);
  std::uint64_t at = 0;
  while (at < table->size()) {
    const auto frame = table->at(at);
    require(frame.offset == at && frame.size > 0 && frame.size <= san::SeekTable::kMaxFrameSize);
    require(frame.file_offset + frame.stored <= table->stored());
    const auto last = table->at(frame.end() - 1);
    require(last.index == frame.index && last.offset == frame.offset);
    at = frame.end();
  }
  require(at == table->size());
}

/// What is called zeros by its structure must be zeros to libzstd, where that takes it at all.
void try_zeros(std::span<const std::byte> frame) {
  for (const std::uint32_t size : {1U, 16U, 20U, 4096U, 131088U}) {
    if (!san::zst::is_zero_frame(frame, size)) continue;
    std::vector<std::byte> content(size, std::byte{1});
    if (san::zst::Decompressor()(frame, content).empty()) require(san::all_zero(content));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // A copy, so that every read past its end is seen.
  const std::vector<std::byte> bytes(reinterpret_cast<const std::byte*>(data) + 1,
                                     reinterpret_cast<const std::byte*>(data) + size);
  try_table(bytes, bytes.size() + data[0]);
  try_table(bytes, bytes.size() + data[0] * 0x01010101ULL);
  try_zeros(bytes);
  san::recognise_image(bytes);
  return 0;
}
