// SPDX-License-Identifier: Apache-2.0
// A clone map as its file may be: whatever is accepted means the same when it is written again, and no record
// is about a block that is not there.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "copy/map/clone_map_format.h"
#include "core/endian.h"
#include "core/error.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace {

using namespace san;
using namespace san::copy;
using namespace san::copy::map_format;

void try_batch(const Header& header, std::uint64_t sequence, std::span<const std::byte> bytes) {
  try {
    const auto batch = read_batch(header, sequence, bytes, "map");
    if (!batch) return;
    if (batch->length > bytes.size() || batch->length != batch_length(bytes)) std::abort();
    for (const Record& record : batch->records)
      if (record.destination >= header.destinations.size() || record.first > header.blocks() ||
          record.count > header.blocks() - record.first || record.slot.state > State::zero)
        std::abort();
    const auto again = read_batch(header, sequence, write_batch(header, sequence, batch->records), "map");
    if (!again || again->records != batch->records) std::abort();
  } catch (const Error& error) {
    if (error.code() != Exit::refused) std::abort();
  }
}

void try_map(std::span<const std::byte> bytes) {
  try {
    const auto [header, length] = read_header(bytes, "map");
    if (length > bytes.size() || header.destinations.empty() || header.blocks() > kMaxBlocks) std::abort();
    const auto again = write_header(header);
    if (read_header(again, "map").first.destinations != header.destinations) std::abort();
    try_batch(header, 0, bytes.subspan(length));
  } catch (const Error& error) {
    if (error.code() != Exit::refused) std::abort();
  }
}

/// The checksum of [0, at) goes to `at`.
void seal(std::vector<std::byte>& bytes, std::size_t at, std::uint64_t seed) {
  if (at + 8 <= bytes.size()) write_at(bytes, at, le64(XXH3_64bits_withSeed(bytes.data(), at, seed)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> input(reinterpret_cast<const std::byte*>(data),
                               reinterpret_cast<const std::byte*>(data) + size);
  try_map(input);
  const Header header{.id = 1, .bytes = 1 << 30, .block = 4096, .source = "a", .destinations = {"b", "c"}};
  try_batch(header, 0, input);

  // The same as if its magic, lengths and checksums were right, which no fuzzer guesses.
  std::vector<std::byte> batch = input;
  if (batch.size() >= kBatchFront + kRecordBytes + 8) {
    const auto records = (batch.size() - kBatchFront - 8) / kRecordBytes;
    batch.resize(kBatchFront + records * kRecordBytes + 8);
    std::memcpy(batch.data(), "BATC", 4);
    write_at(batch, 4, le32(static_cast<std::uint32_t>(records)));
    write_at(batch, 8, le64(0));
    seal(batch, 16, header.id);
    seal(batch, batch.size() - 8, header.id);
    try_batch(header, 0, batch);
  }
  if (input.size() >= 52) {
    std::memcpy(input.data(), "SANCLMAP", 8);
    write_at(input, 8, le32(2));
    write_at(input, 12, le32(static_cast<std::uint32_t>(input.size())));
    seal(input, input.size() - 8, 2);
    try_map(input);
  }
  return 0;
}
