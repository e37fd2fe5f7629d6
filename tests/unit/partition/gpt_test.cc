// SPDX-License-Identifier: Apache-2.0
#include "partition/gpt.h"

#include <doctest/doctest.h>

#include "core/crc32.h"
#include "partition/golden_gpt.h"

using namespace san;
using namespace san::partition;

namespace {

constexpr std::uint64_t kBlocks = test::kGoldenSize / 512;

GptCopy golden_copy() {
  const auto disk = test::golden_disk();
  GptCopy copy = parse_gpt_header(disk->bytes().subspan(512, 512), 1, kBlocks);
  const auto entries = disk->bytes().subspan(1024, 16384);
  check_gpt_entries(copy, {entries.begin(), entries.end()});
  return copy;
}

/// What the parser finds wrong with the golden header after `change`, with its checksum right again.
template <typename Change>
std::string fault_after(Change&& change) {
  GptCopy copy = golden_copy();
  change(copy.header);
  copy.header.header_crc = 0;
  write_at(copy.block, 0, copy.header);
  copy.header.header_crc = crc32(std::span(copy.block).first(copy.header.header_size));
  write_at(copy.block, 0, copy.header);
  const GptCopy parsed = parse_gpt_header(copy.block, 1, kBlocks);
  CHECK(parsed.state != GptCopy::State::absent);
  return parsed.header_good() ? "" : parsed.fault;
}

}  // namespace

TEST_CASE("a header and entries that sgdisk wrote are good") {
  const GptCopy copy = golden_copy();
  CHECK(copy.good());
  CHECK(copy.fault.empty());
  CHECK(copy.header.disk_guid.text() == "11223344-5566-7788-99aa-bbccddeeff00");
  CHECK(copy.header.alternate_lba == kBlocks - 1);
  CHECK(gpt_entry_count(copy) == 128);
  CHECK(gpt_entry(copy, 0).first_lba == 2048);
  CHECK(gpt_entry(copy, 3).last_lba == 16350);
  CHECK(gpt_entry(copy, 2).type.is_zero());
  CHECK(gpt_entry(copy, 128).type.is_zero());
  CHECK(gpt_entry(copy, 0xFFFFFFFF).type.is_zero());
}

TEST_CASE("sealing an unchanged copy makes the checksums that sgdisk made") {
  GptCopy copy = golden_copy();
  const auto block = copy.block;
  copy.header.header_crc = 0;
  copy.header.entries_crc = 0;
  seal_gpt(copy);
  CHECK(copy.block == block);
}

TEST_CASE("every changed bit of the header is noticed") {
  const auto disk = test::golden_disk();
  for (std::size_t byte = 0; byte < 92; ++byte) {
    auto block = std::vector<std::byte>(disk->bytes().begin() + 512, disk->bytes().begin() + 1024);
    block[byte] ^= std::byte{0x10};
    const GptCopy copy = parse_gpt_header(block, 1, kBlocks);
    CHECK(copy.state == (byte < 8 ? GptCopy::State::absent : GptCopy::State::bad_header));
  }
}

TEST_CASE("every changed entry is noticed") {
  GptCopy copy = golden_copy();
  for (const std::size_t byte : {0, 511, 16383}) {
    auto entries = copy.entries;
    entries[byte] ^= std::byte{1};
    copy.state = GptCopy::State::bad_entries;
    check_gpt_entries(copy, entries);
    CHECK(copy.state == GptCopy::State::bad_entries);
    CHECK(copy.fault == "the checksum of its entries is wrong");
  }
  check_gpt_entries(copy, std::vector<std::byte>(16383));
  CHECK(copy.fault == "its entries could not be read whole");
}

TEST_CASE("fields that would lead a reader astray are refused, though the checksum is right") {
  CHECK(fault_after([](GptHeader&) {}) == "");
  CHECK(fault_after([](GptHeader& h) { h.header_size = 512; }) == "");
  CHECK(fault_after([](GptHeader& h) { h.header_size = 91; }) == "its header says it is 91 bytes long");
  CHECK(fault_after([](GptHeader& h) { h.my_lba = 2; }) ==
        "its header says it belongs in block 2, but is in block 1");
  for (const std::uint32_t size : {0U, 64U, 127U, 384U, 0xFFFFFFFFU})
    CHECK(fault_after([size](GptHeader& h) { h.entry_size = size; }).starts_with("its entries would be"));
  CHECK(fault_after([](GptHeader& h) {
          h.entry_size = 256;
          h.entry_count = 64;
        }) == "");
  CHECK(fault_after([](GptHeader& h) { h.entry_count = 0; }) == "");
  CHECK(fault_after([](GptHeader& h) { h.entry_count = 8192; }) == "");
  for (const std::uint32_t count : {8193U, 0x02000000U, 0xFFFFFFFFU})
    CHECK(fault_after([count](GptHeader& h) { h.entry_count = count; }).starts_with("it has "));
  CHECK(fault_after([](GptHeader& h) { h.entry_size = 0x80000000; }).starts_with("it has "));
  CHECK(fault_after([](GptHeader& h) { h.entries_lba = kBlocks - 32; }) == "");
  for (const std::uint64_t lba :
       {std::uint64_t{0}, std::uint64_t{1}, kBlocks - 31, ~std::uint64_t{0}, ~std::uint64_t{0} - 31})
    CHECK(fault_after([lba](GptHeader& h) { h.entries_lba = lba; }).ends_with("outside of the disk"));
}

TEST_CASE("a header in the middle of its own entries is refused") {
  GptCopy copy = golden_copy();
  copy.header.my_lba = 20;
  seal_gpt(copy);
  CHECK(parse_gpt_header(copy.block, 20, kBlocks).fault == "its entries would overlap its header");
}

TEST_CASE("no more entries are listed than were read") {
  GptCopy copy = golden_copy();
  copy.entries.clear();
  CHECK(gpt_entry_count(copy) == 0);
  copy.header.entry_size = 0;
  CHECK(gpt_entry_count(copy) == 0);
  CHECK(gpt_entry(copy, 0).type.is_zero());
}

TEST_CASE("a header that claims to be longer than its block is refused before its checksum is computed") {
  GptCopy copy = golden_copy();
  for (const std::uint32_t size : {513U, 0xFFFFFFFFU}) {
    copy.header.header_size = size;
    write_at(copy.block, 0, copy.header);
    CHECK(parse_gpt_header(copy.block, 1, kBlocks).fault.starts_with("its header says it is"));
  }
}

TEST_CASE("a block that is too short for a header is none") {
  const auto disk = test::golden_disk();
  CHECK(parse_gpt_header(disk->bytes().subspan(512, 91), 1, kBlocks).state == GptCopy::State::absent);
  CHECK(parse_gpt_header({}, 1, kBlocks).state == GptCopy::State::absent);
}
