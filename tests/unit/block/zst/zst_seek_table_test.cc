// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_seek_table.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"
#include "core/endian.h"

using namespace san;

namespace {

struct Entry {
  std::uint32_t stored, size;
};

/// A table as the format describes it, made by hand.
std::vector<std::byte> table_of(const std::vector<Entry>& entries, std::uint8_t descriptor = 0) {
  const std::size_t step = (descriptor & 0x80) != 0 ? 12 : 8;
  std::vector<std::byte> bytes(8 + entries.size() * step + 9);
  write_at(bytes, 0, le32(0x184D2A5E));
  write_at(bytes, 4, le32(static_cast<std::uint32_t>(bytes.size() - 8)));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    write_at(bytes, 8 + i * step, le32(entries[i].stored));
    write_at(bytes, 12 + i * step, le32(entries[i].size));
    if (step == 12) write_at(bytes, 16 + i * step, le32(static_cast<std::uint32_t>(i + 1)));
  }
  write_at(bytes, bytes.size() - 9, le32(static_cast<std::uint32_t>(entries.size())));
  write_at(bytes, bytes.size() - 5, descriptor);
  write_at(bytes, bytes.size() - 4, le32(0x8F92EAB1));
  return bytes;
}

std::optional<SeekTable> parse(std::span<const std::byte> bytes, std::uint64_t stored) {
  return SeekTable::parse(bytes, stored + bytes.size());
}

}  // namespace

TEST_CASE("a table that was appended to reads back the same") {
  SeekTable table;
  std::vector<Entry> entries;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    entries.push_back({100 + i, i % 7 * 512});
    table.append(entries.back().stored, entries.back().size);
  }
  CHECK(table.bytes() == table_of(entries));
  const auto read = parse(table.bytes(), table.stored());
  REQUIRE(read.has_value());
  CHECK(read->frames() == 1000);
  CHECK(read->size() == table.size());
  std::uint64_t offset = 0, place = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const std::uint64_t at : {offset, offset + entries[i].size - 1}) {
      if (entries[i].size == 0) continue;
      const auto frame = read->at(at);
      CHECK(frame.index == i);
      CHECK(frame.offset == offset);
      CHECK(frame.file_offset == place);
      CHECK(frame.size == entries[i].size);
      CHECK(frame.stored == entries[i].stored);
    }
    offset += entries[i].size;
    place += entries[i].stored;
  }
}

TEST_CASE("checksums") {
  const auto table = parse(table_of({{10, 100}, {20, 200}}, 0x80), 30);
  REQUIRE(table.has_value());
  CHECK(table->checksums());
  CHECK(table->at(99).checksum == 1);
  CHECK(table->at(100).checksum == 2);
  CHECK_FALSE(parse(table_of({{10, 100}}), 10)->checksums());
}

TEST_CASE("the frames and the table are exactly the file") {
  const auto bytes = table_of({{10, 100}, {20, 200}});
  CHECK(parse(bytes, 30).has_value());
  CHECK_FALSE(parse(bytes, 29).has_value());
  CHECK_FALSE(parse(bytes, 31).has_value());
  CHECK_FALSE(SeekTable::parse(bytes, 5).has_value());
  CHECK_FALSE(parse(std::span(bytes).first(bytes.size() - 1), 30).has_value());
  CHECK_FALSE(parse(std::span(bytes).subspan(1), 31).has_value());
  CHECK_FALSE(SeekTable::parse({}, 0).has_value());
}

TEST_CASE("numbers that cannot be true") {
  // Sums that would wrap around 32 bits, and a frame larger than the format allows.
  CHECK_FALSE(parse(table_of({{~0U, 100}, {31, 100}}), 30).has_value());
  CHECK_FALSE(parse(table_of({{10, SeekTable::kMaxFrameSize + 1}}), 10).has_value());
  CHECK(parse(table_of({{10, SeekTable::kMaxFrameSize}}), 10).has_value());
  auto reserved = table_of({{10, 100}}, 0x04);
  CHECK_FALSE(parse(reserved, 10).has_value());
  CHECK(parse(table_of({{10, 100}}, 0x03), 10).has_value());  // bits without a meaning
  // Four thousand million frames, in a file that could hold them.
  auto many = table_of({{10, 100}});
  write_at(many, many.size() - 9, le32(~0U));
  CHECK_FALSE(SeekTable::stored_size(std::span(many).last(9), std::uint64_t{1} << 50).has_value());
  auto magic = table_of({{10, 100}});
  magic[0] = std::byte{0};
  CHECK_FALSE(parse(magic, 10).has_value());
}

TEST_CASE("more content than 4 GiB, and no content at all") {
  std::vector<Entry> entries(9, {5, SeekTable::kMaxFrameSize});
  const auto table = parse(table_of(entries), 45);
  REQUIRE(table.has_value());
  CHECK(table->size() == 9ULL << 30);
  CHECK(table->at((9ULL << 30) - 1).index == 8);
  CHECK(table->at((9ULL << 30) - 1).file_offset == 40);
  const auto empty = parse(table_of({}), 0);
  REQUIRE(empty.has_value());
  CHECK(empty->size() == 0);
}
