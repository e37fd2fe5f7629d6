// SPDX-License-Identifier: Apache-2.0
#include "partition/gpt.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "core/crc32.h"
#include "partition/lba.h"

namespace san::partition {
namespace {

/// Returns the checksum of the first `size` bytes of `block` with the checksum's own field as zero; `size`
/// must not exceed the block.
std::uint32_t header_checksum(std::span<const std::byte> block, std::size_t size) {
  std::vector<std::byte> copy(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
  write_at(copy, offsetof(GptHeader, header_crc), le32(0));
  return crc32(copy);
}

/// Returns the fault of a header; empty if there is none.
std::string header_fault(const GptHeader& h, std::span<const std::byte> block, std::uint64_t lba,
                         std::uint64_t blocks) {
  if (h.header_size < sizeof(GptHeader) || h.header_size > block.size())
    return fmt::format("its header says it is {} bytes long", std::uint32_t{h.header_size});
  if (header_checksum(block, h.header_size) != h.header_crc) return "the checksum of its header is wrong";
  if (h.my_lba != lba)
    return fmt::format("its header says it belongs in block {}, but is in block {}", std::uint64_t{h.my_lba},
                       lba);
  if (h.entry_size < sizeof(GptEntry) || !std::has_single_bit(std::uint32_t{h.entry_size}))
    return fmt::format("its entries would be {} bytes long", std::uint32_t{h.entry_size});
  if (h.entries_bytes() > kMaxEntriesBytes)
    return fmt::format("it has {} entries of {} bytes, more than is read", std::uint32_t{h.entry_count},
                       std::uint32_t{h.entry_size});
  const std::uint64_t end = saturating_add(h.entries_lba, divide_up(h.entries_bytes(), block.size()));
  if (h.entries_lba < 2 || end > blocks)
    return fmt::format("its entries would be in block {}, outside of the disk", std::uint64_t{h.entries_lba});
  if (h.entries_lba <= lba && lba < end) return "its entries would overlap its header";
  return {};
}

}  // namespace

GptCopy parse_gpt_header(std::span<const std::byte> block, std::uint64_t lba, std::uint64_t blocks) {
  GptCopy copy;
  copy.lba = lba;
  const auto header = read_at<GptHeader>(block, 0);
  if (!header || header->signature != kGptSignature) return copy;
  copy.header = *header;
  copy.block.assign(block.begin(), block.end());
  copy.fault = header_fault(*header, block, lba, blocks);
  copy.state = copy.fault.empty() ? GptCopy::State::bad_entries : GptCopy::State::bad_header;
  if (copy.fault.empty()) copy.fault = "its entries were not read";
  return copy;
}

void check_gpt_entries(GptCopy& copy, std::vector<std::byte> entries) {
  copy.entries = std::move(entries);
  const std::uint64_t length = copy.header.entries_bytes();
  if (copy.entries.size() < length) {
    copy.fault = "its entries could not be read whole";
    return;
  }
  if (crc32(std::span(copy.entries).first(length)) != copy.header.entries_crc) {
    copy.fault = "the checksum of its entries is wrong";
    return;
  }
  copy.fault.clear();
  copy.state = GptCopy::State::good;
}

GptEntry gpt_entry(const GptCopy& copy, std::uint32_t index) {
  const auto entry = read_at<GptEntry>(copy.entries, std::size_t{index} * copy.header.entry_size);
  return index < gpt_entry_count(copy) && entry ? *entry : GptEntry{};
}

std::uint32_t gpt_entry_count(const GptCopy& copy) {
  if (copy.header.entry_size == 0) return 0;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(copy.header.entry_count, copy.entries.size() / copy.header.entry_size));
}

void seal_gpt(GptCopy& copy) {
  copy.header.entries_crc = crc32(std::span(copy.entries).first(copy.header.entries_bytes()));
  copy.header.header_crc = 0;
  write_at(copy.block, 0, copy.header);
  copy.header.header_crc = header_checksum(copy.block, copy.header.header_size);
  write_at(copy.block, 0, copy.header);
}

}  // namespace san::partition
