// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/lun_data.h"

#include <algorithm>

#include "iscsi/scsi/bytes.h"

namespace san::iscsi {
namespace {

std::optional<Capacity> checked(const Capacity& capacity) {
  if (!makes_sense(capacity)) return std::nullopt;
  return capacity;
}

}  // namespace

bool makes_sense(const Capacity& capacity) {
  // Every block must have a byte offset in 64 bits; a last LBA of 2^64-1 has already wrapped to 0 blocks.
  const bool power_of_two = (capacity.block_size & (capacity.block_size - 1)) == 0;
  return capacity.blocks != 0 && capacity.block_size >= 256 && capacity.block_size <= 65536 && power_of_two &&
         capacity.blocks <= (std::uint64_t{1} << 63) / capacity.block_size;
}

std::optional<Inquiry> parse_inquiry(std::span<const std::byte> bytes) {
  if (bytes.size() < 5) return std::nullopt;
  Inquiry result;
  result.qualifier = byte_at(bytes, 0) >> 5;
  result.device_type = byte_at(bytes, 0) & 0x1F;
  result.version = byte_at(bytes, 2);
  result.third_party_copy = (byte_at(bytes, 5) & 0x08) != 0;
  result.tpgs = byte_at(bytes, 5) >> 4 & 0x03;
  if (bytes.size() >= 36) {
    result.vendor = ascii(bytes.subspan(8, 8));
    result.product = ascii(bytes.subspan(16, 16));
    result.revision = ascii(bytes.subspan(32, 4));
  }
  // Bytes after the additional length are not valid, whatever the buffer holds.
  const auto sent = bytes.first(std::min(bytes.size(), std::size_t{5} + byte_at(bytes, 4)));
  for (std::size_t offset = 58; offset + 2 <= sent.size() && offset < 74; offset += 2)
    if (const std::uint16_t code = value_at<be16>(sent, offset); code != 0)
      result.version_descriptors.push_back(code);
  return result;
}

std::optional<Capacity> parse_capacity_10(std::span<const std::byte> bytes) {
  if (bytes.size() < 8) return std::nullopt;
  Capacity result;
  // FFFFFFFFh is not an LBA: it says that the LUN is too large for this command (SBC-3, 5.15.2).
  if (value_at<be32>(bytes, 0) == 0xFFFFFFFFU) return std::nullopt;
  result.blocks = std::uint64_t{value_at<be32>(bytes, 0)} + 1;
  result.block_size = value_at<be32>(bytes, 4);
  return checked(result);
}

std::optional<Capacity> parse_capacity_16(std::span<const std::byte> bytes) {
  if (bytes.size() < 12) return std::nullopt;
  return checked(raw_capacity_16(bytes));
}

Capacity raw_capacity_16(std::span<const std::byte> bytes) {
  Capacity result;
  result.long_form = true;
  result.blocks = value_at<be64>(bytes, 0) + 1;
  result.block_size = value_at<be32>(bytes, 8);
  result.physical_exponent = byte_at(bytes, 13) & 0x0F;
  result.lbpme = (byte_at(bytes, 14) & 0x80) != 0;
  result.lbprz = (byte_at(bytes, 14) & 0x40) != 0;
  result.lowest_aligned_lba = value_at<be16>(bytes, 14) & 0x3FFFU;
  return result;
}

std::optional<std::span<const std::byte>> vpd_payload(std::span<const std::byte> bytes, std::uint8_t page) {
  if (bytes.size() < 4 || byte_at(bytes, 1) != page) return std::nullopt;
  const std::size_t length = value_at<be16>(bytes, 2);
  return bytes.subspan(4, std::min(length, bytes.size() - 4));
}

std::vector<std::uint8_t> parse_supported_pages(std::span<const std::byte> bytes) {
  std::vector<std::uint8_t> pages;
  if (const auto payload = vpd_payload(bytes, 0x00))
    for (const std::byte b : *payload) pages.push_back(static_cast<std::uint8_t>(b));
  return pages;
}

std::string parse_serial(std::span<const std::byte> bytes) {
  const auto payload = vpd_payload(bytes, 0x80);
  return payload ? ascii(*payload) : std::string();
}

std::vector<Designator> parse_designators(std::span<const std::byte> bytes) {
  std::vector<Designator> result;
  auto rest = vpd_payload(bytes, 0x83).value_or(std::span<const std::byte>());
  while (rest.size() >= 4) {
    const std::size_t length = byte_at(rest, 3);
    if (length > rest.size() - 4) break;
    const auto body = rest.subspan(4, length);
    const bool text = (byte_at(rest, 0) & 0x0F) != 1;  // code set: 1 is binary, 2 ASCII, 3 UTF-8
    Designator designator;
    designator.association = byte_at(rest, 1) >> 4 & 0x03;
    designator.type = byte_at(rest, 1) & 0x0F;
    designator.text = text ? ascii(body) : hex(body);
    result.push_back(std::move(designator));
    rest = rest.subspan(4 + length);
  }
  return result;
}

std::optional<BlockLimits> parse_block_limits(std::span<const std::byte> bytes) {
  const auto payload = vpd_payload(bytes, 0xB0);
  if (!payload || payload->size() < 4) return std::nullopt;
  // Offsets of the standard count the four bytes of header, which the payload lacks. Pages of SBC-2 end
  // before the UNMAP fields: missing bytes read as 0, "not given".
  const auto at = [&](std::size_t offset) { return std::uint32_t{value_at<be32>(*payload, offset - 4)}; };
  BlockLimits result;
  result.write_same_nonzero = (byte_at(*payload, 0) & 0x01) != 0;
  result.max_compare_and_write_blocks = byte_at(*payload, 1);
  result.optimal_granularity_blocks = value_at<be16>(*payload, 2);
  result.max_transfer_blocks = at(8);
  result.optimal_transfer_blocks = at(12);
  result.max_unmap_blocks = at(20);
  result.max_unmap_descriptors = at(24);
  result.unmap_granularity_blocks = at(28);
  if ((at(32) & 0x80000000U) != 0) result.unmap_alignment_blocks = at(32) & 0x7FFFFFFFU;
  result.max_write_same_blocks = value_at<be64>(*payload, 36 - 4);
  return result;
}

std::optional<Provisioning> parse_provisioning(std::span<const std::byte> bytes) {
  const auto payload = vpd_payload(bytes, 0xB2);
  if (!payload || payload->size() < 2) return std::nullopt;
  const std::uint8_t flags = byte_at(*payload, 1);
  Provisioning result;
  result.lbpu = (flags & 0x80) != 0;
  result.lbpws = (flags & 0x40) != 0;
  result.lbpws10 = (flags & 0x20) != 0;
  // LBPRZ grew from one bit (SBC-3) to three (SBC-4); only xx1b promises zeros, 010b is a pattern.
  result.lbprz = (flags & 0x04) != 0;
  result.anchors = (flags & 0x02) != 0;
  result.threshold_exponent = byte_at(*payload, 0);
  result.type = byte_at(*payload, 2) & 0x07;
  return result;
}

std::optional<Characteristics> parse_characteristics(std::span<const std::byte> bytes) {
  const auto payload = vpd_payload(bytes, 0xB1);
  if (!payload || payload->size() < 4) return std::nullopt;
  Characteristics result;
  result.rotation_rate = value_at<be16>(*payload, 0);
  result.form_factor = byte_at(*payload, 3) & 0x0F;
  return result;
}

Mode parse_mode(std::span<const std::byte> bytes, bool ten) {
  Mode mode;
  const std::size_t header = ten ? 8 : 4;
  if (bytes.size() < header) return mode;
  const std::uint8_t specific = byte_at(bytes, ten ? 3 : 2);
  mode.write_protected = (specific & 0x80) != 0;
  mode.dpofua = (specific & 0x10) != 0;
  const std::size_t descriptors = ten ? std::size_t{value_at<be16>(bytes, 6)} : byte_at(bytes, 3);
  if (descriptors > bytes.size() - header) return mode;
  // If all pages were requested, the caching page is one of many. A subpage's length has 16 bits.
  for (auto page = bytes.subspan(header + descriptors); page.size() >= 3;) {
    const bool subpage = (byte_at(page, 0) & 0x40) != 0;
    const unsigned code = subpage ? 0x100 : byte_at(page, 0) & 0x3FU;
    if (code == 0x08 && !mode.write_cache) {
      mode.write_cache = (byte_at(page, 2) & 0x04) != 0;
      mode.read_cache = (byte_at(page, 2) & 0x01) == 0;
    }
    if (code == 0x0A && page.size() >= 5 && !mode.software_write_protect)
      mode.software_write_protect = (byte_at(page, 4) & 0x08) != 0;
    const std::size_t length =
        subpage ? 4 + std::size_t{value_at<be16>(page, 2)} : 2 + std::size_t{byte_at(page, 1)};
    page = page.subspan(std::min(length, page.size()));
  }
  return mode;
}

std::vector<LbaStatus> parse_lba_status(std::span<const std::byte> bytes) {
  std::vector<LbaStatus> result;
  const auto length = read_at<be32>(bytes, 0);
  if (!length || bytes.size() < 8) return result;
  // The length field counts the bytes after it: four reserved ones, then the descriptors.
  const auto list = bytes.subspan(8, std::min<std::size_t>(*length < 4 ? 0 : *length - 4, bytes.size() - 8));
  for (std::size_t offset = 0; offset + 16 <= list.size(); offset += 16) {
    LbaStatus status;
    status.lba = value_at<be64>(list, offset);
    status.blocks = value_at<be32>(list, offset + 8);
    status.provisioning = byte_at(list, offset + 12) & 0x0F;
    if (status.blocks == 0 || status.lba + status.blocks < status.lba) break;
    if (!result.empty() && status.lba != result.back().lba + result.back().blocks) break;
    result.push_back(status);
  }
  return result;
}

}  // namespace san::iscsi
