// SPDX-License-Identifier: Apache-2.0
#include "fake_target/scsi.h"

namespace fake {
namespace {

template <typename T>
T at(std::span<const std::uint8_t> cdb, std::size_t offset) {
  T value;
  std::memcpy(&value, cdb.data() + offset, sizeof value);
  return value;
}

}  // namespace

Command decode(std::span<const std::uint8_t> cdb, std::uint32_t block_size) {
  Command c;
  std::copy(cdb.begin(), cdb.end(), c.cdb.begin());
  const auto range10 = [&](Op op) {
    c.op = op, c.lba = at<san::be32>(cdb, 2), c.blocks = at<san::be16>(cdb, 7);
  };
  const auto range16 = [&](Op op) {
    c.op = op, c.lba = at<san::be64>(cdb, 2), c.blocks = at<san::be32>(cdb, 10);
  };
  // SPC-4 and SBC-3; the operation codes in their order.
  switch (cdb[0]) {
    case 0x00:
      c.op = Op::tur;
      break;
    case 0x12:
      c.op = Op::inquiry, c.allocation = at<san::be16>(cdb, 3);
      break;
    case 0x1a:
      c.op = Op::modesense, c.allocation = cdb[4];
      break;
    case 0x25:
      c.op = Op::readcap, c.allocation = 8;
      break;
    case 0x28:
      range10(Op::read);
      break;
    case 0x2a:
      range10(Op::write);
      break;
    case 0x35:
      range10(Op::sync);
      break;
    case 0x41:
      range10(Op::writesame);
      break;
    case 0x42:
      c.op = Op::unmap, c.out_length = at<san::be16>(cdb, 7);
      break;
    case 0x5a:
      c.op = Op::modesense, c.allocation = at<san::be16>(cdb, 7);
      break;
    case 0x5e:
      c.allocation = at<san::be16>(cdb, 7);
      break;
    case 0x83:
      if ((cdb[1] & 0x1f) == 0x00) c.op = Op::xcopy, c.out_length = at<san::be32>(cdb, 10);
      break;
    case 0x84:
      c.op = Op::copyresults, c.allocation = at<san::be32>(cdb, 10);
      break;
    case 0x88:
      range16(Op::read);
      break;
    case 0x8a:
      range16(Op::write);
      break;
    case 0x91:
      range16(Op::sync);
      break;
    case 0x93:
      range16(Op::writesame);
      break;
    case 0x9e:
      c.allocation = at<san::be32>(cdb, 10);
      if ((cdb[1] & 0x1f) == 0x10) c.op = Op::readcap;
      if ((cdb[1] & 0x1f) == 0x12) c.op = Op::lbastatus, c.lba = at<san::be64>(cdb, 2);
      break;
    case 0xa3:
      c.allocation = at<san::be32>(cdb, 6);
      break;
    case 0xa0:
      c.op = Op::reportluns, c.allocation = at<san::be32>(cdb, 6);
      break;
    default:
      break;
  }
  if (c.op == Op::write) c.out_length = c.blocks * block_size;
  const bool no_data_out = cdb[0] == 0x93 && (cdb[1] & 0x01) != 0;  // NDOB
  if (c.op == Op::writesame) {
    c.out_length = no_data_out ? 0 : block_size;
    c.whole_medium_end = c.blocks == 0;
  }
  return c;
}

std::vector<Range> unmap_ranges(std::span<const std::byte> parameters) {
  // SBC-3, 5.28: a header of 8 bytes, descriptors of 16.
  std::vector<Range> ranges;
  const auto length = san::read_at<san::be16>(parameters, 2);
  for (std::size_t offset = 8; length && offset + 16 <= 8 + std::size_t{*length}; offset += 16) {
    const auto lba = san::read_at<san::be64>(parameters, offset);
    const auto blocks = san::read_at<san::be32>(parameters, offset + 8);
    if (!lba || !blocks) break;
    ranges.push_back({*lba, *blocks});
  }
  return ranges;
}

}  // namespace fake
