// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/xcopy.h"

#include <algorithm>
#include <charconv>

#include "core/endian.h"
#include "iscsi/scsi/bytes.h"

namespace san::iscsi {
namespace {

constexpr std::size_t kHeader = 16, kCscd = 32, kSegment = 28, kMaxDesignator = 20;
/// LIST ID USAGE 10b: the list identifier allows to ask for the status, and no data are held.
constexpr std::byte kDiscardData{0x10};

void put_cscd(std::span<std::byte> at, const CopyEnd& end) {
  at[0] = std::byte{kIdentification};
  // Byte 1: the type of identifier 00b, not NUL, device type 00h; bytes 2 and 3: any initiator port.
  at[4] = std::byte{0x01};  // code set: binary
  at[5] = std::byte{0x03};  // association: logical unit; designator type: NAA
  const std::size_t length = std::min(end.naa.size(), kMaxDesignator);
  at[7] = static_cast<std::byte>(length);
  std::copy_n(end.naa.begin(), length, at.begin() + 8);
  write_at(at, 29, be24(end.block_size));
}

void put_segment(std::span<std::byte> at, const CopySegment& segment) {
  at[0] = std::byte{kBlockToBlock};
  write_at(at, 2, be16(kSegment - 4));
  write_at(at, 6, be16(1));  // from CSCD descriptor 0 to descriptor 1
  write_at(at, 10, be16(segment.blocks));
  write_at(at, 12, be64(segment.source_lba));
  write_at(at, 20, be64(segment.destination_lba));
}

Cdb copy_results(std::uint8_t service_action, std::uint8_t list_id, std::uint32_t allocation) {
  Cdb cdb;
  cdb.size = 16;
  cdb.bytes[0] = 0x84;
  cdb.bytes[1] = service_action;
  cdb.bytes[2] = list_id;
  write_at(std::as_writable_bytes(std::span(cdb.bytes)), 10, be32(allocation));
  return cdb;
}

/// Returns the bytes that the answer declares, at most those that arrived. The length field does not count
/// itself.
std::span<const std::byte> available(std::span<const std::byte> bytes) {
  const auto length = read_at<be32>(bytes, 0);
  if (!length) return {};
  return bytes.first(std::min<std::size_t>(bytes.size(), std::size_t{*length} + 4));
}

/// Returns the bytes of a transfer count unit: bytes, KiB … EiB, and SPC-4's blocks of the source; 0 for a
/// reserved one.
std::uint64_t unit_bytes(std::uint8_t code, std::uint32_t block_size) {
  if (code <= 6) return std::uint64_t{1} << (10 * code);
  return code == 0xF1 ? block_size : 0;
}

}  // namespace

bool CopyParameters::knows(std::uint8_t descriptor) const {
  return std::find(descriptors.begin(), descriptors.end(), descriptor) != descriptors.end();
}

std::uint64_t CopyStatus::copied(std::uint64_t length) const {
  if (!count) return segments > 0 && state == State::completed ? length : 0;
  // A count in larger units is rounded down: it confirms all bytes if one more unit would exceed the length.
  return length - std::min(length, *count) < unit ? length : *count;
}

Cdb extended_copy(std::uint32_t length) {
  Cdb cdb;
  cdb.size = 16;
  cdb.bytes[0] = 0x83;
  write_at(std::as_writable_bytes(std::span(cdb.bytes)), 10, be32(length));
  return cdb;
}

Cdb receive_copy_status(std::uint8_t list_id, std::uint32_t allocation) {
  return copy_results(0x00, list_id, allocation);
}

Cdb receive_copy_parameters(std::uint32_t allocation) {
  return copy_results(0x03, 0, allocation);
}

std::size_t copy_descriptor_bytes(std::size_t segments) {
  return 2 * kCscd + segments * kSegment;
}

std::vector<std::byte> copy_parameter_list(std::uint8_t list_id, const CopyEnd& source,
                                           const CopyEnd& destination,
                                           std::span<const CopySegment> segments) {
  std::vector<std::byte> list(kHeader + copy_descriptor_bytes(segments.size()));
  const std::span<std::byte> all(list);
  list[0] = std::byte{list_id};
  list[1] = kDiscardData;
  write_at(all, 2, be16(2 * kCscd));
  write_at(all, 8, be32(static_cast<std::uint32_t>(segments.size() * kSegment)));
  put_cscd(all.subspan(kHeader, kCscd), source);
  put_cscd(all.subspan(kHeader + kCscd, kCscd), destination);
  for (std::size_t i = 0; i < segments.size(); ++i)
    put_segment(all.subspan(kHeader + 2 * kCscd + i * kSegment, kSegment), segments[i]);
  return list;
}

std::optional<CopyParameters> parse_copy_parameters(std::span<const std::byte> bytes) {
  const auto data = available(bytes);
  if (data.size() < 44) return std::nullopt;
  CopyParameters result;
  result.max_cscd_descriptors = value_at<be16>(data, 8);
  result.max_segment_descriptors = value_at<be16>(data, 10);
  result.max_descriptor_list = value_at<be32>(data, 12);
  result.max_segment_length = value_at<be32>(data, 16);
  result.total_concurrent = value_at<be16>(data, 34);
  result.max_concurrent = static_cast<std::uint8_t>(data[36]);
  result.granularity_exponent = static_cast<std::uint8_t>(data[37]);
  const auto list = data.subspan(44);
  for (const std::byte code : list.first(std::min(list.size(), static_cast<std::size_t>(data[43]))))
    result.descriptors.push_back(static_cast<std::uint8_t>(code));
  return result;
}

std::optional<CopyStatus> parse_copy_status(std::span<const std::byte> bytes, std::uint32_t block_size) {
  const auto data = available(bytes);
  if (data.size() < 12) return std::nullopt;
  CopyStatus result;
  // Bit 7 reports held data. 00h to 02h are SPC-3's; SPC-4 adds kinds of success and of progress.
  switch (const auto code = static_cast<std::uint8_t>(data[4]) & 0x7F; code) {
    case 0x00:
    case 0x10:
    case 0x11:
    case 0x12:
      result.state = CopyStatus::State::in_progress;
      break;
    case 0x01:
    case 0x03:
      result.state = CopyStatus::State::completed;
      break;
    case 0x02:
    case 0x04:
    case 0x60:
      result.state = CopyStatus::State::failed;
      break;
    default:
      break;
  }
  result.segments = value_at<be16>(data, 5);
  if (const auto unit = unit_bytes(static_cast<std::uint8_t>(data[7]), block_size); unit != 0) {
    result.unit = unit;
    const std::uint64_t count = value_at<be32>(data, 8);
    result.count = count > UINT64_MAX / unit ? UINT64_MAX / unit * unit : count * unit;
  }
  return result;
}

std::optional<CopyEnd> copy_end(const LunInfo& lun) {
  CopyEnd end;
  end.block_size = lun.block_size();
  for (const Designator& designator : lun.designators) {
    if (designator.association != 0 || designator.type != 3) continue;
    std::vector<std::byte> bytes;
    const std::string& text = designator.text;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
      unsigned value = 0;
      const char* last = text.data() + i + 2;
      const auto [stop, error] = std::from_chars(text.data() + i, last, value, 16);
      if (error != std::errc{} || stop != last) break;
      bytes.push_back(static_cast<std::byte>(value));
    }
    // SPC-4, 7.8.6.6: NAA 2, 3 and 5 have 8 bytes, 6 has 16.
    const bool whole = 2 * bytes.size() == text.size() && (bytes.size() == 8 || bytes.size() == 16);
    if (whole && bytes.size() > end.naa.size()) end.naa = std::move(bytes);
  }
  if (end.naa.empty()) return std::nullopt;
  return end;
}

}  // namespace san::iscsi
