// SPDX-License-Identifier: Apache-2.0
#include "fake_target/xcopy.h"

namespace fake {
namespace {

constexpr std::size_t kHeader = 16, kUnit = 32, kSegment = 28, kMaxList = 1024;

std::uint64_t number(std::span<const std::byte> at, std::size_t offset, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | std::to_integer<std::uint64_t>(at[offset + i]);
  return value;
}

Sense illegal(std::uint8_t asc, std::uint8_t ascq) {
  return {0x05, asc, ascq};
}

/// Identification descriptors with an 8-byte NAA designator of a logical unit.
std::optional<Sense> read_unit(std::span<const std::byte> at, const Options& options, CopyOrder& order) {
  if (at[0] != std::byte{0xe4}) return illegal(0x26, 0x07);
  const bool naa = number(at, 4, 1) == 0x01 && number(at, 5, 1) == 0x03 && number(at, 7, 1) == 8;
  if (!naa || number(at, 1, 1) != 0) return illegal(0x26, 0x00);
  if (number(at, 29, 3) != options.block_size) return illegal(0x26, 0x00);
  order.units.push_back(number(at, 8, 8));
  return std::nullopt;
}

std::optional<Sense> read_segment(std::span<const std::byte> at, const Options& options, CopyOrder& order) {
  if (at[0] != std::byte{0x02}) return illegal(0x26, 0x09);
  CopyOrder::Segment segment;
  segment.from_unit = number(at, 4, 2);
  segment.to_unit = number(at, 6, 2);
  segment.blocks = number(at, 10, 2);
  segment.from = number(at, 12, 8);
  segment.to = number(at, 20, 8);
  if (number(at, 2, 2) != kSegment - 4 || segment.from_unit >= order.units.size() ||
      segment.to_unit >= order.units.size())
    return illegal(0x26, 0x00);
  if (segment.blocks * options.block_size > options.xcopy_segment) return illegal(0x26, 0x00);
  order.segments.push_back(segment);
  return std::nullopt;
}

}  // namespace

CopyOrder parse_copy_order(std::span<const std::byte> list, const Options& options) {
  CopyOrder order;
  const auto refuse = [&order](Sense sense) {
    order.wrong = sense;
    return order;
  };
  if (list.size() < kHeader) return refuse(illegal(0x1a, 0x00));
  order.id = static_cast<std::uint8_t>(list[0]);
  const std::size_t units = number(list, 2, 2), segments = number(list, 8, 4);
  if (units + segments > kMaxList || list.size() != kHeader + units + segments || number(list, 12, 4) != 0)
    return refuse(illegal(0x1a, 0x00));
  if (units % kUnit != 0 || segments % kSegment != 0) return refuse(illegal(0x26, 0x00));
  if (units > 2 * kUnit) return refuse(illegal(0x26, 0x06));
  if (segments > kSegment) return refuse(illegal(0x26, 0x08));
  for (std::size_t at = kHeader; at < kHeader + units && !order.wrong; at += kUnit)
    order.wrong = read_unit(list.subspan(at, kUnit), options, order);
  for (std::size_t at = kHeader + units; at < list.size() && !order.wrong; at += kSegment)
    order.wrong = read_segment(list.subspan(at, kSegment), options, order);
  return order;
}

Buffer operating_parameters(const Options& options) {
  Buffer in(46);
  san::write_at(in, 0, san::be32(42));
  san::write_at(in, 8, san::be16(2));   // most CSCD descriptors
  san::write_at(in, 10, san::be16(1));  // most segment descriptors
  san::write_at(in, 12, san::be32(kMaxList));
  san::write_at(in, 16, san::be32(static_cast<std::uint32_t>(options.xcopy_segment)));
  san::write_at(in, 34, san::be16(options.xcopy_concurrent));
  in[36] = static_cast<std::byte>(options.xcopy_concurrent);
  in[37] = std::byte{9};  // multiples of 512 bytes
  in[43] = std::byte{2};
  in[44] = std::byte{0x02}, in[45] = std::byte{0xe4};
  return in;
}

Buffer copy_status(const CopyRecord& record) {
  Buffer in(12);
  san::write_at(in, 0, san::be32(8));
  in[4] = record.failed ? std::byte{2} : std::byte{1};
  san::write_at(in, 5, san::be16(record.segments));
  san::write_at(in, 8, san::be32(static_cast<std::uint32_t>(record.bytes)));  // in bytes: unit 00h
  return in;
}

}  // namespace fake
